"""The grading process: it is replaced when it breaks, and that costs nobody points."""

import json
import os
import signal
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

import nbformat
import pytest

from autograder.course.assignment import Assignment
from autograder.grading.child_process import ChildProcess
from autograder.grading.graded import Graded
from autograder.grading.process import GradingProcess
from autograder.intake.handed_in import HandedIn
from autograder.results.report import Report, Status
from autograder.sandbox.progress import Doing, HungError
from tests.autograder.support.tiny import IDENTITY, RIGHT, SUITE, handed_in, make_course


@pytest.fixture(scope="module")
def warm():
    """A grading process that starts when it is needed, and ends after the last test."""
    with closing(GradingProcess()) as process:
        yield process


def test_a_process_that_was_killed_costs_nobody_anything(tiny, warm):
    """A new process grades the submission."""
    broken = warm._child_for(tiny)._process
    os.kill(broken.pid, signal.SIGKILL)
    broken.wait()
    assert warm.grade_notebook(tiny, handed_in(tiny, RIGHT)).status is Status.GRADED


def test_a_process_that_breaks_again_holds_one_grade(tiny, warm, monkeypatch):
    """If each process breaks at a submission, it has no points, and the next is graded."""

    def broken(*what, **more):
        raise ConnectionError("it ended")

    with monkeypatch.context() as patch:
        patch.setattr(ChildProcess, "ask", broken)
        report = warm.grade_notebook(tiny, handed_in(tiny, RIGHT))
    assert report.status is Status.HELD
    assert report.item("test_scaler").points is None
    assert "the grading process broke" in report.item("test_scaler").properties[0].message
    assert warm.grade_notebook(tiny, handed_in(tiny, RIGHT)).status is Status.GRADED


def test_another_process_has_what_is_left_of_the_time(tiny, warm, monkeypatch):
    """If a process breaks or a suite hangs, the submission does not get its time again."""
    slow = handed_in(tiny, RIGHT, "import time; time.sleep(0.3)")
    spent = []
    ask = ChildProcess.ask

    def breaks(*what, **more):
        spent.append(more["spent"])
        ask(*what, **more)
        if len(spent) == 1:
            raise HungError(Doing(str(tiny.hidden / "test_other.py"), "test_loops", 1.0))
        raise ConnectionError("it ended")

    with monkeypatch.context() as patch:
        patch.setattr(ChildProcess, "ask", breaks)
        assert warm.grade_notebook(tiny, slow).status is Status.HELD
    assert spent[0] == 0.0
    assert all(after - before >= 0.3 for before, after in pairwise(spent))
    assert len(spent) == 3
    limit = tiny.limits.submission_seconds
    late = warm._child_for(tiny).ask("grade_notebook", tiny, notebook=slow, spent=limit - 0.1)
    message = Report.from_dict(late).items[0].properties[0].message
    assert f"used up the submission's {limit:g} seconds" in message
    assert warm.grade_notebook(tiny, handed_in(tiny, RIGHT)).points == 2.0
    assert warm.spent < limit - 0.1


def test_an_answer_after_ctrl_c_is_nobody_elses(tiny, warm, monkeypatch):
    """After Ctrl-C, the next submission gets its own report."""
    process = warm._child_for(tiny)

    def interrupted():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(process, "_answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            warm.grade_notebook(tiny, handed_in(tiny, IDENTITY))
    assert process._process.poll() is not None
    assert warm.grade_notebook(tiny, handed_in(tiny, RIGHT)).item("test_scaler").points == 2.0


def test_another_version_gets_another_process(tiny, warm):
    """Suites are loaded again only if they change."""
    warm.grade_notebook(tiny, handed_in(tiny, RIGHT))
    kept = warm._child_for(tiny)
    warm.grade_notebook(tiny, handed_in(tiny, RIGHT))
    assert warm._child_for(tiny) is kept
    suite = tiny.hidden / "test_scaler.py"
    suite.write_text(suite.read_text().replace("factor == 2", "factor == 3"))
    changed = replace(tiny)
    report = warm.grade_notebook(changed, handed_in(tiny, RIGHT))
    assert report.item("test_scaler").points == 1.5
    assert warm._child_for(changed) is not kept
    assert kept._process.poll() is not None


def test_two_notebooks_of_an_assignment_share_a_process(tiny, warm):
    """One process grades all submissions."""
    for stage in ("source", "release"):
        path = tiny.root / stage / "tiny" / "tiny.ipynb"
        whole = nbformat.read(path, as_version=4)
        whole.cells[3].metadata.nbgrader.points = 3
        nbformat.write(whole, path.with_name("second.ipynb"))
    both = [Assignment(tiny.root, "tiny", name) for name in ("tiny", "second")]
    processes = set()
    for assignment in both * 2:
        points = warm.grade_notebook(assignment, handed_in(assignment, RIGHT)).points
        assert points == (2.0 if assignment.notebook == "tiny" else 3.0)
        processes.add(warm._child_for(assignment).pid)
    assert len(processes) == 1


def test_what_breaks_each_process_is_held_back_with_what_was_handed_in(tiny, warm, monkeypatch):
    """The staff can look at it; `nbgrader autograde`, with its steps, gives the same result."""

    def broken(*what, **more):
        raise ConnectionError("it ended")

    mine = HandedIn(nbformat.writes(handed_in(tiny, IDENTITY)).encode())
    with monkeypatch.context() as patch:
        patch.setattr(ChildProcess, "ask", broken)
        graded = warm.grade_file(tiny, mine)
        in_steps = Graded.of(tiny, mine, warm.grade_notebook)
    assert graded.is_held
    assert graded == in_steps
    assert json.loads(graded.text)["cells"][2]["source"] == IDENTITY.splitlines(keepends=True)
    assert graded.report.handed_in == mine.digest
    assert warm.grade_file(tiny, mine).report.points == 0.0


def test_who_is_closed_while_the_process_starts_grades_nothing(tiny, monkeypatch):
    """Ctrl-C in the first seconds does not wait for a submission."""
    warm = GradingProcess()
    start = ChildProcess.__init__

    def closed_meanwhile(process, *layers, **options):
        start(process, *layers, **options)
        warm.close()

    monkeypatch.setattr(ChildProcess, "__init__", closed_meanwhile)
    mine = HandedIn(nbformat.writes(handed_in(tiny, RIGHT)).encode())
    assert warm.grade_file(tiny, mine).is_held


def test_the_caller_can_take_the_lines_of_a_process(tmp_path):
    """The cause is reported line by line, and not on the terminal."""
    suite = SUITE + "\n\ndef test_bug(submission):\n    {}['key']\n"
    assignment = make_course(tmp_path, suites={"test_scaler.py": suite})
    reported = []
    with closing(GradingProcess(on_line=reported.append)) as process:
        process.grade_notebook(assignment, handed_in(assignment, RIGHT))
    assert [line for line in reported if line.endswith("test_bug: KeyError: 'key'")]
