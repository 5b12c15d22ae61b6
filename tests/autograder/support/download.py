"""Downloads as Moodle and Canvas make them, and the result of collecting one."""

import csv
import io
import os
import zipfile
from typing import NamedTuple

import nbformat

from tests.autograder.support.tiny import RIGHT, handed_in

JUNE = (2026, 6, 10, 14, 0, 0)

JULY = (2026, 7, 1, 9, 30, 0)

ROSTER = """\
id,first_name,last_name,lms_user_id,participant
ann,Ann,Ä,1001,1234567
ben,Ben,Bee,1002,1234568
cem,Cem,Cee,,
"""


class Run(NamedTuple):
    """The result of a run: the files in `submitted/`, the reason for each refused file, and its end."""

    taken: dict[str, str]
    refused: dict[str, str]
    code: int
    out: list[str]


def listed(tiny):
    """Return the lines of `collected.csv`."""
    path = tiny.root / "downloaded" / "tiny" / "collected.csv"
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def archive(path, files, made=None):
    """Write a zip file: each name with its content and its date."""
    path.write_bytes(zipped(files))
    if made:
        os.utime(path, (made, made))


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, (text, *date) in files.items():
            file.writestr(zipfile.ZipInfo(name, *date), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def notebook(tiny, *sources):
    return nbformat.writes(handed_in(tiny, RIGHT, *sources))
