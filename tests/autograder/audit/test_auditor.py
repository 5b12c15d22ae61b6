"""The audit: a good course is proven, and each thing that may be wrong with a course is told."""

import re
import shutil
from itertools import count, cycle

import pytest

from autograder.audit import auditor as audit_module
from autograder.audit.auditor import Auditor
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.certificate import digest_of_specimens
from autograder.grading.process import GradingProcess
from tests.autograder.support.tiny import (
    HEADER,
    IDENTITY,
    IN_PLACE,
    MUTANTS,
    OBSERVATIONS,
    OBSERVED,
    RIGHT,
    SUITE,
    THREE,
    VARIANTS,
    add_item,
    make_course,
    wrong,
)

COURSE = {"suites": OBSERVED, "mutants": MUTANTS, "variants": VARIANTS}


def no_tick(done, steps):
    """Tell nobody."""


def audited(assignment, jobs=1, tick=no_tick, chance=0):
    return Auditor(assignment, jobs, tick, chance).audit()


@pytest.fixture(scope="module")
def good(tmp_path_factory, grading_process):
    """A good course and its certificate."""
    assignment = make_course(tmp_path_factory.mktemp("good"), **COURSE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Auditor, "_processes", cycle([grading_process]))
        return assignment, audited(assignment)


@pytest.fixture
def audit(tmp_path, one_process):
    """A function that audits a good course after some changes."""
    return lambda **changes: audited(make_course(tmp_path, **{**COURSE, **changes}))


def test_a_good_course_has_no_defects(good):
    """The certificate says what was graded, and that nothing was wrong with it."""
    assignment, certificate = good
    assert certificate.defects == ()
    assert certificate.version == assignment.suites_version
    assert certificate.specimens == digest_of_specimens(assignment)
    assert certificate.variants == ("turned",)
    assert certificate.properties == {
        "test_scaler": (
            "test_output_is_not_the_input",
            "test_output_is_factor_times_input",
            "test_default_factor_is_two",
            "test_input_stays_as_it_is",
        )
    }


def test_a_certificate_has_what_each_mutant_does(good):
    """Its advice, the properties that fail, the facts that differ, and what it is taken for."""
    _, certificate = good
    identity, in_place, three = certificate.mistakes
    assert (identity.name, in_place.name, three.name) == ("identity", "in_place", "three")
    assert identity.advice == "Multiply by the factor."
    assert identity.loses == {"test_scaler": ()}
    assert identity.costs == {"test_scaler": 2.0}  # it fails an essential property
    assert identity.fails == {
        "test_scaler": ("test_output_is_not_the_input", "test_output_is_factor_times_input")
    }
    assert in_place.behaviour == {"test_scaler": {"input_stays": "False"}}
    assert three.behaviour == {"test_scaler": {"default_factor": "3"}}
    assert identity.behaviour["test_scaler"].keys() == {"output"}
    assert [m.named["test_scaler"] for m in certificate.mistakes] == [
        ("identity",),
        ("in_place",),
        ("three",),
    ]


def test_a_certificate_has_what_the_reference_does(good):
    """All its facts, which those of mutants are compared with."""
    _, certificate = good
    facts = certificate.reference["test_scaler"]
    assert facts.keys() == {"output", "default_factor", "input_stays"}
    assert (facts["default_factor"], facts["input_stays"]) == ("2", "True")


def test_the_number_of_processes_makes_no_difference(good):
    """Two processes find what one finds, in the same order."""
    assignment, certificate = good
    assert audited(assignment, jobs=2).to_json() == certificate.to_json()


def test_all_processes_are_started_once_and_together(good, monkeypatch):
    """PyTorch is loaded once, for the audit and for its repetition."""
    started, start = [], GradingProcess.start
    monkeypatch.setattr(GradingProcess, "start", lambda n: started.append(n) or start(n))
    auditor = Auditor(good[0], 2, no_tick)
    assert auditor.repeat(auditor.audit(), 2) == []
    assert started == [2]


def but(kind, *left_out, **more):
    kept = {name: text for name, text in COURSE[kind].items() if name not in left_out}
    return {kind: kept | more}


NO_ITEM = "mutant odd names no item that it loses"
NO_ADVICE = (
    "mutant odd has no advice for the student: write it as the second paragraph of its docstring"
)
UNNAMED = (
    "{} mutants are not named as what they are, more than 10%: write observe_... functions that see the difference of {}, "
    "or give mutants that behave alike the same advice"
)
CHANGED = (
    "loses points in test_scaler: test_input_stays_as_it_is: "
    "x has been changed, but should stay as it is [Scaler(3)]"
)
UNBROKEN = "no mutant breaks test_scaler: "


@pytest.mark.parametrize(
    ("changes", "defects"),
    [
        (
            but("mutants", odd=wrong(RIGHT)),
            [
                "mutant odd survives: it loses nothing in test_scaler",
                UNNAMED.format("1 of 4", "odd"),
            ],
        ),
        (but("mutants", odd=wrong(IN_PLACE, loses="")), [NO_ITEM]),
        (but("mutants", odd=wrong(RIGHT, loses="")), [NO_ITEM]),
        (
            but("mutants", odd=wrong(THREE, advice="")),
            [NO_ADVICE, UNNAMED.format("1 of 4", "three")],
        ),
        (but("mutants", "three"), [f"{UNBROKEN}test_default_factor_is_two"]),
        (but("variants", odd=IN_PLACE), [f"variant odd {CHANGED}"]),
        (
            {"solved": IN_PLACE, **but("mutants", "in_place")},
            [f"the reference {CHANGED}", f"{UNBROKEN}test_input_stays_as_it_is"],
        ),
        (
            {"stub": THREE},
            ["the unsolved release gets 1.5 points in test_scaler"],
        ),
        (
            {"suites": {"test_scaler.py": SUITE + OBSERVATIONS.replace("Scaler()", "Scaler(2)")}},
            [UNNAMED.format("1 of 3", "three")],
        ),
    ],
    ids=[
        "a mutant survives",
        "a mutant loses more than it names",
        "a mutant names nothing",
        "a mutant without advice",
        "a property that no mutant breaks",
        "a rejected variant",
        "a wrong reference",
        "a release that earns points",
        "a mutant that nothing tells from right ones",
    ],
)
def test_each_defect_is_told(audit, changes, defects):
    """What is wrong with a course is said in a line for each, and nothing else is."""
    assert list(audit(**changes).defects) == defects


BUGGY = SUITE + "\n\ndef test_bug(submission):\n    {}['key']\n"


def test_a_property_that_breaks_is_a_defect(audit):
    """It is told once, and each solution that could not be judged for it."""
    defects = audit(suites={"test_scaler.py": BUGGY + OBSERVATIONS}).defects
    broke, *judged, unbroken = defects
    assert broke.startswith("a suite broke: ")
    assert broke.endswith("test_scaler.py::test_bug: KeyError: 'key'")
    assert [line.partition(" is not judged in test_scaler: ")[0] for line in judged] == [
        "the reference",
        "mutant identity",
        "mutant in_place",
        "mutant three",
        "variant turned",
    ]
    assert all("KeyError: 'key'" in line for line in judged)
    assert unbroken == "no mutant breaks test_scaler: test_bug"


def test_a_suite_that_does_not_load_is_a_defect(audit):
    """No solution is judged by it."""
    defects = audit(suites={"test_scaler.py": "x = (1"}).defects
    assert any(line.startswith("a suite broke: ") and "SyntaxError" in line for line in defects)
    assert "the reference is not judged in test_scaler: no property was run" in defects
    assert "variant turned is not judged in test_scaler: no property was run" in defects


def test_an_observation_that_breaks_is_a_defect(audit):
    """Nobody's points depend on it, but mistakes go without a name."""
    bug = "\n\ndef observe_bug():\n    {}['key']\n"
    broke, unnamed = audit(suites={"test_scaler.py": SUITE + OBSERVATIONS + bug}).defects
    assert broke.startswith("a suite broke: ")
    assert broke.endswith("test_scaler.py::observe_bug: KeyError: 'key'")
    assert unnamed.startswith("3 of 3 mutants are not named")


def test_an_observation_that_fails_on_the_reference_is_a_defect(audit):
    """It would be the same fact for right and wrong solutions, whatever it looks at."""
    slip = (
        "\n\nfrom autograder.kit import expect\n\n\ndef observe_slip(submission):\n"
        "    return expect.array(submission.Scaler(3)(1.5), (2,), 'output', 'Scaler(3)')\n"
    )
    (defect,) = audit(suites={"test_scaler.py": SUITE + OBSERVATIONS + slip}).defects
    assert defect == (
        "the reference fails observe_slip of test_scaler: "
        "output is a float, but should be a NumPy array of shape (2,)"
    )


def test_a_suite_that_breaks_for_the_unsolved_release_alone_is_a_defect(audit):
    """Many hand in what they were given: they too must be judged."""
    bug = (
        "\n\ndef test_bug(submission):\n    try:\n        submission.Scaler()(1)\n"
        "    except Exception:\n        {}['key']\n"
    )
    broke, *_ = audit(suites={"test_scaler.py": SUITE + bug + OBSERVATIONS}).defects
    assert "test_scaler.py::test_bug: KeyError: 'key'" in broke


@pytest.mark.parametrize(
    ("told", "alike"), [("y", False), ("(y != x).all()", True)], ids=["drawn", "left out"]
)
def test_chance_is_found_where_an_observation_tells_it(tmp_path, one_process, told, alike):
    """The certificate is the same for any chance, if no fact depends on what a mutant draws."""
    draws = f"{HEADER}        import numpy as np\n        return x + np.random.random()\n"
    suite = f"{SUITE}\n\ndef observe_output(submission, rng):\n    x = rng.normal(size=3)\n"
    assignment = make_course(
        tmp_path,
        suites={"test_scaler.py": f"{suite}    y = submission.Scaler(1)(x)\n    return {told}\n"},
        mutants={"drawn": wrong(draws)},
    )
    first, other = (audited(assignment, chance=chance).to_json() for chance in (0, 1))
    assert (first == other) == alike


@pytest.mark.parametrize("silent", [1, 2])
def test_one_mutant_in_ten_may_go_without_a_name(audit, silent):
    """A tenth that are not named is no defect, more is one."""
    suite = (
        'def test_output(submission):\n    """The output is right."""\n'
        "    assert submission.Scaler()(1) == 2\n\n\n"
        "def observe_output(submission):\n    return submission.Scaler()(1) // 10\n"
    )
    # below 10 the observation tells none from the right one
    answers = [*range(3, 3 + silent), *range(10, 110 - 10 * silent, 10)]
    mutants = {
        f"returns_{answer}": wrong(f"{HEADER}        return {answer}\n") for answer in answers
    }
    certificate = audit(suites={"test_scaler.py": suite}, mutants=mutants)
    assert (len(certificate.mistakes), len(certificate.unnamed)) == (10, silent)
    assert len(certificate.defects) == silent - 1


SHIFTED = "class Shifter:\n    def __call__(self, x):\n        return x + 1\n"
UNSHIFTED = SHIFTED.replace("x + 1", "x")
SHIFTED_TWICE = SHIFTED.replace("x + 1", "x + 2")
SHIFTS = '''\
def test_one_is_added(submission):
    """One is added to what was scaled."""
    assert submission.Shifter()(submission.Scaler(1)(2)) == 3


def observe_output(submission):
    return submission.Shifter()(submission.Scaler(1)(2))
'''


@pytest.fixture
def two_cells(tmp_path):
    """A function that makes a good course of two solution cells with an item each."""

    def make(**changes):
        stub = SHIFTED.replace("return x + 1", "raise NotImplementedError")
        assignment = make_course(tmp_path, **{**COURSE, **changes})
        return add_item(assignment, "shifter", SHIFTED, stub, SHIFTS)

    return make


BOTH = MUTANTS | {
    "unshifted": wrong(UNSHIFTED, loses="test_shifter"),
    "twice": wrong(SHIFTED_TWICE, loses="test_shifter"),
}


def test_cells_that_share_no_item_are_filled_at_once(two_cells, one_process):
    """A specimen of each cell is handed in together, and each is judged by its own items."""
    steps = []
    certificate = audited(two_cells(mutants=BOTH), tick=lambda *step: steps.append(step))
    assert certificate.defects == ()
    assert [(m.name, (*m.loses,)) for m in certificate.mistakes] == [
        ("identity", ("test_scaler",)),
        ("in_place", ("test_scaler",)),
        ("three", ("test_scaler",)),
        ("twice", ("test_shifter",)),
        ("unshifted", ("test_shifter",)),
    ]
    # the reference, the release, two pairs of mutants and one that is left, one variant
    assert steps == [(done, 6) for done in range(1, 7)]


def test_cells_that_share_an_item_are_filled_one_at_a_time(two_cells, one_process):
    """Where a mutant spoils another cell's item as well, nobody else's mistake is beside it."""
    zero = f"{HEADER}        return 0 * x\n"
    spoils = {"zero": wrong(zero, loses="test_scaler, test_shifter")}
    steps = []
    certificate = audited(two_cells(mutants=BOTH | spoils), tick=lambda *step: steps.append(step))
    assert certificate.defects == ()
    assert [*certificate.mistakes[-1].loses] == ["test_scaler", "test_shifter"]
    assert steps[-1] == (9, 9)  # the reference, the release, six mutants, one variant


def test_a_variant_of_a_cell_without_mutants_is_judged_by_every_item(two_cells, one_process):
    """What no mutant tells the items of is held against all of them."""
    [unbroken, rejected] = audited(two_cells(variants={"odd": UNSHIFTED})).defects[::-1]
    assert unbroken == "no mutant breaks test_shifter: test_one_is_added"
    assert rejected.startswith("variant odd loses points in test_shifter: test_one_is_added: ")


def test_without_specimens_nothing_else_is_run(tmp_path, one_process):
    """A course without mutants and variants is told what it lacks."""
    defects = audited(make_course(tmp_path)).defects
    assert [line.removeprefix(UNBROKEN) for line in defects] == [
        "test_output_is_not_the_input",
        "test_output_is_factor_times_input",
        "test_default_factor_is_two",
        "test_input_stays_as_it_is",
    ]


RUBRIC = """
[test_scaler.multiplies]
weight = 3
sentence = "Each element is multiplied by the factor."

[test_scaler.keeps]
weight = 1
manners = true
sentence = "x stays as it is, and the factor is 2 by default."
"""
MARKED = re.sub(
    r"def (test_(output)?\w+)",
    lambda found: f'@pytest.mark.criterion("{"multiplies" if found[2] else "keeps"}")\n{found[0]}',
    OBSERVED["test_scaler.py"],
)


@pytest.fixture
def with_rubric(tmp_path, one_process):
    """A function that audits a course with a rubric, and mutants that lose these criteria."""
    folders = (tmp_path / str(number) for number in count())
    return lambda **loses: audited(rubric_course(next(folders), **loses))


def rubric_course(root, **loses):
    codes = {"identity": IDENTITY, "in_place": IN_PLACE, "three": THREE}
    mutants = {n: wrong(codes[n], loses=f"test_scaler ({c})") for n, c in loses.items()}
    assignment = make_course(root, suites={"test_scaler.py": MARKED}, mutants=mutants)
    (assignment.hidden / "rubric.toml").write_text(RUBRIC)
    assignment.check()
    return assignment


def test_a_mutant_costs_the_criteria_that_it_loses(with_rubric):
    """The certificate says what each mistake costs."""
    found = with_rubric(identity="multiplies, keeps", in_place="keeps", three="keeps")
    assert found.defects == ()
    assert found.rubric == {"test_scaler": {"multiplies": 1.5, "keeps": 0.5}}
    assert [(m.name, m.loses["test_scaler"], m.costs["test_scaler"]) for m in found.mistakes] == [
        ("identity", ("multiplies", "keeps"), 2.0),  # manners alone earn nothing
        ("in_place", ("keeps",), 0.5),
        ("three", ("keeps",), 0.5),
    ]
    assert with_rubric(identity="all", in_place="keeps", three="keeps").defects == ()


def test_a_mutant_loses_exactly_the_criteria_that_it_names(with_rubric):
    """Others, more or fewer are a defect each."""
    found = with_rubric(identity="multiplies", in_place="multiplies", three="keeps, multiplies")
    assert [defect.partition(": ")[0] for defect in found.defects] == [
        "mutant identity must lose multiplies in test_scaler, got multiplies, keeps",
        "mutant in_place must lose multiplies in test_scaler, got keeps",
        "mutant three must lose keeps, multiplies in test_scaler, got keeps",
    ]


def rewrite(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def weighed(tmp_path_factory, grading_process):
    """A course with a rubric and its certificate, to be copied."""
    root = tmp_path_factory.mktemp("weighed")
    assignment = rubric_course(root, identity="all", in_place="keeps", three="keeps")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Auditor, "_processes", cycle([grading_process]))
        return root, audited(assignment)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("tests/hidden/tiny/rubric.toml", "weight = 3", "weight = 7"),
        ("tests/hidden/tiny/rubric.toml", "Each element is", "The elements are"),
        ("source/tiny/tiny.ipynb", '"points": 2', '"points": 5'),
    ],
    ids=["weights", "words", "points"],
)
def test_what_mistakes_cost_now_is_known_without_grading(
    weighed, tmp_path, one_process, file, old, new
):
    """It is what another audit would find."""
    root, before = weighed
    shutil.copytree(root, tmp_path, dirs_exist_ok=True)
    rewrite(tmp_path / file, old, new)
    changed = Assignment(tmp_path, "tiny")
    assert before.reweighed(changed) == audited(changed)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("tests/hidden/tiny/rubric.toml", "manners = true", "manners = false"),
        ("tests/hidden/tiny/test_scaler.py", "def ", "# new\ndef "),
        ("tests/mutants/tiny/three.py", "Mend it", "Mend it all"),
        ("source/tiny/tiny.ipynb", '"points": 2', '"points": 0'),
        ("source/tiny/scaling.py", "class", "X = 1\n\n\nclass"),
    ],
    ids=["manners", "suite", "mutant", "no points", "given module"],
)
def test_what_may_change_an_outcome_is_graded_anew(weighed, tmp_path, file, old, new):
    """Then the last audit does not say what a mistake costs."""
    root, before = weighed
    shutil.copytree(root, tmp_path, dirs_exist_ok=True)
    rewrite(tmp_path / file, old, new)
    assert before.reweighed(Assignment(tmp_path, "tiny")) is None


def test_without_a_rubric_other_points_are_graded_anew(good, tmp_path):
    """A mistake's cost is a share of them then, which the certificate does not know."""
    assignment, before = good
    shutil.copytree(assignment.root, tmp_path, dirs_exist_ok=True)
    assert before.reweighed(Assignment(tmp_path, "tiny")) == before
    rewrite(tmp_path / "source/tiny/tiny.ipynb", '"points": 2', '"points": 5')
    assert before.reweighed(Assignment(tmp_path, "tiny")) is None


def test_a_mutant_names_criteria_of_the_rubric(with_rubric):
    """A name that no criterion has is one line, before anything is graded."""
    with pytest.raises(
        AssignmentError, match=r"identity.py: `loses:` must name criteria of .*sums"
    ):
        with_rubric(identity="sums")


@pytest.fixture
def repeated(tmp_path, one_process, monkeypatch):
    """A function that repeats a course's specimens; it returns differences and steps."""
    monkeypatch.setattr(audit_module, "CHUNK", 3)
    folders = (tmp_path / str(number) for number in count())

    def run(times, only="*", mutants=MUTANTS, **variants):
        steps = []
        specimens = {"mutants": mutants, "variants": variants}
        assignment = make_course(next(folders), suites=OBSERVED, **specimens)
        auditor = Auditor(assignment, 1, lambda *step: steps.append(step))
        certificate = auditor.audit()
        steps.clear()
        return auditor.repeat(certificate, times, only), steps

    return run


def test_right_and_wrong_solutions_score_the_same_for_any_seed(repeated):
    """There is nothing to report, and each chunk of seeds of a specimen is a step."""
    assert repeated(7, turned=RIGHT) == ([], [(n, 12) for n in range(1, 13)])


def test_only_some_specimens_are_repeated(repeated):
    """Those whose names match, and no others."""
    assert repeated(3, "turn*", odd=IN_PLACE, turned=RIGHT)[0] == []
    assert len(repeated(3, "o*", odd=IN_PLACE, turned=RIGHT)[0]) == 3


def test_a_wrong_variant_is_reported_with_each_seed(repeated):
    """With its points, and the properties that it fails."""
    lost, _ = repeated(5, "odd", odd=IN_PLACE, turned=RIGHT)
    assert lost == [
        f"odd with seed {seed}: test_scaler: 1.5 instead of 2 points: "
        + CHANGED.removeprefix("loses points in test_scaler: ")
        for seed in range(5)
    ]


CHANCE = f"""{RIGHT}
    def __init__(self, factor=2.0):
        import numpy as np
        self.factor = factor + np.random.randint(2)
"""


def test_a_variant_that_is_wrong_by_chance_is_found(repeated):
    """One that is right for some of the seeds."""
    lost, _ = repeated(12, "odd", odd=CHANCE)
    assert 0 < len(lost) < 12


def test_a_mutant_whose_points_vary_is_found(repeated):
    """One behaviour has one mark, whatever is drawn."""
    varies = {"identity": wrong(IDENTITY), "odd": wrong(CHANCE)}
    found, _ = repeated(12, mutants=varies)
    assert 0 < len(found) < 12
    assert all(line.startswith("odd with seed ") for line in found)


def test_nothing_is_repeated_no_time(repeated):
    """Without seeds there is no step."""
    assert repeated(0, odd=IN_PLACE) == ([], [])
