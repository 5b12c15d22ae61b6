"""Certificates: there and back as JSON, read only when current, and what they say of a suite."""

import json
from dataclasses import replace

import pytest

from autograder.course.certificate import Certificate, certificate_of, digest_of_specimens, path_of
from tests.autograder.support.certificate import certificate, mistake
from tests.autograder.support.tiny import (
    IDENTITY,
    IN_PLACE,
    MUTANTS,
    RIGHT,
    SOLVED,
    STUB,
    VARIANTS,
    make_course,
    wrong,
)


def keep(assignment, text):
    path = path_of(assignment)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def failing(name, *properties):
    return replace(mistake(name, test_one={"output": name}), fails={"test_one": properties})


def named(name, fact, *names, advice="Mend it."):
    known = mistake(name, advice=advice, test_one={"output": fact})
    return replace(known, named={"test_one": names})


def test_a_certificate_survives_json():
    """What is written is read back equal, with the same kinds of containers."""
    whole = certificate(
        mistake("identity", advice="Multiply: β ≠ 0.", test_one={"output": "1"}, test_two={}),
        failing("other", "test_a", "test_b"),
        variants=("turned", "looped"),
        defects=("no mutant breaks test_one: test_b",),
    )
    assert Certificate.from_json(whole.to_json()) == whole


def test_equal_certificates_are_equal_text():
    """The text is lines of plain JSON that end as a file should, and is the same each time."""
    text = certificate(mistake("identity", test_one={"output": "β"})).to_json()
    assert text == certificate(mistake("identity", test_one={"output": "β"})).to_json()
    assert json.loads(text)["mistakes"][0]["behaviour"] == {"test_one": {"output": "β"}}
    assert "β" in text
    assert text.endswith("}\n")


def test_a_property_that_alone_catches_a_mutant_is_listed():
    """Item, property and mutant, for each mutant with one failing property in an item."""
    lone = certificate(failing("a", "test_b"), failing("b", "test_a", "test_b"), failing("c"))
    assert lone.lone_catches == [("test_one", "test_b", "a")]


@pytest.mark.parametrize(
    ("fails", "redundant"),
    [
        ([], ["test_one: test_a", "test_one: test_b"]),
        ([["test_a"]], ["test_one: test_b"]),
        ([["test_a", "test_b"]], ["test_one: test_a", "test_one: test_b"]),
        ([["test_a", "test_b"], ["test_b"]], ["test_one: test_a"]),
        ([["test_a"], ["test_b"]], []),
    ],
)
def test_a_property_is_redundant_unless_it_alone_catches_a_mutant(fails, redundant):
    """Without a redundant property each mutant would be caught still."""
    mistakes = [failing(str(number), *names) for number, names in enumerate(fails)]
    assert certificate(*mistakes).redundant == redundant


def test_properties_of_the_same_name_belong_to_their_items():
    """That an item needs a property says nothing of another item's property of that name."""
    both = certificate(
        failing("a", "test_a"), properties={"test_one": ("test_a",), "test_two": ("test_a",)}
    )
    assert both.redundant == ["test_two: test_a"]


@pytest.mark.parametrize(
    ("mistakes", "unnamed"),
    [
        ([named("a", "1", "a")], []),
        ([named("a", "1")], ["a"]),
        ([named("a", "1", "b"), named("b", "2", "b")], ["a"]),
        ([named("a", "1", "a"), named("b", "1", "a")], []),  # b looks like a
        ([named("a", "1", "a"), named("b", "1", "a", advice="Begin anew.")], ["b"]),
        ([named("a", "1", "a", "b"), named("b", "2", "b")], ["a"]),  # one mistake, not two
        ([mistake("a")], []),  # which loses nothing that could be named
    ],
    ids=["itself", "nothing", "another", "its equal", "other advice", "too many", "no item"],
)
def test_a_mutant_is_named_as_what_it_does(mistakes, unnamed):
    """A mutant is named if it is taken for itself, or for one that does and advises the same."""
    assert certificate(*mistakes).unnamed == unnamed


def test_a_mutant_must_be_named_in_each_item():
    """One item in which it is not named is enough."""
    whole = mistake("a", test_one={"output": "1"}, test_two={"output": "2"})
    half = replace(whole, named={**whole.named, "test_two": ()})
    assert certificate(whole).unnamed == []
    assert certificate(half).unnamed == ["a"]


def test_a_mutant_without_behaviour_is_not_named():
    """What shows no fact of its own is named as nothing."""
    assert certificate(replace(mistake("a", test_one={}), named={"test_one": ()})).unnamed == ["a"]


def test_a_certificate_lies_in_the_course(tiny):
    """It is kept beside the suites, by the assignment's name, and read from there."""
    current = certificate(version=tiny.suites_version)
    keep(tiny, current.to_json())
    assert path_of(tiny) == tiny.root / "tests" / "certificates" / "tiny.json"
    assert certificate_of(tiny) == current


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", "null", '"text"', "{}", '{"mistakes": []}', '{"mistakes": [{}]}'],
)
def test_what_is_no_certificate_is_none(tiny, text):
    """Broken or other JSON counts as no certificate."""
    keep(tiny, text)
    assert certificate_of(tiny) is None


def test_a_certificate_of_an_earlier_release_is_none(tiny):
    """Then no mistake is named until the next audit, but everything is graded."""
    data = json.loads(certificate(mistake("a", test_one={}), version=tiny.suites_version).to_json())
    del data["rubric"], data["mistakes"][0]["costs"]
    data["mistakes"][0]["loses"] = ["test_one"]
    keep(tiny, json.dumps(data))
    assert certificate_of(tiny) is None


def test_no_file_is_no_certificate(tiny):
    """A course that has not been audited has none."""
    assert certificate_of(tiny) is None


def test_another_version_is_no_certificate(tiny):
    """When a suite has changed, the certificate of the suite as it was does not count."""
    keep(tiny, certificate(version=tiny.suites_version).to_json())
    suite = tiny.hidden / "test_scaler.py"
    suite.write_text(suite.read_text() + "\n")
    assert certificate_of(tiny) is not None
    assert certificate_of(replace(tiny)) is None


def test_a_new_certificate_takes_the_place_of_the_old(tiny):
    """A file that is written anew is read anew."""
    for defect in ("one", "two"):
        keep(tiny, certificate(version=tiny.suites_version, defects=(defect,)).to_json())
        found = certificate_of(tiny)
        assert found is not None
        assert found.defects == (defect,)


SPECIMENS = {"mutants": MUTANTS, "variants": VARIANTS}


@pytest.mark.parametrize(
    "change",
    [
        {"mutants": {**MUTANTS, "identity": wrong(f"{IDENTITY}\n", "Multiply by the factor.")}},
        {"mutants": {**MUTANTS, "identity": wrong(IDENTITY, "Multiply.")}},
        {"mutants": {**MUTANTS, "identity": wrong(IDENTITY, "Multiply by the factor.", "")}},
        {"mutants": {"renamed" if name == "three" else name: MUTANTS[name] for name in MUTANTS}},
        {"mutants": {**MUTANTS, "other": MUTANTS["identity"]}},
        {"mutants": {}},
        {"variants": {"turned": f"{RIGHT}\n"}},
        {"variants": {**VARIANTS, "looped": RIGHT}},
        {"solved": SOLVED.replace("self.factor * x", "x * self.factor")},
    ],
    ids=["text", "advice", "loses", "name", "one more", "none", "variant", "variants", "reference"],
)
def test_each_change_of_a_specimen_is_another_digest(tmp_path, change):
    """It changes with each of them: a mutant, its advice and its items, a variant, the reference."""
    before = make_course(tmp_path / "before", **SPECIMENS)
    after = make_course(tmp_path / "after", **{**SPECIMENS, **change})
    assert digest_of_specimens(before) != digest_of_specimens(after)


def test_the_digest_is_of_specimens_alone(tmp_path):
    """Neither the place, nor the suite, nor a mutant's first sentence, nor the stub changes it."""
    before = make_course(tmp_path / "before", **SPECIMENS)
    said = {name: text.replace("I thought so.", "So I thought.") for name, text in MUTANTS.items()}
    after = make_course(
        tmp_path / "after",
        suites={"test_scaler.py": "x = 1"},
        mutants=said,
        variants=VARIANTS,
        stub=f"{STUB}\n",
    )
    assert digest_of_specimens(before) == digest_of_specimens(after)
    assert IN_PLACE in said["in_place"]
