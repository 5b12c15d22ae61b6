"""Our classes at nbgrader's own extension points; `nbgrader_config.py` names them.

`enter_assignment` makes a new gradebook know the assignment, `SubmissionExporter` reads the file,
`RestoreCells` puts the notebook into the release's form, `GradeCells` lets it be graded and writes
each grade cell's output, `SaveGrades` takes that into the gradebook.
"""

from pathlib import Path
from typing import Any, TextIO

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
    NbGraderPreprocessor,
    SaveAutoGrades,
    SaveCells,
)
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool
from traitlets.config import Application

from autograder.assignment import Assignment, AssignmentError
from autograder.grader import grade_in_own_process, unreadable
from autograder.report import KEY, Report, item_html, item_text
from autograder.restoration import restore
from autograder.submission import Submission, UnreadableError, read_notebook

Resources = dict[str, Any]


class SubmissionExporter(NotebookExporter):
    """Reads any file: one that is no notebook becomes an empty one, with the reason beside it."""

    def from_file(
        self, file_stream: TextIO, resources: Resources | None = None, **kw: Any
    ) -> tuple[Any, Resources]:
        """Convert an open file."""
        resources = {} if resources is None else resources
        try:
            notebook = read_notebook(file_stream)
        except UnreadableError as error:
            resources[KEY] = {"unreadable": str(error)}
            notebook = nbformat.v4.new_notebook()
        return self.from_notebook_node(notebook, resources=resources, **kw)


class RestoreCells(NbGraderPreprocessor):
    """Brings a submission into the form of the release; the first of the sanitizing steps."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the restored notebook, with its remarks in the metadata."""
        assignment = _assignment(resources)
        submitted = Submission.from_notebook(nb)
        notebook, remarks = restore(submitted, assignment.release)
        unreadable_because = resources.get(KEY, {}).get("unreadable")
        notebook.metadata[KEY] = (
            {"unreadable": unreadable_because} if unreadable_because else {"remarks": remarks}
        )
        return notebook, resources


class GradeCells(NbGraderPreprocessor):
    """Has the notebook graded, and writes the one output by which each grade cell is scored."""

    allow_no_isolation = Bool(
        False,
        help="Grade even where student code cannot be confined; each grade says so.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook with its grade cells' outputs, and the report in its metadata."""
        assignment = _assignment(resources)
        _check_current(assignment, nb)
        cause = nb.metadata.get(KEY, {}).get("unreadable")
        report = (
            unreadable(assignment, cause)
            if cause
            else grade_in_own_process(assignment, nb, allow_no_isolation=self.allow_no_isolation)
        )
        nb.metadata[KEY] = nbformat.from_dict(report.to_dict())
        for cell in nb.cells:
            if _is_item(cell):
                cell.outputs = _outputs(report, cell.metadata.nbgrader.grade_id)
        points = [item.points for item in report.items]
        total = "held back" if None in points else f"{sum(p or 0 for p in points):g}"
        possible = sum(item.max_points for item in report.items)
        student = resources["nbgrader"]["student"]
        self.log.info("%s: %s of %g points, %s", student, total, possible, report.status)
        for remark in report.remarks:
            self.log.warning("%s: %s", student, remark)
        return nb, resources


class SaveGrades(SaveAutoGrades):
    """Saves the scores as nbgrader does, and holds back what did not run by our fault."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Save the scores of a graded notebook."""
        self.report = Report.from_dict(nb.metadata[KEY])
        return super().preprocess(nb, resources)

    def _add_score(self, cell: NotebookNode, resources: Resources) -> None:
        super()._add_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        if _is_item(cell) and self.report.item(name).points is None:
            grade = self.gradebook.find_grade(
                name, self.notebook_id, self.assignment_id, self.student_id
            )
            grade.auto_score = None
            grade.needs_manual_grade = True
            self.gradebook.db.commit()


def enter_assignment(assignment: str, student: str, notebooks: list[str]) -> None:
    """Enter an assignment into a gradebook that does not know it yet: `Autograde.pre_convert_hook`.

    So a fresh checkout, whose release is committed, can grade at once.
    """
    coursedir = getattr(Application.instance(), "coursedir", None)
    if coursedir is None:
        return  # in the Formgrader, which has buttons for this
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        if assignment in {entered.name for entered in gradebook.assignments}:
            return
        gradebook.add_assignment(assignment)
    for path in sorted((Path.cwd() / "source" / assignment).glob("*.ipynb")):
        names = {"assignment": assignment, "notebook": path.stem, "db_url": coursedir.db_url}
        exporter = NotebookExporter(parent=coursedir)
        for preprocessor in (LockCells, ClearSolutions, ClearOutput, ComputeChecksums, SaveCells):
            exporter.register_preprocessor(preprocessor, enabled=True)
        exporter.from_filename(str(path), resources={"nbgrader": names})


def _assignment(resources: Resources) -> Assignment:
    names = resources["nbgrader"]
    # nbgrader converts with the course's folder as the working directory
    return Assignment(Path.cwd(), names["assignment"], names["notebook"])


def _check_current(assignment: Assignment, nb: NotebookNode) -> None:
    """Check that every item of a graded notebook is one of the source's."""
    graded = {cell.metadata.nbgrader.grade_id for cell in nb.cells if _is_item(cell)}
    if unknown := sorted(graded - {item.name for item in assignment.items}):
        raise AssignmentError(
            f"release/{assignment.name} must have the items of source/{assignment.name}, got "
            f"{unknown}: run `nbgrader generate_assignment {assignment.name} --force`"
        )


def _is_item(cell: NotebookNode) -> bool:
    """Tell whether a cell is graded by a suite; one that is also an answer is graded by hand."""
    return bool(is_grade(cell)) and not is_solution(cell) and cell.cell_type == "code"


def _outputs(report: Report, name: str) -> list[NotebookNode]:
    """Return the account of an item, and its points as the one result that nbgrader reads."""
    points = report.item(name).points
    return [
        nbformat.v4.new_output(
            "display_data",
            data={"text/html": item_html(report, name), "text/plain": item_text(report, name)},
        ),
        nbformat.v4.new_output(
            "execute_result", data={"text/plain": repr(float(points or 0.0))}, execution_count=1
        ),
    ]
