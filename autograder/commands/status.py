"""`autograder status`: what became of each submission."""

from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.assignment import Assignment
from autograder.commands.course import COURSE, DB, assignment_in, gradebook_of, printable
from autograder.ledger import Entry, entries
from autograder.report import NOT_ISOLATED, Status

STYLES: dict[str, str] = {Status.GRADED: "green", Status.REMARKS: "yellow", Status.HELD: "bold red"}


@click.command()
@click.argument("assignment")
@COURSE
@DB
def status(assignment: str, course: Path, db: str | None) -> None:
    """Show each student's points and what became of their submission.

    Example: autograder status dropout_l2
    """
    chosen = assignment_in(course, assignment)
    print_status(Console(), chosen, list(entries(chosen, gradebook_of(chosen, db))))


def print_status(console: Console, assignment: Assignment, lines: list[Entry]) -> None:
    """Print the table of a class, and below it what has to be said of single submissions."""
    title = f"{assignment.name}: {len(lines)} students"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("student", overflow="fold")  # in a narrow terminal, ids give way, not points
    for item in assignment.items:
        words = item.name.removeprefix("test_").replace("_", "\n")
        table.add_column(f"{words}\nof {item.points:g}", justify="right", no_wrap=True)
    total_points = sum(item.points for item in assignment.items)
    table.add_column(f"total\nof {total_points:g}", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for line in lines:
        points = [line.points[item.name] for item in assignment.items]
        total = None if None in points else sum(p for p in points if p is not None)
        table.add_row(
            Text(printable(line.student)),
            *("-" if p is None else f"{p:g}" for p in (*points, total)),
            Text(line.status, style=STYLES.get(line.status, "red")),
        )
    console.print(table)
    if bare := [line.student for line in lines if line.isolation == NOT_ISOLATED]:
        console.print(f"graded {NOT_ISOLATED}: {', '.join(bare)}", style="red", markup=False)
    for line in lines:
        told = [*(line.remarks or filter(None, [line.cause]))]
        if line.next_step:
            told.append(f"{line.status}: {line.next_step}")
        for text in told:
            # a remark may quote a student's code, so nothing in it is markup
            console.print(printable(f"{line.student}: {text}"), markup=False, highlight=False)
