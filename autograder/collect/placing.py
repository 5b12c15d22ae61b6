"""Puts a student's files into `submitted/` in one step: all of them, or none."""

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
    """Yield a new folder, which replaces another once the block ends without an error.

    Only the staff can read and write the files in the new folder.

    Parameters
    ----------
    folder : Path
        The one to replace: `submitted/<student>/<assignment>`.
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
            folder.parent.rmdir()  # if it is empty
    refusal.forget(folder)
    with suppress(OSError):
        tree.remove(old)


def place(folder: Path, files: Mapping[str, Path], stamp: str, *, shared: bool = False) -> None:
    """Replace the files of a folder, as `replacing` does.

    Parameters
    ----------
    files : mapping of str to Path
        Each file by its name there.
    stamp : str
        When they were handed in, in UTC; empty if unknown.

    Raises
    ------
    OSError
        If they cannot be written; then nothing has changed.
    """
    with replacing(folder, shared=shared) as new:
        for name, path in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, new / name)
        if stamp:
            (new / STAMP).write_text(stamp, encoding="utf-8")


def holds(folder: Path, files: Mapping[str, Path]) -> bool:
    """Return whether a folder has these files already."""
    try:
        return all(
            (folder / name).read_bytes() == path.read_bytes() for name, path in files.items()
        )
    except OSError:
        return False
