"""The pool: who is done first comes first, no work is read long before its turn, and closing is quick."""

import itertools
import os
import queue
import signal
import threading
import time
from concurrent.futures import Future
from contextlib import closing

import nbformat
import psutil
import pytest

from autograder.class_run import pool
from autograder.class_run.pool import AHEAD, LocalPool, as_graded
from autograder.commands.console import Once
from autograder.grading import child_process, error_lines
from autograder.grading.process import GradingProcess
from autograder.intake.handed_in import HandedIn
from autograder.sandbox import isolation, probe
from tests.autograder.support.tiny import HEADER, IDENTITY, RIGHT, handed_in, make_course

SLOW = f"import time\n{HEADER}        time.sleep(30)\n"


class ByHand:
    """A pool whose work is done when a test says so."""

    levels = frozenset({"none"})

    def __init__(self, width):
        self.width = width
        self.futures = []

    def submit(self, notebooks):
        self.futures.append(Future())
        return self.futures[-1]

    def finish(self, *numbers):
        for number in numbers:
            self.futures[number].set_result({})

    def close(self):
        """Have nothing to let go of."""


def works(read, count):
    for number in range(count):
        read.append(number)
        yield number, {}


# ---- as_graded


def test_who_is_done_first_comes_first():
    """In any order, and each with its own future."""
    by_hand = ByHand(width=2)
    found = as_graded(by_hand, works([], 6), queue.SimpleQueue())
    threading.Timer(0.1, by_hand.finish, (4, 0, 5, 2, 3, 1)).start()
    assert [(work, by_hand.futures.index(future)) for work, future in found] == [
        (number, number) for number in (4, 0, 5, 2, 3, 1)
    ]


@pytest.mark.parametrize("width", [1, 3])
def test_no_more_is_read_than_keeps_the_pool_busy(width):
    """However large the class is, only the next ones are in memory."""
    by_hand, read = ByHand(width), []
    submit = by_hand.submit

    def submit_and_finish_the_oldest(notebooks):
        future = submit(notebooks)
        if (oldest := len(by_hand.futures) - AHEAD * width) >= 0:
            by_hand.finish(oldest)
        return future

    by_hand.submit = submit_and_finish_the_oldest
    found = as_graded(by_hand, works(read, 50), queue.SimpleQueue())
    furthest = max(len(read) - yielded for yielded, _ in enumerate(itertools.islice(found, 40)))
    assert furthest <= AHEAD * width
    assert furthest >= width  # or a worker waits


def test_what_is_done_is_yielded_before_more_is_read():
    """No grade waits until the pool is full."""
    read = []
    by_hand = ByHand(width=10)
    submit = by_hand.submit

    def submit_done(notebooks):
        future = submit(notebooks)
        by_hand.finish(-1)
        return future

    by_hand.submit = submit_done
    found = as_graded(by_hand, works(read, 50), queue.SimpleQueue())
    next(found)
    assert read == [0]


@pytest.mark.parametrize("count", [2, 50], ids=["all are read", "more would be read"])
def test_a_none_is_the_end(count):
    """It does not wait for work in progress, and reads no more."""
    by_hand, read, done = ByHand(width=1), [], queue.SimpleQueue()
    threading.Timer(0.1, done.put, (None,)).start()
    assert list(as_graded(by_hand, works(read, count), done)) == []
    assert len(read) == min(count, AHEAD)


def test_a_class_without_work_ends_at_once():
    """Nothing is waited for."""
    assert list(as_graded(ByHand(width=2), [], queue.SimpleQueue())) == []


def test_what_is_being_graded_can_be_watched():
    """It is what was submitted first, as much as the pool grades at a time, and not yet done."""
    by_hand, seen = ByHand(width=2), []
    steps = iter([(1,), (0, 3), (2,)])

    def watch(works):
        seen.append([*works])
        if not (by_hand.futures[-1].done() and all(f.done() for f in by_hand.futures)):
            by_hand.finish(*next(steps, ()))

    found = list(as_graded(by_hand, works([], 4), queue.SimpleQueue(), watch))
    assert sorted(work for work, _ in found) == [0, 1, 2, 3]
    assert seen[:2] == [[0, 1], [0, 2]]
    assert seen[-1] == []


def test_what_takes_long_is_watched_again_and_again(monkeypatch):
    """Even if nothing else is done meanwhile."""
    monkeypatch.setattr(pool, "WATCH_SECONDS", 0.0)
    by_hand, seen = ByHand(width=1), []

    def watch(works):
        seen.append([*works])
        if len(seen) == 5:
            by_hand.finish(0)

    assert len(list(as_graded(by_hand, works([], 1), queue.SimpleQueue(), watch))) == 1
    assert seen == [[0]] * 5


# ---- processes of this machine


def test_the_process_that_has_been_started_before_is_the_first(tiny):
    """It has loaded the suites by then; the others are started when they are needed."""
    (process,) = early(tiny, 1)
    with closing(process), local(tiny, 2, started=[process]) as two:
        before = family()
        points = two.submit(notebooks(tiny, RIGHT)).result()["tiny"].report.points
        assert (points, two.levels) == (2.0, {isolation.describe(probe.reached())})
        assert psutil.Process(process._child._process.pid) in before
        started = {child.pid for child in family() if child.parent() == psutil.Process()}
        assert started <= {child.pid for child in before}


def test_what_may_be_graded_without_isolation_is_decided_here(tiny):
    """The first process was started before the settings were known."""
    (process,) = early(tiny, 1)
    with local(tiny, 1, started=[process]):
        assert not process._allow_no_isolation
    with closing(LocalPool({"tiny": tiny}, 1, isolation.NONE, started=[process])):
        assert process._allow_no_isolation


def early(assignment, count, on_line=None):
    processes = GradingProcess.start(count, on_line)
    processes[0].begin(assignment, count)
    return processes


def notebooks(assignment, answer, *remarks):
    text = nbformat.writes(handed_in(assignment, answer))
    return {"tiny": HandedIn(text.encode(), remarks)}


def local(assignment, width, **more):
    return closing(LocalPool({"tiny": assignment}, width, probe.reached(), **more))


def family():
    """Return the living processes below this one: one that has ended may wait to be looked at."""
    below = psutil.Process().children(recursive=True)
    return [one for one in below if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_a_slow_submission_does_not_hold_the_others_up(tmp_path):
    """Another worker goes on; and closing the pool does not wait for it, and leaves nothing."""
    assignment = make_course(tmp_path, call_seconds=60)
    with local(assignment, 2) as two:
        before = family()
        slow = two.submit(notebooks(assignment, SLOW))
        others = [two.submit(notebooks(assignment, RIGHT)) for _ in range(4)]
        assert [future.result()["tiny"].report.points for future in others] == [2.0] * 4
        waiting = [two.submit(notebooks(assignment, SLOW)) for _ in range(3)]
        assert not slow.done()
        begin = time.monotonic()
    assert time.monotonic() - begin < 40  # the slow ones would take 60
    assert sum(future.cancelled() for future in waiting) >= 2
    assert {*family()} <= {*before}


def test_a_process_that_dies_is_replaced(tiny, monkeypatch):
    """Its submission is tried again; one that ends each process is held back."""
    monkeypatch.setattr(pool, "GradingProcess", Ending)
    with local(tiny, 1) as one:
        once = one.submit(notebooks(tiny, RIGHT, "once")).result()["tiny"]
        assert (once.report.points, once.report.remarks) == (2.0, ("once",))
        held = one.submit(notebooks(tiny, RIGHT, "each time")).result()["tiny"]
        assert held.is_held
        assert "the grading process broke" in held.report.cause
        assert one.submit(notebooks(tiny, RIGHT)).result()["tiny"].report.points == 2.0


@pytest.mark.parametrize("number", [0, 1], ids=["the first", "another"])
def test_the_end_of_one_of_several_costs_nobody_anything(tiny, monkeypatch, number):
    """It is replaced at once, even if the others were forked from it, and they go on meanwhile."""
    monkeypatch.setattr(child_process, "ENDING_SECONDS", 60.0)
    monkeypatch.setattr(error_lines, "ENDING_SECONDS", 60.0)
    reported = []
    processes = early(tiny, 3, reported.append)
    with local(tiny, 3, on_line=reported.append, started=processes) as three:

        def grade_all():
            futures = [three.submit(notebooks(tiny, RIGHT)) for _ in range(6)]
            return [future.result(30)["tiny"].report.points for future in futures]

        while not all(process._child.pid for process in processes):  # each has been asked
            assert grade_all() == [2.0] * 6
        os.kill(processes[number]._child.pid, signal.SIGKILL)
        assert grade_all() == [2.0] * 6  # it waits for no end of theirs
    assert reported == []


class Ending(GradingProcess):
    """Its processes are killed while they grade some submissions."""

    tries = 0

    def grade_file(self, assignment, handed_in):
        child_for = self._child_for

        def killed(assignment):
            found = child_for(assignment)
            self.tries += 1
            if "each time" in handed_in.remarks or self.tries == 1:
                os.kill(found._process.pid, signal.SIGKILL)
                found._process.wait()
            return found

        self._child_for = killed
        try:
            return super().grade_file(assignment, handed_in)
        finally:
            self._child_for = child_for


def test_a_line_of_several_processes_is_reported_once(tiny):
    """Two processes find that there is no certificate: one line of it is enough."""
    reported = []
    with local(tiny, 2, on_line=Once(reported.append)) as two:
        for future in [two.submit(notebooks(tiny, IDENTITY)) for _ in range(4)]:
            future.result()
    assert len([line for line in reported if "run `autograder audit tiny`" in line]) == 1
