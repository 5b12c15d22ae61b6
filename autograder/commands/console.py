"""How the subcommands tell: tables, colours on a terminal only, and JSON for scripts.

With `--json` a command prints one document on stdout, and all that people read on stderr.
"""

import io
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.progress import Progress, ProgressColumn
from rich.table import Table

WIDE = 1000  # columns, where there is no terminal: nothing is folded in a file
BY_JSON = "as_json"

AS_JSON = click.option(
    "--json",
    BY_JSON,
    is_flag=True,
    help="Print one JSON document, for scripts; its keys stand in docs/commands.md.",
)


def console(*, stderr: bool = False) -> Console:
    """Return a console for texts as they are: nothing in them is markup.

    Lines are folded between words on a terminal, and not at all elsewhere.

    Colours are for terminals only, and for none if NO_COLOR is set: rich sees to both.
    """
    made = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    made.soft_wrap = not made.is_terminal
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = WIDE
    return made


def table(title: str | None = None) -> Table:
    """Return a table as all of ours look; rich draws its lines in ASCII where there is no more."""
    return Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        highlight=False,
    )


def show(on: Console, shown: Table) -> None:
    """Print a table, folded to the terminal's width as far as its columns can be."""
    on.print(shown, soft_wrap=False, crop=False)


def progress(on: Console, *columns: ProgressColumn) -> Progress:
    """Return a bar that runs on a terminal, and is gone in the end; elsewhere there is none."""
    return Progress(*columns, console=on, transient=True, disable=not on.is_terminal)


def print_json(document: Any) -> None:
    """Print a document on stdout."""
    click.echo(json.dumps(document, indent=2))


class Once:
    """Reports each line once, however many processes write it; any thread may call it."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._reported: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, line: str) -> None:
        """Report a line, unless it was reported before."""
        with self._lock:
            if line not in self._reported:
                self._reported.add(line)
                self._report(line)


def escape_unprintable() -> None:
    """Let the standard streams escape what their encoding does not have, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
