"""The console script: `autograder COMMAND`, and the one place where errors become exit codes.

Exit codes: 0 all done, 1 an expected failure, 2 wrong usage, 3 a bug of ours, 130 interrupted.
"""

import sys
import traceback

import click
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import SQLAlchemyError

import autograder
from autograder import scripts
from autograder.assignment import AssignmentError
from autograder.cluster_worker import ClusterError
from autograder.commands.audit import audit
from autograder.commands.grade import grade
from autograder.commands.leaks import leaks
from autograder.commands.status import status
from autograder.probe import NotIsolatedError

EXPECTED = (AssignmentError, ClusterError, NbGraderException, NotIsolatedError, SQLAlchemyError)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(autograder.__version__)
def commands() -> None:
    """Grade a class, and show what the grading engine knows of it."""


for command in (grade, status, leaks, audit):
    commands.add_command(command)


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
    except EXPECTED as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except Exception:  # noqa: BLE001  # this is where a bug of ours ends
        traceback.print_exc()
        click.echo("This is a bug in autograder, please report it with the lines above.", err=True)
        sys.exit(3)
