"""What is counted of a class: by hand, over those who have a grade, and nobody twice."""

from dataclasses import replace

import pytest

from autograder.class_report.facts import ClassFacts
from autograder.course.assignment import Item
from autograder.course.rubric import ItemRubric
from autograder.gradebook.class_record import ClassRecord, Record
from autograder.gradebook.entry import NOT_GRADED, Entry
from autograder.grading.graded import held, unreadable
from autograder.results.criterion import Criterion
from autograder.results.outcome import Diagnosis, ItemResult, Outcome, PropertyResult
from autograder.results.report import Report, Status
from tests.autograder.support.results import judged, property_of
from tests.autograder.support.tiny import make_course

ITEMS = [Item("one", 1.0), Item("two", 2.0)]
SENTENCES = {"test_a": "It scales.", "test_b": "It stays."}
SIGNS = {"+": Outcome.PASSED, "-": Outcome.FAILED, "?": Outcome.NOT_RUN}


def item(name, signs, *mistakes, maximum=1.0):
    """Return an item's result: `+-` passes test_a and fails test_b."""
    return ItemResult(
        name,
        maximum,
        tuple(
            PropertyResult(test, SENTENCES[test], SIGNS[sign], essential=test == "test_a")
            for test, sign in zip(SENTENCES, signs, strict=False)
        ),
        tuple(Diagnosis(mistake, f"Mend {mistake}.") for mistake in mistakes),
    )


def record(student, one, two, status=Status.GRADED, *results, version="v", **more):
    """Return a record with points, and with these results of items."""
    report = Report(status, results, version=version)
    return Record(Entry(student, {"one": one, "two": two}, status), report, **more)


def facts(*records):
    return ClassFacts.of(ClassRecord(ITEMS, list(records)), "v")


def test_statistics_are_of_those_who_have_a_grade():
    """Missing, waiting, held back and unreadable ones are counted apart, and are no zeros."""
    nothing = {"one": None, "two": None}
    found = facts(
        record("ann", 1.0, 2.0),
        record("bob", 0.5, 1.0, Status.TIMED_OUT),
        record("cem", 0.0, 0.0, Status.UNREADABLE),
        record("dan", 1.0, None, Status.HELD),
        Record(Entry("eve", nothing, Status.MISSING)),
        Record(Entry("fay", nothing, NOT_GRADED)),
    )
    assert (found.totals.n, found.uncounted) == (2, 4)
    assert (found.totals.mean, found.totals.full) == (2.25, 1)
    assert [analysis.distribution.mean for analysis in found.items] == [0.75, 1.5]
    assert [analysis.facility for analysis in found.items] == [0.75, 0.75]
    assert found.statuses == dict.fromkeys(
        ["graded", "timed out", "could not be read", "grader's fault", "missing", NOT_GRADED], 1
    )


def test_a_propertys_rate_is_of_those_in_which_it_was_run():
    """In the suite's order, with its sentence; what was not run is neither passed nor failed."""
    found = facts(
        record("ann", 1.0, 2.0, Status.GRADED, item("one", "++")),
        record("bob", 0.0, 2.0, Status.GRADED, item("one", "-+")),
        record("cem", 0.5, 2.0, Status.GRADED, item("one", "+-")),
        record("dan", None, 2.0, Status.HELD, item("one", "+?")),
    )
    a, b = found.properties["one"]
    assert (a.name, a.sentence, a.essential) == ("test_a", "It scales.", True)
    assert (a.passed, a.failed, a.not_run, a.rate) == (3, 1, 0, 0.75)
    assert (b.passed, b.failed, b.not_run, b.rate) == (2, 1, 1, 2 / 3)
    assert list(found.properties) == ["one"]


def test_a_property_that_never_ran_has_no_rate():
    """Nothing is divided by zero."""
    found = facts(record("ann", None, 1.0, Status.HELD, item("one", "??")))
    assert [rate.rate for rate in found.properties["one"]] == [None, None]


def test_what_stands_for_a_suite_that_did_not_run_is_no_property(tmp_path):
    """Neither that a file could not be read, nor that the grader broke."""
    tiny = make_course(tmp_path)
    records = [
        Record(Entry("ann", {"test_scaler": 0.0}, Status.UNREADABLE), unreadable(tiny, "cut off")),
        Record(Entry("bob", {"test_scaler": None}, Status.HELD), held(tiny, "broken")),
    ]
    found = ClassFacts.of(ClassRecord(tiny.items, records), tiny.version)
    assert found.properties.get("test_scaler", []) == []
    assert found.mistakes == []


def test_a_property_discriminates_by_the_points_in_all_other_items():
    """Who passes test_a has 2 points elsewhere, who does not has none: that is 1."""
    records = [
        record(f"s{n}", 1.0, 2.0, Status.GRADED, item("one", "++"))
        if n % 2
        else record(f"s{n}", 0.0, 0.0, Status.GRADED, item("one", "-+"))
        for n in range(12)
    ]
    a, b = facts(*records).properties["one"]
    assert a.discrimination.value == pytest.approx(1.0)
    assert b.discrimination.meaning == "not defined: all have the same in it"
    few = facts(*records[:4]).properties["one"][0]
    assert "fewer than 10" in few.discrimination.meaning


def test_mistakes_are_those_of_what_could_be_read():
    """What an unreadable file fails is no mistake of its author."""
    lost = judged(property_of("scales", Outcome.FAILED), *map(property_of, ("adds", "keeps")))
    found = facts(
        record("ann", 0.8, 2.0, Status.GRADED, lost),
        record("bob", 0.0, 0.0, Status.UNREADABLE, lost),
    )
    assert [[r.student for r in made.records] for made in found.mistakes] == [["ann"]]


def test_items_are_called_by_their_titles():
    """One without a title is called by its name, in words."""
    items = [Item("test_one", 1.0, ItemRubric(title="Scale")), Item("test_the_rest", 1.0)]
    found = ClassFacts.of(ClassRecord(items, []), "v")
    assert found.titles == {"test_one": "Scale", "test_the_rest": "the rest"}


def test_students_graded_with_other_suites_are_listed():
    """The present suite's properties come first; one that is gone comes last."""
    gone = ItemResult("one", 1.0, (PropertyResult("test_old", "It was.", Outcome.PASSED),))
    found = facts(
        record("ann", 1.0, 2.0, Status.GRADED, gone, version="old"),
        record("bob", 1.0, 2.0, Status.GRADED, item("one", "++")),
        record("cem", 1.0, 2.0, Status.GRADED, item("one", "++")),
    )
    assert [r.student for r in found.outdated] == ["ann"]
    assert [rate.name for rate in found.properties["one"]] == ["test_a", "test_b", "test_old"]


def test_a_class_of_nobody_has_facts():
    """There is nothing to count, and nothing breaks."""
    found = facts()
    assert (found.totals.n, found.mistakes, found.properties, found.statuses) == (0, [], {}, {})


def test_criteria_are_counted_by_item():
    """Of what could be read; the criteria of the present suites come first."""
    right, wrong = property_of("scales"), property_of("scales", Outcome.FAILED)
    others = property_of("adds"), property_of("keeps")
    old = judged(property_of("scales"), *others, name="one")
    gone = replace(old, criteria=(Criterion("gone", "It was.", 1), *old.criteria))
    found = facts(
        record("ann", 2.0, 2.0, Status.GRADED, gone, version="old"),
        record(
            "bob", 2.0, 2.0, Status.GRADED, judged(right, *others, name="one"), item("two", "++")
        ),
        record("cem", 0.8, 2.0, Status.GRADED, judged(wrong, *others, name="one")),
        record("dan", 0.0, 0.0, Status.UNREADABLE, judged(wrong, name="one")),
    )
    assert list(found.criteria) == ["one"]
    assert [(rate.name, rate.lost) for rate in found.criteria["one"]] == [
        ("scales", 1), ("adds", 0), ("keeps", 0), ("gone", 0),
    ]  # fmt: skip
