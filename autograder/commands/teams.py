"""`autograder teams`: shows the teams, checked against the gradebook and a roster."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from nbgrader.api import Gradebook
from rich.console import Console
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

TEAM, ALONE, NOBODY = "in a team", "works alone", "the team's table names nobody"


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
    """Show the teams, and what a human should check.

    It shows which students the members are: it finds them by e-mail, id or matriculation number. It
    says once what is the same for several students.

    Exit code 1 if there is a problem.

    \b
    Examples:
      autograder teams dropout_l2 --roster roster.csv
      autograder teams dropout_l2 --json | jq -r '.problems[].text'
    """
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
        print_teams(console.console(), membership)
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


def print_teams(on: Console, membership: Membership) -> None:
    """Print a table of the teams, and below it, once each, what is true of other submissions."""
    kinds: dict[str, list[str]] = {TEAM: [], ALONE: [], NOBODY: []}
    for submitter in membership.teams:
        kinds[_kind(membership, submitter)].append(submitter)
    title = f"{membership.assignment.name}, {counted_as(len(membership.teams), 'submission')}"
    counts = f"{counted_as(len(kinds[TEAM]), 'team')}, {len(kinds[ALONE])} alone"
    on.print(printable(f"{title}: {counts}, {len(kinds[NOBODY])} without names"))
    if kinds[TEAM]:
        console.show(on, _table(membership, kinds[TEAM]))
    facts = {ALONE: kinds[ALONE], NOBODY: kinds[NOBODY]}
    for problem in membership.problems:
        facts.setdefault(problem.text, []).append(problem.student)
    reported = {problem.student for problem in membership.problems}
    facts[NOBODY] = [submitter for submitter in facts[NOBODY] if submitter not in reported]
    for fact, students in facts.items():
        if students:
            on.print(printable(_fact(fact, students)))


def _kind(membership: Membership, submitter: str) -> str:
    """Return what a submission's table names: a team, its student alone, or nobody."""
    members = membership.teams[submitter].members
    if not members:
        return NOBODY
    who = membership.who(members[0])
    return ALONE if len(members) == 1 and who and who.id == submitter else TEAM


def _fact(fact: str, students: list[str]) -> str:
    """Return a line with a fact, and all students of whom it is true."""
    if len(students) == 1:
        return f"{students[0]}: {fact}"
    return f"{fact} ({len(students)} students): {', '.join(students)}"


def _table(membership: Membership, submitters: list[str]) -> Table:
    table = console.table()
    table.add_column("handed in by", overflow="fold")
    table.add_column("line", justify="right")
    table.add_column("member", overflow="fold")
    table.add_column("number", overflow="fold")
    table.add_column("e-mail", overflow="fold")
    table.add_column("student", overflow="fold")
    for submitter in submitters:
        shown = submitter
        for member in membership.teams[submitter].members:
            who = membership.who(member)
            fields = (shown, str(member.line), member.name, member.number, member.email)
            table.add_row(
                *(Text(printable(value)) for value in fields),
                Text(printable(who.id)) if who else Text("unknown", style="red"),
            )
            shown = ""
    return table
