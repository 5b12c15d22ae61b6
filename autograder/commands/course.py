"""What the subcommands share: the course they are about, and how a text gets on a terminal."""

from pathlib import Path

import click

from autograder.assignment import Assignment, AssignmentError
from autograder.suggestion import suggestion

COURSE = click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="The course's folder.",
)

DB = click.option(
    "--db", metavar="URL", help="The gradebook, if it is not gradebook.db in the course."
)


def assignment_in(course: Path, name: str) -> Assignment:
    """Return an assignment of a course."""
    root = course.resolve()
    known = sorted(path.name for path in root.glob("source/*") if path.is_dir())
    if name not in known:
        raise AssignmentError(
            f"{root} must hold source/{name}, got {known}{suggestion(name, known)}: "
            "name another assignment, or the course's folder with --course"
        )
    return Assignment(root, name)


def gradebook_of(assignment: Assignment, db: str | None) -> str:
    """Return the gradebook's address: the one given, or the course's own."""
    from autograder.gradebook import file_of, is_there

    db = db or f"sqlite:///{assignment.root / 'gradebook.db'}"
    if not is_there(db):
        where = file_of(db) or "no gradebook"
        raise AssignmentError(f"{where} not found: run `autograder grade {assignment.name}`")
    return db


def printable(text: str) -> str:
    """Return a text without what a terminal would obey: a folder's name may hold anything."""
    return "".join(c if c.isprintable() else "?" for c in text)
