"""What a process of our own leaves out when it starts, since nothing needs it."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# a grammar that jsonschema, which nbformat needs, compiles for half a second in each process, to
# check a kind of web address; it does without where it is not installed
UNNEEDED = "rfc3987_syntax"


def leave_out() -> None:
    """Let what nothing here needs count as not installed; to be called before all else."""
    sys.modules.setdefault(UNNEEDED, None)  # type: ignore[arg-type]  # as Python's own import says


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
