"""What another grading would change: whose points would move, and why."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from nbgrader.api import Gradebook, MissingEntry

from autograder.class_run.class_run import ClassRun, PendingSubmission
from autograder.gradebook.lateness import why
from autograder.gradebook.score_entry import ScoreEntry
from autograder.grading.graded import Graded
from autograder.results.outcome import ItemResult, Outcome
from autograder.results.standing import Mark, Standing

LATE_PENALTY = "late penalty"  # in the place of an item


@dataclass(frozen=True)
class PointChange:
    """One graded cell of a submission whose points would be others, or its late penalty.

    Parameters
    ----------
    student : str
    item : str
        The graded cell, or "late penalty".
    before : float or None
        The points in the gradebook; None without any.
    after : float or None
        Those it would have; None if they would be held back.
    reasons : tuple of str
        Why it would be graded anew, and which properties have another outcome.
    """

    student: str
    item: str
    before: float | None
    after: float | None
    reasons: tuple[str, ...]


def moves(
    run: ClassRun, due: PendingSubmission, graded: dict[str, Graded]
) -> Iterator[PointChange]:
    """Yield what would move for a submission.

    Parameters
    ----------
    run : ClassRun
    due : Due
    graded : dict of str to Graded
        What would become of it, by notebook.
    """
    reports = run.before(due)
    for notebook, one in graded.items():
        before = _standing(run.gradebook, notebook, run.name, due.student)
        after = _after(before, ScoreEntry.of(one.notebook, one.report))
        earlier = {i.name: i for i in reports[notebook].items} if notebook in reports else {}
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
    """Yield the late penalties that would move without grading.

    Parameters
    ----------
    run : ClassRun
    graded : collection of str
        Who would be graded, and is left out here.
    """
    for change in run.penalties.changes(run.is_about):
        if change.student not in graded:
            reasons = (change.reason,)
            yield PointChange(change.student, LATE_PENALTY, change.before, change.after, reasons)


def _standing(gradebook: Gradebook | None, *where: str) -> Standing:
    """Return what a submitted notebook has in the gradebook; nothing if it is not there."""
    if gradebook is None:
        return Standing()
    try:
        return Standing.of([gradebook.find_submission_notebook(*where)])
    except MissingEntry:
        return Standing()


def _after(before: Standing, scores: ScoreEntry) -> Standing:
    """Return what there would be once the scores are entered."""
    marks = {
        name: replace(before.marks.get(name, Mark(0.0)), auto=points)
        for name, points in scores.grades.items()
    }
    return Standing(marks)


def _changed(before: ItemResult, after: ItemResult) -> Iterator[str]:
    """Yield which properties have another outcome than they had."""
    known = {result.name: result.outcome for result in before.properties}
    for result in after.properties:
        name = result.name.removeprefix("test_")
        was = known.pop(result.name, None)
        if was is None and result.outcome is not Outcome.PASSED:
            yield f"{name} is new: {result.outcome}"
        elif was not in (None, result.outcome):
            yield f"{name}: {was}, now {result.outcome}"
    yield from (f"{name.removeprefix('test_')} is gone" for name in known)
