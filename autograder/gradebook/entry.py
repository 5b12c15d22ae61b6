"""What became of every student's submission of an assignment, read from nbgrader's own records."""

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.course.assignment import Assignment
from autograder.course.course import Stage
from autograder.course.spelling import same
from autograder.results.points import less, total
from autograder.results.report import NEXT_STEP, Report, Status
from autograder.results.standing import Standing

NOT_GRADED = "not graded yet"
IN_A_TEAM = "in another's submission"  # statuses of who has handed in nothing
SEVERAL = "in several teams"
EXCLUDED = "excluded"
NOT_COLLECTED = "not collected"
ASK = "ask the student for the notebook, and collect again"
COMPARE = "see whether it is newer than what was graded: collected.csv says where it lies"
LOOK = "look at it under Manual Grading in the Formgrader, and press Resolve"
BY_HAND = "grade {cells} by hand, under Manual Grading in the Formgrader"


@dataclass(frozen=True)
class Entry:
    """One student's line.

    Parameters
    ----------
    student : str
    points : dict of str to (float or None)
        By graded cell, as they stand in the gradebook; None while held back or not graded.
    status : str
        A `Status`, "not graded yet" or "not collected".
    remarks : tuple of str
    cause : str
        What has to be said of the status: the remarks, or what broke.
    next_step : str
        What the course staff does about it.
    isolation : str
        What confined the student's code when it was graded.
    late_penalty : float
        The points that being late costs.
    """

    student: str
    points: dict[str, float | None]
    status: str
    remarks: tuple[str, ...] = ()
    cause: str = ""
    next_step: str = ""
    isolation: str = ""
    late_penalty: float = 0.0

    @property
    def before_penalty(self) -> float | None:
        """The sum of the points; None as long as a graded cell has none."""
        return total(self.points.values()) if self.points else None

    @property
    def total(self) -> float | None:
        """What counts: the sum of the points, less the late penalty; None as long as it is open."""
        before = self.before_penalty
        return None if before is None else less(before, self.late_penalty)

    @property
    def is_graded(self) -> bool:
        """Whether the gradebook's scores belong to what was handed in."""
        return self.status not in (Status.MISSING, NOT_GRADED, NOT_COLLECTED, EXCLUDED)


def entry_of(
    assignment: Assignment,
    student: str,
    cells: Iterable[str],
    standing: Standing | None,
    report: Report | None,
    *,
    is_handed_in: bool,
    left_out: str = "",
) -> Entry:
    """Return the entry of one student from what is known of the submission.

    Parameters
    ----------
    assignment : Assignment
    student : str
    cells : iterable of str
        The graded cells.
    standing : Standing, optional
        What the gradebook has; None if it has no submission.
    report : Report, optional
        The one in the graded notebook.
    is_handed_in : bool
        Whether something lies in the student's folder.
    left_out : str
        What `nbgrader zip_collect` could not take of what the student handed in, and why.
    """
    beside = f"beside this, {left_out}" if left_out else ""
    nothing: dict[str, float | None] = dict.fromkeys(cells)
    if (report is None or standing is None) and _is_excluded(assignment, student):
        return Entry(
            student, nothing, EXCLUDED, cause="named in CourseDirectory.student_id_exclude"
        )
    if report is None and (is_handed_in or standing is not None):
        return Entry(
            student,
            nothing,
            NOT_GRADED,
            cause="; ".join(filter(None, ["handed in, and not graded since", beside])),
            next_step=f"run `autograder grade {assignment.name}`",
        )
    if report is not None and standing is None and is_handed_in:
        return Entry(
            student,
            nothing,
            NOT_GRADED,
            cause="graded before, and no longer in the gradebook",
            next_step=f"remove the student's folders, or run `autograder grade {assignment.name}`",
        )
    if left_out and (report is None or standing is None):
        return Entry(student, nothing, NOT_COLLECTED, cause=f"handed in {left_out}", next_step=ASK)
    if report is None or standing is None:
        cause = "nothing was handed in"
        return Entry(
            student, nothing, Status.MISSING, cause=cause, next_step=NEXT_STEP[Status.MISSING]
        )
    return Entry(
        student,
        nothing | standing.points,
        report.status,
        (*report.remarks, *filter(None, [beside])),
        "; ".join(filter(None, [report.cause, beside])),
        report.next_step or _look(standing) or (COMPARE if left_out else ""),
        report.isolation,
        standing.penalty,
    )


def handed_in(assignment: Assignment) -> set[str]:
    """Return who has handed something in, as the folders say."""
    return {*assignment.students(Stage.SUBMITTED)}


def _is_excluded(assignment: Assignment, student: str) -> bool:
    excluded = assignment.course.student_id_exclude.split(",")
    return same(student) in map(same, excluded)


def _look(standing: Standing) -> str:
    """Return what a human has to do about a submission that the grader is done with."""
    if open_cells := [name for name, mark in standing.marks.items() if mark.is_open]:
        return BY_HAND.format(cells=" and ".join(open_cells))
    return LOOK if any(mark.waits for mark in standing.marks.values()) else ""
