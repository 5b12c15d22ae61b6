"""One run over a class: it finds the submissions to grade, and writes their grades.

It uses nbgrader's settings, folders, hooks and gradebook. For any number of workers, it writes the
same files and the same entries as `nbgrader autograde`.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.utils import find_all_files
from sqlalchemy.exc import OperationalError

from autograder.class_run.pending_submission import PendingSubmission, check_name, reason_to_grade
from autograder.course import gradebook
from autograder.course.assignment import Assignment
from autograder.course.course import Stage
from autograder.course.settings import course_of
from autograder.course.spelling import same
from autograder.course.transaction import transaction
from autograder.gradebook.lateness import LatePenalties, PenaltyChange, late_plugin
from autograder.gradebook.lateness import enter as enter_penalties
from autograder.gradebook.score_entry import ScoreEntry
from autograder.gradebook.submitted import submitters_in
from autograder.grading.graded import Graded
from autograder.intake.handed_in import Notebooks
from autograder.intake.intake import Intake
from autograder.intake.notebook_choice import VanishedError
from autograder.results.standing import Standing

# the message of these is enough
EXPECTED = (OSError, MissingEntry, InvalidEntry, VanishedError)


class ClassRun:
    """One run over a class.

    Parameters
    ----------
    converter : Autograde
        nbgrader's converter with the course's settings; not started.
    students : frozenset of str, optional
        The students to grade; without it, all.
    look_only : bool
        Change no folder and no entry of the gradebook.

    Raises
    ------
    NbGraderException
        If nothing can be graded. Then nothing was changed.
    """

    def __init__(
        self,
        converter: Autograde,
        students: frozenset[str] | None = None,
        *,
        look_only: bool = False,
    ) -> None:
        self.converter = converter
        self.log = converter.log
        self.look_only = look_only
        _check_filter(converter)
        self.intake = Intake(converter, students, look_only=look_only)
        self.course = self.intake.course
        self.coursedir = converter.coursedir
        self.name = self.coursedir.assignment_id
        self.skipped: list[str] = []
        self.failed: list[str] = []
        self._students = None if students is None else {same(student) for student in students}
        self._excluded = {same(student) for student in self.coursedir.student_id_exclude.split(",")}
        everybody = {self.intake.student(folder): folder for folder in self.intake.folders}
        self.folders = {
            student: folder
            for student, folder in everybody.items()
            if same(student) not in self._excluded
        }
        if not self.folders:
            wanted = self.course.folder(Stage.SUBMITTED, self.name, "*")
            raise NbGraderException(
                f"{self.course.shown(wanted)} not found: collect the submissions with "
                "`nbgrader collect` or `nbgrader zip_collect`"
            )

    @cached_property
    def assignments(self) -> dict[str, Assignment]:
        """The assignment with each of its notebooks, by the notebook's name."""
        return {
            Path(name).stem: Assignment(self.course, self.name, Path(name).stem)
            for name in self.intake.names
        }

    @cached_property
    def gradebook(self) -> Gradebook | None:
        """The connection to the gradebook; None if there is none and nothing may change."""
        url = self.coursedir.db_url
        if self.look_only and not gradebook.is_there(url):
            return None
        opened = Gradebook(url, self.coursedir.course_id)
        if self.coursedir.groupshared and not self.look_only:
            gradebook.share(url)
        return opened

    def due(
        self, levels: frozenset[str], *, force: bool = False
    ) -> Iterator[tuple[PendingSubmission, Notebooks]]:
        """Yield each submission to grade; count the others as skipped or failed.

        Parameters
        ----------
        levels : frozenset of str
            What may confine student code now.
        force : bool
            Yield unchanged submissions too.
        """
        known = set() if self.gradebook is None else submitters_in(self.gradebook, self.name)
        for student, folder in self.folders.items():
            if not self.intake.takes(folder):
                self.failed.append(student)  # the intake has logged the reason
                continue
            try:
                check_name(student)
                notebooks = self._handed_in(folder)
                if student not in known:
                    reason = "new"
                elif student in self.intake.unfinished:
                    reason = "not graded yet"
                else:
                    graded = self.intake.graded(folder)
                    reason = reason_to_grade(graded, notebooks, self.assignments, levels)
                if not (reason or force):
                    self.skipped.append(student)
                    continue
                if obstacle := "" if self.look_only else self.intake.staging.obstacle(student):
                    raise InvalidEntry(f"not graded: {obstacle}")
                if not self.look_only:
                    self._call(self.converter.run_pre_convert_hook, folder)
                    if self.intake.has_hook:  # which may have changed them
                        notebooks = self._handed_in(folder)
            except (OperationalError, NbGraderException):
                raise  # the next submission would fail, too
            except Exception as error:  # noqa: BLE001  # others must be graded all the same
                self._fail(student, error)
                continue
            yield PendingSubmission(student, folder, notebooks, reason or "forced"), notebooks

    def write(
        self, due: PendingSubmission, graded: dict[str, Graded]
    ) -> dict[str, Standing] | None:
        """Write a graded submission; return each notebook's scores in the gradebook.

        It makes the new folder first. Then it replaces the earlier folder and enters the scores:
        both or neither, so an interruption leaves the earlier grade. It returns None, and logs the
        error, if this submission cannot be written.

        Raises
        ------
        OperationalError
            If the gradebook cannot be written to.
        NbGraderException
            If the disk is full.
        """
        assert self.gradebook is not None
        self.intake.check_room()
        staging = self.intake.staging
        try:
            if not due.folder.is_dir():
                raise VanishedError(f"{due.folder} vanished: collect it again, and grade it")
            self._fill(due, staging.begin(due.student), graded)
            with staging.replacing(due.student) as replace, transaction(self.gradebook):
                standings = self._enter(self.gradebook, due, graded)
                replace()
            self._call(self.converter.run_post_convert_hook, due.folder)
        except (OperationalError, NbGraderException):
            raise  # the next submission would fail, too
        except Exception as error:  # noqa: BLE001  # others must be graded all the same
            self._fail(due.student, error)
            return None
        finally:
            staging.discard()
        return standings

    def close(self) -> None:
        """Close the gradebook, if it was opened."""
        if "gradebook" in vars(self) and self.gradebook is not None:
            self.gradebook.close()

    @cached_property
    def penalties(self) -> LatePenalties:
        """The late penalties of the class."""
        return LatePenalties(self.gradebook, self.name, late_plugin(self.converter))

    def change_penalties(self) -> list[PenaltyChange]:
        """Enter the late penalties of the present due date and policy; return the changes.

        Raises
        ------
        OperationalError
            If the gradebook cannot be written to.
        """
        changes = self.penalties.changes(self.is_about)
        if changes:
            assert self.gradebook is not None
            with transaction(self.gradebook):
                enter_penalties(self.gradebook, changes)
        return changes

    def stamp(self, due: PendingSubmission) -> dt.datetime | None:
        """Return when a submission was handed in, according to its folder."""
        found: dt.datetime | None = self.coursedir.get_existing_timestamp(str(due.folder))
        return found

    def is_about(self, student: str) -> bool:
        """Return whether the run includes a student, even one whose folder is gone."""
        chosen = self._students is None or same(student) in self._students
        return chosen and same(student) not in self._excluded

    def _handed_in(self, folder: Path) -> Notebooks:
        return {Path(name).stem: self.intake.handed_in(folder / name) for name in self.intake.names}

    def _call(self, run_hook: Callable[[], None], folder: Path) -> None:
        """Call a hook from the settings for a submission, as nbgrader does."""
        self.converter.notebooks = [str(folder / name) for name in self.intake.names]
        run_hook()

    @cached_property
    def _most(self) -> dict[str, float]:
        """The points of each graded cell, by its id in the gradebook."""
        assert self.gradebook is not None
        notebooks = self.gradebook.find_assignment(self.name).notebooks
        cells = [cell for n in notebooks for cell in (*n.grade_cells, *n.task_cells)]
        return {cell.id: cell.max_score or 0.0 for cell in cells}

    def _enter(
        self, gradebook: Gradebook, due: PendingSubmission, graded: dict[str, Graded]
    ) -> dict[str, Standing]:
        """Enter a submission and its scores in the gradebook, as nbgrader does."""
        stamp = self.stamp(due)
        if self.converter.create_student:
            gradebook.update_or_create_student(due.student)
        more: dict[str, Any] = {"timestamp": stamp} if stamp else {}
        submission = gradebook.update_or_create_submission(self.name, due.student, **more)
        submitted = {notebook.name: notebook for notebook in submission.notebooks}
        standings = {}
        for name, one in graded.items():
            if name not in submitted:
                raise MissingEntry(f"No such notebook: {name}")
            scores = ScoreEntry.of(one.notebook, one.report)
            standings[name] = scores.enter(submitted[name], self.penalties.plugin, self._most)
        return standings

    def _fill(self, due: PendingSubmission, folder: Path, graded: dict[str, Graded]) -> None:
        """Write the files that nbgrader writes to a folder of `autograded/`."""
        BaseConverter.init_assignment(self.converter, self.name, due.student)
        for path in self._masters:
            target = folder / path.relative_to(self.intake.source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copy(path, target)
        self.intake.tidy(due.folder / self.intake.names[0])
        for name, one in graded.items():
            (folder / f"{name}.ipynb").write_text(one.text, encoding="utf-8")
        self.converter.set_permissions(self.name, due.student)

    @cached_property
    def _masters(self) -> list[Path]:
        """The source's files beside the notebook; they replace the students' copies."""
        source = self.intake.source
        found = find_all_files(str(source), [*self.coursedir.ignore, "*.ipynb"])
        kept = self.converter.exclude_overwriting.get(self.name, [])
        return sorted({Path(path) for path in found} - {source / name for name in kept})

    def _fail(self, student: str, error: Exception) -> None:
        self.failed.append(student)
        message = str(error) if isinstance(error, EXPECTED) else f"{type(error).__name__}: {error}"
        if isinstance(error, OSError):
            message += ": check the permissions and the free space there, and grade again"
        self.log.error("%s: %s", student, message)


def _check_filter(converter: Autograde) -> None:
    """Check that the settings do not choose only some notebooks of the assignment."""
    name, pattern = converter.coursedir.assignment_id, converter.coursedir.notebook_id
    released = course_of(converter.coursedir).folder(Stage.RELEASE, name).glob("*.ipynb")
    chosen = {fnmatchcase(path.stem, pattern) for path in released}
    if chosen == {True, False}:
        raise NbGraderException(
            f"CourseDirectory.notebook_id must match all notebooks, got {pattern}: `autograder "
            "grade` grades all notebooks of a submission; run "
            f"`nbgrader autograde {name} --notebook={pattern}`"
        )
