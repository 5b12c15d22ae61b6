"""`autograder teams`: shows the teams, checked against the gradebook and a roster."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from nbgrader.api import Gradebook
from rich.table import Table
from rich.text import Text

from autograder.commands import console
from autograder.commands.course import (
    COURSE,
    DB,
    CourseCommand,
    Place,
    assignment_in,
    gradebook_of,
    has_gradebook,
)
from autograder.course import roster as rosters
from autograder.course.roster import Roster
from autograder.gradebook.membership import Membership
from autograder.text.plain_text import printable
from autograder.text.wording import counted_as


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
@DB
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of the students.  [default: roster.csv in the course, if it exists]",
)
@console.AS_JSON
def teams(
    assignment: str, course: Place, db: str | None, roster: Path | None, *, as_json: bool
) -> None:
    """Show each submission's team, which members are known, and what a human should check.

    It matches members by e-mail, id or matriculation number. Exit code 1 if there is a problem.

    \b
    Examples:
      autograder teams dropout_l2 --roster roster.csv
      autograder teams dropout_l2 --json | jq -r '.problems[].text'
    """  # noqa: D301  # click's own mark, before what keeps its lines
    chosen = assignment_in(course.with_gradebook(db).course(), assignment)
    more = rosters.find(chosen.root, str(roster.resolve()) if roster else "")
    if db or has_gradebook(chosen):
        with Gradebook(gradebook_of(chosen)) as gradebook:
            known = Roster.of(gradebook.students, more)
    else:
        known = Roster(more or ())
    membership = Membership(chosen, known)
    if as_json:
        console.print_json(_document(membership))
    else:
        on = console.console()
        console.show(on, _table(membership))
        for problem in membership.problems:
            on.print(printable(f"{problem.student}: {problem.text}"))
    if membership.problems:
        sys.exit(1)


def _document(membership: Membership) -> dict[str, Any]:
    return {
        "assignment": membership.assignment.name,
        "teams": [
            {
                "submission_of": submitter,
                "members": [
                    {**asdict(member), "student": getattr(membership.who(member), "id", None)}
                    for member in team.members
                ],
            }
            for submitter, team in membership.teams.items()
        ],
        "problems": [
            {"student": problem.student, "text": problem.text} for problem in membership.problems
        ],
    }


def _table(membership: Membership) -> Table:
    teams = membership.teams
    title = f"{membership.assignment.name}: {counted_as(len(teams), 'submission')}"
    table = console.table(title)
    table.add_column("handed in by", overflow="fold")
    table.add_column("line", justify="right")
    table.add_column("member", overflow="fold")
    table.add_column("number", overflow="fold")
    table.add_column("e-mail", overflow="fold")
    table.add_column("student", overflow="fold")
    for submitter, team in teams.items():
        shown = submitter
        for member in team.members:
            who = membership.who(member)
            fields = (shown, str(member.line), member.name, member.number, member.email)
            table.add_row(
                *(Text(printable(value)) for value in fields),
                Text(printable(who.id)) if who else Text("unknown", style="red"),
            )
            shown = ""
        if not team.members:
            table.add_row(Text(printable(submitter)), "", Text("nobody", style="yellow"))
    return table
