"""Reads a class: each submission's data from the gradebook, the folders and the notebooks."""

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

Tick = Callable[[int, int], None]  # called with the number done and the total


@dataclass(frozen=True)
class Record:
    """One student's submission.

    Parameters
    ----------
    entry : Entry
        The student's line in the status table.
    report : Report, optional
        The report in the graded notebook.
    cells : tuple of Cell
        The cells of the graded notebook.
    submitted : Submitted, optional
        The gradebook's data; None if it has no submission.
    """

    entry: Entry
    report: Report | None = None
    cells: tuple[Cell, ...] = ()
    submitted: Submitted | None = None

    @property
    def notebook_id(self) -> str:
        """The Formgrader's id for it; empty if the gradebook has no submission."""
        return self.submitted.notebook_id if self.submitted else ""

    @property
    def stamp(self) -> dt.datetime | None:
        """The time of handing in (UTC)."""
        return self.submitted.stamp if self.submitted else None

    @property
    def seconds_late(self) -> float:
        """The seconds after the due date and the student's extension."""
        return self.submitted.seconds_late if self.submitted else 0.0

    @property
    def by_hand(self) -> tuple[str, ...]:
        """The items that a human scored."""
        return self.submitted.by_hand if self.submitted else ()

    @property
    def student(self) -> str:
        """The student's id."""
        return self.entry.student

    def points(self, items: list[Item]) -> tuple[float | None, ...]:
        """Return the gradebook's points of some items; None for an item without points."""
        return tuple(self.entry.points.get(item.name) for item in items)

    def total(self, items: list[Item]) -> float | None:
        """Return the sum before a penalty; None as long as an item has no points."""
        return total(self.points(items))

    def is_counted(self, items: list[Item]) -> bool:
        """Return whether statistics count it.

        They do not count an unreadable file, unless a human scored it, and they count the work of a
        team once.
        """
        is_read = self.entry.status != Status.UNREADABLE or bool(self.by_hand)
        is_own = self.entry.status != IN_A_TEAM
        return is_read and is_own and self.total(items) is not None


@dataclass(frozen=True)
class ClassRecord:
    """A class and its submissions of one assignment.

    Parameters
    ----------
    items : list of Item
        All graded cells with the gradebook's points: first those of the suites, then the others.
    records : list of Record
        Sorted by the student's id.
    people : Roster
        The gradebook's students, with the roster's data.
    """

    items: list[Item]
    records: list[Record]
    people: Roster = field(default_factory=lambda: Roster(()))

    @property
    def titles(self) -> dict[str, str]:
        """What each item is called, by its name: its title in the rubric, or else its name."""
        return {item.name: item.result(()).shown_name for item in self.items}

    @property
    def counted(self) -> list[Record]:
        """The records that statistics count."""
        return [record for record in self.records if record.is_counted(self.items)]


def read_class(
    assignment: Assignment, db_url: str, tick: Tick = lambda done, total: None
) -> ClassRecord:
    """Read a class; the number of queries does not depend on its size.

    Parameters
    ----------
    assignment : Assignment
    db_url : str
        The gradebook's address.
    tick : callable
        Called with the number of students read, and of all.
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
            entry = _with_several_ids(entry, several[student])
        records.append(Record(entry, report, notebook, known))
        tick(number, len(everybody))
    return ClassRecord(items, records, people.with_ids(ids[0] for ids in found))


def _with_work(people: list[str], at_work: set[str]) -> list[list[str]]:
    """Return each student's id: the spelling that has handed in, or else that of `people`.

    If several spellings have handed in, all of them; that of `people` comes first.
    """
    order = {one: number for number, one in reversed([*enumerate(people)])}
    found = []
    for ids in grouped({*people, *at_work}).values():
        ids.sort(key=lambda one: (one not in order, order.get(one, 0), one))
        found.append([one for one in ids if one in at_work] or ids[:1])
    return found


def _with_several_ids(entry: Entry, spellings: list[str]) -> Entry:
    """Return an entry whose next step names the several spellings of the student's id."""
    step = (
        f"{' and '.join(sorted(spellings))} are one student's id: keep one of the folders, and "
        "remove the other id with `nbgrader db student remove`"
    )
    return replace(entry, next_step="; ".join(filter(None, (entry.next_step, step))))


def _items(assignment: Assignment, cells: Cells) -> list[Item]:
    """Return all graded cells with the gradebook's points: those of the suites, then the others."""
    known = {item.name: item for item in cells.values()}
    ours = [replace(known.pop(item.name, item), rubric=item.rubric) for item in assignment.items]
    return ours + sorted(known.values(), key=lambda item: item.name)


def _graded(folder: Path) -> tuple[Report | None, tuple[Cell, ...]]:
    """Return the report and the cells of the graded notebook in a folder, if there is one."""
    for path in sorted(folder.glob("*.ipynb")):
        if report := report_in(path):
            known = read_graded(path)
            return report, known.cells if known else ()
    return None, ()
