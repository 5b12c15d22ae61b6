"""`autograder leaks`: searches for what must not reach students."""

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
from autograder.text.wording import counted_as


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
@DB
@console.AS_JSON
def leaks(assignment: str, course: Place, db: str | None, *, as_json: bool) -> None:
    """Search for what must not reach students.

    It searches the release, the feedback and the exported tables, in the course and in its
    exchange. It finds tests, solutions, expected numbers, paths, tracebacks, other students' data
    and active content, and shows each with its place and its remedy.

    Exit code 1 if it finds a leak, or no file to search.

    \b
    Examples:
      autograder leaks dropout_l2
      autograder leaks dropout_l2 --json | jq -r '.finds[].path'
    """
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
            names = counted_as(common, "student's name", "students' names")
            on.print(f"not searched for: {names}, too short or too common")
        for what in search.missing:
            on.print(printable(f"not searched: {what}"), style="yellow")
        summary = f"{counted_as(search.files, 'file')}, {counted_as(len(finds), 'leak')}"
        if not search.files:
            summary = "no file was searched"
        on.print(summary, style="red" if finds or not search.files else "green")
    if finds or not search.files:
        sys.exit(1)
