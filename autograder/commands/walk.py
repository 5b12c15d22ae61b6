"""How `autograder grade` goes through a class: it grades, or compares, and tells as it goes."""

import logging
import queue
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from nbgrader.converters.base import NbGraderException
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text
from sqlalchemy.exc import OperationalError

from autograder.agreement.disagreement import some
from autograder.class_run.class_run import ClassRun, PendingSubmission, open_course
from autograder.class_run.cluster import ClusterPool
from autograder.class_run.cluster_worker import ClusterError
from autograder.class_run.dry_run import PointChange, moves, penalty_moves
from autograder.class_run.nbgrader_plugins import GradeCells
from autograder.class_run.pool import Done, LocalPool, Pool, as_graded
from autograder.commands import console
from autograder.commands.course import Place, assignment_in
from autograder.commands.status import STYLES
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Stage
from autograder.course.gradebook import trouble
from autograder.course.settings import course_of
from autograder.gradebook.entry import entry_of
from autograder.gradebook.lateness import PenaltyChange
from autograder.grading.graded import Graded
from autograder.grading.process import GradingProcess
from autograder.intake.handed_in import Notebooks
from autograder.results.points import shown
from autograder.results.report import Report
from autograder.results.standing import Standing
from autograder.sandbox import isolation, probe
from autograder.sandbox.isolation import NotIsolatedError
from autograder.startup.interruption import postponed
from autograder.text.plain_text import printable
from autograder.text.wording import counted_as

INTERRUPTED = 130
LOOK_SECONDS = 0.1  # between two looks for Ctrl-C


@dataclass(frozen=True)
class GradeOptions:
    """What the command line asks for: see `autograder grade --help`."""

    place: Place
    assignment: str
    students: tuple[str, ...]
    workers: int
    scheduler: str | None
    force: bool
    dry_run: bool
    allow_no_isolation: bool
    as_json: bool


def go(
    wish: GradeOptions,
    on: Console,
    on_line: Callable[[str], None],
    started: list[GradingProcess],
) -> tuple[int, dict[str, Any]]:
    """Go through a class; return the exit code, and what was done as data.

    Parameters
    ----------
    wish : Wish
    on : Console
        Where it is told.
    on_line : callable
        As of a `LocalPool`.
    started : list of GradingProcess
        Those that were started early, one for each worker.
    """
    with open_course(wish.place.folder, wish.place.options, _Told(on)) as converter:
        assignment = assignment_in(course_of(converter.coursedir), wish.assignment)
        converter.coursedir.assignment_id = assignment.name
        if started:
            _begin(started[0], assignment, wish)
        allowed = wish.allow_no_isolation or GradeCells(parent=converter).allow_no_isolation
        layers = isolation.NONE if wish.scheduler else probe.level(allow_none=allowed)
        students = frozenset(wish.students) or None
        with closing(ClassRun(converter, students, look_only=wish.dry_run)) as run:
            pool: Pool
            if wish.scheduler is not None:
                pool = ClusterPool(run.assignments, wish.scheduler, allow_no_isolation=allowed)
            else:
                width = min(wish.workers, len(run.folders))
                pool = LocalPool(run.assignments, width, layers, on_line=on_line, started=started)
            with closing(pool):
                walk = _Walk(run, pool, on, force=wish.force)
                return _show_moves(walk) if wish.dry_run else _grade(walk, keep=wish.as_json)


def _begin(first: GradingProcess, assignment: Assignment, wish: GradeOptions) -> None:
    """Let processes load an assignment's suites, as many as there may be submissions to grade."""
    released = assignment.folder(Stage.RELEASE).glob("*.ipynb")
    load = next((replace(assignment, notebook=path.stem) for path in released), None)
    submissions = len(wish.students) or len(assignment.students(Stage.SUBMITTED))
    first.begin(load, max(min(wish.workers, submissions), 1))


class _Walk:
    """A run's way through a class, shown as it goes; Ctrl-C ends it after what is being written."""

    def __init__(self, run: ClassRun, pool: Pool, on: Console, *, force: bool) -> None:
        self.run = run
        self.pool = pool
        self.on = on
        self.force = force
        self.seen: list[str] = []
        self.failed = 0  # of those
        self.interrupted = False
        self.seconds = 0.0

    def through(
        self, title: str, take: Callable[[PendingSubmission, dict[str, Graded]], None]
    ) -> None:
        """Let `take` have each submission that is due, with what has become of it."""
        done: Done[PendingSubmission] = queue.SimpleQueue()
        start = time.monotonic()
        with self._until_interrupted(done), self._progress() as progress:
            bar = progress.add_task(title, total=len(self.run.folders), rate="")
            works = self._checked(self.run.due(self.pool.levels, force=self.force))
            for due, future in as_graded(self.pool, works, done):
                failed = len(self.run.failed)
                take(due, self._result(due, future))
                self.failed += len(self.run.failed) - failed
                self.seen.append(due.student)
                self.seconds = time.monotonic() - start
                past = len(self.seen) + len(self.run.skipped) + len(self.run.failed) - self.failed
                progress.update(bar, completed=past, rate=self.rate)

    def _checked(
        self, works: Iterator[tuple[PendingSubmission, Notebooks]]
    ) -> Iterator[tuple[PendingSubmission, Notebooks]]:
        """Yield works; before the first one, check that the suites can be imported."""
        for number, work in enumerate(works):
            if number == 0:
                importing = self.pool.import_faults()
                while not self.interrupted and not wait([importing], LOOK_SECONDS).done:
                    pass
                if importing.done() and (faults := self._faults(importing)):
                    raise NbGraderException(f"nothing was graded: {some(faults, '; ')}")
            yield work

    def _faults(self, importing: Future[list[str]]) -> list[str]:
        """Return what is wrong with the suites; an error of the check itself ends nothing."""
        try:
            return importing.result()
        except (AssignmentError, NotIsolatedError, ClusterError):
            raise
        except Exception:
            self.run.log.exception("the suites were not checked")
            return []

    @property
    def rate(self) -> str:
        """How many submissions have been graded in a second, in words."""
        return f"{len(self.seen) / max(self.seconds, 1e-9):.1f} a second"

    def _result(
        self, due: PendingSubmission, future: Future[dict[str, Graded]]
    ) -> dict[str, Graded]:
        """Return what a future holds; a fault of ours holds the grade back."""
        try:
            return future.result()
        except (NotIsolatedError, ClusterError):
            raise
        except Exception as error:  # whatever it is, it is not the student's fault
            self.run.log.exception("%s cannot be graded", due.student)
            cause = f"{type(error).__name__}: {error}"
            known = self.run.assignments
            return {name: Graded.held_back(known[name], cause) for name in due.notebooks}

    @contextmanager
    def _until_interrupted(self, done: Done[PendingSubmission]) -> Iterator[None]:
        def stop(number: int, frame: object) -> None:
            self.interrupted = True
            signal.signal(signal.SIGINT, before)  # whoever presses it again means it
            done.put(None)

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _progress(self) -> Progress:
        return console.progress(
            self.on,
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )


def _grade(walk: _Walk, *, keep: bool) -> tuple[int, dict[str, Any]]:
    """Grade and write; return the exit code, and what was done, with each submission if kept."""
    run = walk.run
    held = []
    graded_now = []

    def write(due: PendingSubmission, graded: dict[str, Graded]) -> None:
        with postponed():
            standings = run.write(due, graded)
            if standings is None:
                return
            held.extend([due.student] * any(one.is_held for one in graded.values()))
            for name, standing in standings.items():
                report = graded[name].report
                _tell(walk.on, due.student, report, standing)
                if keep:
                    assignment = run.assignments[name]
                    graded_now.append(_told(assignment, due.student, name, report, standing))

    changes: list[PenaltyChange] = []
    try:
        walk.through("grading", write)
        if not walk.interrupted:
            changes = run.change_penalties()
    except OperationalError as error:
        raise NbGraderException(trouble(error)) from error
    counted = {
        "graded": len(walk.seen) - walk.failed,
        "unchanged": len(run.skipped),
        "held back": len(held),
        "failed": len(run.failed),
    }
    told = ", ".join(f"{count} {what}" for what, count in counted.items() if count) or "0 graded"
    if changes:
        told += f", {counted_as(len(changes), 'late penalty', 'late penalties')} changed"
    took = f"; {walk.seconds:.1f} s, {walk.rate}" if walk.seen else ""
    for change in changes:
        moved = f"late penalty {shown(change.after)} instead of {shown(change.before)}"
        walk.on.print(printable(f"{change.student}: {moved}: {change.reason}"))
    walk.on.print(f"{counted_as(len(run.folders), 'submission')}: {told}{took}")
    if walk.interrupted:
        walk.on.print("Interrupted: what is graded is kept, and the next run goes on.")
    code = INTERRUPTED if walk.interrupted else int(bool(held or run.failed))
    return code, {
        "submissions": len(run.folders),
        "graded": graded_now,
        "unchanged": run.skipped,
        "held_back": held,
        "failed": run.failed,
        "late_penalties": [
            {"student": c.student, "before": c.before, "after": c.after, "reasons": [c.reason]}
            for c in changes
        ],
        "interrupted": walk.interrupted,
        "seconds": walk.seconds,
    }


def _told(
    assignment: Assignment, student: str, notebook: str, report: Report, standing: Standing
) -> dict[str, Any]:
    """Return what `autograder status` says of a submission, for one of its notebooks."""
    entry = entry_of(assignment, student, standing.marks, standing, report, is_handed_in=True)
    return {
        "student": student,
        "notebook": notebook,
        "status": entry.status,
        "points": entry.points,
        "total_before_penalty": entry.before_penalty,
        "late_penalty": entry.late_penalty,
        "total": entry.total,
        "max_total": standing.most,
        "cause": entry.cause,
        "next_step": entry.next_step,
    }


def _tell(on: Console, student: str, report: Report, standing: Standing) -> None:
    """Tell of a submission: on a terminal of those alone that somebody should look at."""
    if report.next_step or not on.is_terminal:
        style = STYLES.get(report.status, "red") if report.next_step else None
        on.print(printable(f"{student}: {standing.summary(report.status)}"), style=style)


def _show_moves(walk: _Walk) -> tuple[int, dict[str, Any]]:
    """Show whose points would move, and why; return the exit code, and the same as data."""
    run = walk.run
    found: list[PointChange] = []

    def compare(due: PendingSubmission, graded: dict[str, Graded]) -> None:
        found.extend(moves(run, due, graded))

    walk.through("comparing", compare)
    found += penalty_moves(run, set(walk.seen))
    found.sort(key=lambda move: (move.student, move.item))
    if found:
        _show_table(walk.on, found)
    moving = len({move.student for move in found})
    walk.on.print(
        f"{counted_as(len(run.folders), 'submission')}: {len(walk.seen)} would be graded, "
        f"{counted_as(moving, 'student')} would have other points; nothing was written"
    )
    return INTERRUPTED if walk.interrupted else int(bool(run.failed)), {
        "submissions": len(run.folders),
        "would_be_graded": sorted(walk.seen),
        "moves": [asdict(move) for move in found],
        "failed": run.failed,
        "interrupted": walk.interrupted,
    }


def _show_table(on: Console, found: list[PointChange]) -> None:
    table = console.table()
    table.add_column("student", overflow="fold")
    table.add_column("item", overflow="fold")
    table.add_column("now", justify="right", no_wrap=True)
    table.add_column("would be", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold", ratio=1)
    for move in found:
        points = (shown(p) for p in (move.before, move.after))
        cells = (move.student, move.item, *points, "; ".join(move.reasons))
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console.show(on, table)


class _Told(logging.Handler):
    """Prints what nbgrader and the run tell, if somebody should know of it."""

    def __init__(self, on: Console) -> None:
        super().__init__(logging.WARNING)
        self.on = on

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        style = "red" if record.levelno >= logging.ERROR else "yellow"
        for line in self.format(record).splitlines():
            self.on.print(printable(line), style=style)
