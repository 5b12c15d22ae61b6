"""Which suites hang, so that they are skipped instead of tried again."""

from collections import Counter
from pathlib import Path

from autograder.sandbox.progress import LOADING, HungError

Held = dict[tuple[str, str], str]  # by a prefix of functions and an item: why they are not run
IN_A_ROW = 3  # submissions at which a suite hangs before it is skipped
EVERYTHING = ("", "")  # all functions, if the suites cannot be loaded


class HungSuites:
    """Counts at how many submissions in a row a suite hangs.

    A suite that hangs at each submission is soon skipped, since each try takes its whole time.
    """

    def __init__(self) -> None:
        self._version = ""
        self._causes: Held = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def given_up(self, version: str) -> Held:
        """Return the functions that are skipped, in this version of the suites."""
        if version != self._version:
            self._version = version
            self._counts.clear()
        return {what: self._causes[what] for what, n in self._counts.items() if n >= IN_A_ROW}

    def add(self, error: HungError) -> tuple[str, str]:
        """Count a suite that hangs; return the functions to skip."""
        doing = error.doing
        is_loading = doing.function == LOADING
        kind = f"{doing.function.partition('_')[0]}_"
        what = EVERYTHING if is_loading else (kind, Path(doing.file).stem)
        self._causes[what] = str(error)
        self._counts[what] += IN_A_ROW if is_loading else 1
        return what

    def forget_but(self, held: Held) -> None:
        """Note a submission at which no suite has hung, except those of `held`."""
        for what in set(self._counts) - set(held):
            del self._counts[what]
