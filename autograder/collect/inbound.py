"""The hand-ins in the exchange's `inbound` folder, with their students and times.

Anybody may write there, under any name. A name counts only if the user whom it names owns the
folder.
"""

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from autograder.collect.owner import NobodyError, check_id
from autograder.files import ordinary_file
from autograder.files.sharing import user_name
from autograder.intake import time_stamp
from autograder.intake.time_stamp import read_time

PLACE = "inbound"
HOW_TO_TRUST = (
    "see who handed it in; if the students' ids are not their user names, set "
    "`c.ExchangeCollect.check_owner = False`"
)


@dataclass(frozen=True)
class Entry:
    """One hand-in in the exchange."""

    path: Path
    student: str  # the student's id in its name
    stamp: str  # the time in its name
    user: int  # the number of the user who owns it
    time: datetime | None  # the parsed stamp, in UTC and without a zone
    refused: str = ""  # why it is refused; empty if it is not

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    @property
    def owner(self) -> str:
        """The name of the user who owns it."""
        return user_name(self.user)


def entries(
    folder: Path, assignment: str, students: str = "*", *, check_owner: bool = True
) -> Iterator[Entry]:
    """Yield the hand-ins of an assignment in the exchange's folder.

    Parameters
    ----------
    students : str
        A pattern of the ids.
    check_owner : bool
        Whether the user named like the student's id must own a hand-in.
    """
    # nbgrader's form of the names; an id may have a plus sign
    form = re.compile(rf"(.+)\+{re.escape(assignment)}\+(.+?)(\+[^+]*)?", re.DOTALL)
    for path in sorted(folder.iterdir()):
        if (match := form.fullmatch(path.name)) and fnmatchcase(match[1], students):
            yield _entry(path, match[1], match[2], check_owner=check_owner)


def _entry(path: Path, student: str, stamp: str, *, check_owner: bool) -> Entry:
    time = read_time(stamp)
    try:
        found = path.lstat()
    except OSError as error:
        return Entry(path, student, stamp, -1, time, f"it cannot be read ({error.strerror})")
    why = ordinary_file.why_not(found.st_mode)
    if not why and not stat.S_ISDIR(found.st_mode):
        why = "it is no folder"
    if not why and check_owner and (owner := user_name(found.st_uid)) != student:
        why = f"its name says {student}, but it belongs to {owner}: {HOW_TO_TRUST}"
    if not why:
        why = _name_amiss(student)
    if not why and time is None:
        why = f"the time in its name, {stamp}, cannot be true: {time_stamp.IMPOSSIBLE}"
    return Entry(path, student, stamp, found.st_uid, time, why)


def _name_amiss(student: str) -> str:
    try:
        check_id(student)
    except NobodyError as error:
        return str(error)
    return "" if student.isprintable() else f"{student!r} cannot be a student's id: see the roster"
