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
from autograder.leaks import Leaks


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

    Exit code 1 on any find; each is told with its place and its remedy.

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
        console.print_json({**document, "finds": [asdict(find) for find in finds]})
    else:
        on = console.console()
        for find in finds:
            on.print(str(find))
        if common:
            on.print(f"{common} names of students are too short or too common to look for")
        style = "red" if finds else "green"
        on.print(f"{search.files} files, {len(finds)} leaks", style=style)
    if finds:
        sys.exit(1)
