"""`autograder new`: writes a small assignment to begin with."""

import click

from autograder.adopt.extension import lacking
from autograder.adopt.skeleton import Skeleton
from autograder.commands import console
from autograder.commands.course import COURSE, CourseCommand, Place
from autograder.course.assignment import AssignmentError
from autograder.text.plain_text import printable

NEXT = """
Next:
  nbgrader generate_assignment {name}    makes the students' version
  autograder audit {name}                tries the hidden tests on right and wrong solutions
  autograder grade {name}                grades what students hand in"""


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
def new(assignment: str, course: Place) -> None:
    """Write a small assignment with hidden tests, to try and to change.

    Students write a layer that scales its input, forward and backward. The command writes the
    notebook, the check.py that students run, the hidden tests with a rubric, two wrong solutions
    and another right one. Everything works as it is. Existing files are not changed.

    \b
    Examples:
      autograder new scaling
      autograder new attention --course ~/course101
    """
    known = course.course()
    skeleton = Skeleton(known, assignment)
    skeleton.check()
    if lacking(course.config()):
        raise AssignmentError(
            f"the settings of {known.root} must have autograder's lines, so that hidden tests are "
            "run: run `autograder init`"
        )
    on = console.console()
    for path in skeleton.write():
        on.print(printable(known.shown(path)))
    on.print(NEXT.format(name=assignment))
