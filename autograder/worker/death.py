"""How a process of ours ends with the one that started it: none outlives its grader."""

import ctypes
import os
import signal
import sys


def die_with_parent(parent: int | None = None) -> None:
    """Have the system end this process when its parent ends.

    Parameters
    ----------
    parent : int, optional
        The parent's number: if it has ended already, so does this process.
    """
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:  # which was faster
        os._exit(1)
