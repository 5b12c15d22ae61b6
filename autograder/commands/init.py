"""`autograder init`: adds the lines to a course's settings, and removes them again."""

from pathlib import Path

import click

from autograder.adopt.extension import lacking, replaced
from autograder.adopt.settings_block import LINES, SettingsBlock
from autograder.commands import console
from autograder.commands.course import COURSE, CourseCommand, Place
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import GRADEBOOK_FILE, SETTINGS_FILE, Course
from autograder.files import sharing, whole_file
from autograder.text.plain_text import printable

JSON_FILE = "nbgrader_config.json"  # nbgrader reads it after the other one
NEXT = """
Assignments with hidden tests are graded by autograder, all others by nbgrader as before.

Next:
  autograder new scaling      writes a small assignment to try and to change
  autograder init --remove    removes the lines again"""


@click.command(cls=CourseCommand)
@COURSE
@click.option("--remove", is_flag=True, help="Remove the lines.")
@click.option("--yes", is_flag=True, help="Change the file without asking.")
def init(course: Place, *, remove: bool, yes: bool) -> None:
    """Let a course of nbgrader's use autograder.

    It adds one import and one call at the end of the course's nbgrader_config.py. It shows these
    lines and asks before it writes them. Assignments without hidden tests stay as they are. If the
    lines are there already, nothing changes.

    --remove removes them. Then the file is what it was before, byte for byte, except for your own
    changes since then.

    \b
    Examples:
      autograder init --yes
      autograder init --course ~/course101
      autograder init --remove
    """
    known = course.course()
    path = known.root / SETTINGS_FILE
    _check_is_course(known)
    block = SettingsBlock(path.read_bytes() if path.is_file() else None)
    if remove:
        _remove(known, path, block, yes=yes)
    else:
        _add(course, known, path, block, yes=yes)


def _check_is_course(course: Course) -> None:
    names = (SETTINGS_FILE, JSON_FILE, GRADEBOOK_FILE, course.source_directory)
    if not any((course.root / name).exists() for name in names):
        raise AssignmentError(
            f"{course.root} is no course of nbgrader's, since it has none of {', '.join(names)}: "
            "cd into the course's folder, name it with --course, or make one with "
            "`nbgrader quickstart NAME`"
        )


def _add(place: Place, course: Course, path: Path, block: SettingsBlock, *, yes: bool) -> None:
    on = console.console()
    if block.is_current:
        _check_effect(place, course)
        on.print(printable(f"{path} has autograder's lines already: nothing to do"))
        on.print(NEXT)
        return
    on.print(printable(f"{path} gets these lines at its end:"))
    _show("+", LINES)
    for name in replaced(place.config()):
        on.print(f"{name}, which this course sets, gets autograder's value", style="yellow")
    if not _agreed("Add them?", yes=yes):
        return
    _write(path, block.added(), course)
    try:
        _check_effect(place, course)
    except AssignmentError:
        _write(path, block.content, course)
        raise
    on.print(printable(f"{path} has autograder's lines now"))
    on.print(NEXT)


def _check_effect(place: Place, course: Course) -> None:
    """Check that nbgrader reads the settings with our classes in them."""
    if lost := lacking(place.config()):
        raise AssignmentError(
            f"autograder's lines in {SETTINGS_FILE} must take effect, but something "
            f"replaces {', '.join(lost)}: take these settings out of "
            f"{course.root / JSON_FILE} and of what follows the lines"
        )


def _remove(course: Course, path: Path, block: SettingsBlock, *, yes: bool) -> None:
    on = console.console()
    if not block.lines:
        on.print(printable(f"{path} has no lines of autograder: nothing to do"))
        return
    on.print(printable(f"{path} loses these lines:"))
    _show("-", block.lines)
    suites = [name for name in course.assignments() if Assignment(course, name).has_suites]
    if suites:
        on.print(
            f"nbgrader does not run the hidden tests of {printable(', '.join(suites))}: do not "
            "grade without these lines, since it gives full marks for each cell without an error",
            style="yellow",
        )
    if _agreed("Remove them?", yes=yes):
        _write(path, block.removed(), course)
        on.print(printable(f"{path} is as it was without autograder"))


def _show(sign: str, lines: tuple[str, ...] | list[str]) -> None:
    on = console.console()
    on.print()
    for line in lines:
        on.print(printable(f"  {sign} {line}".rstrip()), style="green" if sign == "+" else "red")
    on.print()


def _agreed(question: str, *, yes: bool) -> bool:
    """Return whether the user agrees; nothing changes otherwise."""
    if yes:
        return True
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        raise click.UsageError("nobody has agreed to change the file: add --yes") from None
    if not agreed:
        click.echo("Nothing was changed.")
    return agreed


def _write(path: Path, content: bytes | None, course: Course) -> None:
    try:
        if content is None:
            path.unlink()
        else:
            whole_file.write_bytes(path, content, shared=course.groupshared)
    except OSError as error:
        cause = sharing.obstacle(path) or error.strerror
        raise AssignmentError(
            f"{path} cannot be written ({cause}): check the permissions and the free space"
        ) from error
