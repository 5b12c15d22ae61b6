"""Where a notebook comes from: a notebook that somebody handed in must not run unconfined.

The command's own course counts, and each folder above the notebook that looks like a course. Their
settings are read as text and never run, since a student's folder may have some, too.
"""

import ast
import os
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.course.course import GRADEBOOK_FILE, SETTINGS_FILE, Course, Stage
from autograder.files.archive_name import is_archive

HANDED_IN = (Stage.SUBMITTED, Stage.AUTOGRADED, Stage.FEEDBACK)
OURS = (Stage.SOURCE, Stage.RELEASE)
MAX_SETTINGS = 2**20  # bytes
HAND_IN = "submission_secret.txt"  # `nbgrader submit` puts it beside a notebook
ELSEWHERE = {  # settings of nbgrader's other classes, and the course's names for them
    ("Exchange", "root"): "exchange",
    ("Exchange", "cache"): "exchange_cache",
    ("ZipCollectApp", "downloaded_directory"): "downloaded_directory",
    ("ZipCollectApp", "collect_directory_structure"): "collect_directory_structure",
}


def handed_in(path: Path, course: Course) -> str:
    """Return why a notebook may be somebody else's work; empty if it is not.

    Parameters
    ----------
    path : Path
        The place of a link counts, and that of its target.
    course : Course
        The command's course.
    """
    places = _places(path)
    if _is_packed(path):
        return "it is an archive"
    for place in places:
        for one in (course, *_courses_above(place)):
            if found := _folder_of_others(place, one):
                return f"it lies in {found}"
        for folder in place.parents:
            if (folder / HAND_IN).exists():
                return f"it lies beside {folder / HAND_IN}, so it was handed in"
            if folder.name.count("+") > 1 and folder.parent.name == "inbound":
                return f"it lies in {folder.parent}, as in an exchange"
    return ""


def is_ours(path: Path, course: Course) -> bool:
    """Return whether a notebook lies in the course's source or release, where the staff writes."""
    bases = [base for stage in OURS for base in _bases(course, getattr(course, stage))]
    return all(any(place.is_relative_to(base) for base in bases) for place in _places(path))


def _places(path: Path) -> list[Path]:
    """Return the absolute forms of a file's path: as given, and with links followed."""
    named = Path(os.path.abspath(path))  # noqa: PTH100  # `Path.absolute` keeps each `..`
    return list(dict.fromkeys([named, named.parent.resolve() / named.name, named.resolve()]))


def _is_packed(path: Path) -> bool:
    with suppress(OSError):
        return path.is_file() and (
            is_archive(path.name) or zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
        )
    return False


def _folder_of_others(place: Path, course: Course) -> str:
    """Return the folder of others' work in a course in which a path lies; empty if in none."""
    for stage in HANDED_IN:
        if course.whose(stage, place):
            return str(course.root / getattr(course, stage))
    names = [getattr(course, stage) for stage in HANDED_IN]
    bases = [base for name in names for base in _bases(course, name)]
    bases += _bases(course, course.downloaded_directory)
    bases += [base for name in course.assignments() for base in _both(course.downloaded(name))]
    for exchange in (course.exchange, course.exchange_cache):
        bases += _both(Path(course.root, Path(exchange).expanduser())) if exchange else []
    sources = [base for stage in OURS for base in _bases(course, getattr(course, stage))]
    for base in bases:
        # a folder around the source and the release has the staff's work, too
        if place.is_relative_to(base) and not any(one.is_relative_to(base) for one in sources):
            return str(base)
    return ""


def _bases(course: Course, directory: str) -> list[Path]:
    return _both(Path(course.root, directory))


def _both(path: Path) -> list[Path]:
    return [path, path.resolve()]


def _courses_above(place: Path) -> Iterator[Course]:
    """Yield the course of each folder above a path that looks like a course."""
    for folder in place.parents:
        with suppress(OSError):
            if (folder / SETTINGS_FILE).is_file():
                yield _course_in(folder)
            elif (folder / GRADEBOOK_FILE).exists() or all(
                (folder / getattr(Course, stage)).is_dir() for stage in OURS
            ):
                yield Course(folder)


def _course_in(folder: Path) -> Course:
    """Return the course in a folder; only settings that are plain text count."""
    known: dict[str, Any] = {}
    with suppress(OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        with (folder / SETTINGS_FILE).open("rb") as file:
            tree = ast.parse(file.read(MAX_SETTINGS))
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                for target in node.targets:
                    known |= _setting(target, node.value.value)
    root = Path(folder, known.pop("root", "."))
    with suppress(KeyError, ValueError, IndexError):  # of a wrong `directory_structure`
        course = Course(root, **known)
        course.folder(Stage.SUBMITTED, "any", "any")
        course.downloaded("any")
        return course
    return Course(folder)


def _setting(target: ast.expr, value: object) -> dict[str, str]:
    """Return the setting that an assignment such as `c.Exchange.root = ...` makes, if any."""
    if not isinstance(value, str) or not isinstance(target, ast.Attribute):
        return {}
    kind, name = target.value, target.attr
    if not isinstance(kind, ast.Attribute):
        return {}
    if (kind.attr, name) in ELSEWHERE:
        return {ELSEWHERE[kind.attr, name]: value}
    is_folder = name in {*Stage, "root", "directory_structure"}
    return {name: value} if kind.attr == "CourseDirectory" and is_folder else {}
