"""The grading process: it is asked, it ends, and several are forked from one."""

import os
import signal
import time
from contextlib import closing

import psutil
import pytest

from autograder import grading_process, isolation
from autograder.grading_process import GradingProcess
from autograder.probe import NotIsolatedError
from autograder.report import Status
from tests.autograder.tiny import IN_PLACE, RIGHT, handed_in


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
    with closing(GradingProcess(load=tiny, count=3)) as first:
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
