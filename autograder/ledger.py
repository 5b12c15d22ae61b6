"""What became of every student's submission of an assignment, read from nbgrader's own records."""

from collections.abc import Iterator
from dataclasses import dataclass

import nbformat
from nbgrader.api import Grade, Gradebook, MissingEntry

from autograder.assignment import Assignment
from autograder.report import KEY, Report, Status


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
    with Gradebook(db_url) as gradebook:
        for student in gradebook.students:
            try:
                submission = gradebook.find_submission(assignment.name, student.id)
            except MissingEntry:
                handed_in = (assignment.root / "submitted" / student.id / assignment.name).is_dir()
                yield Entry(student.id, nothing, "not graded yet" if handed_in else Status.MISSING)
                continue
            scores = {
                grade.name: None if _held_back(grade) else grade.score
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            report = _report(assignment, student.id)
            if report is None:
                yield Entry(student.id, nothing, "not graded yet")
            else:
                yield Entry(student.id, nothing | scores, report.status, report.remarks)


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
