"""The points that another grading would change, and the reasons."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from nbgrader.api import Gradebook, MissingEntry

from autograder.class_run.class_run import ClassRun
from autograder.class_run.pending_submission import PendingSubmission
from autograder.gradebook.lateness import why
from autograder.gradebook.score_entry import ScoreEntry
from autograder.grading.graded import Graded
from autograder.results.account import criterion_points
from autograder.results.outcome import ItemResult, Outcome
from autograder.results.report import report_in
from autograder.results.standing import Mark, Standing

LATE_PENALTY = "late penalty"  # instead of an item


@dataclass(frozen=True)
class PointChange:
    """A change of the points of one graded cell, or of the late penalty.

    Parameters
    ----------
    student : str
    item : str
        The graded cell, or "late penalty".
    before : float or None
        The points in the gradebook; None if it has none.
    after : float or None
        The new points; None if they would be held back.
    reasons : tuple of str
        Why it would be graded again, which criteria have other points, and which properties have
        another outcome.
    """

    student: str
    item: str
    before: float | None
    after: float | None
    reasons: tuple[str, ...]


def moves(
    run: ClassRun, due: PendingSubmission, graded: dict[str, Graded]
) -> Iterator[PointChange]:
    """Yield the changes for a submission; `graded` is its new grading, by notebook."""
    folder = run.intake.place(due.student)
    for notebook, one in graded.items():
        before = _standing(run.gradebook, notebook, run.name, due.student)
        after = _after(before, ScoreEntry.of(one.notebook, one.report))
        report = report_in(folder / f"{notebook}.ipynb")
        earlier = {item.name: item for item in report.items} if report else {}
        now = {item.name: item for item in one.report.items}
        for name, mark in after.marks.items():
            old = before.points.get(name)
            if old != mark.score:
                changed = _changed(earlier[name], now[name]) if name in earlier else ()
                yield PointChange(due.student, name, old, mark.score, (due.reason, *changed))
        penalty, seconds = run.penalties.of(due.student, after.known, run.stamp(due))
        if penalty != before.penalty:
            reasons = (due.reason, why(seconds))
            yield PointChange(due.student, LATE_PENALTY, before.penalty, penalty, reasons)


def penalty_moves(run: ClassRun, graded: Collection[str]) -> Iterator[PointChange]:
    """Yield the changes of late penalties for students who would not be graded again."""
    for change in run.penalties.changes(run.is_about):
        if change.student not in graded:
            reasons = (change.reason,)
            yield PointChange(change.student, LATE_PENALTY, change.before, change.after, reasons)


def _standing(gradebook: Gradebook | None, *where: str) -> Standing:
    """Return a submitted notebook's scores in the gradebook, if it is there."""
    if gradebook is None:
        return Standing()
    try:
        return Standing.of([gradebook.find_submission_notebook(*where)])
    except MissingEntry:
        return Standing()


def _after(before: Standing, scores: ScoreEntry) -> Standing:
    """Return the scores in the gradebook after these would be entered."""
    marks = {
        name: replace(before.marks.get(name, Mark(0.0)), auto=points)
        for name, points in scores.grades.items()
    }
    return Standing(marks)


def _changed(before: ItemResult, after: ItemResult) -> Iterator[str]:
    """Yield the criteria whose points have changed, and the properties whose outcome has."""
    if after.criteria and not before.criteria:
        yield "the item has criteria now"
    earlier = {one.criterion.name: one for one in before.rubric}
    for new in after.rubric if before.criteria else ():
        name, points = new.criterion.name, criterion_points(new)
        old = earlier.pop(name, None)
        if old is None:
            yield f"criterion {name} is new: {points}"
        elif criterion_points(old) != points:
            yield f"criterion {name}: {criterion_points(old)}, now {points}"
    yield from (f"criterion {name} is gone" for name in earlier)
    known = {result.name: result.outcome for result in before.properties}
    for result in after.properties:
        name = result.name.removeprefix("test_")
        was = known.pop(result.name, None)
        if was is None and result.outcome is not Outcome.PASSED:
            yield f"{name} is new: {result.outcome}"
        elif was not in (None, result.outcome):
            yield f"{name}: {was}, now {result.outcome}"
    yield from (f"{name.removeprefix('test_')} is gone" for name in known)
