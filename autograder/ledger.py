"""What became of every student's submission of an assignment, read from nbgrader's own records."""

from collections.abc import Iterator
from dataclasses import dataclass

import nbformat
from nbgrader.api import Grade, Gradebook, MissingEntry

from autograder.assignment import Assignment
from autograder.report import KEY, Report, Status

NOT_GRADED = "not graded yet"


@dataclass(frozen=True)
class Entry:
    """One student's line.

    Parameters
    ----------
    student : str
    points : dict of str to (float or None)
        By item, as they stand in the gradebook; None while held back or not graded.
    status : str
        A `Status`, or "not graded yet".
    remarks : tuple of str
    """

    student: str
    points: dict[str, float | None]
    status: str
    remarks: tuple[str, ...] = ()


def entries(assignment: Assignment, db_url: str) -> Iterator[Entry]:
    """Yield the entry of each student in the gradebook, by id.

    Parameters
    ----------
    assignment : Assignment
    db_url : str
        The gradebook's address, as nbgrader's configuration has it.
    """
    nothing: dict[str, float | None] = dict.fromkeys(item.name for item in assignment.items)
    submitted = assignment.root / "submitted"
    handed_in = {path.parent.name for path in submitted.glob(f"*/{assignment.name}")}
    with Gradebook(db_url) as gradebook:
        known = {student.id for student in gradebook.students}
        for student in sorted(known | handed_in):
            report = _report(assignment, student)
            if report is None and student in handed_in:
                yield _not_graded(assignment, student, nothing)
                continue
            try:
                submission = gradebook.find_submission(assignment.name, student)
            except MissingEntry:
                yield Entry(student, nothing, Status.MISSING)
                continue
            if report is None:
                yield Entry(student, nothing, NOT_GRADED)
                continue
            scores = {
                grade.name: None if _held_back(grade) else grade.score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            yield Entry(student, nothing | scores, report.status, report.remarks)


def _not_graded(assignment: Assignment, student: str, nothing: dict[str, float | None]) -> Entry:
    """Return the entry of what was handed in and has no report: not graded, or not gradable."""
    folder = assignment.root / "submitted" / student / assignment.name
    wanted = {path.name for path in (assignment.root / "source" / assignment.name).glob("*.ipynb")}
    found = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if wanted & set(found):
        return Entry(student, nothing, NOT_GRADED)
    remark = f"there must be {', '.join(sorted(wanted))}, got {found}: rename the file"
    return Entry(student, nothing, Status.UNREADABLE, (remark,))


def _held_back(grade: Grade) -> bool:
    """Tell whether a grade has no score yet, neither an automatic one nor one by hand."""
    return grade.auto_score is None and grade.manual_score is None


def _report(assignment: Assignment, student: str) -> Report | None:
    folder = assignment.root / "autograded" / student / assignment.name
    for path in sorted(folder.glob("*.ipynb")):
        data = nbformat.read(path, as_version=4).metadata.get(KEY)
        if data and "status" in data:
            return Report.from_dict(data)
    return None
