"""The output of the subcommands: tables, colours on a terminal only, and JSON for scripts.

With `--json`, a command prints one document on stdout, and all messages on stderr.
"""

import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import click
from rich import box
from rich.console import Console, RenderableType
from rich.progress import Progress, ProgressColumn
from rich.status import Status
from rich.table import Table
from rich.text import Text

from autograder.text.plain_text import printable

WIDE = 100_000  # columns of a file: its lines are not folded
GAP = 2  # between two columns of a table
BY_JSON = "as_json"

AS_JSON = click.option(
    "--json",
    BY_JSON,
    is_flag=True,
    help="Print one JSON document, for scripts; docs/commands.md lists its keys.",
)


def console(*, stderr: bool = False) -> Console:
    """Return a console that prints texts without markup.

    Only a terminal gets folded lines and, unless NO_COLOR is set, colours.
    """
    made = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    made.soft_wrap = not made.is_terminal
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = WIDE
    return made


def table(title: str | None = None) -> Table:
    """Return an empty table in the common style."""
    return Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        highlight=False,
    )


def line(text: str, style: str = "") -> Text:
    """Return a table's cell that stays one line: a narrow column cuts it with "…"."""
    return Text(printable(text), style, no_wrap=True, overflow="ellipsis")


def room_beside(on: Console, shown: Table) -> int:
    """Return how many columns are left for one more column of a table."""
    return on.width - on.measure(shown).maximum - GAP


def show(on: Console, shown: Table) -> None:
    """Print a table, folded to the terminal's width where its columns allow it."""
    if on.is_terminal:
        on.print(shown, soft_wrap=False, crop=False)
        return
    with on.capture() as captured:
        on.print(shown, soft_wrap=False, crop=False)
    for row in captured.get().splitlines():
        on.print(row.rstrip())


class Bar(Progress):
    """A progress bar with room for one line below it."""

    below = ""

    def show_below(self, text: str) -> None:
        """Show a line below the bar instead of the last one; a narrow terminal cuts it."""
        self.below = text

    def get_renderables(self) -> Iterator[RenderableType]:
        """Yield the bar, and the line if there is one."""
        yield from super().get_renderables()
        if self.below:
            yield line(self.below)


def progress(on: Console, *columns: ProgressColumn) -> Bar:
    """Return a bar that a terminal shows until it ends; elsewhere it is invisible."""
    return Bar(*columns, console=on, transient=True, disable=not on.is_terminal)


def status(on: Console, text: str) -> Status:
    """Return a line that a terminal shows until it ends; elsewhere it is invisible."""
    return on.status(text)


def print_json(document: Any) -> None:
    """Print a document on stdout."""
    click.echo(json.dumps(document, indent=2))


class Once:
    """Reports each line once, even if several processes write it; it is thread-safe."""

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
    """Let the standard streams escape characters that their encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
