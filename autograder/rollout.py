"""What another grading would change: whose points would move, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry

from autograder.class_run import ClassRun, Due
from autograder.graded import Graded
from autograder.outcome import ItemResult, Outcome


@dataclass(frozen=True)
class Move:
    """One item of a submission whose points would be others.

    Parameters
    ----------
    student : str
    item : str
    before : float or None
        The points in the gradebook, those by hand first; None without any.
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


def moves(run: ClassRun, due: Due, graded: dict[str, Graded]) -> Iterator[Move]:
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
        scores = _scores(run.gradebook, notebook, run.name, due.student)
        earlier = {i.name: i for i in reports[notebook].items} if notebook in reports else {}
        for item in one.report.items:
            automatic, by_hand = scores.get(item.name, (None, None))
            old = automatic if by_hand is None else by_hand
            new = item.points if by_hand is None else by_hand
            if old != new:
                changed = _changed(earlier.get(item.name), item)
                yield Move(due.student, item.name, old, new, (due.reason, *changed))


def _scores(
    gradebook: Gradebook | None, *where: str
) -> dict[str, tuple[float | None, float | None]]:
    """Return the automatic score and the one by hand of each item, by its name."""
    if gradebook is None:
        return {}
    try:
        grades = gradebook.find_submission_notebook(*where).grades
    except MissingEntry:
        return {}
    return {grade.name: (grade.auto_score, grade.manual_score) for grade in grades}


def _changed(before: ItemResult | None, after: ItemResult) -> Iterator[str]:
    """Yield which properties have another outcome than they had."""
    if before is None:
        return
    known = {result.name: result.outcome for result in before.properties}
    for result in after.properties:
        name = result.name.removeprefix("test_")
        was = known.pop(result.name, None)
        if was is None and result.outcome is not Outcome.PASSED:
            yield f"{name} is new: {result.outcome}"
        elif was not in (None, result.outcome):
            yield f"{name}: {was}, now {result.outcome}"
    yield from (f"{name.removeprefix('test_')} is gone" for name in known)
