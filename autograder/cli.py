"""The console script: `autograder COMMAND`, and the one place where errors become exit codes.

Exit codes: 0 all done, 1 an expected failure, 2 wrong usage, 3 a bug of ours, 130 interrupted.
"""

import importlib
import sqlite3
import sys
import traceback

import click

import autograder
from autograder.commands.console import escape_unprintable
from autograder.startup import environment, loading, scripts
from autograder.startup.streams import guarded

COMMANDS = (
    "init",
    "new",
    "modules",
    "check",
    "grade",
    "status",
    "report",
    "teams",
    "leaks",
    "audit",
)
LONGEST = 200  # characters of a subcommand's summary
EXIT_CODES = """\b
Exit codes:
  0    all done
  1    an expected failure: the message says what to do
  2    wrong usage
  3    a bug of ours
  130  interrupted: finished work is kept
"""


class Commands(click.Group):
    """The subcommands, each imported when it is asked for: no one waits for another's libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which a course needs them."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a subcommand by its name."""
        if cmd_name not in COMMANDS:
            return None
        with loading.loading():
            module = importlib.import_module(f"autograder.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        command.epilog = EXIT_CODES
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each subcommand's summary; click's own function cuts it at the terminal's width."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [
            (name, command.get_short_help_str(LONGEST)) for name, command in commands if command
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a subcommand; of one that is not known, say which may have been meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            name = error.command_name
            raise click.NoSuchCommand(name, possibilities=COMMANDS, ctx=ctx) from None


@click.group(
    cls=Commands,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(autograder.__version__)
def commands() -> None:
    """Grade a class, and show its results.

    \b
    Examples:
      autograder check dropout_l2.ipynb
      autograder grade dropout_l2
      autograder status dropout_l2 --json
    """


def main() -> None:
    """Run the command line; turn every exception into a text and an exit code."""
    environment.open_standard_streams()
    scripts.put_on_path()
    escape_unprintable()
    with guarded():
        _run()


def _run() -> None:
    try:
        commands(prog_name="autograder", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo(
            "Interrupted: finished work is kept; run the same command again for the rest.", err=True
        )
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001  # this is where a bug of ours ends
        if isinstance(error, _expected()):
            click.echo(f"Error: {_told(error)}", err=True)
            sys.exit(1)
        traceback.print_exc()
        click.echo("This is a bug in autograder, please report it with the lines above.", err=True)
        sys.exit(3)


def _told(error: Exception) -> str:
    """Return an expected error's text: a locked gradebook's is SQL, and names no remedy."""
    if isinstance(cause := getattr(error, "orig", None), sqlite3.OperationalError) and (
        "locked" in str(cause)
    ):
        return f"the gradebook must be free ({cause}): close what else is using it, and try again"
    return str(error)


def _expected() -> tuple[type[Exception], ...]:
    """Return the errors whose text says all, imported here since they take a second."""
    from nbgrader.converters.base import NbGraderException
    from sqlalchemy.exc import SQLAlchemyError

    from autograder.class_run.cluster_worker import ClusterError
    from autograder.course.assignment import AssignmentError
    from autograder.sandbox.isolation import NotIsolatedError
    from autograder.sandbox.progress import HungError

    return (
        AssignmentError,
        ClusterError,
        HungError,
        NbGraderException,
        NotIsolatedError,
        SQLAlchemyError,
    )
