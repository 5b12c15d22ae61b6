"""The console script: `autograder COMMAND`, and the one place where errors become exit codes.

Exit codes: 0 all done, 1 an expected failure, 2 wrong usage, 3 a bug of ours, 130 interrupted.
"""

import fnmatch
import os
import sys
import traceback
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

import autograder
from autograder import scripts
from autograder.assignment import Assignment, AssignmentError
from autograder.audit import Auditor
from autograder.certificate import Certificate, certificate_of, path_of
from autograder.leaks import Leaks
from autograder.ledger import Entry, entries
from autograder.report import NOT_ISOLATED, Status

STYLES: dict[str, str] = {Status.GRADED: "green", Status.REMARKS: "yellow", Status.HELD: "bold red"}


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


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(autograder.__version__)
def commands() -> None:
    """Show what the grading engine knows. Grading itself is `nbgrader autograde ASSIGNMENT`."""


@commands.command()
@click.argument("assignment")
@COURSE
@DB
def status(assignment: str, course: Path, db: str | None) -> None:
    """Show each student's points and what became of their submission.

    Example: autograder status dropout_l2
    """
    chosen = _assignment(course, assignment)
    print_status(Console(), chosen, list(entries(chosen, _gradebook(chosen, db))))


def _gradebook(assignment: Assignment, db: str | None) -> str:
    """Return the gradebook's address: the one given, or the course's own."""
    db = db or f"sqlite:///{assignment.root / 'gradebook.db'}"
    path = db.removeprefix("sqlite:///")
    if path != db and not Path(path).is_file():
        raise AssignmentError(f"{path} not found: run `nbgrader autograde {assignment.name}`")
    return db


@commands.command()
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
    chosen = _assignment(course, assignment)
    is_new = db is None and not (chosen.root / "gradebook.db").is_file()  # nothing is graded yet
    search = Leaks(chosen, "" if is_new else _gradebook(chosen, db))
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


def _assignment(course: Path, name: str) -> Assignment:
    root = course.resolve()
    known = sorted(path.name for path in root.glob("source/*") if path.is_dir())
    if name not in known:
        raise AssignmentError(
            f"{root} must hold source/{name}, got {known}: name another assignment, "
            "or the course's folder with --course"
        )
    return Assignment(root, name)


def print_status(console: Console, assignment: Assignment, lines: list[Entry]) -> None:
    """Print the table of a class, and below it what has to be said of single submissions."""
    title = f"{assignment.name}: {len(lines)} students"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("student", overflow="fold")  # in a narrow terminal, ids give way, not points
    for item in assignment.items:
        words = item.name.removeprefix("test_").replace("_", "\n")
        table.add_column(f"{words}\nof {item.points:g}", justify="right", no_wrap=True)
    total_points = sum(item.points for item in assignment.items)
    table.add_column(f"total\nof {total_points:g}", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for line in lines:
        points = [line.points[item.name] for item in assignment.items]
        total = None if None in points else sum(p for p in points if p is not None)
        table.add_row(
            Text(_printable(line.student)),
            *("-" if p is None else f"{p:g}" for p in (*points, total)),
            Text(line.status, style=STYLES.get(line.status, "red")),
        )
    console.print(table)
    if bare := [line.student for line in lines if line.isolation == NOT_ISOLATED]:
        console.print(f"graded {NOT_ISOLATED}: {', '.join(bare)}", style="red", markup=False)
    for line in lines:
        told = [*(line.remarks or filter(None, [line.cause]))]
        if line.next_step:
            told.append(f"{line.status}: {line.next_step}")
        for text in told:
            # a remark may quote a student's code, so nothing in it is markup
            console.print(_printable(f"{line.student}: {text}"), markup=False, highlight=False)


def _printable(text: str) -> str:
    """Return a text without what a terminal would obey: a folder's name may hold anything."""
    return "".join(c if c.isprintable() else "?" for c in text)


def print_audit(console: Console, certificate: Certificate) -> None:
    """Print the properties against the mutants, and what is worth knowing of both."""
    columns = [(item, name) for item, names in certificate.properties.items() for name in names]
    for item, names in certificate.properties.items():
        console.print(f"\n[bold]{item}[/bold]")
        of_item = [m for m in certificate.mistakes if item in m.loses]
        for number, name in enumerate(names, start=1):
            broken = sum(name in mistake.fails[item] for mistake in of_item)
            alone = sum(mistake.fails[item] == (name,) for mistake in of_item)
            console.print(
                f"  {number:2} {name.removeprefix('test_')}: broken by {broken}, by {alone} alone",
                highlight=False,
            )
        for mistake in of_item:
            row = "".join("x" if name in mistake.fails[item] else "." for name in names)
            console.print(f"  {row} {mistake.name}", highlight=False)
    lone = len(certificate.lone_catches)
    unnamed = certificate.unnamed
    console.print(
        f"\n{len(certificate.mistakes)} mutants, {len(certificate.variants)} variants, "
        f"{len(columns)} properties, {len(certificate.defects)} defects",
        highlight=False,
    )
    for title, notes in {
        f"{lone} times one property alone catches a mutant": [
            f"{mistake}: {name}" for _, name, mistake in certificate.lone_catches
        ],
        f"{len(certificate.redundant)} properties that no mutant needs": certificate.redundant,
        f"{len(unnamed)} mutants not named as what they are": unnamed,
    }.items():
        console.print("\n  ".join([title, *notes]), highlight=False)


@commands.command()
@click.argument("assignment")
@COURSE
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count,
    show_default="one a core",
    help="Processes at work.",
)
@click.option("--html", type=click.Path(path_type=Path), help="Write a page with the matrix too.")
@click.option(
    "--check", is_flag=True, help="Write nothing; fail if the certificate is not current."
)
@click.option(
    "--repeat",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Then grade each variant with N seeds more.",
)
@click.option(
    "--only",
    default="*",
    metavar="PATTERN",
    help="Of the variants, repeat those whose names match, such as 'l2_*'.",
)
def audit(
    assignment: str,
    course: Path,
    jobs: int,
    html: Path | None,
    only: str,
    *,
    check: bool,
    repeat: int,
) -> None:
    """Prove the suites: the reference and every variant full marks, every mutant what it loses.

    The certificate is written to tests/certificates/ASSIGNMENT.json: grading needs it to name a
    student's mistake. --check repeats the proof with other random numbers in the specimens' code.
    Exit code 1 on any defect.

    Example: autograder audit dropout_l2 --html matrix.html
    """
    chosen = _assignment(course, assignment)
    if html and not html.parent.is_dir():
        raise click.UsageError(f"--html {html}: there is no folder {html.parent}")
    console = Console()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("grading specimens")

        def tick(done: int, steps: int) -> None:
            progress.update(bar, completed=done, total=steps)

        # with other chance each fact must come out the same
        auditor = Auditor(chosen, jobs, tick, chance=int(check))
        certificate = auditor.audit()
        progress.update(bar, description="repeating variants")
        rejected = auditor.repeat(repeat, only)
    print_audit(console, certificate)
    if html:
        from autograder.audit_page import page  # noqa: PLC0415  # a plotting library takes a second

        html.write_text(page(assignment, certificate), encoding="utf-8")
    path = path_of(chosen)
    faults = [*certificate.defects, *rejected]
    if check:
        faults += _not_current(chosen, certificate)
    elif not faults:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(certificate.to_json(), encoding="utf-8")
    if repeat:
        count = len(fnmatch.filter(certificate.variants, only))
        console.print(f"{count} variants with {repeat} seeds each: {len(rejected)} rejected")
    for fault in faults:
        console.print(f"Defect: {fault}", style="red", markup=False, highlight=False)
    if faults:
        if not check:
            console.print(f"{path} is left as it was", markup=False, highlight=False)
        sys.exit(1)


def _not_current(assignment: Assignment, found: Certificate) -> list[str]:
    """Return why the certificate in the course is not the one just found, if it is not."""
    path, remedy = path_of(assignment), f"run `autograder audit {assignment.name}`"
    if not path.is_file():
        return [f"{path} not found: {remedy}"]
    text = path.read_text(encoding="utf-8", errors="replace")
    if text == found.to_json():
        return []
    if (kept := certificate_of(assignment)) is None:
        return [f"{path} is not of the present version of the suites: {remedy}"]
    if kept.specimens != found.specimens:
        return [f"{path} is not of the present mutants and variants: {remedy}"]
    hint = "if that does not help, some observation depends on the observed code's random numbers"
    return [f"{path} says something else: {remedy}; {hint}"]


def main() -> None:
    """Run the command line; turn every exception into a text and an exit code."""
    scripts.put_on_path()
    try:
        commands(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("Interrupted: nothing was written.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (AssignmentError, SQLAlchemyError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except Exception:  # noqa: BLE001  # this is where a bug of ours ends
        traceback.print_exc()
        click.echo("This is a bug in autograder, please report it with the lines above.", err=True)
        sys.exit(3)
