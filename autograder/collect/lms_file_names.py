"""How Canvas and Moodle name the files in a download: the student and the attempt in a name.

Canvas's `content_zipper.rb` and Moodle's `mod/assign/classes/downloader.php` make the names.
"""

import re
import unicodedata
from dataclasses import dataclass

MOODLE = r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)"
MOODLE_FILE = re.compile(MOODLE)
# a student may have named themselves like such a folder: Moodle adds the last part
MOODLE_FOLDER = re.compile(MOODLE.replace("(?P<rest>", "(?P<rest>(?!.*_assignsubmission_)"))
CANVAS = re.compile(
    r"(?:(?!LATE_)(?P<name>.+?)_)?(?P<late>LATE_)?(?P<user>\d+|anon_[A-Za-z0-9]+)_(?P<file>\d+)_(?P<rest>.+)"
)
DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
ATTEMPT = re.compile(r"(?P<base>.+?)(?:-(\d{1,4})| ?\((\d{1,4})\)|-Copy(\d{1,4}))")


@dataclass(frozen=True)
class Origin:
    """The parts of the name of a downloaded file or folder."""

    lms: str  # "Moodle" or "Canvas"
    name: str  # the student's or the group's, as the LMS writes it
    number: str  # Moodle's participant number or group number, or Canvas's user id; may be empty
    file: str  # the student's own name for the file; empty for a folder of Moodle's
    is_late: bool = False  # whether Canvas marks it as late
    upload: int = 0  # Canvas's number of the upload: later ones are greater

    @property
    def is_plausible(self) -> bool:
        """Whether the LMS has surely written the name, even if no student has the number.

        Canvas puts a name before a number, and no student has a date as number.
        """
        is_named = bool(self.name) or not self.number.isdigit()
        return self.lms == "Moodle" or (is_named and not DATE.fullmatch(self.number))


def origin(part: str, *, is_file: bool) -> Origin | None:
    """Return the origin of a file or folder by its name; None if no LMS writes such names."""
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
    """Return the notebook that a file is an attempt at, and the number of the attempt.

    Parameters
    ----------
    file : str
        Such as "dropout_l2-2.ipynb": Canvas numbers attempts so, browsers and Jupyter copies.
    names : list of str
        The assignment's notebooks. Without a match, the file's own name is returned.
    """
    known = {name.casefold(): name for name in names}
    plain = " ".join(unicodedata.normalize("NFC", file).split())
    if plain.casefold() in known:
        return known[plain.casefold()], 0
    stem, number = unnumbered(re.sub(r"\.ipynb(\.\w{1,5})?$", "", plain, flags=re.IGNORECASE))
    name = f"{stem}.ipynb"
    return known.get(name.casefold(), name), number


def unnumbered(stem: str) -> tuple[str, int]:
    """Return a name without the number that Canvas, a browser or Jupyter added, and the number."""
    if found := ATTEMPT.fullmatch(stem):
        return found["base"], int(found[2] or found[3] or found[4])
    return stem, 0
