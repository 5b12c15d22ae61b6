"""`autograder check`: tries a notebook before it is handed in."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.text import Text

from autograder.commands import console
from autograder.commands.course import COURSE, CourseCommand, Place, assignment_in
from autograder.course import provenance
from autograder.course.assignment import AssignmentError
from autograder.course.course import Course, Stage
from autograder.text.plain_text import printable

MODULE = "check.py"  # beside an assignment's notebook: students have the same


@click.command(cls=CourseCommand)
@click.argument(
    "notebooks",
    metavar="NOTEBOOK...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@COURSE
@click.option(
    "--assignment",
    metavar="NAME",
    help="The assignment; default: the one that has a notebook of this file name.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one cell may take.",
)
@click.option("--yes", is_flag=True, help="Run a notebook outside the course's source and release.")
@console.AS_JSON
def check(
    notebooks: tuple[Path, ...],
    course: Place,
    assignment: str | None,
    timeout: float,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Try a notebook before it is handed in.

    It runs a copy outside Jupyter, from top to bottom in a fresh kernel, with your own rights. It
    shows unanswered cells, visible checks that fail, cells that stop, and missing cells and files
    of the release. The hidden tests check more. Students without this package run
    `python check.py` in their folder, which does the same.

    It refuses submissions: files in the course's folders for submissions and downloads, in an
    exchange or in an archive. It asks before it runs another file outside the course's source and
    release; --yes answers.

    Exit code 1 unless all visible checks pass and nothing is missing.

    \b
    Examples:
      autograder check release/dropout_l2/dropout_l2.ipynb
      autograder check ~/dropout_l2/dropout_l2.ipynb --yes --json
    """
    found = []
    on = console.console(stderr=True)
    with console.status(on, "reading the course's settings"):
        known = course.course()
    for path in notebooks:
        _refuse_submission(path, known)
    modules = [_module(known, path, assignment) for path in notebooks]
    for path in notebooks:
        if not (yes or provenance.is_ours(path, known)):
            _ask(path, known)
    for path, module in zip(notebooks, modules, strict=True):
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with console.progress(on, *columns) as progress:
            bar = progress.add_task(f"running {printable(path.name)}", total=None)

            def update(done: int, cells: int, progress: Any = progress, bar: Any = bar) -> None:
                progress.update(bar, completed=done, total=cells)

            findings = module.examine(path, timeout, update)
        found.append({**findings, "notebook": str(path)})
        if not as_json:
            _print(console.console(), module, found[-1])
    ready = all(findings["ready"] for findings in found)
    if as_json:
        console.print_json({"ready": ready, "notebooks": found})
    if not ready:
        sys.exit(1)


def _refuse_submission(path: Path, course: Course) -> None:
    if why := provenance.handed_in(path, course):
        raise click.UsageError(
            printable(
                f"{path} was handed in, and would run with your own rights: run `autograder "
                f"grade` instead, which confines it ({why})"
            )
        )


def _ask(path: Path, course: Course) -> None:
    """Ask before a notebook runs that may not be the user's own."""
    question = printable(
        f"{path} lies outside {course.shown(course.root / course.source_directory)} and "
        f"{course.shown(course.root / course.release_directory)}, and would run with your own "
        "rights"
    )
    try:
        agreed = click.confirm(f"{question}. Run it?", err=True)
    except click.Abort:
        agreed = False
    if not agreed:
        raise click.UsageError(f"{question}: if you wrote it, add --yes")


def _module(course: Course, path: Path, name: str | None) -> ModuleType:
    """Return the `check.py` of an assignment: its students run the same file."""
    if name is None:
        places = {one: course.folder(Stage.SOURCE, one) for one in course.assignments()}
        known = [one for one, place in places.items() if (place / MODULE).is_file()]
        holding = [one for one, place in places.items() if (place / path.name).is_file()]
        fitting = [one for one in holding if one in known] or holding or known
        if len(fitting) > 1:
            names = ", ".join(fitting)
            raise click.UsageError(f"{path} may belong to {names}: choose with --assignment")
        name = fitting[0] if fitting else path.stem
    file = assignment_in(course, name).folder(Stage.SOURCE) / MODULE
    if not file.is_file():
        raise AssignmentError(f"{file} not found: copy it there from another assignment")
    spec = importlib.util.spec_from_file_location("check", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _print(on: Console, module: ModuleType, findings: dict[str, Any]) -> None:
    style = "green" if findings["ready"] else "red"
    on.print(printable(f"{findings['notebook']}: {module.headline(findings)}"), style=style)
    problems = [tuple(one.values()) for one in findings["problems"]]
    _table(on, ("where", "what to fix", "what to do"), problems)
    checks = [(one["item"], _verdict(one), one["message"]) for one in findings["checks"]]
    _table(on, ("visible check", "", "why"), checks)
    errors = [
        (one["where"], f"waits {one['message']}" if one.get("waits_for") else one["message"])
        for one in findings["errors"]
    ]
    _table(on, ("cell that stops", "why"), errors)
    for remark in findings["remarks"]:
        on.print(printable(f"remark: {remark}"))
    on.print(module.HIDDEN)


def _verdict(check: dict[str, Any]) -> Text:
    if check["passed"]:
        return Text("passes", "green")
    return Text("waits", "yellow") if check.get("waits_for") else Text("fails", "red")


def _table(on: Console, titles: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Print a table of findings, if there are any."""
    if not rows:
        return
    shown = console.table()
    for title in titles:
        shown.add_column(title, overflow="fold")
    for row in rows:
        cells = (c if isinstance(c, Text) else Text(printable(c)) for c in row)
        shown.add_row(*cells)
    console.show(on, shown)
