"""Finds the Python files that a student handed in beside the notebook.

The answers among them are graded, and the student's own modules may be imported. Given modules are
those of the course: a student's copy of one is not read.
"""

import tokenize
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.files.bounded_walk import BoundedWalk
from autograder.intake import refusal
from autograder.intake.decoding import decoded, writable
from autograder.intake.handed_in import PythonFile
from autograder.intake.notebook_choice import content
from autograder.intake.notebook_reader import UnreadableError
from autograder.text.wording import counted_as

MAX_FILES = 50
MAX_BYTES = 2**17  # of all of them together: a frame has room for the notebook's code and these
MAX_PATH = 200  # characters
FOREIGN = {"site-packages", "__pycache__", "__MACOSX", "node_modules"}  # folders of tools


def find(folder: Path, assignment: Assignment) -> tuple[tuple[PythonFile, ...], list[str]]:
    """Return the Python files of a submission's folder, and remarks.

    The answers come first. The other files come in the order of their dates.
    """
    remarks: list[str] = []
    found: dict[str, PythonFile] = {}
    left = MAX_BYTES
    skipped = 0
    for place, path in _candidates(folder, assignment):
        inside = path.relative_to(place).as_posix()
        if inside in found:
            continue
        grade_id = assignment.answer_files.get(inside, "")
        try:
            data = content(path, MAX_BYTES)
            if len(data) > left:
                shown = refusal.shown(Path(inside))
                raise UnreadableError(f"{shown} is larger than {MAX_BYTES >> 10} KiB: shorten it")
        except UnreadableError as error:
            if grade_id:
                remarks.append(str(error))
            else:
                skipped += 1
            continue
        if len(found) == MAX_FILES or len(inside) > MAX_PATH or not inside.isprintable():
            skipped += 1
            continue
        left -= len(data)
        found[inside] = PythonFile(inside, _text(data, inside, remarks), grade_id)
    if skipped:
        remarks.append(
            f"{counted_as(skipped, 'Python file')} beside the notebook "
            f"{'was' if skipped == 1 else 'were'} not read: a submission may have {MAX_FILES}, of "
            f"{MAX_BYTES >> 10} KiB together, with printable paths of {MAX_PATH} characters"
        )
    return tuple(found.values()), remarks


def _text(data: bytes, path: str, remarks: list[str]) -> str:
    """Return a file's text, with a remark if it is not in the encoding that it should have."""
    shown = refusal.shown(Path(path))
    text, encoding = decoded(data, _encoding(data))
    if encoding not in {"utf-8", "utf-8-sig"}:
        remarks.append(f"{shown} should be written in UTF-8: it was read as {encoding}")
    if "\0" in text:
        remarks.append(f"{shown}: null characters, which no Python code has, were left out")
    return writable(text).replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes) -> str:
    """Return the encoding that a file's first bytes or lines name."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    try:
        return tokenize.detect_encoding(BytesIO(data).readline)[0]
    except (SyntaxError, UnicodeDecodeError):  # it names an unknown encoding, or the wrong one
        return "utf-8"


def _candidates(folder: Path, assignment: Assignment) -> Iterable[tuple[Path, Path]]:
    """Return each file that may be read, with the folder that its path starts from."""
    found = [
        (place, path)
        for place in refusal.places(folder)
        for path in BoundedWalk(place, leaves_out=_is_foreign)
        if path.suffix.lower() == ".py"
        and path.relative_to(place).as_posix() not in assignment.given
        and path.is_file()
        and not path.is_symlink()
    ]

    def order(one: tuple[Path, Path]) -> tuple[bool, float, Path]:
        place, path = one
        is_answer = path.relative_to(place).as_posix() in assignment.answer_files
        return not is_answer, path.stat().st_mtime, path

    return sorted(found, key=order)


def _is_foreign(path: Path) -> bool:
    """Return whether a path is hidden, or a folder that a tool has made."""
    return path.name.startswith(".") or path.name in FOREIGN or (path / "pyvenv.cfg").exists()
