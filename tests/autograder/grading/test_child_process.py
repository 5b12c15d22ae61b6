"""A process that grades: it answers, it ends, and several are forked from one."""

import gc
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from autograder.course.limits import Limits
from autograder.grading import child_process, error_lines
from autograder.grading.child_process import ChildProcess
from autograder.results.report import Report
from autograder.sandbox import isolation
from autograder.sandbox.isolation import NotIsolatedError
from autograder.sandbox.template import Template
from tests.autograder.support.tiny import HANGING, IN_PLACE, RIGHT, SUITE, handed_in, make_course


def test_without_isolation_nothing_is_graded_unless_that_is_allowed(tiny, monkeypatch):
    """A process sends this before the first request."""
    with closing(ChildProcess(isolation.NONE)) as process:
        process.begin(None, 1)
        said = iter([1, "a worker could fork"])
        monkeypatch.setattr(process, "_answer", lambda: next(said))
        with pytest.raises(NotIsolatedError, match="a worker could fork"):
            grade(process, tiny, RIGHT)
        assert process._process.poll() is not None


# ---- several of them

AT_ONCE = 10.0  # seconds, on a busy machine
STARTED = 30.0  # likewise


@pytest.fixture
def several():
    """A function that starts processes together; they end after the test."""
    started = []

    def start(count, **options):
        first = ChildProcess(count=count, **options)
        first.begin(None, count)
        started.extend([first, *first.forked])
        return started

    yield start
    for process in reversed(started):
        process.close()


def end_within(seconds, monkeypatch):
    for module in (child_process, error_lines):
        monkeypatch.setattr(module, "ENDING_SECONDS", seconds)


def close_at_once(process):
    """Close a process; this must not wait for another one."""
    ThreadPoolExecutor(1).submit(process.close).result(AT_ONCE)


def grade(process, assignment, answer):
    """Grade an answer in a process."""
    notebook = handed_in(assignment, answer)
    return Report.from_dict(process.ask("grade_notebook", assignment, notebook=notebook))


def asked(process, assignment, answer):
    """Send an answer to a process, and do not wait."""
    return ThreadPoolExecutor(1).submit(grade, process, assignment, answer)


def points(process, assignment):
    """Return the points for an answer that deserves 1.5."""
    return asked(process, assignment, IN_PLACE).result(STARTED).points


def has_ended(pid):
    """Return whether a process ends within some seconds, as a zombie too."""
    deadline = time.monotonic() + AT_ONCE
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False


def test_several_are_forked_from_one(tiny, several):
    """The first has loaded PyTorch for all, and each grades."""
    first, *others = processes = several(3)
    assert [points(process, tiny) for process in processes] == [1.5] * 3
    assert [psutil.Process(other.pid).ppid() for other in others] == [first.pid] * 2
    for other in others:
        assert "libtorch" in Path(f"/proc/{other.pid}/maps").read_text()


def test_one_alone_loads_pytorch_only_when_a_suite_needs_it(tiny, several):
    """The others share the PyTorch of the first."""
    (process,) = several(1)
    assert points(process, tiny) == 1.5
    assert "libtorch" not in Path(f"/proc/{process.pid}/maps").read_text()


@pytest.mark.parametrize("reported", [None, list], ids=["to us", "reported"])
def test_whichever_is_closed_the_rest_goes_on(tiny, several, monkeypatch, reported):
    """Closing it does not wait for others, even if all share one standard error."""
    end_within(STARTED, monkeypatch)
    processes = several(4, on_line=reported and reported().append)
    assert [points(process, tiny) for process in processes] == [1.5] * 4
    for number in (2, 0):  # forked in the midst, and the first
        close_at_once(processes[number])
        assert has_ended(processes[number].pid)
    assert [points(processes[number], tiny) for number in (1, 3)] == [1.5] * 2
    for number in (3, 1):
        close_at_once(processes[number])
        assert has_ended(processes[number].pid)


def test_whichever_is_killed_that_is_seen_at_once_and_the_rest_goes_on(tiny, several):
    """The others have no open end of its connection."""
    processes = several(4)
    assert [points(process, tiny) for process in processes] == [1.5] * 4
    for number in (2, 0):
        report = asked(processes[number], tiny, HANGING)
        assert not futures.wait([report], 0.3).done
        os.kill(processes[number].pid, signal.SIGKILL)
        with pytest.raises(ConnectionError, match="it ended"):
            report.result(AT_ONCE)
    assert [points(processes[number], tiny) for number in (1, 3)] == [1.5] * 2


def test_one_that_hangs_is_killed_when_it_is_closed(tiny, several, monkeypatch):
    """A stopped process does not read the end of its input; the others continue."""
    end_within(0.3, monkeypatch)
    processes = several(3)
    assert [points(process, tiny) for process in processes] == [1.5] * 3
    for number in (1, 0):
        os.kill(processes[number].pid, signal.SIGSTOP)
        close_at_once(processes[number])
        assert has_ended(processes[number].pid)
    assert points(processes[2], tiny) == 1.5


def test_one_that_hangs_before_it_is_asked_anything_is_killed_too(several, monkeypatch):
    """It has sent its number at once."""
    end_within(0.3, monkeypatch)
    first, other = several(2)
    other._connection.settimeout(STARTED)
    other._connection.recv(1, socket.MSG_PEEK)
    ours = psutil.Process(first._process.pid)

    def forked():  # another child looks the same until it has started its own program
        return [child for child in ours.children() if child.cmdline() == ours.cmdline()]

    while len(found := forked()) > 1:
        time.sleep(0.01)
    found[0].suspend()
    close_at_once(other)
    assert has_ended(found[0].pid)


def test_one_whose_connection_is_gone_is_closed_in_silence(several):
    """Garbage collection may end them in any order."""
    first, other = several(2)
    for process in (other, first):
        process._connection.close()
        process.close()
    assert first._process.poll() is not None


def test_the_last_lines_of_all_are_read_before_the_last_is_closed(tmp_path, several, monkeypatch):
    """This holds for each of them."""
    end_within(STARTED, monkeypatch)  # the first forks the other
    reported = []

    def report(line):
        time.sleep(0.3)
        reported.append(line)

    suite = "import sys\nsys.stderr.write('loaded\\n')\n" + SUITE
    assignment = make_course(tmp_path, suites={"test_scaler.py": suite})
    first, other = several(2, on_line=report)
    first.close()
    assert points(other, assignment) == 1.5
    other.close()
    assert "loaded" in reported


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("start", [ChildProcess, lambda: Template(isolation.NONE, Limits())])
def test_what_could_not_be_started_goes_in_silence(monkeypatch, start):
    """Only the cause is shown, and not that the process has already ended."""

    def refused(*what, **options):
        raise OSError("no more processes")

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", refused)
        with pytest.raises(OSError, match="no more processes"):
            start()
    gc.collect()


def test_who_is_killed_while_processes_start_leaves_none_and_no_word():
    """The processes end with their parent, and write nothing to the standard error."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED], stderr=subprocess.PIPE, check=False, timeout=STARTED
    )
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, b"")  # which all have let go of


KILLED = """
import os, signal
from autograder.grading.child_process import ChildProcess
process = ChildProcess(count=3)
process.begin(None, 3)
os.kill(os.getpid(), signal.SIGKILL)
"""
