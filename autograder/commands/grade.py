"""`autograder grade`: grades a class, several submissions at a time."""

import sys
from contextlib import ExitStack, closing

import click
from click.core import ParameterSource

from autograder.commands import console
from autograder.commands.console import Once
from autograder.commands.course import COURSE, DB, CourseCommand, Place
from autograder.grading.process import GradingProcess
from autograder.startup.loading import loading
from autograder.startup.processors import processors
from autograder.text.plain_text import printable


@click.command(cls=CourseCommand)
@click.argument("assignment")
@COURSE
@DB
@click.option(
    "--student",
    "students",
    metavar="ID",
    multiple=True,
    help="Grade only this student; may be repeated.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=processors,
    metavar="N",
    show_default="one for each processor",
    help="How many submissions to grade at a time.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on the workers of a Dask cluster instead: see docs/scale.md.",
)
@click.option("--force", is_flag=True, help="Grade unchanged submissions too.")
@click.option(
    "--dry-run", is_flag=True, help="Write nothing: show whose points would change, and why."
)
@click.option(
    "--allow-no-isolation",
    is_flag=True,
    help="Grade even where student code cannot be confined; each report says so.",
)
@console.AS_JSON
def grade(
    assignment: str,
    course: Place,
    db: str | None,
    students: tuple[str, ...],
    workers: int,
    scheduler: str | None,
    *,
    force: bool,
    dry_run: bool,
    allow_no_isolation: bool,
    as_json: bool,
) -> None:
    """Grade a class, several submissions at a time.

    It grades submissions that are new, or for which the notebook, the suites or the isolation has
    changed. It writes what `nbgrader autograde` writes. An interrupted run keeps its finished
    grades, and the next run grades the rest.

    Exit code 1 if a submission could not be graded, 130 if the run was interrupted.

    \b
    Examples:
      autograder grade dropout_l2 --workers 4
      autograder grade dropout_l2 --student student-01 --force
      autograder grade dropout_l2 --force --dry-run
      autograder grade dropout_l2 --scheduler tcp://10.0.0.5:8786
    """
    source = click.get_current_context().get_parameter_source("workers")
    if scheduler is not None and source is not ParameterSource.DEFAULT:
        raise click.UsageError("--workers is for this machine: leave it out with --scheduler")
    on = console.console(stderr=as_json)
    on_line = Once(lambda line: on.print(printable(line), style="yellow"))
    with ExitStack() as stack:
        started: list[GradingProcess] = []
        if scheduler is None:  # they load PyTorch while this process imports nbgrader
            started = GradingProcess.start(workers, on_line)
            for process in started:  # the last one closes first
                stack.enter_context(closing(process))
        with loading():
            from autograder.commands import class_grading
        options = class_grading.GradeOptions(
            place=course.with_gradebook(db),
            assignment=assignment,
            students=students,
            workers=workers,
            scheduler=scheduler,
            force=force,
            dry_run=dry_run,
            allow_no_isolation=allow_no_isolation,
            as_json=as_json,
        )
        code, document = class_grading.run(options, on, on_line, started)
    if as_json:
        console.print_json({"assignment": assignment, **document})
    if code:
        sys.exit(code)
