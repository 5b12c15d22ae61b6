"""What is known of each submission of a class: gradebook, folders and notebooks, read at once."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course import roster
from autograder.course.assignment import Assignment, Item
from autograder.course.course import Stage
from autograder.course.roster import Roster
from autograder.course.spelling import grouped, same
from autograder.course.submission import Cell, read_graded
from autograder.gradebook.entry import IN_A_TEAM, Entry, entry_of, handed_in
from autograder.gradebook.submitted import Cells, Submitted, cells_of, students_of, submissions_of
from autograder.intake import collected_list
from autograder.results.points import total
from autograder.results.report import Report, Status, report_in

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
    submitted : Submitted, optional
        What the gradebook has; None if it has no submission.
    """

    entry: Entry
    report: Report | None = None
    cells: tuple[Cell, ...] = ()
    submitted: Submitted | None = None

    @property
    def notebook_id(self) -> str:
        """By which the Formgrader knows it; empty if the gradebook does not."""
        return self.submitted.notebook_id if self.submitted else ""

    @property
    def stamp(self) -> dt.datetime | None:
        """When it was handed in (UTC)."""
        return self.submitted.stamp if self.submitted else None

    @property
    def seconds_late(self) -> float:
        """After the due date and the student's extension."""
        return self.submitted.seconds_late if self.submitted else 0.0

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The items whose score is a human's."""
        return self.submitted.by_hand if self.submitted else ()

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

    def is_counted(self, items: list[Item]) -> bool:
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
        return [record for record in self.records if record.is_counted(self.items)]


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
        people = Roster.of(students_of(gradebook), roster.find(assignment.root))
        return class_in(assignment, gradebook, people, tick)


def class_in(
    assignment: Assignment,
    gradebook: Gradebook,
    people: Roster,
    tick: Tick = lambda done, total: None,
) -> ClassRecord:
    """Read a class from an open gradebook, as `read_class` does."""
    cells = cells_of(gradebook, assignment.name)
    submitted = submissions_of(gradebook, assignment.name, cells)
    items = _items(assignment, cells)
    has_handed_in = handed_in(assignment)
    left_out = collected_list.left_out(collected_list.folder(assignment))
    reasons = {same(student): reason for student, reason in left_out.items()}
    found = _with_work([*people.people, *left_out], {*submitted} | has_handed_in)
    several = {one: ids for ids in found for one in ids if len(ids) > 1}
    everybody = sorted(one for ids in found for one in ids)
    records = []
    for number, student in enumerate(everybody, start=1):
        known = submitted.get(student)
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
        records.append(Record(entry, report, notebook, known))
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
