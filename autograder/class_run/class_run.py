"""Grades a class: finds whose turn it is, has them graded at the same time, writes one by one.

It has nbgrader's own settings, folders, hooks and gradebook, and leaves behind what
`nbgrader autograde` leaves: the same files and the same entries, for any number of workers.
"""

import datetime as dt
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, InvalidEntry, MissingEntry, SubmittedAssignment
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.utils import find_all_files
from sqlalchemy.exc import OperationalError

from autograder.course import gradebook
from autograder.course.assignment import Assignment
from autograder.course.course import Stage
from autograder.course.settings import course_of, opened
from autograder.course.spelling import same
from autograder.course.transaction import transaction
from autograder.gradebook.lateness import LatePenalties, PenaltyChange, late_plugin
from autograder.gradebook.lateness import enter as enter_penalties
from autograder.gradebook.score_entry import ScoreEntry
from autograder.grading.graded import Graded
from autograder.intake.handed_in import Notebooks
from autograder.intake.intake import Intake
from autograder.intake.notebook_choice import VanishedError
from autograder.results.report import Report, Status, report_in
from autograder.results.standing import Standing

# what is told in words of its own
EXPECTED = (OSError, MissingEntry, InvalidEntry, VanishedError)


@contextmanager
def open_course(folder: Path, options: Sequence[str], log: logging.Handler) -> Iterator[Autograde]:
    """Yield nbgrader's Autograde with the settings of a course, in the course's folder.

    Parameters
    ----------
    folder : Path
    options : sequence of str
    log : Handler
        As `settings.opened` has them.
    """
    with opened(AutogradeApp.instance(), folder, options, log) as app, chdir(app.coursedir.root):
        yield Autograde(coursedir=app.coursedir, parent=app)


@dataclass(frozen=True)
class PendingSubmission:
    """A submission that is to be graded.

    Parameters
    ----------
    student : str
    folder : Path
    notebooks : dict of str to HandedIn
        By name.
    reason : str
        Why it is to be graded, in words.
    """

    student: str
    folder: Path
    notebooks: Notebooks
    reason: str


class ClassRun:
    """One run over a class.

    Parameters
    ----------
    converter : Autograde
        nbgrader's own, with the course's settings; not started.
    students : collection of str, optional
        Whose submissions are graded; without it, everybody's.
    look_only : bool
        Change nothing: no folder, and no entry of the gradebook.

    Raises
    ------
    NbGraderException
        If nothing can be graded; then nothing has been changed.
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
        self._excluded = {same(who) for who in self.coursedir.student_id_exclude.split(",")}
        everybody = {self.intake.who(folder): folder for folder in self.intake.folders}
        self.folders = {who: everybody[who] for who in everybody if not self._is_excluded(who)}
        if not self.folders:
            wanted = self.course.folder(Stage.SUBMITTED, self.name, "*")
            raise NbGraderException(
                f"{self.course.shown(wanted)} not found: collect what was "
                "handed in, with `nbgrader collect` or `nbgrader zip_collect`"
            )

    @cached_property
    def assignments(self) -> dict[str, Assignment]:
        """The assignment, once for each of its notebooks, by the notebook's name."""
        return {
            Path(name).stem: Assignment(self.course, self.name, Path(name).stem)
            for name in self.intake.names
        }

    @cached_property
    def gradebook(self) -> Gradebook | None:
        """The one connection to the gradebook; None if there is none, and none may be made."""
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
        """Yield each submission that is to be graded; count the others as skipped.

        Parameters
        ----------
        levels : frozenset of str
            What may confine student code now.
        force : bool
            Grade those too for which nothing has changed.
        """
        known = self._known()
        for student, folder in self.folders.items():
            if not self.intake.takes(folder):
                self.failed.append(student)  # the intake has told why
                continue
            try:
                _check_name(student)
                notebooks = self._handed_in(folder)
                reason = self._reason(student, notebooks, levels) if student in known else "new"
                if not (reason or force):
                    self.skipped.append(student)
                    continue
                if obstacle := "" if self.look_only else self.intake.staging.obstacle(student):
                    raise InvalidEntry(f"not graded: {obstacle}")
                if not self.look_only:
                    self._call(self.converter.run_pre_convert_hook, folder)
                    notebooks = self._handed_in(folder)  # which the hook may have changed
            except (VanishedError, InvalidEntry) as error:
                self._fail(student, error)
                continue
            yield PendingSubmission(student, folder, notebooks, reason or "forced"), notebooks

    def write(
        self, due: PendingSubmission, graded: dict[str, Graded]
    ) -> dict[str, Standing] | None:
        """Write what became of a submission; return what each notebook has in the gradebook now.

        None if that did not work.

        All of it is made first. Then the new folder takes the earlier one's place and the scores
        are entered, both or neither: whatever ends this half-way leaves the earlier grade.

        Raises
        ------
        OperationalError
            If the gradebook cannot be written to.
        NbGraderException
            If there is no room left.
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
            raise  # what would be wrong for the next one, too
        except Exception as error:  # noqa: BLE001  # whatever it is, the others are graded
            self._fail(due.student, error)
            return None
        finally:
            staging.discard()
        return standings

    def close(self) -> None:
        """Let go of the gradebook, which is not opened for that."""
        if "gradebook" in vars(self) and self.gradebook is not None:
            self.gradebook.close()

    @cached_property
    def penalties(self) -> LatePenalties:
        """The late penalties of the class."""
        return LatePenalties(self.gradebook, self.name, late_plugin(self.converter))

    def change_penalties(self) -> list[PenaltyChange]:
        """Enter the late penalties of the present due date and policy; return what has changed.

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
        """Return when a submission that is to be graded was handed in, as its folder says."""
        found: dt.datetime | None = self.coursedir.get_existing_timestamp(str(due.folder))
        return found

    def before(self, due: PendingSubmission) -> dict[str, Report]:
        """Return the reports that a submission has had until now, by notebook."""
        folder = self.intake.graded(due.folder)
        found = {name: report_in(folder / f"{name}.ipynb") for name in due.notebooks}
        return {name: report for name, report in found.items() if report is not None}

    def _known(self) -> set[str]:
        """Return who has a submission in the gradebook."""
        if self.gradebook is None:
            return set()
        with suppress(MissingEntry):
            entered = self.gradebook.find_assignment(self.name)
            # of a large class, not more than the ids
            ids = self.gradebook.db.query(SubmittedAssignment.student_id)
            return {student for (student,) in ids.filter_by(assignment_id=entered.id)}
        return set()

    def is_about(self, student: str) -> bool:
        """Tell whether the run is about a student, whether their folder is still there or not."""
        chosen = self._students is None or same(student) in self._students
        return chosen and not self._is_excluded(student)

    def _is_excluded(self, student: str) -> bool:
        return same(student) in self._excluded

    def _handed_in(self, folder: Path) -> Notebooks:
        return {Path(name).stem: self.intake.handed_in(folder / name) for name in self.intake.names}

    def _call(self, run_hook: Callable[[], None], folder: Path) -> None:
        """Call a hook of the settings for a submission, as nbgrader does."""
        self.converter.notebooks = [str(folder / name) for name in self.intake.names]
        run_hook()

    def _reason(self, student: str, notebooks: Notebooks, levels: frozenset[str]) -> str:
        """Return why a submission is to be graded anew; empty if it is not."""
        if student in self.intake.unfinished:
            return "not graded yet"
        folder = self.intake.graded(self.folders[student])
        for name, handed_in in notebooks.items():
            report = report_in(folder / f"{name}.ipynb")
            if report is None:
                return "not graded yet"
            if report.status is Status.HELD:
                return "held back until now"
            if report.handed_in != handed_in.digest:
                return "handed in anew"
            if report.version != (assignment := self.assignments[name]).version:
                same = report.version.partition("-")[0] == assignment.suites_version
                return "the engine has changed" if same else "the suites have changed"
            if report.isolation and report.isolation not in levels:
                return "another isolation"
        return ""

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
        """Write what nbgrader has in a folder of `autograded/`."""
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
        """The files beside the source's notebook, which stand for the students' own."""
        source = self.intake.source
        found = find_all_files(str(source), [*self.coursedir.ignore, "*.ipynb"])
        theirs = self.converter.exclude_overwriting.get(self.name, [])
        return sorted({Path(path) for path in found} - {source / name for name in theirs})

    def _fail(self, student: str, error: Exception) -> None:
        self.failed.append(student)
        kind = "" if isinstance(error, EXPECTED) else f"{type(error).__name__}: "
        remedy = ": see who may write there, and whether there is room, and grade again"
        self.log.error("%s: %s%s%s", student, kind, error, remedy * isinstance(error, OSError))


def _check_filter(converter: Autograde) -> None:
    """Check that the settings choose all notebooks of the assignment, or none that it has."""
    name, pattern = converter.coursedir.assignment_id, converter.coursedir.notebook_id
    released = course_of(converter.coursedir).folder(Stage.RELEASE, name).glob("*.ipynb")
    chosen = {fnmatchcase(path.stem, pattern) for path in released}
    if chosen == {True, False}:
        raise NbGraderException(
            f"CourseDirectory.notebook_id must match all notebooks, got {pattern}: `autograder "
            "grade` grades all notebooks of a submission; run "
            f"`nbgrader autograde {name} --notebook={pattern}`"
        )


def _check_name(student: str) -> None:
    try:
        student.encode()
    except UnicodeEncodeError:
        raise InvalidEntry(
            "the folder must have a name in UTF-8: rename it, and grade it"
        ) from None
