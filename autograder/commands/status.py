"""`autograder status`: what became of each submission."""

from dataclasses import asdict, replace
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from autograder.assignment import Assignment
from autograder.class_record import read_class
from autograder.commands import console
from autograder.commands.course import (
    COURSE,
    DB,
    CourseCommand,
    Place,
    assignment_in,
    gradebook_of,
    printable,
)
from autograder.ledger import Entry
from autograder.membership import IN_A_TEAM, Membership
from autograder.report import NOT_ISOLATED, Status

STYLES: dict[str, str] = {
    Status.GRADED: "green",
    IN_A_TEAM: "green",
    Status.REMARKS: "yellow",
    Status.HELD: "bold red",
}


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
@DB
@console.AS_JSON
def status(assignment: str, course: Place, db: str | None, *, as_json: bool) -> None:
    """Show each student's points and what became of their submission.

    \b
    Examples:
      autograder status dropout_l2
      autograder status dropout_l2 --json | jq '.students[] | select(.next_step != "")'
    """  # noqa: D301  # click's own mark, before what keeps its lines
    chosen = assignment_in(course.with_gradebook(db).course(), assignment)
    lines = class_lines(chosen, gradebook_of(chosen))
    if as_json:
        console.print_json(_document(chosen, lines))
    else:
        print_status(console.console(), chosen, lines)


def class_lines(assignment: Assignment, url: str) -> list[Entry]:
    """Return the line of each student, with the team's points for who has not handed in."""
    records = read_class(assignment, url).records
    membership = Membership.of(assignment, url, records)
    points = {record.student: record.entry.points for record in records}
    lines = [membership.entry(record.entry) for record in records]
    return [
        replace(line, points=points.get(membership.counts(line.student) or "", line.points))
        for line in lines
    ]


def _document(assignment: Assignment, lines: list[Entry]) -> dict[str, Any]:
    return {
        "assignment": assignment.name,
        "max_points": {item.name: item.points for item in assignment.items},
        "students": [{**asdict(line), "total": _total(assignment, line)} for line in lines],
    }


def _total(assignment: Assignment, line: Entry) -> float | None:
    """Return the sum of all items' points; None while one of them is not known."""
    points = [line.points[item.name] for item in assignment.items]
    return None if None in points else sum(p for p in points if p is not None)


def print_status(on: Console, assignment: Assignment, lines: list[Entry]) -> None:
    """Print the table of a class, and below it what has to be said of single submissions."""
    title = f"{assignment.name}: {len(lines)} student{'s' * (len(lines) != 1)}"
    table = console.table(title)
    table.add_column("student", overflow="fold", min_width=5)  # ids and status give way, not points
    total_points = sum(item.points for item in assignment.items)
    columns = [(item.name.removeprefix("test_"), item.points) for item in assignment.items]
    for name, points in [*columns, ("total", total_points)]:
        words = [*name.split("_"), f"of {points:g}"]
        width = max(map(len, words))
        table.add_column("\n".join(words), justify="right", no_wrap=True, min_width=width)
    table.add_column("status", overflow="fold", min_width=5)
    for line in lines:
        known = [line.points[item.name] for item in assignment.items]
        table.add_row(
            Text(printable(line.student)),
            *("-" if p is None else f"{p:g}" for p in (*known, _total(assignment, line))),
            Text(line.status, style=STYLES.get(line.status, "red")),
        )
    console.show(on, table)
    if bare := [line.student for line in lines if line.isolation == NOT_ISOLATED]:
        on.print(printable(f"graded {NOT_ISOLATED}: {', '.join(bare)}"), style="red")
    for line in lines:
        told = [*(line.remarks or filter(None, [line.cause]))]
        if line.next_step:
            told.append(f"{line.status}: {line.next_step}")
        for text in told:
            on.print(printable(f"{line.student}: {text}"))
