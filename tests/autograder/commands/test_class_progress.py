"""The progress through a class: what ends it, and what does not."""

import io
import logging
import os
import signal
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.converters.base import NbGraderException
from rich.console import Console
from rich.text import Text

from autograder.class_run import pool as pool_module
from autograder.class_run.cluster_worker import ClusterError
from autograder.class_run.pending_submission import PendingSubmission
from autograder.commands import waiting
from autograder.commands.class_progress import ClassProgress
from autograder.commands.console import Bar, console
from autograder.sandbox.isolation import NotIsolatedError

STUDENTS = ["ann", "bob", "cem"]


def future(result):
    """Return a finished future: of an exception, one that failed."""
    done = Future()
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)
    return done


class Run:
    """A run over three students."""

    def __init__(self):
        self.folders = STUDENTS
        self.failed, self.skipped = [], []
        self.log = logging.getLogger("a run")

    def due(self, levels, *, force):
        for student in STUDENTS:
            yield PendingSubmission(student, Path(student), {}, "new"), {}


class Pool:
    """A pool that grades at once, and imports the suites with this result."""

    levels, width = frozenset(), 1

    def __init__(self, faults=()):
        self.faults = faults

    def import_faults(self):
        return future(self.faults if isinstance(self.faults, Exception) else [*self.faults])

    def submit(self, notebooks):
        return future({})


def walk(handle=lambda due, graded: None, run=None, pool=None):
    """Grade the class; return the progress."""
    progress = ClassProgress(run or Run(), pool or Pool(), console(), force=False)
    progress.grade_each("grading", handle)
    return progress


def test_each_submission_is_handled_in_turn():
    """The rate is that of all of them; afterwards Ctrl-C does what it did before."""
    before = signal.getsignal(signal.SIGINT)
    progress = walk()
    assert signal.getsignal(signal.SIGINT) is before
    assert (progress.seen, progress.failed, progress.interrupted) == (STUDENTS, 0, False)
    progress.seconds = 2.0
    assert progress.rate == "1.5 a second"


def test_a_submission_that_cannot_be_written_is_counted():
    """The others are graded."""
    run = Run()

    def handle(due, graded):
        if due.student == "bob":
            run.failed.append("bob")

    progress = walk(handle, run)
    assert (progress.seen, progress.failed) == (STUDENTS, 1)


def test_suites_that_cannot_be_imported_end_the_run_before_a_grade():
    """The error names them."""
    handled = []
    with pytest.raises(NbGraderException, match=r"^nothing was graded: x.py is broken$"):
        walk(lambda due, graded: handled.append(due), pool=Pool(["x.py is broken"]))
    assert handled == []


def test_a_check_that_breaks_ends_no_run(caplog):
    """The log has the error; what is really wrong with the suites shows in each grade."""
    assert walk(pool=Pool(OSError("a pipe broke"))).seen == STUDENTS
    assert caplog.messages == ["the suites were not checked"]
    assert "a pipe broke" in caplog.text


@pytest.mark.parametrize("error", [NotIsolatedError("no Landlock"), ClusterError("all gone")])
def test_a_machine_that_cannot_grade_ends_the_run(error):
    """Neither the check of the suites nor a grade turns it into a fault of one submission."""
    with pytest.raises(type(error), match=str(error)):
        walk(pool=Pool(error))
    pool = SimpleNamespace(
        levels=frozenset(),
        width=1,
        import_faults=Pool().import_faults,
        submit=lambda _: future(error),
    )
    with pytest.raises(type(error), match=str(error)):
        walk(pool=pool)


def test_ctrl_c_ends_the_run_after_the_present_submission():
    """That one is still handled."""
    progress = walk(lambda due, graded: os.kill(os.getpid(), signal.SIGINT))
    assert progress.interrupted
    assert progress.seen == ["ann"]


class Slow(Pool):
    """A pool that finishes its last submission only after it has reported that it waits for it."""

    def __init__(self):
        super().__init__()
        self.futures = []

    def submit(self, notebooks):
        self.futures.append(Future())
        if len(self.futures) < len(STUDENTS):
            self.futures[-1].set_result({})
        return self.futures[-1]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_it_says_for_whom_it_waits(monkeypatch, is_terminal):
    """On a terminal below the bar; elsewhere in a line of its own."""
    monkeypatch.setattr(pool_module, "WATCH_SECONDS", 0.0)
    monkeypatch.setattr(waiting, "PATIENCE", 0.0)
    monkeypatch.setattr(waiting, "QUIET", 0.0)
    slow, shown = Slow(), []
    on = Console(force_terminal=is_terminal, file=io.StringIO(), width=80)

    def show_below(bar, text):
        shown.append(text)
        bar.below = text
        bar.refresh()
        if text == "waiting for cem (0 s)" and not slow.futures[-1].done():
            slow.futures[-1].set_result({})

    monkeypatch.setattr(Bar, "show_below", show_below)
    progress = ClassProgress(Run(), slow, on, force=False)
    progress.grade_each("grading", lambda due, graded: None)
    assert progress.seen == STUDENTS
    printed = Text.from_ansi(on.file.getvalue()).plain
    assert "waiting for cem (0 s)" in printed
    assert ("grading" in printed) == is_terminal
