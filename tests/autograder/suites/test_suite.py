"""Suites: the outcomes of a submission, and who is at fault."""

import pytest

from autograder.course.submission import Submission, filled
from autograder.results.outcome import Outcome
from autograder.suites.context import Grading
from autograder.suites.suite import SuiteRun, run_suites
from tests.autograder.support.tiny import (
    HEADER,
    IDENTITY,
    IN_PLACE,
    RIGHT,
    add_item,
    handed_in,
    make_course,
)

pytestmark = pytest.mark.usefixtures("fresh_suites")
START = "from autograder.kit import expect\nimport pytest\n\n"


@pytest.fixture
def run(tmp_path):
    """A function that runs a course's suite on an answer."""

    def run_suite(answer, *sources, suite=None, until_lost=False, **options):
        suites = None if suite is None else {"test_scaler.py": START + suite}
        assignment = make_course(tmp_path, suites=suites, **options)
        submission = Submission.from_notebook(handed_in(assignment, answer, *sources))
        return run_suites(assignment, Grading(submission, seed=5, until_lost=until_lost))

    return run_suite


def outcomes(ran):
    [item] = ran.items
    return {result.name: result.outcome for result in item.properties}


def test_a_right_answer_has_every_property(run):
    """All properties of a right answer hold, and there is no message."""
    ran = run(RIGHT)
    [item] = ran.items
    assert (item.name, item.max_points, item.points) == ("test_scaler", 2.0, 2.0)
    assert [result.sentence for result in item.properties] == [
        "The output is not the input.",
        "The output is factor * x, for any factor.",
        "Without a factor, 2 is taken.",
        "The input is not changed in place.",
    ]
    assert set(outcomes(ran).values()) == {Outcome.PASSED}
    assert [result.essential for result in item.properties] == [True, False, False, False]
    assert (ran.faults, ran.remarks, ran.timed_out) == ([], [], False)


def test_a_partly_right_answer_has_some_properties(run):
    """Failed properties have a message; the cases of one property are one property."""
    ran = run(IN_PLACE)
    assert outcomes(ran) == {
        "test_output_is_not_the_input": Outcome.PASSED,
        "test_output_is_factor_times_input": Outcome.PASSED,
        "test_default_factor_is_two": Outcome.PASSED,
        "test_input_stays_as_it_is": Outcome.FAILED,
    }
    assert ran.items[0].points == 1.5
    assert ran.items[0].properties[3].message == (
        "x has been changed, but should stay as it is [Scaler(3)]"
    )


def test_a_wrong_answer_earns_nothing(run):
    """Without the essential property the item scores 0."""
    ran = run(IDENTITY)
    assert ran.items[0].points == 0.0
    assert ran.items[0].properties[0].message == "the output is the input [Scaler(2)]"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("x = (1", "NameError: Scaler is not defined in the notebook [Scaler]"),
        (f"{HEADER}        return x / 0", "output has 3 of 3 elements that are nan or infinite"),
        (f"{HEADER}        raise SystemExit", "SystemExit: (line 3 of its cell, in"),
        (f"{HEADER}        import os; os._exit(2)", "the code ended its own process (exit code 2)"),
        (f"{HEADER}        return (y for y in x)", "but should be a NumPy array of shape (3,)"),
    ],
    ids=["syntax error", "nan", "exit", "death", "generator"],
)
def test_what_a_students_code_does_is_the_students(run, answer, message):
    """Any failure in the worker is a failed property, never a fault of ours."""
    ran = run(answer)
    assert ran.faults == []
    assert set(outcomes(ran).values()) <= {Outcome.FAILED, Outcome.PASSED}
    assert ran.items[0].points == 0.0
    assert message in ran.items[0].properties[0].message


@pytest.mark.parametrize(
    "answer",
    [
        "Scaler = 3",
        "Scaler = None",
        "def Scaler(factor=2.0):\n    return factor",
        "def Scaler(factor=2.0):\n    return None",
        f"{HEADER}        return x\n    def __init__(self, factor=2):\n        self.scale = factor",
    ],
    ids=["number", "None", "function", "nothing", "attribute for a method"],
)
def test_something_else_for_the_class_is_the_students_mistake(run, answer):
    """A number instead of a class, an object or a method is not a fault of the suite."""
    suite = '''\
def test_scale(submission):
    """Its scale method gives 3."""
    assert submission.Scaler(3).scale() == 3


def test_switch(submission):
    """It can be switched on."""
    scaler = submission.Scaler(3)
    scaler.on = True
    assert scaler() == 3


def test_later(submission):
    """It can be called later on."""
    assert partial(submission.Scaler(3), 1)() == 3
'''
    ran = run(answer, suite=f"from functools import partial\n\n\n{suite}")
    names = ("test_scale", "test_switch", "test_later")
    assert outcomes(ran) == dict.fromkeys(names, Outcome.FAILED)
    assert ran.faults == []


def test_an_endless_answer_is_told_as_timed_out(run):
    """The property that met the limit, and later ones, fail; there is one remark."""
    ran = run(f"{HEADER}        while True: pass", call_seconds=0.3)
    assert ran.timed_out
    assert ran.faults == []
    assert set(outcomes(ran).values()) == {Outcome.FAILED}
    assert ran.remarks == ["the code did not return within 0.3 seconds [Scaler]"]


def test_a_notebook_that_cannot_be_run_fails_every_property(run):
    """Cells that use up the whole time fail all properties, and are not a fault of ours."""
    ran = run(RIGHT, "while True: pass", submission_seconds=0.4)
    assert set(outcomes(ran).values()) == {Outcome.FAILED}
    assert len(outcomes(ran)) == 4
    assert ran.timed_out
    assert ran.faults == []


def test_without_items_nothing_is_run(tiny, monkeypatch):
    """Suites in the current folder are not run either."""
    (tiny.root / "test_here.py").write_text("def test_it():\n    {}['key']\n")
    monkeypatch.chdir(tiny.root)
    submission = Submission.from_notebook(handed_in(tiny, RIGHT))
    assert run_suites(tiny, Grading(submission, seed=5), []) == SuiteRun()


GOOD = 'def test_good(submission):\n    """It is there."""\n    submission.Scaler\n\n\n'


@pytest.mark.parametrize(
    ("bug", "fault"),
    [
        ("{}['key']", "KeyError: 'key'"),
        ("missing", "NameError: name 'missing' is not defined"),
        ("submission.Scaler(object())", "cannot be sent to a worker"),
        ("pytest.skip('later')", "later"),
        ("exit(3)", "SystemExit: 3"),
        ("raise AttributeError('no such thing')", "AttributeError: no such thing"),
    ],
)
def test_a_bug_in_a_property_is_our_fault(run, bug, fault):
    """A property that breaks did not run: the item is held back, and the operator gets its name."""
    ran = run(RIGHT, suite=f'{GOOD}def test_bad(submission):\n    """Bad."""\n    {bug}\n')
    assert outcomes(ran) == {"test_good": Outcome.PASSED, "test_bad": Outcome.NOT_RUN}
    assert ran.items[0].points is None
    [told] = ran.faults
    assert "test_scaler.py::test_bad" in told
    assert fault in told


@pytest.mark.parametrize(
    "check",
    [
        "pytest.fail('it is wrong [Scaler]')",
        "with pytest.raises(Exception, match='it is wrong'):\n        submission.Scaler(3)",
    ],
    ids=["fail", "raises"],
)
def test_pytests_own_ways_to_fail_are_the_students(run, check):
    """A suite is plain pytest: `pytest.fail` and `pytest.raises` judge the student's code too."""
    ran = run(RIGHT, suite=f'def test_it(submission):\n    """Right."""\n    {check}\n')
    assert outcomes(ran) == {"test_it": Outcome.FAILED}
    assert ran.faults == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_bug_in_a_fixture_is_our_fault(run, when):
    """A property whose fixture breaks, before or after it, did not run."""
    body = "{}['key']\n    yield" if when == "before" else "yield\n    {}['key']"
    suite = (
        f"@pytest.fixture\ndef broken():\n    {body}\n\n\n"
        'def test_it(submission, broken):\n    """Right."""\n'
    )
    ran = run(RIGHT, suite=suite)
    assert outcomes(ran) == {"test_it": Outcome.NOT_RUN}
    assert "KeyError" in ran.faults[0]


@pytest.mark.parametrize("suite", ["import no_such_module", "x = (1", "1 / 0", "x = 1"])
def test_a_suite_that_does_not_load_is_our_fault(run, suite):
    """If no property ran, there is no grade, and the fault names the suite."""
    ran = run(RIGHT, suite=suite)
    assert ran.items[0].properties == ()
    assert ran.items[0].points is None
    assert any("test_scaler.py" in fault for fault in ran.faults)


def test_a_sentence_is_the_docstrings_first_paragraph(run):
    """The student reads the first paragraph in one line, or the name if there is none."""
    suite = (
        'def test_one(submission):\n    """It holds,\n    as said.\n\n    Not this.\n    """\n\n\n'
        "def test_two(submission):\n    pass\n"
    )
    [item] = run(RIGHT, suite=suite).items
    assert [result.sentence for result in item.properties] == ["It holds, as said.", "test_two"]


def test_an_assertion_without_words_shows_no_expected_value(run):
    """The student reads that the property does not hold, and no compared value."""
    suite = "def test_it(submission):\n    secret = 17\n    assert submission.Scaler().factor == secret\n"
    [item] = run(RIGHT, suite=suite).items
    assert item.properties[0].message == "the property does not hold"


DESTROYS = f"{HEADER}        import scaling; del scaling.Scaling.__init__\n        return x\n"


def test_what_one_item_destroys_is_not_missing_in_another(tmp_path):
    """A failed item is tried again in a worker of its own."""
    suite = (
        'def test_it(submission):\n    """Right."""\n'
        "    assert submission.Scaler(3.0)(1.0) == 3.0\n"
    )
    assignment = make_course(tmp_path)
    given = assignment.root / "source" / "tiny" / "scaling.py"
    given.write_text(given.read_text() + "\n\nclass Kept(Scaling):\n    pass\n")
    other = "from scaling import Kept\nclass Keeper(Kept):\n    pass\n"
    keeper = suite.replace("Scaler(3.0)(1.0)", "Keeper(3.0).factor")
    assignment = add_item(assignment, "keeper", other, "pass", keeper)
    for answer, points, first in (
        (RIGHT, [2.0, 1.0], ["test_scaler"]),
        (DESTROYS, [0.0, 1.0], ["test_scaler", "test_keeper"]),
    ):
        notebook = filled(handed_in(assignment, answer), {"keeper": other})
        grading = Grading(Submission.from_notebook(notebook), seed=5)
        assert [item.points for item in run_suites(assignment, grading).items] == points
        assert grading.first == first


COUNTS = """\
calls = []
class Keeper:
    def __init__(self, factor):
        calls.append(factor)
        self.factor = factor if len(calls) != 2 else 0.0
"""
TWICE = """\
def test_one(submission):
    assert submission.Keeper(3.0).factor == 3.0
def test_other(submission):
    assert submission.Keeper(3.0).factor == 3.0
"""
ONCE = """\
ran = []
def test_one(submission):
    ran.append(submission.Keeper)
    assert len(ran) == 1
def test_other(submission):
    assert submission.Keeper(3.0).factor == 4.0
"""


@pytest.mark.parametrize(("suite", "workers"), [(TWICE, 3), (ONCE, 2)])
def test_what_does_not_hold_is_tried_by_itself_then_with_the_others(tmp_path, suite, workers):
    """Properties that held are tried again only if all failed ones hold alone."""
    assignment = add_item(make_course(tmp_path), "keeper", COUNTS, "pass", suite)
    notebook = filled(handed_in(assignment, RIGHT), {"keeper": COUNTS})
    grading = Grading(Submission.from_notebook(notebook), seed=5)
    _, keeper = run_suites(assignment, grading).items
    assert [result.outcome for result in keeper.properties] == [Outcome.PASSED, Outcome.FAILED]
    assert len(grading.first) == workers


def test_an_item_may_end_with_its_first_failure(run):
    """Its later properties do not run."""
    assert outcomes(run(f"{HEADER}        return x + 1\n", until_lost=True)) == {
        "test_output_is_not_the_input": Outcome.PASSED,
        "test_output_is_factor_times_input": Outcome.FAILED,
    }


def test_what_a_student_returned_is_shown_where_it_is_wrong(run):
    """The first properties that fail on an array have figures; a right answer has none."""
    ran = run(f"{HEADER}        return x + 1\n")
    figures = {result.name: result.figures for result in ran.items[0].properties}
    [figure] = figures["test_output_is_factor_times_input"]
    assert (figure.title, figure.shape, len(figure.cells)) == ("output", (2, 3), 2)
    assert figures["test_default_factor_is_two"] == ()
    assert not any(result.figures for result in run(RIGHT).items[0].properties)
