"""What is known of each submission of a class: gradebook, folders and notebooks, read at once."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
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

from autograder.course import roster
from autograder.course.assignment import Assignment, Item
from autograder.course.course import Stage
from autograder.course.roster import Roster
from autograder.course.spelling import grouped, same
from autograder.course.submission import Cell, read_graded
from autograder.gradebook.entry import IN_A_TEAM, Entry, entry_of, handed_in
from autograder.gradebook.lateness import seconds_late
from autograder.intake import collected_list
from autograder.results.points import added, total
from autograder.results.report import Report, Status, report_in
from autograder.results.standing import Mark, Standing, cell_names

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
    by_hand : tuple of str
        The items whose score is a human's.
    """

    entry: Entry
    report: Report | None = None
    cells: tuple[Cell, ...] = ()
    notebook_id: str = ""
    stamp: dt.datetime | None = None
    seconds_late: float = 0.0
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
        return total(self.points(items))

    def counts(self, items: list[Item]) -> bool:
        """Tell whether it has a grade that says something of the student's work.

        A file that could not be read has 0 points, which do not, unless a human gave them. The
        work of a team counts once.
        """
        is_read = self.entry.status != Status.UNREADABLE or bool(self.by_hand)
        is_own = self.entry.status != IN_A_TEAM
        return is_read and is_own and self.total(items) is not None


@dataclass(frozen=True)
class ClassRecord:
    """A class: what each of its submissions is, and what an assignment's items are.

    Parameters
    ----------
    items : list of Item
        All graded cells: those that suites grade, then those that are graded by hand. Their points
        are the gradebook's.
    records : list of Record
        By the student's id.
    people : Roster
        The gradebook's students, with what a roster adds to them.
    """

    items: list[Item]
    records: list[Record]
    people: Roster = field(default_factory=lambda: Roster(()))

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
        columns = (getattr(Student, name) for name in STUDENT)  # the scores of each take a while
        students = gradebook.db.execute(select(*columns))
        people = Roster.of(students, roster.find(assignment.root))
        return class_in(assignment, gradebook, people, tick)


def class_in(
    assignment: Assignment,
    gradebook: Gradebook,
    people: Roster,
    tick: Tick = lambda done, total: None,
) -> ClassRecord:
    """Read a class from an open gradebook, as `read_class` does."""
    cells = _cells(gradebook, assignment)
    kept = _kept(gradebook, assignment, cells)
    items = _items(assignment, cells)
    has_handed_in = handed_in(assignment)
    left_out = collected_list.left_out(collected_list.folder(assignment))
    reasons = {same(student): reason for student, reason in left_out.items()}
    found = _with_work([*people.people, *left_out], {*kept} | has_handed_in)
    several = {one: ids for ids in found for one in ids if len(ids) > 1}
    everybody = sorted(one for ids in found for one in ids)
    records = []
    for number, student in enumerate(everybody, start=1):
        known = kept.get(student)
        report, notebook = _graded(assignment.folder(Stage.AUTOGRADED, student))
        entry = entry_of(
            assignment,
            student,
            [item.name for item in items],
            None if known is None else known.standing,
            report,
            is_handed_in=student in has_handed_in,
            left_out=reasons.get(same(student), ""),
        )
        if student in several:
            entry = _told_of(entry, several[student])
        more: dict[str, Any] = {} if known is None else known.found()
        records.append(Record(entry, report, notebook, **more))
        tick(number, len(everybody))
    return ClassRecord(items, records, people.with_ids(ids[0] for ids in found))


def _with_work(people: list[str], at_work: set[str]) -> list[list[str]]:
    """Return the ids of each student: the one spelling that has handed in, or else the people's.

    Several, where several spellings have handed in; the people's own comes first.
    """
    order = {one: number for number, one in reversed([*enumerate(people)])}
    found = []
    for ids in grouped({*people, *at_work}).values():
        ids.sort(key=lambda one: (one not in order, order.get(one, 0), one))
        found.append([one for one in ids if one in at_work] or ids[:1])
    return found


def _told_of(entry: Entry, spellings: list[str]) -> Entry:
    """Return the entry of a student who has handed in under several spellings of the id."""
    step = (
        f"{' and '.join(sorted(spellings))} are one student's id: keep one of the folders, and "
        "remove the other id with `nbgrader db student remove`"
    )
    return replace(entry, next_step="; ".join(filter(None, (entry.next_step, step))))


@dataclass
class _Kept:
    """What the gradebook has of one submission."""

    stamp: dt.datetime | None
    seconds_late: float
    notebook_id: str = ""
    penalties: list[float] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)

    @property
    def standing(self) -> Standing:
        return Standing(self.marks, added(self.penalties))

    def found(self) -> dict[str, Any]:
        """Return what goes into a record as it is."""
        by_hand = [name for name, mark in self.marks.items() if mark.manual is not None]
        return {
            "stamp": self.stamp,
            "seconds_late": self.seconds_late,
            "notebook_id": self.notebook_id,
            "by_hand": tuple(sorted(by_hand)),
        }


Cells = dict[tuple[str, str], Item]  # by notebook and `grade_id`


def _kept(gradebook: Gradebook, assignment: Assignment, cells: Cells) -> dict[str, _Kept]:
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
        student: _Kept(stamp, seconds_late(stamp, due, extension))
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
        kept[student].penalties.append(penalty or 0.0)
    grades = _of_notebooks(
        assignment,
        SubmittedAssignment.student_id,
        Notebook.name,
        BaseCell.name,
        Grade.auto_score,
        Grade.manual_score,
        Grade.extra_credit,
        Grade.needs_manual_grade,
    )
    grades = grades.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
    grades = grades.join(Grade, Grade.notebook_id == SubmittedNotebook.id)
    for student, notebook, name, auto, manual, extra, waits in gradebook.db.execute(
        grades.join(BaseCell, BaseCell.id == Grade.cell_id)
    ):
        cell = cells[notebook, name]
        kept[student].marks[cell.name] = Mark(cell.points, auto, manual, extra or 0.0, bool(waits))
    return kept


def _of_notebooks(assignment: Assignment, *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Entered, Entered.id == SubmittedAssignment.assignment_id)
        .where(Entered.name == assignment.name)
    )


def _cells(gradebook: Gradebook, assignment: Assignment) -> Cells:
    """Return the graded cells that the gradebook knows."""
    found = {
        (notebook, name): float(points or 0.0)
        for kind in (GradeCell, TaskCell)
        for notebook, name, points in gradebook.db.execute(
            select(Notebook.name, kind.name, kind.max_score)
            .join(Notebook, Notebook.id == kind.notebook_id)
            .join(Entered, Entered.id == Notebook.assignment_id)
            .where(Entered.name == assignment.name)
        )
    }
    names = cell_names(found)
    return {place: Item(names[place], points) for place, points in found.items()}


def _items(assignment: Assignment, cells: Cells) -> list[Item]:
    """Return all graded cells: those of the suites, then the others by name.

    Their points are those that the gradebook counts with.
    """
    known = {item.name: item for item in cells.values()}
    ours = [known.pop(item.name, item) for item in assignment.items]
    return ours + sorted(known.values(), key=lambda item: item.name)


def _graded(folder: Path) -> tuple[Report | None, tuple[Cell, ...]]:
    """Return the report and the cells of the graded notebook in a folder, if there is one."""
    for path in sorted(folder.glob("*.ipynb")):
        if report := report_in(path):
            known = read_graded(path)
            return report, known.cells if known else ()
    return None, ()
