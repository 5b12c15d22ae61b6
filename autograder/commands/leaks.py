"""`autograder leaks`: what must not reach students, looked for."""

import sys
from dataclasses import asdict

import click

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
from autograder.leaks.leaks import Leaks
from autograder.text.plain_text import printable


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
@DB
@console.AS_JSON
def leaks(assignment: str, course: Place, db: str | None, *, as_json: bool) -> None:
    """Look for what must not reach students.

    In the release, in the feedback, in grades.csv: tests, solutions, expected numbers, paths,
    tracebacks, other students' data, and what acts in a browser. Looked through is what
    lies in the course's folder, and what its exchange has of it.

    Exit code 1 on any find, which is shown with its place and its remedy, and if there was no file
    to look through.

    \b
    Examples:
      autograder leaks dropout_l2
      autograder leaks dropout_l2 --json | jq -r '.finds[].path'
    """  # noqa: D301  # click's own mark, before what keeps its lines
    chosen = assignment_in(course.with_gradebook(db).course(), assignment)
    search = Leaks(chosen, gradebook_of(chosen) if db or has_gradebook(chosen) else "")
    finds = search.finds()
    common = len(search.confidential.too_common)
    if as_json:
        document = {"assignment": assignment, "files": search.files, "too_common": common}
        document |= {"missing": search.missing, "finds": [asdict(find) for find in finds]}
        console.print_json(document)
    else:
        on = console.console()
        for find in finds:
            on.print(str(find))
        if common:
            on.print(f"{common} names of students are too short or too common to look for")
        for what in search.missing:
            on.print(printable(f"not looked at: {what}"), style="yellow")
        counted = f"{_counted(search.files, 'file')}, {_counted(len(finds), 'leak')}"
        told = counted if search.files else "no file was looked through"
        on.print(told, style="red" if finds or not search.files else "green")
    if finds or not search.files:
        sys.exit(1)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
