"""The progress of a run through a class: it grades each pending submission and shows a bar."""

import queue
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager

from nbgrader.converters.base import NbGraderException
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from autograder.agreement.disagreement import some
from autograder.class_run.class_run import ClassRun
from autograder.class_run.cluster_worker import ClusterError
from autograder.class_run.pending_submission import PendingSubmission
from autograder.class_run.pool import Done, Pool, as_graded
from autograder.commands import console
from autograder.commands.waiting import Waiting
from autograder.course.assignment import AssignmentError
from autograder.grading.graded import Graded
from autograder.intake.handed_in import Notebooks
from autograder.sandbox.isolation import NotIsolatedError

LOOK_SECONDS = 0.1  # between two checks for Ctrl-C


class ClassProgress:
    """Grades the pending submissions of a class; Ctrl-C ends it after the current one is written.

    Attributes
    ----------
    seen : list of str
        The students whose submissions were handled.
    failed : int
        How many of these could not be written.
    interrupted : bool
    seconds : float
    """

    def __init__(self, run: ClassRun, pool: Pool, on: Console, *, force: bool) -> None:
        self.run = run
        self.pool = pool
        self.on = on
        self.force = force
        self.seen: list[str] = []
        self.failed = 0
        self.interrupted = False
        self.seconds = 0.0

    def grade_each(
        self, title: str, handle: Callable[[PendingSubmission, dict[str, Graded]], None]
    ) -> None:
        """Grade each pending submission, and call `handle` with its result."""
        done: Done[PendingSubmission] = queue.SimpleQueue()
        start = time.monotonic()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        with self._until_interrupted(done), console.progress(self.on, *columns) as progress:
            bar = progress.add_task(title, total=len(self.run.folders), rate="")
            waiting = Waiting(progress.show_below, self._log_line)
            works = self._checked(self.run.due(self.pool.levels, force=self.force))

            def watch(now: list[PendingSubmission]) -> None:
                waiting.watch(due.student for due in now)

            for due, future in as_graded(self.pool, works, done, watch):
                failed = len(self.run.failed)
                handle(due, self._result(due, future))
                self.failed += len(self.run.failed) - failed
                self.seen.append(due.student)
                waiting.finish(due.student)
                self.seconds = time.monotonic() - start
                past = len(self.seen) + len(self.run.skipped) + len(self.run.failed) - self.failed
                progress.update(bar, completed=past, rate=self.rate)

    @property
    def rate(self) -> str:
        """The number of submissions graded per second, in words."""
        return f"{len(self.seen) / max(self.seconds, 1e-9):.1f} a second"

    def _log_line(self, text: str) -> None:
        if not self.on.is_terminal:
            self.on.print(text)

    def _checked(
        self, works: Iterator[tuple[PendingSubmission, Notebooks]]
    ) -> Iterator[tuple[PendingSubmission, Notebooks]]:
        """Yield the submissions; before the first one, check that the suites can be imported."""
        for number, work in enumerate(works):
            if number == 0:
                importing = self.pool.import_faults()
                while not self.interrupted and not wait([importing], LOOK_SECONDS).done:
                    pass
                if importing.done() and (faults := self._faults(importing)):
                    raise NbGraderException(f"nothing was graded: {some(faults, '; ')}")
            yield work

    def _faults(self, importing: Future[list[str]]) -> list[str]:
        """Return what is wrong with the suites; an error of the check itself is only logged."""
        try:
            return importing.result()
        except (AssignmentError, NotIsolatedError, ClusterError):
            raise
        except Exception:  # a bug in this check must not stop grading
            self.run.log.exception("the suites were not checked")
            return []

    def _result(
        self, due: PendingSubmission, future: Future[dict[str, Graded]]
    ) -> dict[str, Graded]:
        """Return a future's result; an internal error holds the grade back."""
        try:
            return future.result()
        except (NotIsolatedError, ClusterError):
            raise
        except Exception as error:  # any bug of ours holds this grade back, and no other
            self.run.log.exception("%s cannot be graded", due.student)
            cause = f"{type(error).__name__}: {error}"
            known = self.run.assignments
            return {name: Graded.held_back(known[name], cause) for name in due.notebooks}

    @contextmanager
    def _until_interrupted(self, done: Done[PendingSubmission]) -> Iterator[None]:
        def stop(number: int, frame: object) -> None:
            self.interrupted = True
            signal.signal(signal.SIGINT, before)  # a second Ctrl-C ends the process at once
            done.put(None)

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
