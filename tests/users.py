"""Runs commands as ordinary users: root alone can, and tests run as root in CI.

The users have numbers and no accounts. Where Python or the project lies in a folder that others may
not enter, such as root's home, a command gets a mount namespace of its own, in which that folder
holds nothing but what the command needs, under the same paths.
"""

import atexit
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pytest

from tests.conftest import PROJECT

GROUP = 61_500  # which all of them share
ANN, BEN = 61_501, 61_502
NEEDED = [Path(sys.base_prefix), Path(sys.prefix), PROJECT]
ENTER = 0o001  # others' right to enter a folder
# $1: a folder to build in; the others: what is needed, each after the closed folder above it
SHOW = """
set -e
work=$1; shift
mount -t tmpfs -o mode=755 none "$work"
number=0
while [ "$1" != -- ]; do
    closed=$1; path=$2; shift 2
    if [ "$closed" != "$last" ]; then number=$((number + 1)); mkdir "$work/$number"; fi
    mkdir -p "$work/$number${path#"$closed"}"
    mount --rbind "$path" "$work/$number${path#"$closed"}"
    last=$closed
    if [ "$1" != "$closed" ]; then mount --rbind "$work/$number" "$closed"; fi
done
shift
exec "$@"
"""


def command(user: int, words: Sequence[str], group: int = GROUP) -> list[str]:
    """Return a command that runs some words as a user of a group; root's alone."""
    become = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", *words]
    closed = sorted({(top, path) for path in NEEDED if (top := _closed(path)) is not None})
    if not closed:
        return become
    shown = [str(one) for pair in closed for one in pair]
    namespace = ["unshare", "--mount", "--propagation", "private", "sh", "-c", SHOW, "sh"]
    return [*namespace, str(_place()), *shown, "--", *become]


def run_as(
    user: int, words: Sequence[str], folder: Path, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run some words as a user in a folder, with other variables of the environment.

    The user's home, and place for temporary files, is a folder of their own beside it.
    """
    home = folder.parent / f"home-{user}"
    if not home.exists():
        home.mkdir(mode=0o700)
        os.chown(home, user, GROUP)
    kept = {name: os.environ[name] for name in ("PATH", "CI", "LANG") if name in os.environ}
    own = {"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        command(user, words),
        cwd=folder,
        env={**kept, **own, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def require() -> None:
    """Skip a test where no ordinary user can run Python; in CI it fails."""
    if reason := _why_not():
        reason = f"tests of ordinary users need root, setpriv and unshare: {reason}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


@lru_cache(maxsize=1)
def _why_not() -> str:
    if os.geteuid() != 0:
        return "this user is not root"
    try:
        tried = [sys.executable, "-c", "import autograder, numpy"]
        done = subprocess.run(
            command(ANN, tried), cwd="/", capture_output=True, text=True, check=False
        )
    except OSError as error:
        return str(error)
    return (done.stderr.strip().splitlines() or ["it failed"])[-1] if done.returncode else ""


def _closed(path: Path) -> Path | None:
    """Return the highest folder above a path that others may not enter."""
    above = (folder for folder in reversed(path.parents) if not folder.stat().st_mode & ENTER)
    return next(above, None)


@lru_cache(maxsize=1)
def _place() -> Path:
    """Return an empty folder to mount on."""
    place = Path("/tmp", f"autograder-users-{os.getpid()}")  # seen in namespaces alone
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    atexit.register(place.rmdir)
    return place
