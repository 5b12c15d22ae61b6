"""Ends `autograder grade` in the middle of a class: what is graded is kept, and the next run goes on.

One submission hangs meanwhile, and holds nobody up.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from tests.autograder.support.course import opened
from tests.autograder.support.one_process import grade_here
from tests.autograder.support.tiny import HANGING, IDENTITY, IN_PLACE, RIGHT, make_course
from tests.conftest import PROJECT
from tests.left_behind import files, rows

pytestmark = pytest.mark.xdist_group("interrupted")  # one class is graded for all of these

ANSWERS = [RIGHT, IDENTITY, IN_PLACE, RIGHT, IDENTITY, IN_PLACE, RIGHT, IN_PLACE]
CLASS = {"a_hanging_one": HANGING} | {f"student{n}": answer for n, answer in enumerate(ANSWERS)}
LINGERING = 10.0  # seconds in which all must have ended, on a busy machine
SCRIPT = "from autograder.cli import main; main()"


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory, empty_gradebook, grading_process):
    """The folder of the course, as it is before the class is graded."""
    root = tmp_path_factory.mktemp("interrupted") / "handed_in"
    with opened(make_course(root, call_seconds=2.5), empty_gradebook, grading_process) as course:
        for student, answer in CLASS.items():
            course.hand_in(student, answer, stamp="2026-01-01 10:00:00")
    return root


def state(root):
    return {**rows(root / "gradebook.db"), "files": files(root)}


@pytest.fixture(scope="module")
def undisturbed(handed_in, grading_process):
    """What becomes of the class where nothing is ended."""
    root = handed_in.with_name("undisturbed")
    shutil.copytree(handed_in, root)
    assert "9 submissions: 9 graded" in grade_here(root, grading_process).output
    return state(root)


@pytest.fixture
def root(handed_in, tmp_path):
    """A copy of the course."""
    return shutil.copytree(handed_in, tmp_path / "course")


class Running:
    """`autograder grade` with two workers, in a session of its own as on a terminal."""

    def __init__(self, root):
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, "grade", "tiny", "--workers", "2"],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(
            target=lambda: self.lines.extend(iter(self.process.stdout.readline, ""))
        )
        self.reader.start()

    def wait_for(self, count):
        """Wait until so many have been graded."""
        while len(self.reported) < count and self.process.poll() is None:
            time.sleep(0.005)
        assert self.process.poll() is None, self.lines

    def end(self, number, *after):
        """Send a signal, and again after some seconds; return the exit code when all has ended."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        assert family
        os.killpg(self.process.pid, number)
        for seconds in after:
            time.sleep(seconds)
            if self.process.poll() is None:
                os.killpg(self.process.pid, number)
        code = self.process.wait(LINGERING)
        deadline = time.monotonic() + LINGERING
        while (left := [p for p in family if runs(p)]) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert left == [], self.lines
        self.reader.join(LINGERING)
        self.process.stdout.close()
        return code

    @property
    def reported(self):
        """The students for whom a line was printed."""
        return {line.partition(":")[0] for line in self.lines} & {*CLASS}


def runs(process):
    """Return whether a process still does anything; whose parent is gone may stay a zombie a while."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def finished(root):
    return {path.parts[-3] for path in root.glob("autograded/*/tiny/tiny.ipynb")}


def finish(root, process):
    """Grade the rest; return whose turn it was."""
    ran = grade_here(root, process)
    assert ran.exit_code == 0, ran.output
    return {line.partition(":")[0] for line in ran.output.splitlines()} & {*CLASS}


def check_same(found, wanted):
    for kind in wanted:
        assert found[kind] == wanted[kind], kind


def test_ctrl_c_keeps_what_is_graded_and_the_next_run_goes_on(root, undisturbed, grading_process):
    """Nothing is left running, nothing is half written, and in the end all is as if undisturbed."""
    running = Running(root)
    running.wait_for(3)
    assert running.end(signal.SIGINT) == 130
    assert "Interrupted: finished grades are kept; the next run grades the rest.\n" in running.lines
    assert len(running.reported) >= 3
    assert "a_hanging_one" not in running.reported
    assert finished(root) == running.reported
    for student in running.reported:
        mine = [row for row in rows(root / "gradebook.db")["grade"] if f"'{student}'" in row]
        assert mine == [row for row in undisturbed["grade"] if f"'{student}'" in row]
    assert finish(root, grading_process) == {*CLASS} - running.reported
    check_same(state(root), undisturbed)


def test_whoever_presses_ctrl_c_again_means_it(root, undisturbed, grading_process):
    """Even then nothing is left running, no grade is half written, and nothing untrue is said."""
    running = Running(root)
    running.wait_for(2)
    assert running.end(signal.SIGINT, 0.05) in (130, -signal.SIGINT)
    assert "Interrupted: " in "".join(running.lines)
    assert "nothing was written" not in "".join(running.lines)
    assert "Traceback" not in "".join(running.lines)
    rest = finish(root, grading_process)
    assert rest
    assert rest | running.reported == {*CLASS}
    check_same(state(root), undisturbed)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_that_is_killed_leaves_nothing_that_is_in_the_way(
    root, undisturbed, grading_process, seed
):
    """Whenever that is: the next run grades what is missing."""
    rng = random.Random(seed)  # noqa: S311  # no secrets
    running = Running(root)
    running.wait_for(rng.randint(1, 6))
    time.sleep(rng.uniform(0, 0.1))
    assert running.end(signal.SIGKILL) == -signal.SIGKILL
    assert "a_hanging_one" in finish(root, grading_process)
    check_same(state(root), undisturbed)
