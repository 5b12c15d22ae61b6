"""A graded notebook: restored from what was handed in, graded, with the report written into it.

`nbgrader autograde` does this in steps, with a file after each; `autograder grade` does it at once.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course.assignment import Assignment, AssignmentError, Item
from autograder.course.course import Stage
from autograder.course.submission import Submission
from autograder.grading.remarks import grouped
from autograder.intake.handed_in import HandedIn
from autograder.intake.notebook import new_output
from autograder.intake.restoration import MAX_CAUSE, restored, unfinished
from autograder.results.account import item_html, item_text
from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.report import KEY, Report, Status
from autograder.text.plain_text import visible

Grade = Callable[[Assignment, NotebookNode], Report]


@dataclass(frozen=True)
class Graded:
    """A graded notebook, as the text that nbgrader writes to `autograded/`, report included."""

    text: str

    @cached_property
    def report(self) -> Report:
        """The report on it."""
        return Report.from_dict(self._data["metadata"][KEY])

    @cached_property
    def notebook(self) -> NotebookNode:
        """Its cells as nbgrader uses them; they were checked when they were written."""
        return nbformat.v4.to_notebook({**self._data, "metadata": {}})

    @cached_property
    def _data(self) -> Any:
        return json.loads(self.text)

    @property
    def is_held(self) -> bool:
        """Whether it has no grade yet by our fault."""
        return self.report.status is Status.HELD

    @classmethod
    def of(cls, assignment: Assignment, handed_in: HandedIn, grade: Grade) -> "Graded":
        """Read, restore and grade what was handed in; `grade` grades a restored notebook."""
        notebook = restored(assignment, *handed_in.read())
        return cls._rendered(notebook, report_on(assignment, notebook, grade))

    @classmethod
    def held_back(cls, assignment: Assignment, cause: str) -> "Graded":
        """Return the notebook and report of a submission that cannot be graded by our fault."""
        notebook = unfinished(assignment, cause)
        return cls._rendered(notebook, held(assignment, cause[:MAX_CAUSE]))

    @classmethod
    def _rendered(cls, notebook: NotebookNode, report: Report) -> "Graded":
        render(notebook, report)
        return cls(f"{nbformat.writes(notebook, version=4)}\n")


def report_on(assignment: Assignment, notebook: NotebookNode, grade: Grade) -> Report:
    """Return the report of a restored notebook: its grade, or why it has none."""
    graded = {cell.grade_id for cell in Submission.from_notebook(notebook).cells if cell.is_item}
    if unknown := sorted(graded - {item.name for item in assignment.items}):
        release, source = (
            assignment.course.shown(assignment.folder(stage))
            for stage in (Stage.RELEASE, Stage.SOURCE)
        )
        raise AssignmentError(
            f"{release} must have the items of {source}, got "
            f"{unknown}: run `nbgrader generate_assignment {assignment.name} --force`"
        )
    found = notebook.metadata.get(KEY, {})
    if "fault" in found:
        return held(assignment, found["fault"])
    if "unreadable" in found:
        report = unreadable(assignment, found["unreadable"])
        report = replace(report, remarks=(*report.remarks, *found.get("remarks", ())))
    else:
        report = grade(assignment, notebook)
    return replace(
        report,
        remarks=grouped(report.remarks),
        handed_in=found.get("handed_in", ""),
        notes=tuple(found.get("notes", ())),
    )


def render(notebook: NotebookNode, report: Report) -> None:
    """Write a report into a restored notebook: into its metadata and each graded cell."""
    notebook.metadata[KEY] = nbformat.from_dict(report.to_dict())
    cells = Submission.from_notebook(notebook).cells
    for written, cell in zip(notebook.cells, cells, strict=True):
        if cell.is_item:
            written.outputs = _outputs(report, cell.grade_id)


def _outputs(report: Report, name: str) -> list[NotebookNode]:
    """Return the text of an item, and its points as the result that nbgrader reads."""
    points = report.item(name).points
    return [
        new_output(
            "display_data",
            {
                "text/html": visible(item_html(report, name)),
                "text/plain": visible(item_text(report, name)),
            },
        ),
        new_output("execute_result", {"text/plain": repr(float(points or 0.0))}, execution_count=1),
    ]


def unreadable(assignment: Assignment, cause: str) -> Report:
    """Return the report of a file that could not be read: 0 points, and the cause."""
    failure = PropertyResult(
        "readable", "The notebook can be read.", Outcome.FAILED, cause, essential=True
    )
    items = tuple(_with_one_property(item, failure) for item in assignment.items)
    return Report(Status.UNREADABLE, items, (cause,), version=assignment.version)


def held(assignment: Assignment, cause: str) -> Report:
    """Return the report of a submission that could not be graded by our fault."""
    fault = PropertyResult("grader", "The grader works.", Outcome.NOT_RUN, cause)
    items = tuple(_with_one_property(item, fault) for item in assignment.items)
    return Report(Status.HELD, items, version=assignment.version)


def _with_one_property(item: Item, result: PropertyResult) -> ItemResult:
    return item.result([result])
