"""Lists the exchange's assignments, for `nbgrader list`, without hand-ins that cannot be read.

nbgrader's own list opens everything that a student has named as a notebook: it hangs at a pipe, and
ends at a file that it may not read.
"""

import os
from pathlib import Path

from nbgrader.exchange.default import ExchangeList

from autograder.files import ordinary_file
from autograder.files.ordinary_file import RefusedError
from autograder.intake.exchange_files import MAX_SECRET, SECRET
from autograder.text.plain_text import printable


class GuardedList(ExchangeList):
    """Lists an exchange; it logs the hand-ins that it cannot read, and does not list them."""

    assignments: list[str]

    def init_dest(self) -> None:
        """Find the assignments, and leave out the hand-ins that cannot be read."""
        super().init_dest()
        if self.inbound:
            self.assignments = [path for path in self.assignments if self._is_readable(Path(path))]

    def _is_readable(self, folder: Path) -> bool:
        try:
            if not folder.name.isprintable():
                raise RefusedError("its name has characters that cannot be printed")
            with (
                ordinary_file.opened(folder, is_folder=True) as opened,
                os.scandir(opened) as entries,
            ):
                for name in (entry.name for entry in entries):
                    if name.endswith(".ipynb") or name == SECRET:
                        _check(name, opened)
        except RefusedError as error:
            self.log.warning("%s is not listed: %s", printable(str(folder)), error)
            return False
        return True


def _check(name: str, folder: int) -> None:
    """Raise an error if nbgrader cannot read a file of a hand-in."""
    try:
        with ordinary_file.opened(name, folder) as file:
            if name == SECRET:
                os.read(file, MAX_SECRET).decode()
    except (RefusedError, UnicodeDecodeError) as error:
        raise RefusedError(f"{printable(name)} cannot be read ({error})") from None
