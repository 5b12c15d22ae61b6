"""Prepares the folders of submissions, and reads the file that was handed in for each notebook.

nbgrader makes the exporter, and the exporter the intake, before it converts the first notebook.
"""

import os
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
from autograder.course import gradebook
from autograder.course.assignment import Assignment
from autograder.course.course import Stage
from autograder.course.settings import course_of
from autograder.course.spelling import same
from autograder.course.stock import without_hidden_files
from autograder.course.ulimits import check_ulimits
from autograder.files import staging
from autograder.files.bounded_walk import BoundedWalk
from autograder.files.staging import Staging
from autograder.intake import (
    collected_list,
    exchange_files,
    notebook_choice,
    python_files,
    refusal,
)
from autograder.intake.exchange_files import SECRET, STAMP
from autograder.intake.handed_in import HandedIn
from autograder.intake.notebook_reader import UnreadableError
from autograder.intake.student_folders import StudentFolders
from autograder.results.report import report_in
from autograder.text.wording import counted_as, suggestion

ROOM = 50 * 2**20  # bytes free on the disk


class Intake:
    """The submissions of one run of `nbgrader autograde`, or of the Formgrader's button.

    The intake prepares each folder (see `refusal`), and assigns all of the assignment's notebooks
    to it, even missing ones. The converter writes to a folder of its own: see `staging`. A
    submission that an interrupted run left unfinished is graded again.

    Parameters
    ----------
    converter : Autograde
    students : collection of str, optional
        The students to grade. Without it, nbgrader's settings choose them.
    look_only : bool
        Change nothing.

    Raises
    ------
    NbGraderException
        If nothing can be graded. Then nothing was changed.
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
        self._assignment = Assignment(self.course, self.name)
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
                f"{self.name} must have a submission of each student named, but has none of "
                f"{named}: see "
                f"{self.course.shown(self.course.folder(Stage.SUBMITTED, self.name, '*'))}"
            )
        for name in wanted:
            assignment = Assignment(self.course, self.name, Path(name).stem)
            assignment.check()
            check_ulimits(assignment.limits)
        self._leave_answers(converter)
        if not look_only:
            gradebook.check_writable(self.course.db_url)
            self.check_room()
            if there and (blocked := Staging(coursedir).blocked(min(there))):
                raise NbGraderException(f"nothing was graded: {blocked}")
            agreed.enter()
        coursedir.db_url = gradebook.patient(self.course.db_url)
        self.staging = Staging(coursedir)
        self.unfinished: set[str] = set()  # students whose grading was interrupted
        if students is not None:
            chosen = {same(student) for student in students}
            found = {folder: who for folder, who in found.items() if same(who) in chosen}
        self._places = StudentFolders(
            self.course, self.name, found, {*there}, converter.log, look_only=look_only
        )
        found = self._places.students
        self.folders = [*found]
        if not look_only:
            self.unfinished |= staging.recover(coursedir, [*found.values()])
        self._taken = {
            folder
            for folder in self.folders
            if folder not in self._places.clashing and (look_only or self._prepare(folder, wanted))
        }
        converter.assignments = {}
        for folder in self.folders:
            if folder in self._taken:
                # nbgrader matches the path with a pattern of its own, so it must have this form
                place = coursedir.format_path(
                    coursedir.submitted_directory, found[folder], self.name
                )
                converter.assignments[place] = [os.path.join(place, name) for name in wanted]  # noqa: PTH118
        converter.coursedir = self.staging.coursedir
        self._begin: Callable[[str], None] | None = None
        self._before, self._after = converter.pre_convert_hook, converter.post_convert_hook
        self.has_hook = self._before is not None  # of the settings
        converter.pre_convert_hook = self._before_each
        converter.post_convert_hook = self._after_each

    def leave_to_nbgrader(self, begin: Callable[[str], None]) -> None:
        """Assign to the converter only the submissions that nbgrader would grade.

        nbgrader itself would look for earlier grades where the converter writes now.

        Parameters
        ----------
        begin : callable
            Called with each student before the submission is graded.

        Raises
        ------
        NbGraderException
            If an earlier folder cannot be replaced. Then nothing was changed.
        """
        self._begin = begin
        due, obstacles = {}, []
        excluded = self.coursedir.student_id_exclude.split(",")
        for folder, notebooks in self.converter.assignments.items():
            student = self.student(Path(folder))
            if student in excluded:
                continue
            if not self._is_due(Path(folder), notebooks):
                self.converter.log.info("Skipping existing assignment: %s", self.place(student))
                continue
            due[folder] = notebooks
            if obstacle := self.staging.obstacle(student):
                obstacles.append(f"{student}: {obstacle}")
        if obstacles:
            rest = len(obstacles) - 1
            more = f" (the same for {counted_as(rest, 'more student')})" if rest else ""
            raise NbGraderException(f"nothing was graded: {obstacles[0]}{more}")
        self.converter.assignments = due

    def _is_due(self, folder: Path, notebooks: list[str]) -> bool:
        """Return whether nbgrader would grade a submission now."""
        graded = self.graded(folder)
        if self.converter.force or self.student(folder) in self.unfinished:
            return True
        if not all((graded / Path(name).name).exists() for name in notebooks):
            return True
        new, old = (self.coursedir.get_existing_timestamp(str(place)) for place in (folder, graded))
        return new is not None and (old is None or new > old)

    def takes(self, folder: Path) -> bool:
        """Return whether a submission's folder can be graded."""
        return folder in self._taken

    def handed_in(self, path: Path) -> HandedIn:
        """Return the file that was handed in for a notebook, or why it cannot be read.

        Raises
        ------
        VanishedError
            If the whole folder is gone.
        """
        try:
            stamp = notebook_choice.content(path.parent / STAMP)
        except UnreadableError:
            stamp = b""
        most = self._assignment.limits.notebook_bytes
        data, unreadable = b"", ""
        remarks: list[str] = []
        try:
            data, remarks = notebook_choice.find(path, self.names, self.source, most)
            remarks += collected_list.remarks(self.downloaded, self.student(path.parent), data)
        except UnreadableError as error:
            unreadable = str(error)
        files, more = python_files.find(path.parent, self._assignment)
        in_files = bool(self._assignment.answer_files)
        if in_files or not unreadable:
            remarks += more
        return HandedIn(data, tuple(remarks), unreadable, stamp, "", most, files, in_files)

    def tidy(self, path: Path) -> None:
        """Remove the student's own files from a graded folder.

        So none of them replaces a module, or is published with the feedback.
        """
        folder = self.staged(path.parent)
        kept = {os.path.relpath(file, self.source) for file in find_all_files(str(self.source))}
        kept |= {*self.names, STAMP, SECRET}  # and the answers that are files, as handed in
        for found in reversed([*BoundedWalk(folder, most=sys.maxsize)]):
            if found.is_dir() and not found.is_symlink():
                with suppress(OSError):  # not empty
                    found.rmdir()
            elif str(found.relative_to(folder)) not in kept:
                found.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        exchange_files.complete(folder)

    def _before_each(self, **named: Any) -> None:
        """Check a submission just before it is graded, and call the hook from the settings."""
        try:
            self.check_room()
        except NbGraderException as error:
            self.converter.log.error("%s", error)  # noqa: TRY400  # the error's text is enough
            raise
        folders = {Path(path).parent for path in self.converter.notebooks}
        for folder in folders:
            if not folder.is_dir():
                self.converter.log.error("%s vanished: collect it again, and grade it", folder)
                self.converter.notebooks = []  # an error for nbgrader, so that it enters no zero
            elif self._begin:
                try:
                    self.staging.begin(self.student(folder))
                    self._begin(self.student(folder))
                except (OSError, SQLAlchemyError) as error:
                    self.converter.log.error("%s: %s", folder, error)  # noqa: TRY400
                    self.converter.notebooks = []
        if self._before:
            self._before(**named)

    def _after_each(self, **named: Any) -> None:
        """Remove the staging folder, and call the hook from the settings."""
        self.staging.discard()
        if self._after:
            self._after(**named)

    def _leave_answers(self, converter: Autograde) -> None:
        """Keep nbgrader from replacing the students' answers by the source's, where they are files.

        The source's are solved.
        """
        named = converter.exclude_overwriting
        if answers := self._assignment.answer_files:
            kept = {*named.get(self.name, ()), *answers}
            converter.exclude_overwriting = {**named, self.name: sorted(kept)}

    def _prepare(self, folder: Path, wanted: list[str]) -> bool:
        """Prepare a submission's folders; return whether it can be graded."""
        try:
            refusal.set_aside(folder, self.source)
            graded = self.graded(folder)
            # nbgrader compares time stamps; an interruption may have removed only the stamp
            finished = all(report_in(graded / name) for name in wanted)
            student = self.student(folder)
            if graded.exists() and not (finished and (graded / STAMP).is_file()):
                self.unfinished.add(student)
            if student in self.unfinished:
                self.converter.log.warning("%s is unfinished: it is graded again", graded)
        except OSError as error:
            self.converter.log.error(  # noqa: TRY400  # the error's text is enough
                "%s cannot be prepared and is not graded (%s): check that you may write there",
                folder,
                error,
            )
            return False
        return True

    def student(self, folder: Path) -> str:
        """Return the student of a submission's folder."""
        return self._places.student(folder)

    def graded(self, folder: Path) -> Path:
        """Return the graded folder for a submission's folder."""
        return self.place(self.student(folder))

    def place(self, student: str) -> Path:
        """Return a student's graded folder."""
        return self.course.folder(Stage.AUTOGRADED, self.name, student)

    def staged(self, folder: Path) -> Path:
        """Return the folder in which a submission is graded, before it replaces the earlier one."""
        return self.staging.path(self.student(folder))

    def check_room(self) -> None:
        """Check that the disk has free space."""
        root = self.course.root
        free = shutil.disk_usage(root).free
        if free < ROOM:
            raise NbGraderException(
                f"{root} must have {ROOM >> 20} MiB free on its disk, got {free >> 20} MiB: "
                "make room, and grade again"
            )
