"""What a process of our own leaves undone when it starts, since nothing needs it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Let nobody look for garbage among what is loaded in the `with` block, neither now nor later.

    It is here to stay. PyTorch and the suites are a quarter of a million objects: to walk through
    them while they are loaded takes a quarter of a second, and later an eighth, again and again.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
