"""`autograder modules`: writes an assignment with its answers in Python files."""

import click

from autograder.adopt.module_form import ModuleForm
from autograder.commands import console
from autograder.commands.course import COURSE, CourseCommand, Place, assignment_in
from autograder.text.plain_text import printable

NEXT = """\
next:  nbgrader generate_solution {name}      # solved and run, to see that it works
       nbgrader generate_assignment {name}    # for the students
       autograder grade {name}                # what they hand in"""


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
@click.option(
    "--as", "name", metavar="NAME", help="The new assignment's name.  [default: ASSIGNMENT_modules]"
)
@click.option("--force", is_flag=True, help="Replace one that this command has written.")
def modules(assignment: str, course: Place, name: str | None, *, force: bool) -> None:
    """Write an assignment with its answers in Python files beside the notebook.

    Its text, files and points are those of ASSIGNMENT. Each solution cell is a file there. The
    hidden suites, the rubric, the mutants, the variants and the certificate belong to both.

    \b
    Examples:
      autograder modules dropout_l2
      autograder modules dropout_l2 --as dropout_files
    """
    form = ModuleForm(assignment_in(course.course(), assignment), name or f"{assignment}_modules")
    on = console.console()
    for place in form.write(force=force):
        on.print(printable(f"wrote {form.assignment.course.shown(place)}"))
    on.print(NEXT.format(name=form.name))
