"""The folders of an assignment's submissions, each with the known spelling of its student's id."""

from collections.abc import Mapping
from contextlib import suppress
from logging import Logger
from pathlib import Path

from autograder.course import gradebook, roster
from autograder.course.assignment import AssignmentError
from autograder.course.course import Course, Stage
from autograder.course.roster import Roster
from autograder.course.spelling import Clash, clashes, respelt
from autograder.intake import refusal


class StudentFolders:
    """The folders of `submitted/` that a run is about.

    The gradebook and the roster know the spelling of an id: a folder with another spelling is
    renamed. If a student has several folders, only the one with the known spelling is graded.

    Parameters
    ----------
    course : Course
    assignment : str
    found : dict of Path to str
        The folders with their students.
    everybody : set of str
        All students that have a folder.
    log : Logger
    look_only : bool
        Rename nothing.

    Attributes
    ----------
    students : dict of Path to str
        The folders, renamed where needed, with their students.
    clashing : set of Path
        The folders that are not graded.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        found: Mapping[Path, str],
        everybody: set[str],
        log: Logger,
        *,
        look_only: bool,
    ) -> None:
        self._course, self._assignment, self._log = course, assignment, log
        self._known_ids: dict[Path, str] = {}  # of folders that would be renamed
        known = self._known(everybody)
        refused = self._refused(everybody, known, {*found.values()})
        self.clashing = {folder for folder, student in found.items() if student in refused}
        names = respelt(everybody, known)
        self.students: dict[Path, str] = {}
        for folder, student in found.items():
            if student not in names:
                self.students[folder] = student
            elif look_only:
                self._known_ids[folder] = names[student]
                self.students[folder] = student
            else:
                self.students[self._renamed(folder, names[student])] = names[student]

    def student(self, folder: Path) -> str:
        """Return the student of a submission's folder."""
        if folder in self._known_ids:
            return self._known_ids[folder]
        student = self._course.student(Stage.SUBMITTED, self._assignment, folder)
        assert student, f"{folder} should be a submission's folder"
        return student

    def _known(self, everybody: set[str]) -> set[str]:
        """Return the ids in the gradebook and, if it lacks any of these, in the roster."""
        known = gradebook.students_in(self._course.db_url)
        if not everybody <= known:
            with suppress(AssignmentError):
                known |= {*(roster.find(self._course.root) or Roster(())).people}
        return known

    def _refused(self, everybody: set[str], known: set[str], chosen: set[str]) -> set[str]:
        """Return the spellings that are not graded; log those of chosen students."""
        refused: set[str] = set()
        for clash in clashes(everybody, known):
            if chosen & {*clash.spellings}:
                refused |= {*clash.spellings} - {*clash.graded}
                self._log_clash(clash)
        return refused

    def _renamed(self, folder: Path, student: str) -> Path:
        """Rename a submission's folder, and return its path."""
        to = self._course.folder(Stage.SUBMITTED, self._assignment, student)
        self._log.warning(
            "%s is renamed %s: the gradebook or the roster spells the student's id so",
            self._course.shown(folder),
            self._course.shown(to),
        )
        to.parent.mkdir(parents=True, exist_ok=True)
        refusal.rename(folder, to)
        with suppress(OSError):  # not empty
            folder.parent.rmdir()
        return to

    def _log_clash(self, clash: Clash) -> None:
        """Log that a student has several folders."""
        course, name = self._course, self._assignment
        folders = [course.folder(Stage.SUBMITTED, name, one) for one in clash.spellings]
        self._log.error(
            "%s must be one folder: their names are one student's id. Keep one of them, and grade "
            "again. Until then, %s is graded",
            " and ".join(course.shown(folder) for folder in folders),
            " and ".join(clash.graded),
        )
