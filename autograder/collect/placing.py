"""Puts what a student handed in into `submitted/`, as one step: whole, or not at all."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from autograder.files.bounded_walk import BoundedWalk
from autograder.files.sharing import keep_to_staff, make_folder, share
from autograder.intake import refusal
from autograder.worker import tree

STAMP = "timestamp.txt"


@contextmanager
def replacing(folder: Path, *, shared: bool = False) -> Iterator[Path]:
    """Yield a new folder, which takes another's place once the block ends without an error.

    Until then, what was there before stays. What lies in the new folder, only the staff can read
    and write.

    Parameters
    ----------
    folder : Path
        `submitted/<student>/<assignment>`.
    shared : bool
        Whether the course's group belongs to the staff: nbgrader's `groupshared`.
    """
    new, old = (folder.with_name(f".{folder.name}.{os.getpid()}.{kind}") for kind in ("new", "old"))
    make_folder(new, shared=shared, private=True)
    try:
        yield new
        for path in (new, *BoundedWalk(new, most=sys.maxsize)):
            keep_to_staff(path, shared=shared)
        if shared:
            share(folder.parent)
        if os.path.lexists(folder):
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if os.path.lexists(old):
                old.rename(folder)
            raise
    finally:
        with suppress(OSError):
            tree.remove(new)
            folder.parent.rmdir()  # if nothing was put there, and nothing had been
    refusal.forget(folder)
    with suppress(OSError):
        tree.remove(old)


def place(folder: Path, files: Mapping[str, Path], stamp: str, *, shared: bool = False) -> None:
    """Put files into a folder, and nothing else; what was there before stays until they are.

    Parameters
    ----------
    folder : Path
        `submitted/<student>/<assignment>`.
    files : mapping of str to Path
        Each file by its name there.
    stamp : str
        When they were handed in, in UTC; empty if that is not known.
    shared : bool
        Whether the course's group belongs to the staff: nbgrader's `groupshared`.

    Raises
    ------
    OSError
        If that cannot be written; then all is as before.
    """
    with replacing(folder, shared=shared) as new:
        for name, path in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, new / name)
        if stamp:
            (new / STAMP).write_text(stamp, encoding="utf-8")


def holds(folder: Path, files: Mapping[str, Path]) -> bool:
    """Tell whether a folder has just these files already."""
    try:
        return all(
            (folder / name).read_bytes() == path.read_bytes() for name, path in files.items()
        )
    except OSError:
        return False
