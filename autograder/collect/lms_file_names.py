"""How Canvas and Moodle name the files in what they hand out: whose a file is, and which attempt.

The names are those that their own programs make (Canvas's `content_zipper.rb`, Moodle's
`mod/assign/classes/downloader.php`).
"""

import re
import unicodedata
from dataclasses import dataclass

MOODLE = r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)"
MOODLE_FILE = re.compile(MOODLE)
# a student may have called themselves like such a folder: what Moodle adds is its end
MOODLE_FOLDER = re.compile(MOODLE.replace("(?P<rest>", "(?P<rest>(?!.*_assignsubmission_)"))
CANVAS = re.compile(
    r"(?:(?!LATE_)(?P<name>.+?)_)?(?P<late>LATE_)?(?P<user>\d+|anon_[A-Za-z0-9]+)_(?P<file>\d+)_(?P<rest>.+)"
)
DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
ATTEMPT = re.compile(r"(?P<base>.+?)(?:-(\d{1,4})| ?\((\d{1,4})\)|-Copy(\d{1,4}))")


@dataclass(frozen=True)
class Origin:
    """What the name of a downloaded file, or of its folder, tells.

    Parameters
    ----------
    lms : str
        "Moodle" or "Canvas".
    name : str
        The student's, or the group's, as the LMS writes it.
    number : str
        Moodle's participant number or group number, or Canvas's user id; empty without one.
    file : str
        What the student called it; empty if the name is that of a folder of Moodle's.
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

    @property
    def is_plausible(self) -> bool:
        """Whether the LMS writes such names, even if nobody in the course has the number.

        Canvas puts a name before a number, and a date is no number of a student's.
        """
        is_named = bool(self.name) or not self.number.isdigit()
        return self.lms == "Moodle" or (is_named and not DATE.fullmatch(self.number))


def origin(part: str, *, is_file: bool) -> Origin | None:
    """Return what one part of a path tells: a file's name, or a folder's.

    None if neither LMS writes such a name.
    """
    text = unicodedata.normalize("NFC", part)
    moodle = MOODLE_FILE if is_file else MOODLE_FOLDER
    if (found := moodle.fullmatch(text)) and (found["rest"] or not is_file):
        return Origin("Moodle", found["name"], found["number"] or "", found["rest"])
    if found := CANVAS.fullmatch(text):
        return Origin(
            "Canvas", found["name"] or "", found["user"], found["rest"],
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
