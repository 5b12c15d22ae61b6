"""The grading process: it outlives its troubles, and what it cannot, costs nobody anything."""

import json
import os
import queue
import signal
import time
from contextlib import closing
from dataclasses import replace

import nbformat
import psutil
import pytest

from autograder import grading_process, isolation
from autograder.graded import Graded
from autograder.grader import grade
from autograder.grading_process import GradingProcess, WarmGrader
from autograder.handed_in import HandedIn
from autograder.probe import NotIsolatedError
from autograder.report import Status
from autograder.submission import Submission
from tests.autograder.tiny import IDENTITY, IN_PLACE, RIGHT, SUITE, handed_in, make_course

pytestmark = pytest.mark.usefixtures("fresh_suites")


def test_a_report_does_not_depend_on_who_was_graded_before(tiny, grading_process):
    """One process grades many; the same submission gets an equal report, first or last."""
    reports = [
        grading_process.grade(tiny, handed_in(tiny, answer, "import random\nx = random.random()"))
        for answer in (IN_PLACE, RIGHT, IDENTITY, IN_PLACE)
    ]
    assert [report.item("test_scaler").points for report in reports] == [1.5, 2.0, 0.0, 1.5]
    assert reports[0] == reports[3]
    again = handed_in(tiny, IN_PLACE, "import random\nx = random.random()")
    assert reports[0] == grade(tiny, Submission.from_notebook(again))


def test_what_was_put_right_before_is_in_the_report(tiny, grading_process):
    """Remarks travel in the notebook's metadata."""
    notebook = handed_in(tiny, RIGHT)
    notebook.metadata["autograder"] = nbformat.from_dict({"remarks": ["cell `a` was missing"]})
    report = grading_process.grade(tiny, notebook)
    assert report.status is Status.REMARKS
    assert report.remarks == ("cell `a` was missing",)


def test_a_library_that_prints_breaks_no_answer(tmp_path, grading_process):
    """What a suite prints, in Python or below, does not come between the answers."""
    noise = "import os, sys\nprint('noise')\nos.write(1, b'noise')\nsys.__stdout__.write('{}')\n"
    suite = noise + SUITE + "\n\ndef test_noise():\n    os.write(1, b'noise')\n    print('noise')\n"
    assignment = make_course(tmp_path, suites={"test_scaler.py": suite})
    for _ in range(2):
        report = grading_process.grade(assignment, handed_in(assignment, RIGHT))
        assert report.status is Status.GRADED
        assert len(report.item("test_scaler").properties) == 5


def test_suites_of_the_same_name_are_told_apart(tmp_path, grading_process):
    """Two assignments may name their items alike: each is graded by its own suite."""
    other = (
        'def test_other(submission):\n    """Another."""\n    assert submission.Scaler(3) is None\n'
    )
    first = make_course(tmp_path / "first")
    second = make_course(tmp_path / "second", suites={"test_scaler.py": other})
    for assignment, points in ((first, 2.0), (second, 0.0), (first, 2.0)):
        report = grading_process.grade(assignment, handed_in(assignment, RIGHT))
        assert report.item("test_scaler").points == points


@pytest.fixture(scope="module")
def warm():
    """What grades in a process that it starts when it needs one; ended after the last test."""
    with closing(WarmGrader()) as grader:
        yield grader


def test_a_process_that_was_killed_costs_nobody_anything(tiny, warm):
    """Another one grades the submission."""
    broken = warm.process(tiny)._process
    os.kill(broken.pid, signal.SIGKILL)
    broken.wait()
    assert warm.grade(tiny, handed_in(tiny, RIGHT)).status is Status.GRADED


def test_a_process_that_breaks_again_holds_one_grade(tiny, warm, monkeypatch):
    """A submission at which each process breaks has no points, and the next is graded."""

    def broken(*what):
        raise ConnectionError("it ended")

    with monkeypatch.context() as patch:
        patch.setattr(GradingProcess, "grade", broken)
        report = warm.grade(tiny, handed_in(tiny, RIGHT))
    assert report.status is Status.HELD
    assert report.item("test_scaler").points is None
    assert "the grading process broke" in report.item("test_scaler").properties[0].message
    assert warm.grade(tiny, handed_in(tiny, RIGHT)).status is Status.GRADED


def test_an_answer_after_ctrl_c_is_nobody_elses(tiny, warm, monkeypatch):
    """Who is no longer waited for is not graded on; the next submission gets its own report."""
    process = warm.process(tiny)

    def interrupted():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(process, "_answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            warm.grade(tiny, handed_in(tiny, IDENTITY))
    assert process._process.poll() is not None
    assert warm.grade(tiny, handed_in(tiny, RIGHT)).item("test_scaler").points == 2.0


def test_another_version_gets_another_process(tiny, warm):
    """Suites are loaded anew when they change, and kept while they do not."""
    warm.grade(tiny, handed_in(tiny, RIGHT))
    kept = warm.process(tiny)
    warm.grade(tiny, handed_in(tiny, RIGHT))
    assert warm.process(tiny) is kept
    suite = tiny.hidden / "test_scaler.py"
    suite.write_text(suite.read_text().replace("factor == 2", "factor == 3"))
    changed = replace(tiny)
    report = warm.grade(changed, handed_in(tiny, RIGHT))
    assert report.item("test_scaler").points == 1.5
    assert warm.process(changed) is not kept
    assert kept._process.poll() is not None


def test_what_breaks_each_process_is_held_back_with_what_was_handed_in(tiny, warm, monkeypatch):
    """Somebody can look at it; for `nbgrader autograde`, which goes in steps, it is the same."""

    class Broken:
        def finish(self, *what):
            raise ConnectionError("it ended")

        grade = finish

    mine = HandedIn(nbformat.writes(handed_in(tiny, IDENTITY)).encode())
    with monkeypatch.context() as patch:
        patch.setattr(warm, "process", lambda assignment: Broken())
        graded = warm.finish(tiny, mine)
        in_steps = Graded.of(tiny, mine, warm.grade)
    assert graded.is_held
    assert graded == in_steps
    assert json.loads(graded.text)["cells"][2]["source"] == IDENTITY.splitlines(keepends=True)
    assert graded.report.handed_in == mine.digest
    assert warm.finish(tiny, mine).report.points == 0.0


def test_who_is_closed_while_the_process_starts_grades_nothing(tiny, monkeypatch):
    """Ctrl-C in the first seconds does not wait for a submission that has just been begun."""
    warm = WarmGrader()
    start = GradingProcess.__init__

    def closed_meanwhile(process, *layers, **options):
        start(process, *layers, **options)
        warm.close()

    monkeypatch.setattr(GradingProcess, "__init__", closed_meanwhile)
    mine = HandedIn(nbformat.writes(handed_in(tiny, RIGHT)).encode())
    assert warm.finish(tiny, mine).is_held


def test_what_a_process_tells_can_be_taken(tmp_path):
    """What broke is told line by line, and not on the terminal."""
    suite = SUITE + "\n\ndef test_bug(submission):\n    {}['key']\n"
    assignment = make_course(tmp_path, suites={"test_scaler.py": suite})
    told = []
    with closing(WarmGrader(tell=told.append)) as grader:
        grader.grade(assignment, handed_in(assignment, RIGHT))
    assert [line for line in told if line.endswith("test_bug: KeyError: 'key'")]


def test_suites_are_loaded_before_anything_is_graded(tmp_path):
    """Whoever starts a process early finds it warm; what is wrong with them is told later."""
    assignment = make_course(tmp_path / "good", suites={"test_scaler.py": TELLING + SUITE})
    told = queue.SimpleQueue()
    with closing(GradingProcess(load=assignment, tell=told.put)) as process:
        assert told.get(timeout=60) == "loaded"
        assert process.grade(assignment, handed_in(assignment, RIGHT)).points == 2.0
        assert told.empty()
    lost = make_course(tmp_path / "bad")
    (lost.hidden / "test_scaler.py").unlink()
    with closing(GradingProcess(load=lost)) as process:
        assert process.grade(assignment, handed_in(assignment, RIGHT)).points == 2.0


TELLING = "import sys\nsys.stderr.write('loaded\\n')\n"


def test_without_isolation_nothing_is_graded_unless_that_is_allowed(tiny, monkeypatch):
    """A process says so before it is asked for anything."""
    with closing(GradingProcess(isolation.NONE)) as process:
        monkeypatch.setattr(process, "_answer", lambda: [1, "a worker could fork"])
        with pytest.raises(NotIsolatedError, match="a worker could fork"):
            process.grade(tiny, handed_in(tiny, RIGHT))
        assert process._process.poll() is not None


@pytest.fixture
def three(tiny):
    """Three processes that were started together."""
    with closing(GradingProcess(load=tiny, others=2)) as first:
        yield [first, *first.others]
        for other in reversed(first.others):
            other.close()


def ended(process):
    """Tell whether a process ends within some seconds; nobody may be left to bury it."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False


def test_several_are_forked_from_one(tiny, three):
    """One has loaded what all of them need, each grades, and each ends when it is closed."""
    reports = [process.grade(tiny, handed_in(tiny, IN_PLACE)) for process in three]
    assert [report.item("test_scaler").points for report in reports] == [1.5] * 3
    first, *others = three
    assert [psutil.Process(other.pid).ppid() for other in others] == [first.pid] * 2
    for process in reversed(three):
        process.close()
        assert ended(process)


def test_a_forked_one_outlives_the_one_it_was_forked_from(tiny, three):
    """It goes on grading."""
    first, other, _ = three
    first.grade(tiny, handed_in(tiny, RIGHT))
    os.kill(first.pid, signal.SIGKILL)
    first._process.wait()
    assert other.grade(tiny, handed_in(tiny, RIGHT)).status is Status.GRADED


def test_the_end_of_a_forked_one_is_seen(tiny, three):
    """As that of any other, by whoever waits for its answer."""
    other = three[1]
    other.grade(tiny, handed_in(tiny, RIGHT))
    os.kill(other.pid, signal.SIGKILL)
    with pytest.raises(OSError, match="it ended|Broken pipe|reset"):
        other.grade(tiny, handed_in(tiny, RIGHT))


def test_one_that_does_not_end_is_ended(tiny, three, monkeypatch):
    """A process that was stopped reads no end of its input."""
    monkeypatch.setattr(grading_process, "ENDING_SECONDS", 0.3)
    for process in reversed(three):
        process.grade(tiny, handed_in(tiny, RIGHT))
        os.kill(process.pid, signal.SIGSTOP)
        process.close()
        psutil.wait_procs(
            [psutil.Process(process.pid)] if psutil.pid_exists(process.pid) else [], 5
        )
        assert ended(process)
