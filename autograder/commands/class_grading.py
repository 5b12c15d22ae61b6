"""The class that `autograder grade` grades, or compares with its present grades."""

import logging
from collections.abc import Callable
from contextlib import chdir, closing
from dataclasses import asdict, dataclass, replace
from typing import Any

from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import OperationalError

from autograder.class_run.class_run import ClassRun
from autograder.class_run.cluster import ClusterPool
from autograder.class_run.dry_run import PointChange, moves, penalty_moves
from autograder.class_run.nbgrader_plugins import GradeCells
from autograder.class_run.pending_submission import PendingSubmission
from autograder.class_run.pool import LocalPool, Pool
from autograder.commands import console
from autograder.commands.class_progress import ClassProgress
from autograder.commands.course import Place, assignment_in
from autograder.commands.status import STYLES
from autograder.course.assignment import Assignment
from autograder.course.course import Stage
from autograder.course.gradebook import trouble
from autograder.course.settings import course_of, opened
from autograder.gradebook.entry import entry_of
from autograder.gradebook.lateness import PenaltyChange
from autograder.grading.graded import Graded
from autograder.grading.process import GradingProcess
from autograder.results.points import shown
from autograder.results.report import Report
from autograder.results.standing import Standing
from autograder.sandbox import isolation, probe
from autograder.startup.interruption import postponed
from autograder.text.plain_text import printable
from autograder.text.wording import counted_as

INTERRUPTED = 130  # the exit code


@dataclass(frozen=True)
class GradeOptions:
    """The options of the command line: see `autograder grade --help`."""

    place: Place
    assignment: str
    students: tuple[str, ...]
    workers: int
    scheduler: str | None
    force: bool
    dry_run: bool
    allow_no_isolation: bool
    as_json: bool


def run(
    options: GradeOptions,
    on: Console,
    on_line: Callable[[str], None],
    started: list[GradingProcess],
) -> tuple[int, dict[str, Any]]:
    """Grade a class; return the exit code and the JSON document.

    Parameters
    ----------
    options : GradeOptions
    on : Console
    on_line : callable
        Called with each line that a grading process writes to its standard error.
    started : list of GradingProcess
        The processes that were started early, one for each worker.
    """
    place = options.place
    settings = opened(AutogradeApp.instance(), place.folder, place.options, _LogPrinter(on))
    with settings as app, chdir(app.coursedir.root):
        converter = Autograde(coursedir=app.coursedir, parent=app)
        assignment = assignment_in(course_of(converter.coursedir), options.assignment)
        converter.coursedir.assignment_id = assignment.name
        if started:
            _begin(started[0], assignment, options)
        allowed = options.allow_no_isolation or GradeCells(parent=converter).allow_no_isolation
        layers = isolation.NONE if options.scheduler else probe.level(allow_none=allowed)
        students = frozenset(options.students) or None
        with closing(ClassRun(converter, students, look_only=options.dry_run)) as class_run:
            known = class_run.assignments
            pool: Pool
            if options.scheduler is not None:
                pool = ClusterPool(known, options.scheduler, allow_no_isolation=allowed)
            else:
                width = min(options.workers, len(class_run.folders))
                pool = LocalPool(known, width, layers, on_line=on_line, started=started)
            with closing(pool):
                progress = ClassProgress(class_run, pool, on, force=options.force)
                if options.dry_run:
                    return _show_moves(progress)
                return _grade(progress, keep=options.as_json)


def _begin(first: GradingProcess, assignment: Assignment, options: GradeOptions) -> None:
    """Start to load an assignment's suites, in one process for each submission at most."""
    released = assignment.folder(Stage.RELEASE).glob("*.ipynb")
    load = next((replace(assignment, notebook=path.stem) for path in released), None)
    submissions = len(options.students) or len(assignment.students(Stage.SUBMITTED))
    first.begin(load, max(min(options.workers, submissions), 1))


def _grade(progress: ClassProgress, *, keep: bool) -> tuple[int, dict[str, Any]]:
    """Grade and write; `keep` keeps each submission for the JSON document."""
    run = progress.run
    held = []
    graded_now = []

    def write(due: PendingSubmission, graded: dict[str, Graded]) -> None:
        with postponed():
            standings = run.write(due, graded)
            if standings is None:
                return
            if any(one.is_held for one in graded.values()):
                held.append(due.student)
            for name, standing in standings.items():
                report = graded[name].report
                _print_submission(progress.on, due.student, report, standing)
                if keep:
                    assignment = run.assignments[name]
                    graded_now.append(_as_data(assignment, due.student, name, report, standing))

    changes: list[PenaltyChange] = []
    try:
        progress.grade_each("grading", write)
        if not progress.interrupted:
            changes = run.change_penalties()
    except OperationalError as error:
        raise NbGraderException(trouble(error)) from error
    _print_summary(progress, len(held), changes)
    code = INTERRUPTED if progress.interrupted else int(bool(held or run.failed))
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
        "interrupted": progress.interrupted,
        "seconds": progress.seconds,
    }


def _print_summary(progress: ClassProgress, held: int, changes: list[PenaltyChange]) -> None:
    run, on = progress.run, progress.on
    for change in changes:
        penalty = f"late penalty {shown(change.after)} instead of {shown(change.before)}"
        on.print(printable(f"{change.student}: {penalty}: {change.reason}"))
    counts = {
        "graded": len(progress.seen) - progress.failed,
        "unchanged": len(run.skipped),
        "held back": held,
        "failed": len(run.failed),
    }
    summary = ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "0 graded"
    if changes:
        summary += f", {counted_as(len(changes), 'late penalty', 'late penalties')} changed"
    if progress.seen:
        summary += f"; {progress.seconds:.1f} s, {progress.rate}"
    on.print(f"{counted_as(len(run.folders), 'submission')}: {summary}")
    if progress.interrupted:
        on.print("Interrupted: finished grades are kept; the next run grades the rest.")


def _as_data(
    assignment: Assignment, student: str, notebook: str, report: Report, standing: Standing
) -> dict[str, Any]:
    """Return the JSON data of one notebook of a submission."""
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


def _print_submission(on: Console, student: str, report: Report, standing: Standing) -> None:
    """Print one line for a submission; a terminal shows only those with a next step."""
    if report.next_step or not on.is_terminal:
        style = STYLES.get(report.status, "red") if report.next_step else None
        on.print(printable(f"{student}: {standing.summary(report.status)}"), style=style)


def _show_moves(progress: ClassProgress) -> tuple[int, dict[str, Any]]:
    """Show the points that grading would change, and why; write nothing."""
    run = progress.run
    found: list[PointChange] = []

    def compare(due: PendingSubmission, graded: dict[str, Graded]) -> None:
        found.extend(moves(run, due, graded))

    progress.grade_each("comparing", compare)
    found += penalty_moves(run, set(progress.seen))
    found.sort(key=lambda move: (move.student, move.item))
    if found:
        _show_table(progress.on, found)
    moving = len({move.student for move in found})
    progress.on.print(
        f"{counted_as(len(run.folders), 'submission')}: {len(progress.seen)} would be graded, "
        f"{counted_as(moving, 'student')} would have other points; nothing was written"
    )
    return INTERRUPTED if progress.interrupted else int(bool(run.failed)), {
        "submissions": len(run.folders),
        "would_be_graded": sorted(progress.seen),
        "moves": [asdict(move) for move in found],
        "failed": run.failed,
        "interrupted": progress.interrupted,
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


class _LogPrinter(logging.Handler):
    """Prints the warnings and errors of nbgrader and of the run."""

    def __init__(self, on: Console) -> None:
        super().__init__(logging.WARNING)
        self.on = on

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        style = "red" if record.levelno >= logging.ERROR else "yellow"
        for line in self.format(record).splitlines():
            self.on.print(printable(line), style=style)
