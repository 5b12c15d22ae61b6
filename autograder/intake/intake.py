"""Takes submissions in: puts their folders in order, and says what was handed in for each notebook.

nbgrader makes the exporter after it has looked for notebooks and before it converts the first one.
There the intake puts right what would end or mislead the run: see `Intake`.
"""

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import find_all_files
from sqlalchemy.exc import SQLAlchemyError

from autograder.agreement import agreement
from autograder.course import gradebook, roster
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Stage
from autograder.course.roster import Roster
from autograder.course.settings import course_of
from autograder.course.spelling import Clash, clashes, respelt, same
from autograder.course.stock import without_hidden_files
from autograder.course.ulimits import check_ulimits
from autograder.files import staging
from autograder.files.bounded_walk import BoundedWalk
from autograder.files.staging import Staging
from autograder.intake import collected_list, notebook_choice, refusal
from autograder.intake.handed_in import HandedIn
from autograder.intake.notebook_reader import UnreadableError
from autograder.results.report import report_in
from autograder.text.wording import suggestion

ROOM = 50 * 2**20  # bytes free on the disk
STAMP, SECRET = "timestamp.txt", "submission_secret.txt"  # what nbgrader's exchange adds
MAX_SECRET = 200  # bytes


class Intake:
    """What one run of `nbgrader autograde`, or the Formgrader's button, takes in.

    Each folder that the run is about is put in order (see `refusal`) and gets the assignment's
    notebooks assigned, whether they are there or not. The converter writes to a folder of the
    run's own: see `staging`. What a grader that was ended half-way has left is graded again.

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
        self.coursedir = coursedir = without_hidden_files(converter.coursedir)
        agreed = agreement.check(converter)
        self.course = course_of(coursedir)
        self.name = coursedir.assignment_id
        self.source = self.course.folder(Stage.SOURCE, self.name)
        release = self.course.folder(Stage.RELEASE, self.name)
        self.downloaded = self.course.downloaded(self.name)
        self.names = sorted({path.name for path in release.glob("*.ipynb")})
        wanted = [name for name in self.names if fnmatchcase(name[:-6], coursedir.notebook_id)]
        if not wanted:
            raise NbGraderException(
                f"{release} must hold a notebook {coursedir.notebook_id!r}, got {self.names}: "
                f"run `nbgrader generate_assignment {coursedir.assignment_id}`"
            )
        there = self.course.students(Stage.SUBMITTED, self.name)
        found = {
            folder: student
            for student, folder in there.items()
            if fnmatchcase(student, coursedir.student_id)
        }
        forms = {same(student) for student in found.values()}
        if missing := sorted(name for name in {*(students or ())} if same(name) not in forms):
            named = ", ".join(f"{name}{suggestion(name, found.values())}" for name in missing)
            raise NbGraderException(
                f"{coursedir.assignment_id} must have been handed in by each student named, not so "
                f"by {named}: see "
                f"{self.course.shown(self.course.folder(Stage.SUBMITTED, self.name, '*'))}"
            )
        for name in wanted:
            assignment = Assignment(self.course, self.name, Path(name).stem)
            assignment.check()
            check_ulimits(assignment.limits)
        if not look_only:
            gradebook.check_writable(self.course.db_url)
            self.check_room()
            if there and (blocked := Staging(coursedir).blocked(min(there))):
                raise NbGraderException(f"nothing was graded: {blocked}")
            agreed.enter()
        coursedir.db_url = gradebook.patient(self.course.db_url)
        self.staging = Staging(coursedir)
        self.unfinished: set[str] = set()  # the students whom an ended grader has left half-graded
        if students is not None:
            chosen = {same(student) for student in students}
            found = {folder: who for folder, who in found.items() if same(who) in chosen}
        self._ids: dict[Path, str] = {}  # of folders that are still to be renamed
        found, clashing = self._with_known_ids(found, {*there}, look_only=look_only)
        self.folders = [*found]
        if not look_only:
            self.unfinished |= staging.recover(coursedir, [*found.values()])
        self._taken = {
            folder
            for folder in self.folders
            if folder not in clashing and (look_only or self._prepare(folder, wanted))
        }
        converter.assignments = {
            # as nbgrader spells the folder, which finds the names in it by a pattern of its own
            place: [os.path.join(place, name) for name in wanted]  # noqa: PTH118
            for folder in self.folders
            if folder in self._taken
            for place in (
                coursedir.format_path(coursedir.submitted_directory, found[folder], self.name),
            )
        }
        converter.coursedir = self.staging.coursedir
        self._begin: Callable[[str], None] | None = None
        self._before, self._after = converter.pre_convert_hook, converter.post_convert_hook
        converter.pre_convert_hook = self._before_each
        converter.post_convert_hook = self._after_each

    def leave_to_nbgrader(self, begin: Callable[[str], None]) -> None:
        """Assign to the converter what nbgrader would grade, in folders of the run's own.

        nbgrader decides by what is in `autograded/`, where the converter does not write now.

        Parameters
        ----------
        begin : callable
            Told each student before the submission is graded.

        Raises
        ------
        NbGraderException
            If an earlier folder cannot be replaced; then nothing has been changed.
        """
        self._begin = begin
        due, obstacles = {}, []
        excluded = self.coursedir.student_id_exclude.split(",")
        for folder, notebooks in self.converter.assignments.items():
            student = self.who(Path(folder))
            if student in excluded:
                continue
            if not self._is_due(Path(folder), notebooks):
                graded = self.graded(Path(folder))
                self.converter.log.info("Skipping existing assignment: %s", graded)
                continue
            due[folder] = notebooks
            if obstacle := self.staging.obstacle(student):
                obstacles.append(f"{student}: {obstacle}")
        if obstacles:
            more = f" ({len(obstacles) - 1} more students likewise)" if len(obstacles) > 1 else ""
            raise NbGraderException(f"nothing was graded: {obstacles[0]}{more}")
        self.converter.assignments = due

    def _is_due(self, folder: Path, notebooks: list[str]) -> bool:
        """Tell whether nbgrader would grade a submission now."""
        graded = self.graded(folder)
        if self.converter.force or self.who(folder) in self.unfinished:
            return True
        if not all((graded / Path(name).name).exists() for name in notebooks):
            return True
        new, old = (self.coursedir.get_existing_timestamp(str(place)) for place in (folder, graded))
        return new is not None and (old is None or new > old)

    def holds(self, path: Path) -> bool:
        """Tell whether a path is a notebook of a submission."""
        return self.takes(path.parent)

    def takes(self, folder: Path) -> bool:
        """Tell whether a submission's folder is in order, so that it can be graded."""
        return folder in self._taken

    def handed_in(self, path: Path) -> HandedIn:
        """Return what was handed in for a notebook, whether it can be read or not.

        Raises
        ------
        VanishedError
            If the whole folder is gone.
        """
        try:
            stamp = notebook_choice.content(path.parent / STAMP)
        except UnreadableError:
            stamp = b""
        try:
            data, remarks = notebook_choice.find(path, self.names, self.source)
            remarks += collected_list.remarks(self.downloaded, self.who(path.parent), data)
        except UnreadableError as error:
            return HandedIn(unreadable=str(error), stamp=stamp)
        return HandedIn(data, tuple(remarks), stamp=stamp)

    def tidy(self, path: Path) -> None:
        """Remove from a graded folder what the student has put there: no one needs it any more.

        So no file of a student's stands in for a module, or is published with the feedback.
        """
        folder = self.staged(path.parent)
        theirs = find_all_files(str(self.source))
        kept = {os.path.relpath(file, self.source) for file in theirs}
        kept |= {*self.names, STAMP, SECRET}
        for found in reversed([*BoundedWalk(folder, most=sys.maxsize)]):
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
            elif self._begin:
                try:
                    self.staging.begin(self.who(folder))
                    self._begin(self.who(folder))
                except (OSError, SQLAlchemyError) as error:
                    self.converter.log.error("%s: %s", folder, error)  # noqa: TRY400
                    self.converter.notebooks = []  # likewise
        if self._before:
            self._before(**named)

    def _after_each(self, **named: Any) -> None:
        """Let go of the folder in which a submission was graded, and call the settings' hook."""
        self.staging.discard()
        if self._after:
            self._after(**named)

    def _prepare(self, folder: Path, wanted: list[str]) -> bool:
        """Put a submission's folders in order; tell whether it can be graded."""
        try:
            refusal.set_aside(folder, self.source)
            graded = self.graded(folder)
            # the stamp, by which nbgrader tells old from new, may have gone before the notebook
            finished = all(report_in(graded / name) for name in wanted)
            student = self.who(folder)
            if graded.exists() and not (finished and (graded / STAMP).is_file()):
                self.unfinished.add(student)
            if student in self.unfinished:
                self.converter.log.warning("%s was left unfinished: graded again", graded)
        except OSError as error:
            self.converter.log.error(  # noqa: TRY400  # the error's text is enough
                "%s cannot be put in order, and is not graded (%s): see that you may write there",
                folder,
                error,
            )
            return False
        return True

    def _with_known_ids(
        self, found: dict[Path, str], there: set[str], *, look_only: bool
    ) -> tuple[dict[Path, str], set[Path]]:
        """Return the folders by the known spelling of their ids, and those that cannot be graded.

        A folder whose name is another spelling of an id in the gradebook or the roster is renamed.
        Where a student has several folders, the one with the known spelling is graded.
        """
        known = gradebook.students_in(self.course.db_url)
        if not there <= known:
            with suppress(AssignmentError):
                known |= {*(roster.find(self.course.root) or Roster(())).people}
        chosen = {*found.values()}
        refused: set[str] = set()
        for clash in clashes(there, known):
            if chosen & {*clash.spellings}:
                refused |= {*clash.spellings} - {*clash.graded}
                self._tell_of(clash)
        names = respelt(there, known)
        clashing = {folder for folder, student in found.items() if student in refused}
        named: dict[Path, str] = {}
        for folder, student in found.items():
            if student in names and look_only:
                self._ids[folder] = names[student]
            elif student in names:
                named[self._renamed(folder, names[student])] = names[student]
                continue
            named[folder] = student
        return named, clashing

    def _renamed(self, folder: Path, student: str) -> Path:
        """Rename a submission's folder, and return its path."""
        to = self.course.folder(Stage.SUBMITTED, self.name, student)
        self.converter.log.warning(
            "%s is renamed %s: so the gradebook or the roster spells the student's id",
            self.course.shown(folder),
            self.course.shown(to),
        )
        to.parent.mkdir(parents=True, exist_ok=True)
        refusal.rename(folder, to)
        with suppress(OSError):  # not empty
            folder.parent.rmdir()
        return to

    def _tell_of(self, clash: Clash) -> None:
        """Log that a student has several folders."""
        folders = [self.course.folder(Stage.SUBMITTED, self.name, one) for one in clash.spellings]
        self.converter.log.error(
            "%s must be one folder: their names are one student's id. Keep one of them, and grade "
            "again. Until then, %s is graded",
            " and ".join(self.course.shown(folder) for folder in folders),
            " and ".join(clash.graded),
        )

    def who(self, folder: Path) -> str:
        """Return the student of a submission's folder."""
        if folder in self._ids:
            return self._ids[folder]
        student = self.course.student(Stage.SUBMITTED, self.name, folder)
        assert student, f"{folder} should be a submission's folder"
        return student

    def graded(self, folder: Path) -> Path:
        """Return where the graded notebooks of a submission's folder go."""
        return self.place(self.who(folder))

    def place(self, student: str) -> Path:
        """Return where a student's graded notebooks go."""
        return self.course.folder(Stage.AUTOGRADED, self.name, student)

    def staged(self, folder: Path) -> Path:
        """Return where they are made, before they take the place of earlier ones."""
        return self.staging.path(self.who(folder))

    def check_room(self) -> None:
        """Check that there is room on the disk for what is graded."""
        root = self.course.root
        free = shutil.disk_usage(root).free
        if free < ROOM:
            raise NbGraderException(
                f"{root} must have {ROOM >> 20} MiB free on its disk, got {free >> 20} MiB: "
                "make room, and grade again"
            )


def _is_secret(path: Path) -> bool:
    """Tell whether a file can be read as the secret by which a student fetches the feedback."""
    if not path.is_file() or path.stat().st_size > MAX_SECRET:
        return False
    return path.read_bytes().strip().isalnum()
