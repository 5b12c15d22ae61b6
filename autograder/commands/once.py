"""What tells a line once, however many processes tell it."""

import threading
from collections.abc import Callable


class Once:
    """Tells what several processes tell, but no line twice; each of their threads may call it."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told: set[str] = set()
        self._telling = threading.Lock()

    def __call__(self, line: str) -> None:
        """Tell a line, unless it has been told."""
        with self._telling:
            if line not in self._told:
                self._told.add(line)
                self._tell(line)
