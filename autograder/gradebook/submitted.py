"""The gradebook's data on each submission; the number of queries does not depend on the class."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Assignment as Entered
from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Row, select

from autograder.course.assignment import Item
from autograder.gradebook.lateness import seconds_late, select_of_notebooks
from autograder.results.points import added
from autograder.results.standing import Mark, Standing, cell_names

STUDENT = ("id", "first_name", "last_name", "email", "lms_user_id")
Cells = Mapping[tuple[str, str], Item]  # by notebook and `grade_id`


@dataclass
class Submitted:
    """The gradebook's data on one submission.

    Parameters
    ----------
    id : str
        nbgrader's id for it.
    stamp : datetime, optional
        The time of handing in (UTC).
    seconds_late : float
        The seconds after the due date and the student's extension.
    notebook_id : str
        The Formgrader's id for it; empty if it has no notebook.
    penalties : list of float
        The late penalty of each notebook.
    marks : dict of str to Mark
        By graded cell.
    """

    id: str
    stamp: dt.datetime | None
    seconds_late: float
    notebook_id: str = ""
    penalties: list[float] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)

    @property
    def standing(self) -> Standing:
        """The student's points."""
        return Standing(self.marks, added(self.penalties))

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The graded cells that a human scored."""
        return tuple(sorted(name for name, mark in self.marks.items() if mark.manual is not None))


def students_of(gradebook: Gradebook) -> list[Row[Any]]:
    """Return the gradebook's students, without the sums that nbgrader computes for each."""
    return [*gradebook.db.execute(select(*(getattr(Student, name) for name in STUDENT)))]


def submitters_in(gradebook: Gradebook, assignment: str) -> set[str]:
    """Return the students who have a submission of an assignment in the gradebook."""
    ids = (
        select(SubmittedAssignment.student_id)
        .join(Entered, Entered.id == SubmittedAssignment.assignment_id)
        .where(Entered.name == assignment)
    )
    return {*gradebook.db.scalars(ids)}


def cells_of(gradebook: Gradebook, assignment: str) -> dict[tuple[str, str], Item]:
    """Return an assignment's graded cells, by notebook and `grade_id`."""
    found = {
        (notebook, name): float(points or 0.0)
        for kind in (GradeCell, TaskCell)
        for notebook, name, points in gradebook.db.execute(
            select(Notebook.name, kind.name, kind.max_score)
            .join(Notebook, Notebook.id == kind.notebook_id)
            .join(Entered, Entered.id == Notebook.assignment_id)
            .where(Entered.name == assignment)
        )
    }
    names = cell_names(found)
    return {place: Item(names[place], points) for place, points in found.items()}


def submissions_of(gradebook: Gradebook, assignment: str, cells: Cells) -> dict[str, Submitted]:
    """Return an assignment's submissions, by student; `cells` are those of `cells_of`."""
    student = SubmittedAssignment.student_id
    times = (SubmittedAssignment.timestamp, SubmittedAssignment.extension, Entered.duedate)
    submissions = (
        select(student, SubmittedAssignment.id, *times)
        .join(Entered, Entered.id == SubmittedAssignment.assignment_id)
        .where(Entered.name == assignment)
    )
    found = {
        who: Submitted(number, stamp, seconds_late(stamp, due, extension))
        for who, number, stamp, extension, due in gradebook.db.execute(submissions)
    }
    notebooks = select_of_notebooks(
        assignment, student, SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty
    )
    for who, notebook_id, penalty in gradebook.db.execute(notebooks):
        found[who].notebook_id = notebook_id
        found[who].penalties.append(penalty or 0.0)
    columns = (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
    grades = (
        select_of_notebooks(assignment, student, Notebook.name, BaseCell.name, *columns)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
    )
    for who, notebook, name, auto, manual, extra, waits in gradebook.db.execute(grades):
        cell = cells[notebook, name]
        found[who].marks[cell.name] = Mark(cell.points, auto, manual, extra or 0.0, bool(waits))
    return found
