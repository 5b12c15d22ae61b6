"""`autograder leaks`: what must not reach students, looked for."""

import sys
from pathlib import Path

import click
from rich.console import Console

from autograder.commands.course import COURSE, DB, assignment_in, gradebook_of
from autograder.leaks import Leaks


@click.command()
@click.argument("assignment")
@COURSE
@DB
def leaks(assignment: str, course: Path, db: str | None) -> None:
    """Look for what must not reach students: in the release, in feedback, in grades.csv.

    Tests, solutions, expected numbers, paths, tracebacks, other students' data, and what acts in a
    browser. Looked through is what lies in the course's folder, and what its exchange has of it.
    Exit code 1 on any find; each is told with its place and its remedy.

    Example: autograder leaks dropout_l2
    """
    chosen = assignment_in(course, assignment)
    is_new = db is None and not (chosen.root / "gradebook.db").is_file()  # nothing is graded yet
    search = Leaks(chosen, "" if is_new else gradebook_of(chosen, db))
    finds = search.finds()
    console = Console(soft_wrap=True)
    for find in finds:
        console.print(str(find), markup=False, highlight=False)
    if common := search.confidential.too_common:
        told = f"{len(common)} names of students are too short or too common to look for"
        console.print(told, highlight=False)
    console.print(f"{search.files} files, {len(finds)} leaks", highlight=False)
    if finds:
        sys.exit(1)
