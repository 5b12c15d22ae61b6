"""The classes for nbgrader's extension points; `adopt/extension.py` names them.

- `SubmissionExporter` reads the file.
- `RestoreCells` restores the form of the release.
- `GradeCells` grades the notebook and writes each grade cell's output.
- `SaveGrades` enters the report in the gradebook.
- `SourceExporter` makes the release and the reference solution.

They leave assignments without hidden suites to nbgrader.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment, GenerateSolution
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.preprocessors import SaveCells
from sqlalchemy.exc import OperationalError
from traitlets import Bool, import_item
from traitlets.config import Config

from autograder.agreement import agreement
from autograder.agreement.disagreement import some
from autograder.class_run.submission_writer import SCORES, SubmissionWriter, log_standing
from autograder.course.answer_clearing import ClearAnswerFiles
from autograder.course.answer_entry import SaveCellsAndFiles
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.gradebook import trouble
from autograder.course.stock import (
    SuiteStep,
    assignment_of,
    choose_steps,
    has_suites,
    without_hidden_files,
)
from autograder.gradebook.lateness import late_plugin
from autograder.gradebook.score_entry import ScoreEntry
from autograder.grading.graded import render, report_on
from autograder.grading.process import GradingProcess
from autograder.intake.intake import Intake
from autograder.intake.notebook_choice import VanishedError
from autograder.intake.notebook_reader import MAX_BYTES, UnreadableError, check_excess
from autograder.intake.restoration import MAX_CAUSE, restored, unfinished
from autograder.results.report import KEY, Report
from autograder.sandbox import probe
from autograder.sandbox.isolation import NotIsolatedError

SOLUTION_SECONDS = 120  # for a cell of the reference solution: it may train a network
Resources = dict[str, Any]


class SubmissionExporter(NotebookExporter):
    """Reads any file; an unreadable one becomes an empty notebook with the reason in its metadata.

    An error of ours or of nbgrader's becomes a report that holds the grade back. If that report
    cannot be written, the earlier grade stays, and nbgrader ends with an error. nbgrader itself
    reads the submissions of assignments without hidden suites.
    """

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        self.intake: Intake | None = None
        self.is_stock = False
        self._writer: SubmissionWriter | None = None
        if isinstance(self.parent, Autograde):
            self.is_stock = not choose_steps(self.parent)
        if isinstance(self.parent, Autograde) and not self.is_stock:
            try:
                allow_no_isolation = GradeCells(parent=self).allow_no_isolation
                probe.level(allow_none=allow_no_isolation)
                self.intake = Intake(self.parent)
                self._writer = SubmissionWriter(self.parent, self.intake)
                self.intake.leave_to_nbgrader(self._writer.begin)
                self.parent.writer = self._writer
                if self.parent.assignments:
                    process = grading_process(allow_no_isolation=allow_no_isolation)
                    _check_suites(self.intake, process)
            except (AssignmentError, NbGraderException, NotIsolatedError) as error:
                # nbgrader ends with such an error, but does not log it
                self.log.error("%s", error)  # noqa: TRY400  # the error's text is enough
                raise NbGraderException(str(error)) from error

    def from_filename(
        self, filename: str, resources: Resources | None = None, **kw: Any
    ) -> tuple[Any, Resources]:
        """Convert a submitted notebook through the intake, or a restored one, to be graded."""
        path = Path(filename)
        if self.is_stock:
            return self._stock(path, resources, **kw)
        resources = {} if resources is None else resources
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        if self._writer is None:
            return self._converted(path, resources, **kw)
        resources[SCORES] = None  # the writer enters them
        try:
            return self._converted(path, resources, **kw)
        except BaseException:
            self._writer.give_up()
            raise

    def _stock(self, path: Path, resources: Resources | None, **kw: Any) -> tuple[Any, Resources]:
        """Return what nbgrader makes of a notebook, if it is small enough before and after.

        nbgrader's pages read the result: in its server, while all requests wait.
        """
        try:
            with path.open("rb") as file:
                check_excess(file.read(MAX_BYTES + 1))
            output, resources = super().from_filename(str(path), resources, **kw)
            check_excess(output.encode())
        except UnreadableError as error:
            raise NbGraderException(f"{path} cannot be graded: {error}") from None
        return output, resources

    def _converted(self, path: Path, resources: Resources, **kw: Any) -> tuple[Any, Resources]:
        try:
            notebook = self._read(path, resources)
            return self.from_notebook_node(notebook, resources=resources, **kw)
        except (AssignmentError, VanishedError):
            raise
        except OperationalError as error:
            # nbgrader would stop the whole class and suggest `nbgrader db upgrade`
            raise RuntimeError(trouble(error)) from error
        except Exception as error:  # any bug of ours holds this grade back, and no other
            self.log.exception("%s cannot be graded", path)
            cause = f"{type(error).__name__}: {error}"
            held_back = self._held(path, resources, cause)
            return self.from_notebook_node(held_back, resources=resources)

    def _read(self, path: Path, resources: Resources) -> NotebookNode:
        if self.intake is None or not self.intake.takes(path.parent):
            return nbformat.read(path, as_version=4)
        self.intake.tidy(path)
        notebook, resources[KEY] = self.intake.handed_in(path).read()
        return notebook

    def _held(self, path: Path, resources: Resources, cause: str) -> NotebookNode:
        """Return a notebook whose metadata says why it cannot be graded."""
        is_submission = self.intake is None or self.intake.takes(path.parent)
        if is_submission:
            notebook = unfinished(assignment_of(self, resources), cause)
        else:
            notebook = nbformat.read(path, as_version=4)
            notebook.metadata[KEY] = {"fault": cause[:MAX_CAUSE]}
        self._preprocessors = []  # nbgrader registers them again for each step
        for preprocessor in () if is_submission else (GradeCells, SaveGrades):
            self.register_preprocessor(preprocessor, enabled=True)
        return notebook


class SourceExporter(NotebookExporter):
    """Makes a release or a reference solution from a source, without hidden files.

    If the assignment has submissions already, nbgrader refuses to add or remove cells in the
    gradebook, so this class does it. Each cell of a reference solution may take two minutes, unless
    `Execute.timeout` says otherwise.
    """

    discard_marks = Bool(
        False,
        help="Remove a cell from the gradebook though it has scores or comments by hand.",
    ).tag(config=True)

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        converter = self.parent
        if not isinstance(converter, BaseConverter) or not has_suites(converter.coursedir):
            return
        converter.coursedir = without_hidden_files(converter.coursedir)
        if isinstance(converter, GenerateSolution) and "timeout" not in self.config.Execute:
            self.update_config(Config({"Execute": {"timeout": SOLUTION_SECONDS}}))
        if isinstance(converter, GenerateAssignment):
            steps = [
                SaveCellsAndFiles if _is_saving(step) else step for step in converter.preprocessors
            ]
            # whatever the settings say: a release must not have the solutions
            converter.preprocessors = [*steps, ClearAnswerFiles]
            try:
                agreement.before_release(converter, discard_marks=self.discard_marks)
            except NbGraderException as error:
                self.log.error("%s", error)  # noqa: TRY400  # the error's text is enough
                raise


def _is_saving(step: Any) -> bool:
    """Return whether a step of the settings is the one that enters cells in the gradebook."""
    return (import_item(step) if isinstance(step, str) else step) is SaveCells


class RestoreCells(SuiteStep):
    """Restores the form of the release; the first of the sanitizing steps."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the restored notebook, with its remarks in the metadata."""
        return restored(assignment_of(self, resources), nb, resources.get(KEY, {})), resources


class GradeCells(SuiteStep):
    """Grades the notebook, and writes the one output that scores each grade cell."""

    allow_no_isolation = Bool(
        False,
        help="Grade even where student code cannot be confined; each report says so.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook with its grade cells' outputs, and the report in its metadata."""
        process = grading_process(allow_no_isolation=self.allow_no_isolation)
        report = report_on(assignment_of(self, resources), nb, process.grade_notebook)
        render(nb, report)
        return nb, resources


class SaveGrades(SuiteStep):
    """Saves a report's points, all or none; a cell that did not run gets no points."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Save the scores and comments, or leave them to the `SubmissionWriter`."""
        report = Report.from_dict(nb.metadata[KEY])
        scores = ScoreEntry.of(nb, report)
        if SCORES in resources:
            resources[SCORES] = scores, report
            return nb, resources
        names = resources["nbgrader"]
        where = (names["notebook"], names["assignment"], names["student"])
        self.log.info("Saving the grades of %s", names["student"])
        with Gradebook(names["db_url"]) as gradebook:  # rolls back without a commit
            late = late_plugin(self)
            standing = scores.enter(gradebook.find_submission_notebook(*where), late)
            gradebook.db.commit()
        log_standing(self.log, names["student"], report, standing)
        return nb, resources


@lru_cache(maxsize=2)
def grading_process(*, allow_no_isolation: bool = False) -> GradingProcess:
    """Return the process that grades for nbgrader's steps.

    Raises
    ------
    NotIsolatedError
        If student code cannot be confined here, and that is not allowed.
    """
    return GradingProcess(probe.level(allow_none=allow_no_isolation))


def _check_suites(intake: Intake, process: GradingProcess) -> None:
    """Check that the suites can be imported, before the first submission is graded.

    An error of the check itself is only logged: if grading meets it too, it holds the grade back.
    """
    for name in intake.names:
        assignment = Assignment(intake.course, intake.coursedir.assignment_id, Path(name).stem)
        try:
            faults = process.import_faults(assignment)
        except (AssignmentError, NotIsolatedError):
            raise
        except Exception:  # a bug in this check must not stop grading
            intake.converter.log.exception("the suites of %s were not checked", name)
            continue
        if faults:
            raise AssignmentError(f"nothing was graded: {some(faults, '; ')}")
