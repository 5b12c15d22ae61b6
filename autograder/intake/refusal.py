"""What of a submission's folder is set aside before nbgrader walks through it, and why.

nbgrader follows links, waits for ever at a pipe, and ends a whole class at a bad `timestamp.txt`.
Such things are moved to `.refused/` in the folder itself: nothing is lost, nbgrader's settings
ignore it, and it goes away with the folder when a new submission is collected. The remarks are made
from what lies there, so that grading again says the same.

nbgrader walks through what it ignores, by recursion, in a time that grows with the square of the
number of folders. So what is too much lies beside the submission, in `.refused-<assignment>/`, and
a file `.refused/.extras` says so.
"""

import contextlib
import glob
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from autograder.files import ordinary_file, sharing
from autograder.files.bounded_walk import BoundedWalk
from autograder.intake.time_stamp import read_time
from autograder.worker import tree

PLACE = ".refused"
STAMP = "timestamp.txt"
NO_TIME = "it must hold the date and time of handing in; without it nothing counts as late"
EXTRAS = ".extras"  # all other files, where they are too many
MAX_FILES = 2000  # and folders, hidden ones too
MAX_SIZE = 100 * 2**20  # bytes, of all files but notebooks and hidden ones
REMOVING = 60.0  # seconds, for what was too much in an earlier submission
MAX_STAMP = 200  # bytes
MAX_REMARKS = 20


def set_aside(folder: Path, source: Path) -> None:
    """Move what cannot be copied out of a submission's folder's way, and shut others out of it.

    Parameters
    ----------
    folder : Path
        `submitted/<student>/<assignment>`.
    source : Path
        `source/<assignment>`, whose files will be put over the student's.

    Raises
    ------
    OSError
        If something cannot be moved.
    """
    place = place_of(folder)
    if not _is_folder(folder):
        _move_under_itself(folder, place)
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
    """Return what has been set aside of a folder, and why, in words."""
    place = place_of(folder)
    told: dict[Path, str] = {}
    if os.path.lexists(place / EXTRAS):
        told[Path(EXTRAS)] = (
            f"the files beside the notebook were set aside: they are more than {MAX_FILES}, "
            f"or larger than {MAX_SIZE >> 20} MiB, or nested too deep"
        )
    for path in walk(place):
        inside = path.relative_to(place)
        if any(parent in told for parent in inside.parents):
            continue
        if why := reason(path, inside, source) or ("" if path.is_dir() else "it stood in the way"):
            told[inside] = f"{shown(inside)} was set aside: {why}"
    lines = sorted(told.values())
    more = len(lines) - MAX_REMARKS
    return lines[:MAX_REMARKS] + ([f"{more} more files were set aside"] if more > 0 else [])


def reason(path: Path, relative: Path, source: Path) -> str:
    """Return why something in a submission is refused, or an empty text."""
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
    """Return a path as it can be shown, whatever is in its names."""
    return f"`{repr(path.as_posix())[1:-1][:120]}`"


def place_of(folder: Path) -> Path:
    """Return where a folder's refused files lie."""
    return folder / PLACE if _hides(folder) else beside(folder)


def beside(folder: Path) -> Path:
    """Return where a folder's refused files lie that nbgrader must not walk through."""
    return folder.parent / f"{PLACE}-{folder.name}"


def places(folder: Path) -> list[Path]:
    """Return the folder and all that holds what was set aside of it."""
    place = place_of(folder)
    return [folder, place, *([_extras(folder)] if os.path.lexists(place / EXTRAS) else ())]


def rename(folder: Path, to: Path) -> None:
    """Rename a folder, with what was set aside beside it."""
    folder.rename(to)
    if os.path.lexists(beside(folder)):
        beside(folder).rename(beside(to))


def forget(folder: Path) -> None:
    """Remove what was set aside beside a folder, when another submission has taken its place."""
    with contextlib.suppress(OSError):  # what is left is for another try
        tree.remove(beside(folder), REMOVING)


def walk(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder, within the bounds, parents first, without following links.

    Left out is what nbgrader ignores, since its name begins with a dot, and what vanishes.
    """
    hides = _hides(folder)

    def is_hidden(path: Path) -> bool:
        return path.name == EXTRAS or (hides and path.name.startswith("."))

    yield from BoundedWalk(folder, leaves_out=is_hidden)


def _hides(folder: Path) -> bool:
    """Tell whether nbgrader ignores hidden files in a folder; it takes `[` for a pattern."""
    return glob.escape(str(folder)) == str(folder)


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(path.lstat().st_mode)


def _is_notebook(path: Path) -> bool:
    return path.suffix.lower() == ".ipynb" and stat.S_ISREG(path.lstat().st_mode)


def _is_excessive(folder: Path) -> bool:
    """Tell whether nbgrader has too much to walk through or to copy."""
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
    """Return where all other files of a folder lie, if they are too many."""
    return beside(folder) / EXTRAS


def _move_extras(folder: Path) -> None:
    """Move all but the notebooks and the time of handing in beside a folder."""
    place, extras = place_of(folder), _extras(folder)
    if _hides(folder) and not os.path.lexists(place / EXTRAS):
        forget(folder)  # it is an earlier submission's, which somebody has replaced by hand
    for entry in list(os.scandir(folder)):
        path = Path(entry.path)
        if path != folder / STAMP and not _is_notebook(path):
            _move(path, extras / path.name)
    sharing.shut_out_others(extras.parent)
    place.mkdir(exist_ok=True)
    if _hides(folder):
        told = f"It is too much to lie here. It lies in {extras.parent.name}/ beside this folder.\n"
        (place / EXTRAS).write_text(told, encoding="utf-8")


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
    """Make a folder where something else stands, and put that thing among what is refused."""
    aside = path.with_name(f"{path.name}~")
    path.rename(aside)
    path.mkdir()
    _move(aside, place / path.name)
