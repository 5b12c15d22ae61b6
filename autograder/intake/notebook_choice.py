"""Chooses and reads the file that counts as a notebook of a submission."""

import os
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from autograder.intake import refusal
from autograder.intake.notebook_reader import MAX_BYTES, REMEDY, UnreadableError, read_notebook

MAX_CANDIDATES = 10


class VanishedError(Exception):
    """A submission's folder was removed; the text says so."""


def find(
    path: Path, names: Collection[str], source: Path, most: int = MAX_BYTES
) -> tuple[bytes, list[str]]:
    """Return the content of the file that counts as a submission's notebook, and remarks.

    Parameters
    ----------
    path : Path
        The expected path: `submitted/<student>/<assignment>/<name>`.
    names : collection of str
        The names of all the assignment's notebooks: a file with one counts only as that one.
    source : Path
        `source/<assignment>`: a file that shares cells with its notebooks takes precedence.
    most : int
        Bytes of a file that is read.

    Raises
    ------
    UnreadableError
        If there is no such file.
    VanishedError
        If the whole folder is gone.
    """
    folder = path.parent
    if not folder.is_dir():
        raise VanishedError(
            f"{folder} vanished while the class was graded: collect it again, and grade it"
        )
    remarks = refusal.remarks(folder, source)
    others = [other for other in _notebooks(folder, names) if other != path]
    if path.is_file():
        if others:
            shown = ", ".join(refusal.shown(Path(other.name)) for other in others[:MAX_CANDIDATES])
            remarks.append(f"{path.name} was graded, and no other notebook: {shown}")
        return content(path, most), remarks
    if not others:
        raise UnreadableError(
            "; ".join([f"there is no notebook {path.name}", *remarks])
            + ": hand it in under this name, as Jupyter saves it"
        )
    chosen = _choose(others, [source / name for name in names], most)
    one_of = f", the newest of {len(others)} notebooks" if len(others) > 1 else ""
    shown = refusal.shown(Path(os.path.relpath(chosen, folder)))
    remarks.append(f"the notebook should be {path.name}, got {shown}{one_of}: it was graded")
    return content(chosen, most), remarks


def content(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return the content of an ordinary file, up to one byte more than `most`.

    Raises
    ------
    UnreadableError
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadableError(
                    f"{refusal.shown(Path(path.name))} is no file that can be read: {REMEDY}"
                )
            return file.read(most + 1)
    except OSError as error:
        raise UnreadableError(
            f"{refusal.shown(Path(path.name))} cannot be opened ({error.strerror}): see that it is "
            "an ordinary file that the course staff may read, and hand it in again"
        ) from None


def _notebooks(folder: Path, names: Collection[str]) -> list[Path]:
    """Return the notebooks in a folder that do not have one of these names, newest first."""
    found = {
        path
        for place in refusal.places(folder)
        for path in refusal.walk(place)
        if ".ipynb" in path.name.lower()
        and stat.S_ISREG(path.lstat().st_mode)
        and (path.parent != folder or path.name not in names)
    }
    return sorted(found, key=lambda path: (path.stat().st_mtime, path), reverse=True)


def _choose(notebooks: list[Path], sources: list[Path], most: int) -> Path:
    """Choose the newest notebook that has cells of the assignment, or else the newest."""
    known = set()
    for source in sources:
        with suppress(OSError, ValueError):
            known |= _grade_ids(source.read_bytes(), MAX_BYTES)
    left = most  # to read in all
    for path in notebooks[:MAX_CANDIDATES]:
        left -= path.stat().st_size
        if left < 0:
            break
        with suppress(UnreadableError):
            if known & _grade_ids(content(path, most), most):
                return path
    return notebooks[0]


def _grade_ids(data: bytes, most: int) -> set[str]:
    notebook, _ = read_notebook(data, most)
    claims = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    return {str(claim["grade_id"]) for claim in claims if "grade_id" in claim}
