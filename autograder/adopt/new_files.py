"""Writes the files of a new assignment into a course: all of them, or none."""

import re
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from autograder.course.assignment import AssignmentError
from autograder.course.course import Course
from autograder.files import sharing

NAME = re.compile(r"\w+(?:[-.]\w+)*")


def check_name(name: str) -> None:
    """Check that an assignment's name can be a folder's.

    Raises
    ------
    AssignmentError
    """
    if not NAME.fullmatch(name):
        raise AssignmentError(
            f"an assignment's name must have letters, digits, _, - and . between them only, "
            f"got {name!r}: choose another name"
        )


def check_free(course: Course, folders: Collection[Path], remedy: str) -> None:
    """Check that the folders of a new assignment do not exist.

    Raises
    ------
    AssignmentError
    """
    for folder in folders:
        if folder.exists():
            raise AssignmentError(
                f"{course.shown(folder)} is there already, and nothing is overwritten: {remedy}"
            )


def write(course: Course, folders: Collection[Path], files: Mapping[Path, bytes]) -> None:
    """Write files; if one cannot be written, remove the new folders.

    Raises
    ------
    AssignmentError
        If the course's folders cannot be written to.
    """
    path = course.root
    try:
        for path, content in files.items():
            sharing.make_folder(path.parent, shared=course.groupshared)
            path.write_bytes(content)
            if course.groupshared:
                sharing.share(path)
    except OSError as error:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        cause = sharing.obstacle(path) or error.strerror
        raise AssignmentError(
            f"{path} cannot be written ({cause}): check the permissions and the free space"
        ) from error
