"""Postpones Ctrl-C while a submission is written to its folder and the gradebook."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def postponed() -> Iterator[None]:
    """Postpone Ctrl-C until the block has ended; a second Ctrl-C takes effect immediately."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no signal is handled here
        return
    waiting = []
    before = signal.getsignal(signal.SIGINT)

    def wait(number: int, frame: object) -> None:
        waiting.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, wait)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if waiting:
            signal.raise_signal(signal.SIGINT)
