"""What is known of each submission of a class: gradebook, folders and notebooks, read at once."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
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
from sqlalchemy import select

from autograder import collected, roster
from autograder.assignment import Assignment, Item
from autograder.course import Stage
from autograder.ledger import Entry, entry_of, handed_in
from autograder.report import Report, Status, report_in
from autograder.roster import Roster
from autograder.submission import Cell, read_graded

STUDENT = ("id", "first_name", "last_name", "email", "lms_user_id")
Tick = Callable[[int, int], None]  # how many are done, and of how many


@dataclass(frozen=True)
class Record:
    """One student's submission.

    Parameters
    ----------
    entry : Entry
        The line of the ledger.
    report : Report, optional
        The one in the graded notebook, if that is there.
    cells : tuple of Cell
        Of the graded notebook.
    notebook_id : str
        By which the Formgrader knows it; empty if the gradebook does not.
    stamp : datetime, optional
        When it was handed in (UTC).
    seconds_late : float
        After the due date and the student's extension.
    penalty : float
        The points that being late costs.
    by_hand : tuple of str
        The items whose score is a human's.
    """

    entry: Entry
    report: Report | None = None
    cells: tuple[Cell, ...] = ()
    notebook_id: str = ""
    stamp: dt.datetime | None = None
    seconds_late: float = 0.0
    penalty: float = 0.0
    by_hand: tuple[str, ...] = ()

    @property
    def student(self) -> str:
        """The student's id."""
        return self.entry.student

    def points(self, items: list[Item]) -> tuple[float | None, ...]:
        """Return the points of some items, as the gradebook has them; None where it has none."""
        return tuple(self.entry.points.get(item.name) for item in items)

    def total(self, items: list[Item]) -> float | None:
        """Return the sum, before a penalty; None as long as an item has no points."""
        points = self.points(items)
        return None if None in points else sum(p for p in points if p is not None)

    def counts(self, items: list[Item]) -> bool:
        """Tell whether it has a grade that says something of the student's work.

        A file that could not be read has 0 points, which do not, unless a human gave them.
        """
        is_read = self.entry.status != Status.UNREADABLE or bool(self.by_hand)
        return is_read and self.total(items) is not None


@dataclass(frozen=True)
class ClassRecord:
    """A class: what each of its submissions is, and what an assignment's items are.

    Parameters
    ----------
    items : list of Item
        Those that suites grade, then those that the gradebook has besides, graded by hand.
    records : list of Record
        By the student's id.
    """

    items: list[Item]
    records: list[Record]

    @property
    def counted(self) -> list[Record]:
        """Those over which statistics are made."""
        return [record for record in self.records if record.counts(self.items)]


def read_class(
    assignment: Assignment, db_url: str, tick: Tick = lambda done, total: None
) -> ClassRecord:
    """Read all that is known of a class, in as many queries for thousands as for one.

    Parameters
    ----------
    assignment : Assignment
    db_url : str
        The gradebook's address, as nbgrader's configuration has it.
    tick : callable
        Told how many students of how many are read.
    """
    with Gradebook(db_url) as gradebook:
        kept = _kept(gradebook, assignment)
        others = _others(gradebook, assignment)
        columns = (getattr(Student, name) for name in STUDENT)  # the scores of each take a while
        known = Roster.of(gradebook.db.execute(select(*columns)), roster.find(assignment.root))
    has_handed_in = handed_in(assignment)
    left_out = collected.left_out(collected.folder(assignment))
    everybody = sorted(known.people.keys() | has_handed_in | left_out.keys())
    records = []
    for number, student in enumerate(everybody, start=1):
        found = kept.get(student)
        report, cells = _graded(assignment.folder(Stage.AUTOGRADED, student))
        entry = entry_of(
            assignment,
            student,
            None if found is None else found.scores,
            report,
            is_handed_in=student in has_handed_in,
            waits=found is not None and found.waits,
            left_out=left_out.get(student, ""),
        )
        more: dict[str, Any] = {} if found is None else found.found()
        records.append(Record(entry, report, cells, **more))
        tick(number, len(everybody))
    return ClassRecord([*assignment.items, *others], records)


@dataclass
class _Kept:
    """What the gradebook has of one submission."""

    stamp: dt.datetime | None
    seconds_late: float
    notebook_id: str = ""
    penalty: float = 0.0
    scores: dict[str, float | None] = field(default_factory=dict)
    by_hand: list[str] = field(default_factory=list)
    waits: bool = False

    def found(self) -> dict[str, Any]:
        """Return what goes into a record as it is."""
        return {
            "stamp": self.stamp,
            "seconds_late": self.seconds_late,
            "notebook_id": self.notebook_id,
            "penalty": self.penalty,
            "by_hand": tuple(sorted(self.by_hand)),
        }


def _kept(gradebook: Gradebook, assignment: Assignment) -> dict[str, _Kept]:
    """Return what the gradebook has of each submission, by student."""
    submissions = (
        select(
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            Entered.duedate,
        )
        .join(Entered, Entered.id == SubmittedAssignment.assignment_id)
        .where(Entered.name == assignment.name)
    )
    kept = {
        student: _Kept(stamp, _seconds_late(stamp, due, extension))
        for student, stamp, extension, due in gradebook.db.execute(submissions)
    }
    for student, notebook_id, penalty in gradebook.db.execute(
        _of_notebooks(
            assignment,
            SubmittedAssignment.student_id,
            SubmittedNotebook.id,
            SubmittedNotebook.late_submission_penalty,
        )
    ):
        kept[student].notebook_id = notebook_id
        kept[student].penalty += penalty or 0.0
    grades = _of_notebooks(
        assignment,
        SubmittedAssignment.student_id,
        BaseCell.name,
        Grade.auto_score,
        Grade.manual_score,
        Grade.score,
        Grade.needs_manual_grade,
    )
    grades = grades.join(Grade, Grade.notebook_id == SubmittedNotebook.id)
    for student, name, automatic, by_hand, score, waits in gradebook.db.execute(
        grades.join(BaseCell, BaseCell.id == Grade.cell_id)
    ):
        is_held_back = automatic is None and by_hand is None
        kept[student].scores[name] = None if is_held_back else score
        kept[student].by_hand += [name] * (by_hand is not None)
        kept[student].waits |= bool(waits)
    return kept


def _of_notebooks(assignment: Assignment, *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Entered, Entered.id == SubmittedAssignment.assignment_id)
        .where(Entered.name == assignment.name)
    )


def _others(gradebook: Gradebook, assignment: Assignment) -> list[Item]:
    """Return the graded cells that no suite grades, by name."""
    ours = {item.name for item in assignment.items}
    found = [
        Item(name, float(points))
        for kind in (GradeCell, TaskCell)
        for name, points in gradebook.db.execute(
            select(kind.name, kind.max_score)
            .join(Notebook, Notebook.id == kind.notebook_id)
            .join(Entered, Entered.id == Notebook.assignment_id)
            .where(Entered.name == assignment.name)
        )
        if name not in ours
    ]
    return sorted(found, key=lambda item: item.name)


def _seconds_late(
    stamp: dt.datetime | None, due: dt.datetime | None, extension: dt.timedelta | None
) -> float:
    if stamp is None or due is None:
        return 0.0
    return max(0.0, (stamp - due - (extension or dt.timedelta())).total_seconds())


def _graded(folder: Path) -> tuple[Report | None, tuple[Cell, ...]]:
    """Return the report and the cells of the graded notebook in a folder, if there is one."""
    for path in sorted(folder.glob("*.ipynb")):
        if report := report_in(path):
            known = read_graded(path)
            return report, known.cells if known else ()
    return None, ()
