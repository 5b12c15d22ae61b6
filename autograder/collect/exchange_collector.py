"""Collects from nbgrader's exchange, for `nbgrader collect` and the Formgrader: each student alone.

It collects the same hand-ins as nbgrader's own collector and logs the same lines. But nbgrader's
follows links, believes any name, ends at the first fault, and deletes the earlier submission before
it has the new one.
"""

import errno
import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import check_mode

from autograder.collect import inbound
from autograder.collect.hand_in import HandIn
from autograder.collect.inbound import Entry
from autograder.collect.placing import STAMP, replacing
from autograder.course import roster
from autograder.course.assignment import AssignmentError
from autograder.course.course import Course, Stage
from autograder.course.gradebook import is_there
from autograder.course.settings import course_of
from autograder.files import sharing
from autograder.files.ordinary_file import RefusedError, opened
from autograder.intake import collected_list
from autograder.intake.collected_list import Line
from autograder.intake.time_stamp import MAX_LENGTH, read_time
from autograder.text.plain_text import printable
from autograder.text.wording import counted_as


class GuardedCollect(ExchangeCollect):
    """Collects an assignment from the exchange; a refused hand-in does not affect the others."""

    def init_src(self) -> None:
        """List the hand-ins, and sort those of each student by preference."""
        self._check_inbound()
        self.lines: list[Line] = []
        by_student: dict[str, list[Entry]] = {}
        for entry in inbound.entries(
            Path(self.inbound_path),
            self._name,
            self.coursedir.student_id or "*",
            check_owner=self.check_owner,
        ):
            if entry.refused:
                self._leave_out(entry, entry.refused)
            else:
                by_student.setdefault(entry.student, []).append(entry)
        due = self._due()
        self.chosen = [_by_preference(theirs, due) for theirs in by_student.values()]

    def copy_files(self) -> None:
        """Collect one hand-in of each student; the command fails if a hand-in was left out."""
        count, name, course = len(self.chosen), self._name, self.coursedir.course_id
        if not count:
            text = "No submissions of '%s' for course '%s' to collect"
            self.log.warning(text, name, course)
        else:
            text = "Processing %d submissions of '%s' for course '%s'"
            self.log.info(text, count, name, course)
        for entries in self.chosen:
            for refused, entry in enumerate(entries):  # the next one if one is refused
                if self._collect(entry, has_refused=refused > 0):
                    break
        folder = self._course.downloaded(name)
        number = collected_list.log_left_out(self.log, self.lines)
        if number or (folder / collected_list.RECORD).exists():
            shared = self._course.groupshared
            collected_list.add(folder, self.lines, shared=shared, is_past=self._is_past)
        if number:
            self.fail(
                f"{counted_as(number, 'hand-in')} left out, each named above with the reason, and "
                f"in {folder / collected_list.LIST}"
            )

    def _collect(self, entry: Entry, *, has_refused: bool) -> bool:
        """Collect a hand-in if it is newer than the submission; return False if it was refused.

        Parameters
        ----------
        entry : Entry
        has_refused : bool
            Whether a preferred hand-in of the student was refused.
        """
        student, name = printable(entry.student), self._name
        folder = self._submitted(entry.student)
        is_new = not folder.is_dir()
        if not is_new and not self._replaces(entry, folder, only_newer=has_refused):
            if self.update:
                self.log.info("No newer submission to collect: %s %s", student, name)
            else:
                text = "Submission already exists, use --update to update: %s %s"
                self.log.info(text, student, name)
            return True
        doing = "Collecting" if is_new else "Updating"
        self.log.info("%s submission: %s %s", doing, student, name)
        if has_refused:
            self.log.warning(
                "%s: the hand-in of %s is collected, because another one was refused",
                student,
                entry.stamp,
            )
        try:
            self._place(entry, folder)
        except RefusedError as error:
            self._leave_out(entry, str(error))
            return False
        except OSError as error:
            why = f"{folder} cannot be written ({error.strerror}): see who may write there, and "
            self._leave_out(entry, f"{why}collect again")
        return True

    def _place(self, entry: Entry, folder: Path) -> None:
        """Put a hand-in into `submitted/`; the earlier one stays until the new one is complete."""
        if cause := sharing.obstacle(folder):
            raise PermissionError(errno.EACCES, cause)
        settings = self.coursedir
        hand_in = HandIn(
            entry.path, entry.user, settings.ignore, settings.include,
            settings.max_file_size, settings.max_dir_size,
        )  # fmt: skip
        with replacing(folder, shared=self._course.groupshared) as new:
            hand_in.copy(new)
            stamp = new / STAMP
            if stamp.is_dir():
                raise RefusedError(f"{STAMP} must be a file")
            # the student's own file could have another time
            stamp.write_text(entry.stamp, encoding="utf-8")
        self.lines.append(
            Line(_place_of(entry), entry.student, self._name, f"{entry.time:%Y-%m-%d %H:%M:%S}")
        )
        for path, why in hand_in.left_out:
            self._leave_out(entry, why, path)

    def _replaces(self, entry: Entry, folder: Path, *, only_newer: bool) -> bool:
        """Return whether a hand-in replaces the submission."""
        before = _time_in(folder)
        assert entry.time is not None
        if self.update and (before is None or entry.time > before):
            return True
        return bool(self.before_duedate) and before != entry.time and not only_newer

    def _leave_out(self, entry: Entry, why: str, path: PurePath | None = None) -> None:
        file = _place_of(entry) if path is None else f"{_place_of(entry)}/{path.as_posix()}"
        name = entry.name if path is None else path.as_posix()
        student = self._student_of(entry)
        self.lines.append(Line(file, student, refused=why, is_left_out=True, name=name))

    def _student_of(self, entry: Entry) -> str:
        """Return the student who made a hand-in; empty if unknown."""
        if not self.check_owner or entry.owner == entry.student:
            return entry.student if entry.student.isprintable() else ""
        return next((one for one in (entry.owner, entry.student) if one in self._known), "")

    def _is_past(self, line: Line) -> bool:
        """Return whether a line of an earlier run is outdated: this run has seen all hand-ins."""
        is_all = self.coursedir.student_id in ("", "*")
        return line.file.startswith(f"{inbound.PLACE}/") and line.is_left_out and is_all

    def _check_inbound(self) -> None:
        """Find the exchange's folder, with the same checks and messages as nbgrader."""
        if self.coursedir.course_id == "":
            self.fail("No course id specified. Re-run with --course flag.")
        self.course_path = str(Path(self.root, self.coursedir.course_id))
        self.inbound_path = str(Path(self.course_path, inbound.PLACE))
        if not Path(self.inbound_path).is_dir():
            self.fail(f"Course not found: {self.inbound_path}")
        if not check_mode(self.inbound_path, read=True, execute=True):
            self.fail(f"You don't have read permissions for the directory: {self.inbound_path}")

    def _due(self) -> Any:
        """Return the due date if hand-ins before it are preferred."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                due = gradebook.find_assignment(self._name).duedate
            except MissingEntry:
                due = None
        return due if self.before_duedate else None

    def _submitted(self, student: str) -> Path:
        return self._course.folder(Stage.SUBMITTED, self._name, student)

    @property
    def _name(self) -> str:
        return str(self.coursedir.assignment_id)

    @cached_property
    def _course(self) -> Course:
        return course_of(self.coursedir)

    @cached_property
    def _known(self) -> set[str]:
        """The students in the gradebook, in the roster and in `submitted/`."""
        known = {*self._course.students(Stage.SUBMITTED, self._name)}
        if is_there(self._course.db_url):
            with Gradebook(self._course.db_url, self._course.course_id) as gradebook:
                known |= {student.id for student in gradebook.students}
        try:
            more = roster.find(self._course.root)
        except AssignmentError as error:
            self.log.warning("%s", error)
            more = None
        return known | {*(more.people if more else ())}


def _by_preference(entries: Iterable[Entry], due: Any) -> list[Entry]:
    """Return a student's hand-ins: those before the due date first, then by age, newest first."""
    by_age = sorted(entries, key=lambda entry: (entry.time, entry.name), reverse=True)
    return sorted(by_age, key=lambda entry: not (due and entry.time and entry.time <= due))


def _time_in(folder: Path) -> Any:
    """Return when a folder's submission was handed in; None if it has no time stamp."""
    try:
        with opened(folder / STAMP) as file:
            return read_time(os.read(file, MAX_LENGTH + 1).decode(errors="replace"))
    except RefusedError:
        return None


def _place_of(entry: Entry) -> str:
    return f"{inbound.PLACE}/{entry.name}"
