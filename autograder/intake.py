"""Takes submissions in: puts their folders in order, and finds the notebook in each.

nbgrader makes the exporter after it has looked for notebooks and before it converts the first one.
There the intake puts right what would end or mislead the run: see `Intake`.
"""

import glob
import os
import re
import secrets
import shutil
import stat
from collections.abc import Collection
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import find_all_files

from autograder import collected, gradebook, refusal
from autograder.handed_in import HandedIn
from autograder.reader import MAX_BYTES, REMEDY, UnreadableError, read_notebook
from autograder.report import report_in
from autograder.suggestion import suggestion

ROOM = 50 * 2**20  # bytes free on the disk
MAX_CANDIDATES = 10
STAMP, SECRET = "timestamp.txt", "submission_secret.txt"  # what nbgrader's exchange adds
MAX_SECRET = 200  # bytes
DOWNLOADED = "downloaded"  # nbgrader's own name for where archives lie


class VanishedError(Exception):
    """A submission's folder that is no longer there; the text says so."""


class Intake:
    """What one run of `nbgrader autograde`, or the Formgrader's button, takes in.

    Each folder that the run is about is put in order (see `refusal`) and gets the assignment's
    notebooks assigned, whether they are there or not; what a grader that was ended half-way has
    left in `autograded/` is removed, so that it is graded again.

    Parameters
    ----------
    converter : Autograde
    students : collection of str, optional
        Whose submissions the run is about; without it, those that nbgrader's settings say.
    look_only : bool
        Change nothing.

    Raises
    ------
    NbGraderException
        If nothing can be graded; then nothing has been changed.
    """

    def __init__(
        self,
        converter: Autograde,
        students: Collection[str] | None = None,
        *,
        look_only: bool = False,
    ) -> None:
        self.converter = converter
        coursedir = converter.coursedir
        self.source, release = (
            Path(coursedir.format_path(step, ".", coursedir.assignment_id))
            for step in (coursedir.source_directory, coursedir.release_directory)
        )
        self.downloaded = Path(coursedir.root, DOWNLOADED, coursedir.assignment_id)
        self.names = sorted({path.name for path in release.glob("*.ipynb")})
        wanted = [name for name in self.names if fnmatchcase(name[:-6], coursedir.notebook_id)]
        if not wanted:
            raise NbGraderException(
                f"{release} must hold a notebook {coursedir.notebook_id!r}, got {self.names}: "
                f"run `nbgrader generate_assignment {coursedir.assignment_id}`"
            )
        found = {folder: self.who(folder)[0] for folder in folders(converter)}
        if missing := sorted({*(students or ())} - {*found.values()}):
            named = ", ".join(f"{name}{suggestion(name, found.values())}" for name in missing)
            raise NbGraderException(
                f"{coursedir.assignment_id} must have been handed in by each student named, not so "
                f"by {named}: see {coursedir.submitted_directory}/"
            )
        if not look_only:
            gradebook.check_writable(coursedir.db_url)
            self.check_room()
        coursedir.db_url = gradebook.patient(coursedir.db_url)
        self.folders = [folder for folder in found if students is None or found[folder] in students]
        converter.assignments = {
            str(folder): [str(folder / name) for name in wanted]
            for folder in self.folders
            if look_only or self._prepare(folder, wanted)
        }
        self._hook = converter.pre_convert_hook
        converter.pre_convert_hook = self._before_each

    def holds(self, path: Path) -> bool:
        """Tell whether a path is a notebook of a submission."""
        return str(path.parent) in self.converter.assignments

    def handed_in(self, path: Path) -> HandedIn:
        """Return what was handed in for a notebook, whether it can be read or not.

        Raises
        ------
        VanishedError
            If the whole folder is gone.
        """
        try:
            stamp = content(path.parent / STAMP)
        except UnreadableError:
            stamp = b""
        try:
            data, remarks = self.find(path)
            remarks += collected.remarks(self.downloaded, self.who(path.parent)[0], data)
        except UnreadableError as error:
            return HandedIn(unreadable=str(error), stamp=stamp)
        return HandedIn(data, tuple(remarks), stamp=stamp)

    def find(self, path: Path) -> tuple[bytes, list[str]]:
        """Return the content of the file that stands for a submission's notebook, and remarks.

        Raises
        ------
        UnreadableError
            If there is none.
        VanishedError
            If the whole folder is gone.
        """
        folder = path.parent
        if not folder.is_dir():
            raise VanishedError(
                f"{folder} vanished while the class was graded: collect it again, and grade it"
            )
        remarks = refusal.remarks(folder, self.source)
        others = [other for other in self._notebooks(folder) if other != path]
        if path.is_file():
            if others:
                shown = ", ".join(
                    refusal.shown(Path(other.name)) for other in others[:MAX_CANDIDATES]
                )
                remarks.append(f"{path.name} was graded, and no other notebook: {shown}")
            return content(path), remarks
        if not others:
            raise UnreadableError(
                "; ".join([f"there is no notebook {path.name}", *remarks])
                + ": hand it in under this name, as Jupyter saves it"
            )
        chosen = self._choose(others)
        one_of = f", the newest of {len(others)} notebooks" if len(others) > 1 else ""
        shown = refusal.shown(Path(os.path.relpath(chosen, folder)))
        remarks.append(f"the notebook should be {path.name}, got {shown}{one_of}: it was graded")
        return content(chosen), remarks

    def tidy(self, path: Path) -> None:
        """Remove from a graded folder what the student has put there: no one needs it any more.

        So no file of a student's stands in for a module, or is published with the feedback.
        """
        folder = self.graded(path.parent)
        theirs = find_all_files(str(self.source))
        kept = {os.path.relpath(file, self.source) for file in theirs}
        kept |= {*self.names, STAMP, SECRET}
        for found in reversed(list(_everything(folder))):
            if found.is_dir() and not found.is_symlink():
                with suppress(OSError):  # not empty
                    found.rmdir()
            elif str(found.relative_to(folder)) not in kept:
                found.unlink()
        folder.mkdir(
            parents=True, exist_ok=True
        )  # where neither side has a file beside the notebook
        # `nbgrader release_feedback` ends for the whole class where one of these is missing
        (folder / STAMP).touch()
        if not _is_secret(folder / SECRET):
            (folder / SECRET).unlink(missing_ok=True)
            (folder / SECRET).write_text(secrets.token_hex(32), encoding="utf-8")

    def _before_each(self, **named: Any) -> None:
        """Look once more, just before a submission is graded, and call the hook of the settings."""
        try:
            self.check_room()
        except NbGraderException as error:
            self.converter.log.error("%s", error)  # noqa: TRY400  # the error's text is enough
            raise
        folders = {Path(path).parent for path in self.converter.notebooks}
        for folder in folders:
            if not folder.is_dir():
                self.converter.log.error("%s vanished: collect it again, and grade it", folder)
                # so nbgrader tells of an error for this student, and enters no zero
                self.converter.notebooks = []
        if self._hook:
            self._hook(**named)

    def _prepare(self, folder: Path, wanted: list[str]) -> bool:
        """Put a submission's folders in order; tell whether it can be graded."""
        try:
            refusal.set_aside(folder, self.source)
            graded = self.graded(folder)
            # the stamp, by which nbgrader tells old from new, may have gone before the notebook
            finished = all(report_in(graded / name) for name in wanted)
            if graded.exists() and not (finished and (graded / STAMP).is_file()):
                self.converter.log.warning("%s was left unfinished: graded again", graded)
                shutil.rmtree(graded)
        except OSError as error:
            self.converter.log.error(  # noqa: TRY400  # the error's text is enough
                "%s cannot be put in order, and is not graded (%s): see that you may write there",
                folder,
                error,
            )
            return False
        return True

    def _notebooks(self, folder: Path) -> list[Path]:
        """Return the notebooks of a folder with names of their own, newest first."""
        places = [folder, refusal.place_of(folder)]
        found = {
            path
            for place in places
            for path in refusal.walk(place)
            if ".ipynb" in path.name.lower()
            and stat.S_ISREG(path.lstat().st_mode)
            and (path.parent != folder or path.name not in self.names)
        }
        return sorted(found, key=lambda path: (path.stat().st_mtime, path), reverse=True)

    def _choose(self, notebooks: list[Path]) -> Path:
        """Choose the newest notebook that has cells of the assignment, or else the newest."""
        known = set()
        for name in self.names:
            with suppress(OSError, ValueError):
                known |= _grade_ids((self.source / name).read_bytes())
        for path in notebooks[:MAX_CANDIDATES]:
            with suppress(UnreadableError):
                if known & _grade_ids(content(path)):
                    return path
        return notebooks[0]

    def who(self, folder: Path) -> tuple[str, str]:
        """Return the student and the assignment of a submission's folder, as nbgrader does."""
        coursedir = self.converter.coursedir
        pattern = coursedir.format_path(
            coursedir.submitted_directory,
            "(?P<student_id>.*)",
            "(?P<assignment_id>.*)",
            escape=True,
        )
        match = re.match(pattern, str(folder))
        assert match, f"{folder} should match {pattern}"
        return match["student_id"], match["assignment_id"]

    def graded(self, folder: Path) -> Path:
        """Return where the graded notebooks of a submission's folder go."""
        coursedir = self.converter.coursedir
        return Path(coursedir.format_path(coursedir.autograded_directory, *self.who(folder)))

    def check_room(self) -> None:
        """Check that there is room on the disk for what is graded."""
        root = self.converter.coursedir.root
        free = shutil.disk_usage(root).free
        if free < ROOM:
            raise NbGraderException(
                f"{root} must have {ROOM >> 20} MiB free on its disk, got {free >> 20} MiB: "
                "make room, and grade again"
            )


def folders(converter: Autograde) -> list[Path]:
    """Return the folders of the submissions that a run is about."""
    coursedir = converter.coursedir
    pattern = coursedir.format_path(
        coursedir.submitted_directory, coursedir.student_id, coursedir.assignment_id
    )
    return [Path(folder) for folder in sorted(glob.glob(pattern))]  # noqa: PTH207  # as nbgrader


def content(path: Path) -> bytes:
    """Return what is in a file: of an ordinary one, and no more than a notebook may have.

    Raises
    ------
    UnreadableError
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadableError(
                    f"{refusal.shown(Path(path.name))} is no file that can be read: {REMEDY}"
                )
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableError(
            f"{refusal.shown(Path(path.name))} cannot be opened ({error.strerror}): see that it is "
            "an ordinary file that the course staff may read, and hand it in again"
        ) from None


def _is_secret(path: Path) -> bool:
    """Tell whether a file can be read as the secret by which a student fetches the feedback."""
    if not path.is_file() or path.stat().st_size > MAX_SECRET:
        return False
    return path.read_bytes().strip().isalnum()


def _grade_ids(data: bytes) -> set[str]:
    notebook, _ = read_notebook(data)
    claims = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    return {str(claim["grade_id"]) for claim in claims if "grade_id" in claim}


def _everything(folder: Path) -> list[Path]:
    return [
        Path(place, name) for place, inner, files in os.walk(folder) for name in (*inner, *files)
    ]
