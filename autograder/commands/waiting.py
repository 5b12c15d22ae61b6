"""The students for whom `autograder grade` waits, in one line."""

import time
from collections.abc import Callable, Iterable

from autograder.text.plain_text import printable

PATIENCE = 3.0  # seconds; a student who takes less is not named
QUIET = 30.0  # seconds without a result after which a log gets a line, and another one
NAMED = 3  # students


class Waiting:
    """Keeps how long the submissions that are being graded have taken.

    Parameters
    ----------
    show : callable
        Called each time with the line for a terminal, which is empty if nobody has to be named.
    log : callable
        Called with the line for a log if there was no result for a long time.
    clock : callable
        Returns the time in seconds.
    """

    def __init__(
        self,
        show: Callable[[str], None],
        log: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._show, self._log, self._clock = show, log, clock
        self._since: dict[str, float] = {}
        self._quiet_since = clock()

    def watch(self, students: Iterable[str]) -> None:
        """Report the students whose submissions are being graded now."""
        now = self._clock()
        self._since = {student: self._since.get(student, now) for student in students}
        self._show(self._line(now, PATIENCE))
        if now - self._quiet_since >= QUIET and (line := self._line(now, 0.0)):
            self._quiet_since = now
            self._log(line)

    def finish(self, student: str) -> None:
        """Note that a submission is graded: nobody waits for it."""
        self._since.pop(student, None)
        self._quiet_since = self._clock()

    def _line(self, now: float, patience: float) -> str:
        """Return a line that names those who have taken longest; empty if there is none."""
        late = sorted((since, who) for who, since in self._since.items() if now - since >= patience)
        named = [f"{who} ({now - since:.0f} s)" for since, who in late[:NAMED]]
        rest = [f"{len(late) - NAMED} more"] if len(late) > NAMED else []
        return printable(f"waiting for {', '.join(named + rest)}") if late else ""
