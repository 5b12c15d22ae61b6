"""The console script: `autograder COMMAND`, and the one place where errors become exit codes.

Exit codes: 0 all done, 1 an expected failure, 2 wrong usage, 3 a bug of ours, 130 interrupted.
"""

import sys
import traceback
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

import autograder
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
    chosen = Assignment(root, assignment)
    if db is None:
        path = root / "gradebook.db"
        if not path.is_file():
            raise AssignmentError(
                f"{path} not found: run `nbgrader generate_assignment {assignment} --force`"
            )
        db = f"sqlite:///{path}"
    Console().print(status_table(chosen, list(entries(chosen, db))))


def status_table(assignment: Assignment, lines: list[Entry]) -> Table:
    """Return the table of a class: student, points for each item, total, status, remarks."""
    table = Table(title=f"{assignment.name}: {len(lines)} students", title_justify="left")
    table.add_column("student", no_wrap=True)
    for item in assignment.items:
        table.add_column(f"{item.name.removeprefix('test_')}\nof {item.points:g}", justify="right")
    table.add_column(f"total\nof {sum(i.points for i in assignment.items):g}", justify="right")
    table.add_column("status")
    for line in lines:
        points = [line.points[item.name] for item in assignment.items]
        total = None if None in points else sum(p for p in points if p is not None)
        # a remark may quote a student's code: Text takes nothing in it for markup
        status = Text(line.status, style=STYLES.get(line.status, "red"))
        status.append("".join(f"\n{remark}" for remark in line.remarks), style="default")
        table.add_row(
            line.student,
            *("-" if p is None else f"{p:g}" for p in (*points, total)),
            status,
        )
    return table


def main() -> None:
    """Run the command line; turn every exception into a text and an exit code."""
    try:
        commands(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AssignmentError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except Exception:  # noqa: BLE001  # this is where a bug of ours ends
        traceback.print_exc()
        click.echo("This is a bug in autograder, please report it with the lines above.", err=True)
        sys.exit(3)
