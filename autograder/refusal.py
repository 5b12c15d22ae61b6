"""What of a submission's folder is set aside before nbgrader walks through it, and why.

nbgrader follows links, waits for ever at a pipe, and ends a whole class at a bad `timestamp.txt`.
Such things are moved to `.refused/` in the folder itself: nothing is lost, nbgrader's settings
ignore it, and it goes away with the folder when a new submission is collected. The remarks are made
from what lies there, so that grading again says the same.
"""

import contextlib
import glob
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from autograder import ordinary_file, sharing
from autograder.time_stamp import read_time

PLACE = ".refused"
STAMP = "timestamp.txt"
NO_TIME = "it must hold the date and time of handing in; without it nothing counts as late"
EXTRAS = ".extras"  # in it: all other files, where they are too many
MAX_FILES = 2000
MAX_SIZE = 100 * 2**20  # bytes, of all files but notebooks
MAX_DEPTH = 32  # of folders: nbgrader descends into them by recursion
MAX_PATH = 3000  # bytes: the system knows no path of 4096, and nbgrader puts some before them
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
        for entry in list(os.scandir(folder)):
            path = Path(entry.path)
            if path not in (place, folder / STAMP) and not _is_notebook(path):
                _move(path, place / EXTRAS / path.name)
        _flatten(place)
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
    if (place / EXTRAS).is_dir():
        told[Path(EXTRAS)] = (
            f"the files beside the notebook were set aside: they are more than {MAX_FILES}, "
            f"or larger than {MAX_SIZE >> 20} MiB, or nested too deep"
        )
    for path in walk(place, but=place / EXTRAS):
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
    if _hides(folder):
        return folder / PLACE
    return folder.parent / f"{PLACE}-{folder.name}"


def walk(folder: Path, but: Path | None = None) -> Iterator[Path]:
    """Yield all that lies in a folder, parents first, without following links.

    Left out is what nbgrader ignores, since its name begins with a dot, what vanishes, and what
    lies at one path.
    """
    waiting = [folder]
    while waiting:
        parent = waiting.pop()
        with contextlib.suppress(OSError), os.scandir(parent) as found:
            hides = _hides(parent) and PLACE not in parent.parts
            for entry in found:
                path = Path(entry.path)
                if path == but or (hides and entry.name.startswith(".")):
                    continue
                yield path
                if entry.is_dir(follow_symlinks=False) and os.path.lexists(entry.path):
                    waiting.append(path)


def _hides(folder: Path) -> bool:
    """Tell whether nbgrader ignores hidden files in a folder; it takes `[` for a pattern."""
    return glob.escape(str(folder)) == str(folder)


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(path.lstat().st_mode)


def _is_notebook(path: Path) -> bool:
    return path.suffix.lower() == ".ipynb" and stat.S_ISREG(path.lstat().st_mode)


def _is_excessive(folder: Path) -> bool:
    files = size = 0
    for path in walk(folder):
        depth = len(path.relative_to(folder).parts)
        if depth == 1 and _is_notebook(path):
            continue
        files += 1
        size += path.lstat().st_size
        if files > MAX_FILES or size > MAX_SIZE or depth > MAX_DEPTH:
            return True
        if len(os.fsencode(path)) > MAX_PATH:
            return True
    return False


def _flatten(place: Path) -> None:
    """Put folders that lie deep beside each other: nbgrader walks through what it ignores, too."""
    waiting, moved = [(place, 0)], 0
    while waiting:
        parent, depth = waiting.pop()
        inner: list[Path] = []
        with contextlib.suppress(OSError), os.scandir(parent) as found:
            inner += [Path(entry.path) for entry in found if entry.is_dir(follow_symlinks=False)]
        for path in inner:
            if depth + 1 == MAX_DEPTH or len(os.fsencode(path)) > MAX_PATH:
                moved += 1
                waiting.append((_move(path, place / EXTRAS / f"nested~{moved}"), 2))
            else:
                waiting.append((path, depth + 1))


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
