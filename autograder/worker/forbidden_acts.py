"""Acts that no worker may do: a worker tries them. An act that succeeds does no harm."""

import ctypes
import os
import posix
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PTRACE_SEIZE = 0x4206  # unlike PTRACE_ATTACH, it does not stop the other process


def succeeding(secret: str) -> list[str]:
    """Return the forbidden acts that this process can do; `secret` is a file of the grader."""
    beside = Path(secret).with_name("written")
    libc = ctypes.CDLL(None, use_errno=True)
    acts: dict[str, Callable[[], object]] = {
        "read a file of the grader": lambda: Path(secret).read_bytes(),
        "write beside it": lambda: beside.write_bytes(b""),
        "change its mode": lambda: posix.chmod(secret, 0o644),  # the mode that it has
        "empty it": lambda: os.truncate(secret, 0),  # it is empty
        "list a folder of the grader": lambda: list(beside.parent.iterdir()),
        "fork": _fork,
        "start a program": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        "open a socket": lambda: socket.socket().close(),
        "signal its parent": lambda: os.kill(os.getppid(), 0),
        "limit its parent": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE),
        "trace its parent": lambda: _expect(not libc.ptrace(PTRACE_SEIZE, os.getppid(), 0, 0)),
        "make namespaces": lambda: _expect(libc.unshare(CLONE_NEWUSER) == 0),
    }
    return [name for name, act in acts.items() if _succeeds(act)]


def _succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except Exception:  # noqa: BLE001  # any error means that something stopped it
        return False
    return True


def _expect(value: object) -> None:
    if not value:
        raise PermissionError


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
