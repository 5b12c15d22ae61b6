"""A roster's CSV file: nbgrader's columns and a few more, or the export of an LMS.

The LMS's exports are Canvas's gradebook, Moodle's grading worksheet and Gradescope's roster.
"""

import csv
import io
import re
from pathlib import Path
from typing import Any

from autograder.course.assignment import AssignmentError

MAX_SIZE = 20 * 2**20  # bytes
COLUMNS = {  # other names for each column, in lower case
    "id": ("student_id",),
    "first_name": ("first name", "firstname"),
    "last_name": ("last name", "lastname", "surname"),
    "full_name": ("full name", "student", "name"),
    "email": ("email address", "e-mail", "e-mail address", "mail"),
    "lms_user_id": ("canvas id", "canvas user id"),
    "matriculation_number": ("matriculation number", "id number", "idnumber", "sid"),
    "username": ("sis login id", "login id", "login"),
    "sis_user_id": ("sis user id",),
    "section": ("sections",),
    "participant": ("identifier", "participant number"),
    "submitted": ("last modified (submission)",),
    "submission_of": (),
}
KEYS = ("id", "username", "email", "matriculation_number", "sis_user_id", "lms_user_id")


class RosterError(AssignmentError):
    """A roster cannot be read; the text says what to do."""


def read_records(path: Path) -> list[dict[str, Any]]:
    """Return the fields of each person in a roster, by the names in COLUMNS.

    Raises
    ------
    RosterError
    """
    rows = _rows(path)
    columns = _columns(rows[0] if rows else [], path)
    records: list[dict[str, Any]] = []
    for row in rows[1:]:
        values: dict[str, Any] = {
            name: _plain(row[n]) for name, n in columns.items() if n < len(row)
        }
        if "points possible" in values.get("full_name", "").casefold():
            continue  # Canvas's second line
        number = re.search(r"\d+$", values.get("participant", ""))
        values["participant"] = number[0] if number else ""
        values["id"] = next((values[key] for key in KEYS if values.get(key)), "")
        if values["id"]:
            records.append(values)
    return records


def _rows(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > MAX_SIZE:
            raise RosterError(
                f"{path} must be smaller than {MAX_SIZE >> 20} MiB: name a file with students only"
            )
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(
            f"{path} cannot be read ({error.strerror}): name the CSV file of the students"
        ) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # Excel's encoding
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise RosterError(f"{path} must be a CSV file ({error}): save it as one") from None
    return [row for row in rows if any(field.strip() for field in row)]


def _columns(head: list[str], path: Path) -> dict[str, int]:
    """Return the number of each column."""
    names = [" ".join(name.split()) for name in head]
    folded = [name.casefold() for name in names]
    found = {}
    for column, others in COLUMNS.items():
        places = [folded.index(name) for name in (column, *others) if name in folded]
        if places:
            found[column] = places[0]
    if "ID" in names and "full_name" in found:  # Canvas's own number
        found["lms_user_id"] = found.pop("id", names.index("ID"))
    if not set(found) & set(KEYS):
        raise RosterError(
            f"{path} must have a column `id`, got {names[:20]}: docs/ta.md has the names"
        )
    return found


def _plain(text: str) -> str:
    """Return a field without the apostrophe that stops a spreadsheet from running it."""
    text = text.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text
