"""Restores the form of the release in a submitted notebook, and keeps the student's text.

- Cells with a known `grade_id` come from the release, with its metadata, points and text.
- A solution cell has the student's text. If it is missing or not filled in, the cell that defines
  its names replaces it.
- All other cells are the student's own, and are not graded.
"""

import re
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course.assignment import Assignment
from autograder.course.submission import Cell, Submission
from autograder.intake import unreachable
from autograder.intake.answer_choice import choose, is_answer
from autograder.intake.notebook import new_cell, new_notebook
from autograder.intake.team import read_team
from autograder.results.report import KEY

FENCE = re.compile(r"\A\s*```[^\n]*\n(?P<code>.*?)(\n```.*)?\Z", re.DOTALL)
MAX_CAUSE = 1000  # characters


def restored(assignment: Assignment, notebook: NotebookNode, found: dict[str, Any]) -> NotebookNode:
    """Return a notebook in the form of the release, with its remarks in its metadata.

    `notebook` and `found` are the result of `HandedIn.read`.
    """
    submitted = Submission.from_notebook(notebook)
    whole, remarks = restore(submitted, assignment.release)
    notes = read_team(submitted, Submission.from_notebook(assignment.release)).remarks
    if "unreadable" in found:  # then the cells are missing for that reason alone
        remarks, notes = [], ()
    else:
        remarks += unreachable.remarks(assignment, Submission.from_notebook(whole))
    remarks = [*found.get("remarks", []), *remarks]
    whole.metadata[KEY] = {**found, "remarks": remarks} | ({"notes": [*notes]} if notes else {})
    return whole


def unfinished(assignment: Assignment, cause: str) -> NotebookNode:
    """Return the release; its metadata has the cause why a submission cannot be graded."""
    notebook, _ = restore(Submission(()), assignment.release)
    notebook.metadata[KEY] = {"fault": cause[:MAX_CAUSE]}
    return notebook


def restore(submitted: Submission, release: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Return a valid notebook to grade, and remarks on the corrections; `release` is trusted."""
    remarks: list[str] = []
    known: dict[str, NotebookNode] = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in release.cells
        if "nbgrader" in cell.metadata and "grade_id" in cell.metadata.nbgrader
    }
    names = {index: name for name, index in choose(submitted, known, remarks).items()}
    cells: list[NotebookNode] = []
    place: dict[str, int] = {}
    for index, cell in enumerate(submitted.cells):
        name = names.get(index)
        if name is not None:
            place[name] = len(cells)
            cells.append(_trusted(known[name], cell))
        else:
            cells.append(_plain(cell))
    _add_missing(cells, place, known, remarks)
    _put_given_first(cells, known, remarks)
    kept = {key: release.metadata[key] for key in ("kernelspec",) if key in release.metadata}
    return new_notebook(cells, kept), remarks


def _trusted(known: NotebookNode, submitted: Cell) -> NotebookNode:
    cell: NotebookNode = nbformat.from_dict(known)
    cell = NotebookNode(cell)
    cell.metadata = nbformat.from_dict({"nbgrader": dict(known.metadata.nbgrader)})
    if known.metadata.nbgrader.get("solution", False):
        cell.source = submitted.source
        if cell.cell_type == "code" != submitted.kind and (fence := FENCE.match(cell.source)):
            cell.source = fence["code"]
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None
    return cell


def _plain(cell: Cell) -> NotebookNode:
    if cell.kind == "code":
        return new_cell("code", cell.source)
    # a picture without its attachment would be an error on the feedback page
    return new_cell("markdown", cell.source.replace("attachment:", "attachment-"))


def _add_missing(
    cells: list[NotebookNode],
    place: dict[str, int],
    known: dict[str, NotebookNode],
    remarks: list[str],
) -> None:
    """Insert each missing known cell after the cell that it follows in the release."""
    missing = []
    after = -1
    for name, cell in known.items():
        if name not in place:
            cells.insert(after + 1, _trusted(cell, Cell(cell.cell_type, cell.source)))
            place = {n: i + (i > after) for n, i in place.items()}
            place[name] = after + 1
            missing.append(f"`{name}`")
        after = place[name]
    if missing:
        cells_are = "cell was" if len(missing) == 1 else "cells were"
        remarks.append(
            f"{len(missing)} {cells_are} missing, put back as released: {', '.join(missing)}"
        )


def _put_given_first(
    cells: list[NotebookNode], known: dict[str, NotebookNode], remarks: list[str]
) -> None:
    """Move the release's cells before its first answer, the imports, before all answers."""
    moved = []
    for name, cell in known.items():
        if is_answer(cell):
            break
        place = {
            other.metadata.nbgrader.grade_id: index
            for index, other in enumerate(cells)
            if "nbgrader" in other.metadata
        }
        first = min((place[other] for other in known if is_answer(known[other])), default=0)
        if first < place[name] and not cell.metadata.nbgrader.get("grade", False):
            cells.insert(first, cells.pop(place[name]))
            moved.append(f"`{name}`")
    if moved:
        cells_were = "cell was" if len(moved) == 1 else "cells were"
        remarks.append(
            f"{len(moved)} {cells_were} put before the answers again, as released: "
            f"{', '.join(moved)}"
        )
