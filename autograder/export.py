"""The gradebook as a table: nbgrader's own columns, each item's points, and what became of it.

`nbgrader export` writes it. A score that is not known is empty, never 0: held back, not graded yet,
or missing. Of paths the names are left: the folders are those of the machine that grades.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment as Entered
from nbgrader.api import Gradebook, MissingEntry, Student, SubmittedAssignment
from nbgrader.plugins import ExportPlugin

from autograder.assignment import Assignment
from autograder.ledger import Entry, entry
from autograder.report import Status
from autograder.sandbox import FOLDERS

NBGRADERS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)
OURS = ("status", "cause", "next_step", "isolation")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # how a text begins that a spreadsheet would run


class GradesPlugin(ExportPlugin):
    """Writes a CSV file (RFC 4180, UTF-8) with a line for each assignment and student.

    `--to`, `--assignment` and `--student` are nbgrader's own.
    """

    def export(self, gradebook: Gradebook) -> None:
        """Write the table."""
        to = self.to or "grades.csv"
        # sorted here, as databases differ on names that are missing, the same or not ASCII
        known = sorted(gradebook.assignments, key=lambda a: (str(a.duedate or ""), a.name))
        assignments = [a for a in known if _is_wanted(a.name, self.assignment)]
        everybody = sorted(gradebook.students, key=_by_name)
        students = [s for s in everybody if _is_wanted(s.id, self.student)]
        items = list(dict.fromkeys(name for a in assignments for name in self._items(a)))
        # all of it before the file is opened: what fails leaves an earlier table as it is
        rows = [
            self._row(gradebook, assignment, student)
            for assignment in assignments
            for student in students
        ]
        self.log.info("Exporting grades to %s", to)
        with Path(to).open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            table = csv.DictWriter(file, [*NBGRADERS, *OURS, *items], restval="")
            table.writeheader()
            table.writerows({k: _field(v) for k, v in row.items()} for row in rows)

    def _row(self, gradebook: Gradebook, assignment: Entered, student: Student) -> dict[str, Any]:
        row: dict[str, Any] = {
            "assignment": assignment.name,
            "duedate": assignment.duedate,
            "student_id": student.id,
            "last_name": student.last_name,
            "first_name": student.first_name,
            "email": student.email,
            "max_score": assignment.max_score,
        }
        try:
            submission = gradebook.find_submission(assignment.name, student.id)
        except MissingEntry:
            submission = None
        known = self._entry(gradebook, assignment, student)
        if known:
            row |= {name: getattr(known, name) for name in OURS}
            row["cause"] = _without_folders(known.cause, Path(self.parent.coursedir.root))
        elif submission is None:
            row["status"] = Status.MISSING
        if submission is not None:
            row["timestamp"] = submission.timestamp
            row["late_submission_penalty"] = submission.late_submission_penalty
            if known is None or known.is_graded:
                row |= _scores(submission)
        return row

    def _items(self, assignment: Entered) -> list[str]:
        """Return the names of an assignment's graded cells, in its order as far as it is known."""
        ours = self._ours(assignment)
        names = [item.name for item in ours.items] if ours else []
        cells = [
            cell.name
            for notebook in assignment.notebooks
            for cell in (*notebook.grade_cells, *notebook.task_cells)
        ]
        return names + sorted(set(cells) - set(names))

    def _ours(self, assignment: Entered) -> Assignment | None:
        """Return the assignment as its folders hold it; None if it has no suites."""
        ours = Assignment(Path(self.parent.coursedir.root), assignment.name)
        has_source = bool(list((ours.root / "source" / ours.name).glob("*.ipynb")))
        return ours if has_source and ours.hidden.is_dir() else None

    def _entry(self, gradebook: Gradebook, assignment: Entered, student: Student) -> Entry | None:
        """Return what the ledger knows; nothing of an assignment that has no suites."""
        ours = self._ours(assignment)
        return entry(ours, gradebook, student.id) if ours else None


def _scores(submission: SubmittedAssignment) -> dict[str, float]:
    """Return the points of each item that has some, and the sums if all have."""
    grades = list(_grades(submission))
    points = {
        grade.name: grade.score
        for grade in grades
        if grade.auto_score is not None or grade.manual_score is not None
    }
    if len(points) < len(grades):
        return points
    total = submission.score
    late = submission.late_submission_penalty
    return points | {"raw_score": total, "score": max(0.0, total - late)}


def _grades(submission: SubmittedAssignment) -> Iterator[Any]:
    for notebook in submission.notebooks:
        yield from notebook.grades


def _without_folders(text: str, root: Path) -> str:
    # pytest names a test by the path of its file without the slash at its beginning
    course = str(root.resolve()).strip("/")
    return FOLDERS.sub("", text.replace(f"/{course}/", f"{course}/").replace(f"{course}/", "/"))


def _by_name(student: Student) -> tuple[str, str, str]:
    return (student.last_name or "", student.first_name or "", student.id)


def _is_wanted(name: str, chosen: list[Any]) -> bool:
    return not chosen or name in map(str, chosen)


def _field(value: Any) -> str:
    """Return a value as it is written: numbers as they are, and no text that would be a formula."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text
