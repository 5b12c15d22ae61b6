"""The tiny course: the assignment under nbgrader, with its settings and a gradebook."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Application, PyFileConfigLoader

from autograder.agreement.agreement import Agreement
from autograder.class_run import nbgrader_plugins
from autograder.course.assignment import Assignment
from autograder.gradebook.class_record import read_class
from autograder.gradebook.entry import Entry
from autograder.grading.process import GradingProcess
from tests.autograder.support.tiny import RIGHT, handed_in
from tests.conftest import PROJECT


class Course:
    """The tiny course under nbgrader's own interface for the Formgrader."""

    log = logging.getLogger("course")

    def __init__(self, assignment: Assignment) -> None:
        self.assignment, self.root = assignment, assignment.root
        self.url = f"sqlite:///{self.root / 'gradebook.db'}"
        config = PyFileConfigLoader("nbgrader_config.py", path=str(PROJECT)).load_config()
        self.coursedir = CourseDirectory(config=config, root=str(self.root), db_url=self.url)
        self.api = NbGraderAPI(self.coursedir, config=config)
        self.converter = Autograde(coursedir=self.coursedir, parent=self.api)
        self.coursedir.assignment_id = "tiny"

    def hand_in(
        self, student: str, answer: str = RIGHT, name: str = "tiny.ipynb", stamp: str = ""
    ) -> Path:
        """Write a submission, and return its folder."""
        folder = self.submitted(student)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(handed_in(self.assignment, answer), folder / name)
        if stamp:
            (folder / "timestamp.txt").write_text(f"{stamp} UTC")
        return folder

    def grade(self, student: str = "*", *, force: bool = True) -> dict[str, Any]:
        """Grade as the Formgrader's button does."""
        return self.api.autograde("tiny", student, force=force)

    def entry(self, student: str) -> Entry:
        records = read_class(self.assignment, self.url).records
        return next(record.entry for record in records if record.student == student)

    def submitted(self, student: str) -> Path:
        return self.root / "submitted" / student / "tiny"

    def graded(self, student: str) -> Path:
        return self.root / "autograded" / student / "tiny"

    def marks(self, student: str) -> tuple[float | None, float | None, bool]:
        """Return the automatic score, the one by hand, and whether a human must look."""
        with Gradebook(self.url, "deep_learning") as gradebook:
            grade = gradebook.find_grade("test_scaler", "tiny", "tiny", student)
            return grade.auto_score, grade.manual_score, bool(grade.needs_manual_grade)

    def mark_by_hand(self, student: str, score: float) -> None:
        with Gradebook(self.url, "deep_learning") as gradebook:
            gradebook.find_grade("test_scaler", "tiny", "tiny", student).manual_score = score
            gradebook.db.commit()

    def set(self, *settings: str) -> None:
        """Add lines to the course's `nbgrader_config.py`."""
        with (self.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in settings)


@contextmanager
def opened(assignment: Assignment, gradebook: Path, process: GradingProcess) -> Iterator[Course]:
    """Make a course of an assignment, in whose folder we are as long as the block lasts.

    It grades in one process, and its gradebook, a copy, knows the assignment.
    """
    shutil.copy(gradebook, assignment.root)
    shutil.copy(PROJECT / "nbgrader_config.py", assignment.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nbgrader_plugins, "grading_process", lambda **_: process)
        course = Course(assignment)
        patch.chdir(assignment.root)
        enter(course.converter)
        yield course
    Application.clear_instance()  # which nbgrader makes if there is none


def enter(converter: Autograde) -> None:
    """Enter the assignment in the gradebook, as the first run does."""
    found = Agreement(converter)
    assert [*found.of_source()] == []
    found.enter()


def converter_of(assignment: Assignment, url: str) -> Autograde:
    """Return nbgrader's own for an assignment and a gradebook, with its usual settings."""
    root = str(assignment.root)
    coursedir = CourseDirectory(root=root, db_url=url, assignment_id=assignment.name)
    return Autograde(coursedir=coursedir)
