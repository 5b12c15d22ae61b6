"""`autograder status`: shows each student's points and status."""

from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from autograder.agreement.gradebook_cells import check_entered
from autograder.commands import console
from autograder.commands.course import COURSE, DB, CourseCommand, Place, assignment_in, gradebook_of
from autograder.course.assignment import Assignment
from autograder.gradebook.class_record import ClassRecord, read_class
from autograder.gradebook.entry import EXCLUDED, IN_A_TEAM
from autograder.gradebook.membership import Membership
from autograder.results.points import added, shown
from autograder.results.report import NOT_ISOLATED, Report, Status
from autograder.text.plain_text import printable
from autograder.text.wording import counted_as

STYLES: dict[str, str] = {
    Status.GRADED: "green",
    IN_A_TEAM: "green",
    EXCLUDED: "green",
    Status.REMARKS: "yellow",
    Status.HELD: "bold red",
}


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
@DB
@console.AS_JSON
def status(assignment: str, course: Place, db: str | None, *, as_json: bool) -> None:
    """Show each student's points and status.

    \b
    Examples:
      autograder status dropout_l2
      autograder status dropout_l2 --json | jq '.students[] | select(.next_step != "")'
    """  # noqa: D301  # click's own mark, before what keeps its lines
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
    """Print the table of a class, and below it the remarks and next steps."""
    lines = [record.entry for record in whole.records]
    title = f"{assignment}: {counted_as(len(lines), 'student')}"
    table = console.table(title)
    table.add_column("student", overflow="fold", min_width=5)  # only ids and status are folded
    has_late = any(line.late_penalty for line in lines)
    heads = [[*_title(item.name), f"of {shown(item.points)}"] for item in whole.items]
    heads += [["late", "penalty"]] * has_late
    heads.append(["total", f"of {shown(added(item.points for item in whole.items))}"])
    for words in heads:
        width = max(map(len, words))
        table.add_column("\n".join(words), justify="right", no_wrap=True, min_width=width)
    table.add_column("status", overflow="fold", min_width=5)
    for line in lines:
        points = [shown(line.points.get(item.name)) for item in whole.items]
        points += [shown(line.late_penalty) if line.late_penalty else ""] * has_late
        table.add_row(
            Text(printable(line.student)),
            *points,
            shown(line.total),
            Text(line.status, style=STYLES.get(line.status, "red")),
        )
    console.show(on, table)
    if bare := [line.student for line in lines if line.isolation == NOT_ISOLATED]:
        on.print(printable(f"graded {NOT_ISOLATED}: {', '.join(bare)}"), style="red")
    for line in lines:
        texts = [*(line.remarks or filter(None, [line.cause]))]
        if line.next_step:
            texts.append(f"{line.status}: {line.next_step}")
        for text in texts:
            on.print(printable(f"{line.student}: {text}"))


def _title(name: str) -> list[str]:
    return [printable(word) for word in name.removeprefix("test_").split("_")]
