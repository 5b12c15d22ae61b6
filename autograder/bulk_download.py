"""How Canvas and Moodle name the files in what they hand out: whose a file is, and which attempt.

The names are those that their own programs make (Canvas's `content_zipper.rb`, Moodle's
`mod/assign/classes/downloader.php`).
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

MOODLE = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)"
)
CANVAS = re.compile(
    r"(?:(?!LATE_)(?P<name>.+?)_)?(?P<late>LATE_)?(?P<user>\d+|anon_[A-Za-z0-9]+)_(?P<file>\d+)_(?P<rest>.+)"
)
ATTEMPT = re.compile(r"(?P<base>.+?)(?:-(\d{1,4})| ?\((\d{1,4})\)|-Copy(\d{1,4}))")


@dataclass(frozen=True)
class Origin:
    """What the name of a downloaded file tells.

    Parameters
    ----------
    lms : str
        "Moodle" or "Canvas".
    name : str
        The student's, or the group's, as the LMS writes it.
    number : str
        Moodle's participant number or group number, or Canvas's user id; empty without one.
    file : str
        What the student called it.
    is_late : bool
        Whether Canvas marks it so.
    upload : int
        Canvas's number of the upload: later ones are greater.
    """

    lms: str
    name: str
    number: str
    file: str
    is_late: bool = False
    upload: int = 0


def origin(path: PurePath) -> Origin | None:
    """Return what a path tells, as seen from the folder of what was extracted.

    The outermost folder or file that is named so counts: what is in it, a student has named.
    """
    for place, part in enumerate(path.parts):
        text = unicodedata.normalize("NFC", part)
        is_file = place == len(path.parts) - 1
        if found := MOODLE.fullmatch(text):
            file = found["rest"] if is_file else path.name
            if file:
                return Origin("Moodle", found["name"], found["number"] or "", file)
        if found := CANVAS.fullmatch(text):
            file = found["rest"] if is_file else path.name
            return Origin(
                "Canvas", found["name"] or "", found["user"], file,
                bool(found["late"]), int(found["file"]),
            )  # fmt: skip
    return None


def attempt(file: str, names: list[str]) -> tuple[str, int]:
    """Return the notebook that a file's name stands for, and its number in that row.

    Parameters
    ----------
    file : str
        Such as "dropout_l2-2.ipynb": Canvas counts attempts so, browsers and Jupyter copies.
    names : list of str
        The assignment's notebooks. The name is one of these, or else the file's own.
    """
    known = {name.casefold(): name for name in names}
    plain = " ".join(unicodedata.normalize("NFC", file).split())
    if plain.casefold() in known:
        return known[plain.casefold()], 0
    stem = re.sub(r"\.ipynb(\.\w{1,5})?$", "", plain, flags=re.IGNORECASE)
    number = 0
    if found := ATTEMPT.fullmatch(stem):
        stem, number = found["base"], int(found[2] or found[3] or found[4])
    name = f"{stem}.ipynb"
    return known.get(name.casefold(), name), number
