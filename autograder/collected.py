"""What `nbgrader zip_collect` has taken and refused: a list for the staff, remarks for grading."""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder import spreadsheet

LIST, REMARKS = "collected.csv", "collected.json"
MAX_SIZE = 100 * 2**20  # bytes
HEAD = ("file", "student", "taken as", "time stamp (UTC)", "remark", "refused because")


@dataclass(frozen=True)
class Line:
    """What became of a file.

    Parameters
    ----------
    file : str
        As seen from the folder of what was extracted.
    student, taken_as, stamp, remark : str
    refused : str
        Why it was not taken; empty if it was.
    """

    file: str
    student: str = ""
    taken_as: str = ""
    stamp: str = ""
    remark: str = ""
    refused: str = ""


def write(folder: Path, lines: list[Line], digests: dict[str, str]) -> None:
    """Write what became of each file to the assignment's folder in `downloaded/`.

    Parameters
    ----------
    folder : Path
    lines : list of Line
    digests : dict of str to str
        The digest of each file that was taken.
    """
    rows = [
        (x.file, x.student, x.taken_as, x.stamp, x.remark, x.refused)
        for x in sorted(lines, key=lambda line: (not line.refused, line.student, line.file))
    ]
    spreadsheet.write(folder / LIST, [HEAD, *rows])
    told: dict[str, dict[str, str]] = {}
    for line in lines:
        if line.remark and line.file in digests:
            told.setdefault(line.student, {})[digests[line.file]] = line.remark
    text = json.dumps(told, indent=1, sort_keys=True)
    (folder / REMARKS).write_text(text, encoding="utf-8")


def remarks(folder: Path, student: str, content: bytes) -> list[str]:
    """Return what was remarked on a student's notebook when it was collected, if it is this one."""
    path = folder / REMARKS
    with suppress(OSError, ValueError, AttributeError):
        if path.stat().st_size <= MAX_SIZE:
            told = json.loads(path.read_bytes())
            remark = told.get(student, {}).get(digest(content))
            return [str(remark)] if remark else []
    return []


def digest(content: bytes) -> str:
    """Return what tells one content from another."""
    return hashlib.sha256(content).hexdigest()
