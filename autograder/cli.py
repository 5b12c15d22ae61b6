"""The console script: `autograder COMMAND`, and the one place where errors become exit codes.

Exit codes: 0 all done, 1 an expected failure, 2 wrong usage, 3 a bug of ours, 130 interrupted.
"""

import sys
import traceback
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

import autograder
from autograder import scripts
from autograder.assignment import Assignment, AssignmentError
from autograder.ledger import Entry, entries
from autograder.report import Status

STYLES: dict[str, str] = {Status.GRADED: "green", Status.REMARKS: "yellow", Status.HELD: "bold red"}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(autograder.__version__)
def commands() -> None:
    """Show what the grading engine knows. Grading itself is `nbgrader autograde ASSIGNMENT`."""


@commands.command()
@click.argument("assignment")
@click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="The course's folder.",
)
@click.option("--db", metavar="URL", help="The gradebook, if it is not gradebook.db in the course.")
def status(assignment: str, course: Path, db: str | None) -> None:
    """Show each student's points and what became of their submission.

    Example: autograder status dropout_l2
    """
    root = course.resolve()
    known = sorted(path.name for path in root.glob("source/*") if path.is_dir())
    if assignment not in known:
        raise AssignmentError(
            f"{root} must hold source/{assignment}, got {known}: name another assignment, "
            "or the course's folder with --course"
        )
    chosen = Assignment(root, assignment)
    db = db or f"sqlite:///{root / 'gradebook.db'}"
    path = db.removeprefix("sqlite:///")
    if path != db and not Path(path).is_file():
        raise AssignmentError(f"{path} not found: run `nbgrader autograde {assignment}`")
    print_status(Console(), chosen, list(entries(chosen, db)))


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
            Text(line.student),
            *("-" if p is None else f"{p:g}" for p in (*points, total)),
            Text(line.status, style=STYLES.get(line.status, "red")),
        )
    console.print(table)
    for line in lines:
        for remark in line.remarks:
            # a remark may quote a student's code, so nothing in it is markup
            console.print(f"{line.student}: {remark}", markup=False, highlight=False)


def main() -> None:
    """Run the command line; turn every exception into a text and an exit code."""
    scripts.put_on_path()
    try:
        commands(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
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
