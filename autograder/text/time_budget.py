"""Limits the processor time for turning a student's texts into one page.

For some texts the time of Markdown and HTML parsers grows with the square of the length. A text
that takes too long is shown as it was written.
"""

import gc
import re
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from types import FrameType

from autograder.text.plain_text import cut, visible

OF_A_PAGE = 1.0  # seconds of processor time
OF_A_PIECE = 0.5  # a cell or an output
AGAIN = 0.01  # seconds, after which an error that was dropped is raised again
LEAST = 0.02  # with less, a page renders nothing more
LONGEST = 20_000  # characters of a piece that is rendered
TOLD = (
    '<p class="left-out">Shown as it was written: it is long, takes long to render, or cannot be '
    "rendered.</p>"
)
PICTURE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]{10000,}")  # counts as no text


class OutOfTimeError(BaseException):
    """The time is up; no `except Exception` of a library that renders catches this."""


class TimeBudget:
    """The processor time that a page has left for a student's texts.

    Only the main thread can be interrupted. In another one, the length is the only limit.
    """

    def __init__(self, seconds: float = OF_A_PAGE) -> None:
        self._left = seconds

    def render(
        self, source: str, make: Callable[[str], str], *, longest_plain: int = LONGEST
    ) -> str:
        """Return the HTML that `make` returns, or the source as plain text that says so.

        Parameters
        ----------
        source : str
        make : callable
            Renders the source. If it raises or takes too long, the source is shown as plain text.
        longest_plain : int
            Characters of a plain text; a longer one is cut.
        """
        written = PICTURE.sub("[picture]", source)
        if len(written) > LONGEST or self._left < LEAST:
            return TOLD + plain(written, longest_plain)
        limit = min(self._left, OF_A_PIECE)
        begin, least = time.process_time(), 0.0
        try:
            with at_most(limit):
                return make(source)
        except OutOfTimeError:
            least = limit
            return TOLD + plain(written, longest_plain)
        except Exception:  # noqa: BLE001  # the libraries raise many kinds at hostile text
            return TOLD + plain(written, longest_plain)
        finally:
            self._left -= max(time.process_time() - begin, least)


def plain(source: str, longest: int = LONGEST) -> str:
    """Return a text as HTML that shows it as it was written."""
    shown = escape(cut(visible(source), longest))
    return f"<pre>{shown.replace('[', '&#91;')}</pre>"  # so that no filter takes it for Markdown


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise `OutOfTimeError` after some processor time, if this is the main thread.

    One limit may hold within another. Python drops an error that is raised while it cleans up
    memory, so the limit raises again until its block ends.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = signal.signal(signal.SIGVTALRM, _interrupt)
    begin = time.process_time()
    try:
        left, _ = signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, earlier)
        if left:
            spent = time.process_time() - begin
            signal.setitimer(signal.ITIMER_VIRTUAL, max(left - spent, LEAST), AGAIN)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    if not (isinstance(sys.exception(), OutOfTimeError) or _cleans_up(frame)):
        raise OutOfTimeError


def _cleans_up(frame: FrameType | None) -> bool:
    """Whether Python would drop an error that is raised here, and print that it did."""
    droppers = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    droppers.add(weakref.finalize.__call__.__code__)
    while frame is not None:
        if frame.f_code in droppers or frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
