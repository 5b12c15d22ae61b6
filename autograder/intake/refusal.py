"""Sets aside the files of a submission that nbgrader cannot handle.

nbgrader follows links, waits for ever at a pipe, and stops the whole class at a bad
`timestamp.txt`. Such files are moved to `.refused/` in the submission's folder, which nbgrader
ignores. A new submission replaces it with the folder. The remarks are made from its content, so
they are the same at each grading.

nbgrader walks through ignored folders too, in a time that grows with the square of their number. So
too many files are moved beside the submission, to `.refused-<assignment>/`, and a file
`.refused/.extras` says so.
"""

import contextlib
import errno
import glob
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from autograder.files import ordinary_file, sharing
from autograder.files.bounded_walk import BoundedWalk
from autograder.intake.exchange_files import STAMP
from autograder.intake.time_stamp import read_time
from autograder.worker import tree

PLACE = ".refused"
NO_TIME = "it must hold the date and time of handing in; without it nothing counts as late"
EXTRAS = ".extras"  # all other files, if there are too many
MAX_FILES = 2000  # files and folders, including hidden ones
MAX_SIZE = 100 * 2**20  # bytes of all files except notebooks and hidden files
REMOVING = 60.0  # seconds to remove the extras of an earlier submission
MAX_STAMP = 200  # bytes
MAX_REMARKS = 20


def set_aside(folder: Path, source: Path) -> None:
    """Move the files that nbgrader cannot copy, and let only the staff read the folder.

    Parameters
    ----------
    folder : Path
        `submitted/<student>/<assignment>`.
    source : Path
        `source/<assignment>`; its files will replace the student's.

    Raises
    ------
    OSError
        If the folder cannot be read, or a file cannot be moved.
    """
    place = place_of(folder)
    if not _is_folder(folder):
        _move_under_itself(folder, place)
    if not os.access(folder, os.R_OK | os.X_OK):
        raise PermissionError(errno.EACCES, ordinary_file.NOT_OURS)
    if os.path.lexists(place) and not _is_folder(place):
        _move_under_itself(place, place)
    if _is_excessive(folder):
        _move_extras(folder)
    for path in walk(folder):
        if reason(path, path.relative_to(folder), source):
            _move(path, place / path.relative_to(folder))
        else:
            sharing.shut_out_others(path)
    sharing.shut_out_others(folder)


def remarks(folder: Path, source: Path) -> list[str]:
    """Return a remark on each file of a folder that was set aside."""
    place = place_of(folder)
    found: dict[Path, str] = {}
    if os.path.lexists(place / EXTRAS):
        found[Path(EXTRAS)] = (
            f"the files beside the notebook were set aside: they are more than {MAX_FILES}, "
            f"or larger than {MAX_SIZE >> 20} MiB, or nested too deep"
        )
    for path in BoundedWalk(place, leaves_out=lambda path: path.name == EXTRAS):
        inside = path.relative_to(place)
        if any(parent in found for parent in inside.parents):
            continue
        if why := reason(path, inside, source) or ("" if path.is_dir() else "it stood in the way"):
            found[inside] = f"{shown(inside)} was set aside: {why}"
    lines = sorted(found.values())
    more = len(lines) - MAX_REMARKS
    return lines[:MAX_REMARKS] + ([f"{more} more files were set aside"] if more > 0 else [])


def reason(path: Path, relative: Path, source: Path) -> str:
    """Return why a file or folder of a submission is refused; empty if it is not."""
    mode = path.lstat().st_mode
    ours = source / relative
    if why := ordinary_file.why_not(mode):
        return why
    if relative == Path(STAMP) and not _is_time(path):
        return NO_TIME
    if ours.exists() and ours.is_dir() != stat.S_ISDIR(mode):
        return f"it should be a {'folder' if ours.is_dir() else 'file'}, as in the assignment"
    if not os.access(path, os.R_OK | (os.X_OK if stat.S_ISDIR(mode) else 0)):
        return ordinary_file.NOT_OURS
    return ""


def shown(path: Path) -> str:
    """Return a path in a form that is safe to show."""
    return f"`{repr(path.as_posix())[1:-1][:120]}`"


def place_of(folder: Path) -> Path:
    """Return the folder of a submission's refused files."""
    return folder / PLACE if _hides(folder) else beside(folder)


def beside(folder: Path) -> Path:
    """Return the folder of a submission's files that nbgrader must not walk through."""
    return folder.parent / f"{PLACE}-{folder.name}"


def places(folder: Path) -> list[Path]:
    """Return a submission's folder and the folders of its refused files."""
    place = place_of(folder)
    return [folder, place, *([_extras(folder)] if os.path.lexists(place / EXTRAS) else ())]


def rename(folder: Path, to: Path) -> None:
    """Rename a folder, and the folder of refused files beside it."""
    folder.rename(to)
    if os.path.lexists(beside(folder)):
        beside(folder).rename(beside(to))


def forget(folder: Path) -> None:
    """Remove the refused files beside a folder, after another submission has replaced it."""
    with contextlib.suppress(OSError):  # the next call tries again
        tree.remove(beside(folder), REMOVING)


def walk(folder: Path) -> Iterator[Path]:
    """Yield the content of a folder, within bounds, parents first, without following links.

    It skips hidden files, which nbgrader ignores.
    """
    hides = _hides(folder)

    def is_hidden(path: Path) -> bool:
        return path.name == EXTRAS or (hides and path.name.startswith("."))

    yield from BoundedWalk(folder, leaves_out=is_hidden)


def _hides(folder: Path) -> bool:
    """Return whether nbgrader ignores hidden files in a folder: not if its path is a pattern."""
    return glob.escape(str(folder)) == str(folder)


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(path.lstat().st_mode)


def _is_notebook(path: Path) -> bool:
    return path.suffix.lower() == ".ipynb" and stat.S_ISREG(path.lstat().st_mode)


def _is_excessive(folder: Path) -> bool:
    """Return whether a folder is too large for nbgrader to walk through or to copy."""
    all_of_it = BoundedWalk(folder)
    files = size = 0
    for path in all_of_it:
        inside = path.relative_to(folder)
        if len(inside.parts) == 1 and _is_notebook(path):
            continue
        files += 1
        if not any(part.startswith(".") for part in inside.parts):
            size += path.lstat().st_size
        if files > MAX_FILES or size > MAX_SIZE:
            return True
    return not all_of_it.is_whole


def _extras(folder: Path) -> Path:
    """Return the folder of a submission's extra files, if there are too many."""
    return beside(folder) / EXTRAS


def _move_extras(folder: Path) -> None:
    """Move all files except the notebooks and the time stamp beside a folder."""
    place, extras = place_of(folder), _extras(folder)
    if _hides(folder) and not os.path.lexists(place / EXTRAS):
        forget(folder)  # of an earlier submission that was replaced by hand
    for entry in list(os.scandir(folder)):
        path = Path(entry.path)
        if path != folder / STAMP and not _is_notebook(path):
            _move(path, extras / path.name)
    sharing.shut_out_others(extras.parent)
    place.mkdir(exist_ok=True)
    if _hides(folder):
        note = f"The files are too many: they are in {extras.parent.name}/ beside this folder.\n"
        (place / EXTRAS).write_text(note, encoding="utf-8")


def _is_time(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size > MAX_STAMP:
        return False
    return read_time(path.read_text(encoding="utf-8", errors="replace")) is not None


def _move(path: Path, destination: Path) -> Path:
    destination.parent.mkdir(parents=True, exist_ok=True)
    free, number = destination, 1
    while os.path.lexists(free):
        number += 1
        free = destination.with_name(f"{destination.name}~{number}")
    path.rename(free)
    return free


def _move_under_itself(path: Path, place: Path) -> None:
    """Replace a file by a folder, and move the file to the refused files."""
    aside = path.with_name(f"{path.name}~")
    path.rename(aside)
    path.mkdir()
    _move(aside, place / path.name)
