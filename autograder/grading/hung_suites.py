"""Which suites hang, so that they are left out instead of being tried again."""

from collections import Counter
from pathlib import Path

from autograder.sandbox.progress import LOADING, HungError

Held = dict[tuple[str, str], str]  # by a prefix of functions and an item: why they are not run
IN_A_ROW = 3  # submissions at which a suite hangs, until it is not tried any more
EVERYTHING = ("", "")  # what is left out where the suites cannot be loaded


class HungSuites:
    """Counts at how many submissions in a row a suite hangs.

    A suite that hangs at one submission after the other is not tried for ever: each try takes as
    long as a suite may take.
    """

    def __init__(self) -> None:
        self._version = ""
        self._causes: Held = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def given_up(self, version: str) -> Held:
        """Return what is not tried any more, in this version of the suites."""
        if version != self._version:
            self._version = version
            self._counts.clear()
        return {what: self._causes[what] for what, n in self._counts.items() if n >= IN_A_ROW}

    def add(self, error: HungError) -> tuple[str, str]:
        """Count a suite that hangs; return what is to be left out."""
        doing = error.doing
        is_loading = doing.function == LOADING
        kind = f"{doing.function.partition('_')[0]}_"
        what = EVERYTHING if is_loading else (kind, Path(doing.file).stem)
        self._causes[what] = str(error)
        self._counts[what] += IN_A_ROW if is_loading else 1
        return what

    def forget_but(self, held: Held) -> None:
        """Note a submission at which nothing but `held` has hung."""
        for what in set(self._counts) - set(held):
            del self._counts[what]
