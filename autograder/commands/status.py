"""`autograder status`: shows each student's points and status."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from autograder.agreement.gradebook_cells import check_entered
from autograder.commands import console
from autograder.commands.course import COURSE, DB, CourseCommand, Place, assignment_in, gradebook_of
from autograder.course.assignment import Assignment
from autograder.gradebook.class_record import ClassRecord, read_class
from autograder.gradebook.entry import EXCLUDED, IN_A_TEAM, Entry
from autograder.gradebook.membership import Membership
from autograder.results.points import added, shown, with_unit
from autograder.results.report import NEXT_STEP, NOT_ISOLATED, Report, Status
from autograder.text.plain_text import printable
from autograder.text.wording import counted_as

STYLES: dict[str, str] = {
    Status.GRADED: "green",
    IN_A_TEAM: "green",
    EXCLUDED: "green",
    Status.REMARKS: "yellow",
    Status.HELD: "bold red",
}
LEAST_NOTE = 12  # columns; in a narrower terminal there are no notes


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
@DB
@console.AS_JSON
def status(assignment: str, course: Place, db: str | None, *, as_json: bool) -> None:
    """Show each student's points and status.

    It shows how many students have each status, and one line for each student. A terminal cuts what
    is too long with "…"; a pipe or a file gets whole lines.

    \b
    Examples:
      autograder status dropout_l2
      autograder status dropout_l2 | grep missing
      autograder status dropout_l2 --json | jq .counts
    """
    chosen = assignment_in(course.with_gradebook(db).course(), assignment)
    url = gradebook_of(chosen)
    check_entered(chosen)
    whole = read_class(chosen, url)
    teams = Membership.of(chosen, whole)
    whole = teams.completed(whole)
    if as_json:
        console.print_json(_document(assignment, whole, teams))
    else:
        print_status(console.console(), assignment, whole)


def completed_class(assignment: Assignment, url: str) -> ClassRecord:
    """Return a class; members who handed in nothing have their team's points."""
    whole = read_class(assignment, url)
    return Membership.of(assignment, whole).completed(whole)


def _document(assignment: str, whole: ClassRecord, teams: Membership) -> dict[str, Any]:
    criteria = {record.student: _criteria(record.report) for record in whole.records}
    return {
        "assignment": assignment,
        "max_points": {item.name: item.points for item in whole.items},
        "max_total": added(item.points for item in whole.items),
        "counts": _counts([record.entry for record in whole.records]),
        "students": [
            {
                **asdict(record.entry),
                "total_before_penalty": record.entry.before_penalty,
                "total": record.entry.total,
                "criteria": criteria[teams.submission_for(record.student) or record.student]
                if record.entry.is_graded
                else {},
            }
            for record in whole.records
        ],
    }


def _criteria(report: Report | None) -> dict[str, list[dict[str, Any]]]:
    """Return the automatic points of each criterion, by graded cell."""
    return {
        item: [
            {
                "name": result.criterion.name,
                "points": result.points,
                "max_points": result.max_points,
                "outcome": result.outcome,
            }
            for result in results
        ]
        for item, results in (report.criteria if report else {}).items()
    }


def print_status(on: Console, assignment: str, whole: ClassRecord) -> None:
    """Print the counts by status, the items, and a line for each student."""
    entries = [record.entry for record in whole.records]
    title = f"{assignment}, {counted_as(len(entries), 'student')}"
    counts = ", ".join(f"{count} {status}" for status, count in _counts(entries).items())
    on.print(printable(": ".join(filter(None, [title, counts]))))
    for number, item in enumerate(whole.items, start=1):
        title = item.result(()).shown_name
        on.print(printable(f"item {number}: {title}, {with_unit(item.points)}"))
    on.print(f"total: {with_unit(added(item.points for item in whole.items))}")
    notes, none = [printable(_note(entry)) for entry in entries], [""] * len(entries)
    room = console.room_beside(on, _table(whole, none))
    console.show(on, _table(whole, notes if room >= LEAST_NOTE else none))
    unconfined = [entry.student for entry in entries if entry.isolation == NOT_ISOLATED]
    if unconfined:
        on.print(printable(f"graded {NOT_ISOLATED}: {', '.join(unconfined)}"), style="red")
    if room < 0 or any(cell_len(note) > room for note in notes):
        on.print("cut to fit: add `| less -S` for whole lines")


def _counts(entries: list[Entry]) -> dict[str, int]:
    """Return how many students have each status, the most frequent one first."""
    return dict(Counter(str(entry.status) for entry in entries).most_common())


def _note(entry: Entry) -> str:
    """Return what there is to know about an entry, and what to do."""
    causes = [*entry.remarks] or [entry.cause]
    is_said = entry.next_step == NEXT_STEP[Status.REMARKS]  # the remarks are here
    return "; ".join(filter(None, [*causes, "" if is_said else entry.next_step]))


def _table(whole: ClassRecord, notes: Sequence[str]) -> Table:
    """Return the table of a class, in which each student has one line."""
    entries = [record.entry for record in whole.records]
    has_late = any(entry.late_penalty for entry in entries)
    table = console.table()
    has_notes = any(notes)  # then they are cut, and nothing else
    table.add_column("student", min_width=5, no_wrap=has_notes)
    for title in [*map(str, range(1, len(whole.items) + 1)), *["late"] * has_late, "total"]:
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("status", min_width=5, no_wrap=has_notes)
    if has_notes:
        table.add_column("what to know", ratio=1)
    for entry, note in zip(entries, notes, strict=True):
        points = [shown(entry.points.get(item.name)) for item in whole.items]
        points += [shown(entry.late_penalty) if entry.late_penalty else ""] * has_late
        table.add_row(
            console.line(entry.student),
            *points,
            shown(entry.total),
            console.line(entry.status, STYLES.get(entry.status, "red")),
            *[console.line(note)] * has_notes,
        )
    return table
