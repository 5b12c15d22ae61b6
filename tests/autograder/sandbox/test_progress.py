"""Progress: a suite that loops for ever is ended, and only its own item is held back."""

from contextlib import closing

import pytest

from autograder.course.certificate import path_of
from autograder.grading import child_process
from autograder.grading.child_process import ChildProcess
from autograder.grading.hung_suites import IN_A_ROW
from autograder.grading.process import GradingProcess
from autograder.results.outcome import Outcome
from autograder.results.report import Status
from autograder.sandbox import progress
from autograder.sandbox.progress import SIZE, Doing, HungError, Progress
from tests.autograder.support.certificate import certificate
from tests.autograder.support.tiny import (
    HANGING,
    IDENTITY,
    RIGHT,
    SUITE,
    add_item,
    handed_in,
    make_course,
)

OTHER = "class Other(Scaling):\n    pass\n"
IN_PYTHON = "while True:\n        pass"
IN_A_CALL = "import itertools\n    sum(itertools.repeat(0))"  # which lets no other thread run
ASKING = "while True:\n        submission.Scaler(2.0)"
LOOPS = {
    "python": f"def test_loops():\n    {IN_PYTHON}\n",
    "call": f"def test_loops():\n    {IN_A_CALL}\n",
    "asking": f"def test_loops(submission):\n    {ASKING}\n",
    "fixture": (
        "import pytest\n@pytest.fixture\ndef endless():\n    yield\n"
        f"    {IN_PYTHON}\n\ndef test_loops(endless):\n    pass\n"
    ),
}


@pytest.fixture(autouse=True)
def _look_often(monkeypatch):
    monkeypatch.setattr(child_process, "LOOK_SECONDS", 0.2)


def course(root, suite, **limits):
    """Return a course of two items; the second has the given suite."""
    first = make_course(root, suite_seconds=1, **limits)
    return add_item(first, "other", OTHER, OTHER, suite)


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_suite_that_loops_holds_back_its_item_alone(tmp_path, loop):
    """The other item has its points; the cause names the property and its suite."""
    assignment = course(tmp_path, loop)
    with closing(GradingProcess()) as process:
        report = process.grade_notebook(assignment, handed_in(assignment, RIGHT))
        assert report.status is Status.HELD
        assert report.item("test_scaler").points == 2.0
        assert report.item("test_other").points is None
        (result,) = report.item("test_other").properties
        assert result.outcome is Outcome.NOT_RUN
        assert (
            "tests/hidden/tiny/test_other.py: test_loops did not end within 1 sec" in result.message
        )


def test_a_suite_that_always_loops_is_not_tried_for_ever(tmp_path, monkeypatch):
    """After some submissions in a row it is skipped, until the suites change."""
    assignment = course(tmp_path, LOOPS["python"])
    started = []
    start = ChildProcess.__init__

    def counting(process, *layers, **options):
        started.append(process)
        start(process, *layers, **options)

    monkeypatch.setattr(ChildProcess, "__init__", counting)
    with closing(GradingProcess()) as process:
        for _ in range(IN_A_ROW + 2):
            report = process.grade_notebook(assignment, handed_in(assignment, RIGHT))
            assert (report.item("test_scaler").points, report.status) == (2.0, Status.HELD)
    assert len(started) == IN_A_ROW + 1


def test_an_observation_that_loops_costs_no_grade(tmp_path):
    """Only the advice is missing: the points are those of the properties."""
    loops = f"{SUITE}\n\ndef observe_loops():\n    {IN_PYTHON}\n"
    assignment = make_course(tmp_path, suites={"test_scaler.py": loops}, suite_seconds=1)
    path_of(assignment).parent.mkdir(parents=True)
    path_of(assignment).write_text(certificate(version=assignment.suites_version).to_json())
    reported = []
    with closing(GradingProcess(on_line=reported.append)) as process:
        report = process.grade_notebook(assignment, handed_in(assignment, IDENTITY))
    assert (report.points, report.status) == (0.0, Status.GRADED)
    assert [line for line in reported if "observe_loops did not end" in line]


@pytest.mark.parametrize("name", ["conftest.py", "test_other.py"])
def test_a_suite_that_loops_while_it_is_loaded_holds_everybody_back_at_once(tmp_path, name):
    """It is tried once; the cause names the file."""
    assignment = course(tmp_path, "def test_fine():\n    pass\n", loading_seconds=2)
    (assignment.hidden / name).write_text("while True:\n    pass\n")
    with closing(GradingProcess()) as process:
        for _ in range(3):
            report = process.grade_notebook(assignment, handed_in(assignment, RIGHT))
            assert (report.status, report.points) == (Status.HELD, None)
            assert f"tests/hidden/tiny/{name} was not loaded within 2 seconds" in report.cause


def test_an_answer_that_loops_is_the_students_failure(tmp_path):
    """The limits of a student's code are reached first."""
    assignment = make_course(tmp_path, suite_seconds=0.5, call_seconds=1, submission_seconds=2)
    with closing(GradingProcess()) as process:
        report = process.grade_notebook(assignment, handed_in(assignment, HANGING))
    assert (report.points, report.status) == (0.0, Status.TIMED_OUT)


def test_an_audit_says_which_suite_hangs(tmp_path):
    """A caller with a process of its own gets an error with the remedy."""
    assignment = course(tmp_path, LOOPS["python"])
    with (
        closing(GradingProcess()) as process,
        pytest.raises(
            HungError, match=r"test_loops did not end .* raise suite_seconds in manifest"
        ),
    ):
        process.repeat(assignment, assignment.release, ["test_other"], range(1))


def test_the_time_of_others_does_not_count(monkeypatch):
    """The clock stops while a student's code runs, and between two functions."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    own = Progress(memoryview(bytearray(SIZE)))
    doing = Doing("test_a.py", "test_b", 10.0)

    def later(seconds):
        now[0] += seconds
        return own.overdue()

    own.resume()
    assert later(20) is None  # nothing has begun
    own.begin(doing)
    assert later(9) is None
    own.pause()
    assert later(100) is None
    own.resume()
    assert later(0.5) is None
    assert later(0.5) == doing
    own.end()
    assert later(100) is None
    own.begin(doing)
    assert later(9) is None
