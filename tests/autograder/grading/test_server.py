"""The main loop of a grading process: each submission gets its own report."""

import os
import queue
from contextlib import ExitStack, closing

import nbformat
import psutil
import pytest

from autograder.course.submission import Submission
from autograder.grading.grader import grade
from autograder.grading.process import GradingProcess
from autograder.results.report import Status
from tests.autograder.support.tiny import IDENTITY, IN_PLACE, RIGHT, SUITE, handed_in, make_course

pytestmark = pytest.mark.usefixtures("fresh_suites")


def test_a_report_does_not_depend_on_who_was_graded_before(tiny, grading_process):
    """The same submission gets an equal report, first or last."""
    reports = [
        grading_process.grade_notebook(
            tiny, handed_in(tiny, answer, "import random\nx = random.random()")
        )
        for answer in (IN_PLACE, RIGHT, IDENTITY, IN_PLACE)
    ]
    assert [report.item("test_scaler").points for report in reports] == [1.5, 2.0, 0.0, 1.5]
    assert reports[0] == reports[3]
    again = handed_in(tiny, IN_PLACE, "import random\nx = random.random()")
    assert reports[0] == grade(tiny, Submission.from_notebook(again))


def test_what_was_put_right_before_is_in_the_report(tiny, grading_process):
    """The notebook's metadata has the remarks."""
    notebook = handed_in(tiny, RIGHT)
    notebook.metadata["autograder"] = nbformat.from_dict({"remarks": ["cell `a` was missing"]})
    report = grading_process.grade_notebook(tiny, notebook)
    assert report.status is Status.REMARKS
    assert report.remarks == ("cell `a` was missing",)


def test_a_library_that_prints_breaks_no_answer(tmp_path, grading_process):
    """Output of a suite, in Python or in C, does not reach the answers."""
    noise = "import os, sys\nprint('noise')\nos.write(1, b'noise')\nsys.__stdout__.write('{}')\n"
    suite = noise + SUITE + "\n\ndef test_noise():\n    os.write(1, b'noise')\n    print('noise')\n"
    assignment = make_course(tmp_path, suites={"test_scaler.py": suite})
    for _ in range(2):
        report = grading_process.grade_notebook(assignment, handed_in(assignment, RIGHT))
        assert report.status is Status.GRADED
        assert len(report.item("test_scaler").properties) == 5


def test_suites_of_the_same_name_are_not_confused(tmp_path, grading_process):
    """Two assignments may have items of the same name: each is graded by its own suite."""
    other = (
        'def test_other(submission):\n    """Another."""\n    assert submission.Scaler(3) is None\n'
    )
    first = make_course(tmp_path / "first")
    second = make_course(tmp_path / "second", suites={"test_scaler.py": other})
    for assignment, points in ((first, 2.0), (second, 0.0), (first, 2.0)):
        report = grading_process.grade_notebook(assignment, handed_in(assignment, RIGHT))
        assert report.item("test_scaler").points == points


def test_suites_are_loaded_before_anything_is_graded(tmp_path):
    """A process that starts early has the suites loaded; their faults are reported later."""
    assignment = make_course(tmp_path / "good", suites={"test_scaler.py": TELLING + SUITE})
    reported = queue.SimpleQueue()
    (process,) = GradingProcess.start(1, reported.put)
    process.begin(assignment, 1)
    with closing(process):
        assert reported.get(timeout=60) == "loaded"
        assert process.grade_notebook(assignment, handed_in(assignment, RIGHT)).points == 2.0
        assert reported.empty()
    lost = make_course(tmp_path / "bad")
    (lost.hidden / "test_scaler.py").unlink()
    (process,) = GradingProcess.start(1)
    process.begin(lost, 1)
    with closing(process):
        assert process.grade_notebook(assignment, handed_in(assignment, RIGHT)).points == 2.0


TELLING = "import sys\nsys.stderr.write('loaded\\n')\n"


@pytest.fixture
def processors():
    """This process and its children may use only two processors in the test."""
    before = os.sched_getaffinity(0)
    few = sorted(before)[:2]
    os.sched_setaffinity(0, few)
    yield few
    os.sched_setaffinity(0, before)


@pytest.mark.parametrize("more", [0, 1])
def test_as_many_as_there_are_processors_have_one_each(tiny, processors, more):
    """Its workers keep to it too; with more processors, the system chooses."""
    together = GradingProcess.start(len(processors) + more)
    together[0].begin(None, len(together))
    with ExitStack() as stack:
        for process in together:
            stack.enter_context(closing(process))
            process.grade_notebook(tiny, handed_in(tiny, RIGHT))
        pids = {process._child.pid for process in together}
        kept = [set(_processors(pid, pids)) for pid in sorted(pids)]
    if more:
        assert kept == [{tuple(processors)}] * len(together)
    else:
        assert sorted(kept, key=repr) == [{(one,)} for one in processors]


def _processors(pid, pids):
    """Yield the processors of a process and of its children, except other grading processes."""
    yield tuple(sorted(os.sched_getaffinity(pid)))
    for child in psutil.Process(pid).children():
        if child.pid not in pids:
            yield from _processors(child.pid, pids)
