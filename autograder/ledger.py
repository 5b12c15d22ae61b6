"""What became of every student's submission of an assignment, read from nbgrader's own records."""

from dataclasses import dataclass

from nbgrader.api import Grade, Gradebook, MissingEntry

from autograder import collected
from autograder.assignment import Assignment
from autograder.course import Stage
from autograder.report import NEXT_STEP, Report, Status, report_in

NOT_GRADED = "not graded yet"
NOT_COLLECTED = "not collected"
ASK = "ask the student for the notebook, and collect again"
COMPARE = "see whether it is newer than what was graded: collected.csv says where it lies"
LOOK = "look at it under Manual Grading in the Formgrader, and press Resolve"


@dataclass(frozen=True)
class Entry:
    """One student's line.

    Parameters
    ----------
    student : str
    points : dict of str to (float or None)
        By item, as they stand in the gradebook; None while held back or not graded.
    status : str
        A `Status`, "not graded yet" or "not collected".
    remarks : tuple of str
    cause : str
        What has to be said of the status: the remarks, or what broke.
    next_step : str
        What the course staff does about it.
    isolation : str
        What confined the student's code when it was graded.
    """

    student: str
    points: dict[str, float | None]
    status: str
    remarks: tuple[str, ...] = ()
    cause: str = ""
    next_step: str = ""
    isolation: str = ""

    @property
    def is_graded(self) -> bool:
        """Whether the gradebook's scores belong to what was handed in."""
        return self.status not in (Status.MISSING, NOT_GRADED, NOT_COLLECTED)


def entry(assignment: Assignment, gradebook: Gradebook, student: str) -> Entry:
    """Return the entry of one student."""
    try:
        submission = gradebook.find_submission(assignment.name, student)
        scores = {
            grade.name: None if _held_back(grade) else grade.score
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
        waits = any(g.needs_manual_grade for n in submission.notebooks for g in n.grades)
    except MissingEntry:
        scores, waits = None, False
    report = _report(assignment, student)
    is_handed_in = assignment.folder(Stage.SUBMITTED, student).exists()
    return entry_of(
        assignment,
        student,
        scores,
        report,
        is_handed_in=is_handed_in,
        waits=waits,
        left_out=collected.left_out(collected.folder(assignment)).get(student, ""),
    )


def entry_of(
    assignment: Assignment,
    student: str,
    scores: dict[str, float | None] | None,
    report: Report | None,
    *,
    is_handed_in: bool,
    waits: bool = False,
    left_out: str = "",
) -> Entry:
    """Return the entry of one student from what is known of the submission.

    Parameters
    ----------
    assignment : Assignment
    student : str
    scores : dict of str to (float or None), optional
        By graded cell, as the gradebook has them; None if it has no submission.
    report : Report, optional
        The one in the graded notebook.
    is_handed_in : bool
        Whether something lies in the student's folder.
    waits : bool
        Whether the gradebook asks a human to look at it, as after grading anew what has a score by
        hand.
    left_out : str
        What `nbgrader zip_collect` could not take of what the student handed in, and why.
    """
    beside = f"beside this, {left_out}" if left_out else ""
    nothing: dict[str, float | None] = dict.fromkeys(item.name for item in assignment.items)
    if report is None and (is_handed_in or scores is not None):
        return Entry(
            student,
            nothing,
            NOT_GRADED,
            cause="; ".join(filter(None, ["handed in, and not graded since", beside])),
            next_step=f"run `autograder grade {assignment.name}`",
        )
    if left_out and (report is None or scores is None):
        return Entry(student, nothing, NOT_COLLECTED, cause=f"handed in {left_out}", next_step=ASK)
    if report is None or scores is None:
        cause = "nothing was handed in"
        return Entry(
            student, nothing, Status.MISSING, cause=cause, next_step=NEXT_STEP[Status.MISSING]
        )
    return Entry(
        student,
        nothing | scores,
        report.status,
        (*report.remarks, *filter(None, [beside])),
        "; ".join(filter(None, [report.cause, beside])),
        report.next_step or (LOOK if waits else COMPARE if left_out else ""),
        report.isolation,
    )


def handed_in(assignment: Assignment) -> set[str]:
    """Return who has handed something in, as the folders say."""
    return {*assignment.students(Stage.SUBMITTED)}


def _held_back(grade: Grade) -> bool:
    """Tell whether a grade has no score yet, neither an automatic one nor one by hand."""
    return grade.auto_score is None and grade.manual_score is None


def _report(assignment: Assignment, student: str) -> Report | None:
    folder = assignment.folder(Stage.AUTOGRADED, student)
    return next(filter(None, map(report_in, sorted(folder.glob("*.ipynb")))), None)
