"""What lies in the exchange's `inbound` folder: whose each hand-in is, and when it was made.

Anybody may write there, under any name. A name is believed only if the folder belongs to the user
whom it names.
"""

import pwd
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from autograder.collect.owner import NobodyError, check_id
from autograder.files import ordinary_file
from autograder.intake import time_stamp
from autograder.intake.time_stamp import read_time

PLACE = "inbound"
HOW_TO_TRUST = (
    "see who handed it in; if the students' ids are not their user names, set "
    "`c.ExchangeCollect.check_owner = False`"
)


@dataclass(frozen=True)
class Entry:
    """One hand-in in the exchange.

    Parameters
    ----------
    path : Path
    student : str
        Whom its name claims.
    stamp : str
        When it was handed in, as its name says.
    user : int
        The number of the user who owns it.
    time : datetime, optional
        That of the stamp, in UTC and without a zone.
    refused : str
        Why it is set aside; empty if it is not.
    """

    path: Path
    student: str
    stamp: str
    user: int
    time: datetime | None
    refused: str = ""

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
    """Yield the hand-ins of an assignment.

    Parameters
    ----------
    folder : Path
        The exchange's.
    assignment : str
    students : str
        A pattern of the ids.
    check_owner : bool
        Whether a student's id is the name of a user, to whom the folder must belong.
    """
    # nbgrader's own name for them; an id may hold a plus sign
    form = re.compile(rf"(.+)\+{re.escape(assignment)}\+(.+?)(\+[^+]*)?", re.DOTALL)
    for path in sorted(folder.iterdir()):
        if (match := form.fullmatch(path.name)) and fnmatchcase(match[1], students):
            yield _entry(path, match[1], match[2], check_owner=check_owner)


def user_name(number: int) -> str:
    """Return a user's name; a user without an account has a number alone."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


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
