"""The list of files that were collected or left out, for the staff and for the status.

`nbgrader zip_collect` and `nbgrader collect` write it; each run adds to the earlier list.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.course.assignment import Assignment
from autograder.files import spreadsheet, whole_file
from autograder.files.sharing import make_folder
from autograder.text.plain_text import printable

LIST, RECORD = "collected.csv", "collected.json"
MAX_SIZE = 200 * 2**20  # bytes
MAX_LOGGED = 1000  # students or files in the log
MAX_NAMED = 5  # files of a student's that a line names
NO_NOTEBOOK = "it is no notebook"
HEAD = (
    "file", "student", "taken as", "time stamp (UTC)", "remark", "refused because", "left out",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One file of a download.

    Parameters
    ----------
    file : str
        Its path, relative to the folder of extracted files.
    student, taken_as, stamp, remark : str
    refused : str
        Why it was not taken; empty if it was.
    is_left_out : bool
        Whether the refusal may lose a student's work. An older attempt, or a figure beside the
        notebook, loses none.
    name : str
        The student's name for it.
    digest : str
        The digest of its content, if it was taken.
    """

    file: str
    student: str = ""
    taken_as: str = ""
    stamp: str = ""
    remark: str = ""
    refused: str = ""
    is_left_out: bool = False
    name: str = ""
    digest: str = ""


def folder(assignment: Assignment) -> Path:
    """Return the folder of an assignment's downloads and of this list."""
    return assignment.course.downloaded(assignment.name)


def read(folder: Path) -> tuple[Line, ...]:
    """Return the list in a folder of `downloaded/`."""
    path = folder / RECORD
    with suppress(OSError):
        found = path.stat()
        if found.st_size <= MAX_SIZE:
            return _read(path, found.st_mtime_ns, found.st_size)
    return ()


def add(
    folder: Path,
    lines: Iterable[Line],
    *,
    shared: bool = False,
    is_past: Callable[[Line], bool] = lambda line: False,
) -> None:
    """Add the lines of a download to the list.

    A student's new lines replace the earlier ones, except that the line of a file that was taken
    stays until another file replaces it.

    Parameters
    ----------
    folder : Path
        The assignment's folder in `downloaded/`.
    lines : iterable of Line
    shared : bool
        Whether the course's group may write there: nbgrader's `groupshared`.
    is_past : callable
        Returns whether to remove an earlier line in any case.
    """
    new = [*lines]
    files = {line.file for line in new}
    students = {line.student for line in new if line.student}
    replaced = {line.student for line in new if line.student and not line.refused}
    kept = [
        line
        for line in read(folder)
        if not is_past(line)
        and line.student not in (students if line.refused else replaced)
        and (line.student in students or line.file not in files)
    ]
    every = [*kept, *new]
    make_folder(folder, shared=shared)
    record = [_short(asdict(line)) for line in every]
    text = json.dumps({"lines": record}, indent=1)
    whole_file.write(folder / RECORD, text, shared=shared)
    every.sort(key=lambda line: (not line.is_left_out, not line.refused, line.student, line.file))
    spreadsheet.write(folder / LIST, [HEAD, *map(_row, every)], shared=shared)


def remarks(folder: Path, student: str, content: bytes) -> list[str]:
    """Return the remarks on a student's notebook from its collection, if it is this content."""
    theirs = [line for line in read(folder) if line.remark and line.student == student]
    return [line.remark for line in theirs if line.digest == digest(content)] if theirs else []


def left_out(folder: Path) -> dict[str, str]:
    """Return each student's files that were left out, and why, in words."""
    found: dict[str, list[Line]] = {}
    for line in read(folder):
        if line.is_left_out and line.student:
            found.setdefault(line.student, []).append(line)
    return {student: described(lines) for student, lines in found.items()}


def log_left_out(log: logging.Logger, lines: Iterable[Line]) -> int:
    """Log the files that were left out, by student; return the number of log lines."""
    every = [*lines]
    found: dict[str, list[Line]] = {}
    for line in every:
        if line.is_left_out:
            found.setdefault(line.student or line.file, []).append(line)
    taken = {line.student for line in every if not line.refused}
    for who, theirs in [*found.items()][:MAX_LOGGED]:
        if not theirs[0].student:
            text = theirs[0].refused
        elif who in taken:
            text = f"beside what is collected, {described(theirs)}"
        else:
            text = f"handed in {described(theirs)}"
        log.warning("Left out: %s: %s", printable(who), printable(text))
    return len(found)


def described(lines: Sequence[Line]) -> str:
    """Return a student's files that were left out, in words: "report.pdf, no notebook"."""
    by_reason: dict[str, list[str]] = {}
    for line in lines:
        by_reason.setdefault(line.refused, []).append(line.name or line.file)
    return "; ".join(
        f"{_named(names)}, no notebook" if why == NO_NOTEBOOK else f"{_named(names)}: {why}"
        for why, names in by_reason.items()
    )


def digest(content: bytes) -> str:
    """Return the digest of a file's content."""
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=4)
def _read(path: Path, modified: int, size: int) -> tuple[Line, ...]:
    known = {field.name for field in fields(Line)}
    with suppress(OSError, ValueError, TypeError, AttributeError, KeyError):
        data: dict[str, Any] = json.loads(path.read_bytes())
        if isinstance(data.get("lines"), list):
            return tuple(
                Line(**{name: value for name, value in line.items() if name in known})
                for line in data["lines"]
            )
        return tuple(  # the format of an earlier release, which kept only the remarks
            Line("", student, remark=remark, digest=content)
            for student, theirs in data.items()
            for content, remark in theirs.items()
        )
    return ()


def _short(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if value or name == "file"}


def _row(line: Line) -> tuple[str, ...]:
    left_out = "yes" if line.is_left_out else ""
    return (
        line.file, line.student, line.taken_as, line.stamp, line.remark, line.refused, left_out,
    )  # fmt: skip


def _named(names: Sequence[str]) -> str:
    found = [*dict.fromkeys(names)]
    more = f" and {len(found) - MAX_NAMED} more" if len(found) > MAX_NAMED else ""
    return ", ".join(found[:MAX_NAMED]) + more
