"""A student's line in the status table: points, status, cause and next step."""

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.course.assignment import Assignment
from autograder.course.course import Stage
from autograder.course.spelling import same
from autograder.results.points import less, total
from autograder.results.report import NEXT_STEP, Report, Status
from autograder.results.standing import Standing

NOT_GRADED = "not graded yet"
IN_A_TEAM = "in another's submission"  # this one and the next: has handed in nothing
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
        The gradebook's points by graded cell; None while held back or not graded.
    status : str
        A `Status`, or one of the statuses above.
    remarks : tuple of str
    cause : str
        The reason for the status: the remarks, or an error.
    next_step : str
        What the course staff should do.
    isolation : str
        What confined the student's code in grading.
    late_penalty : float
        In points.
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
        """The sum of the points minus the late penalty; None as long as a graded cell has none."""
        before = self.before_penalty
        return None if before is None else less(before, self.late_penalty)

    @property
    def is_graded(self) -> bool:
        """Whether the gradebook has scores for what was handed in."""
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
    """Return the entry of one student.

    Parameters
    ----------
    assignment : Assignment
    student : str
    cells : iterable of str
        The graded cells.
    standing : Standing, optional
        The scores in the gradebook; None if it has no submission.
    report : Report, optional
        The report in the graded notebook.
    is_handed_in : bool
        Whether the student has a folder in `submitted/`.
    left_out : str
        The student's files that `nbgrader zip_collect` left out, and why.
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
    """Return the students who have a folder in `submitted/`."""
    return {*assignment.students(Stage.SUBMITTED)}


def _is_excluded(assignment: Assignment, student: str) -> bool:
    excluded = assignment.course.student_id_exclude.split(",")
    return same(student) in map(same, excluded)


def _look(standing: Standing) -> str:
    """Return what a human should do about a graded submission; empty if nothing."""
    if open_cells := [name for name, mark in standing.marks.items() if mark.is_open]:
        return BY_HAND.format(cells=" and ".join(open_cells))
    return LOOK if any(mark.waits for mark in standing.marks.values()) else ""
