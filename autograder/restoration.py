"""Puts a submitted notebook back into the form of the release, keeping what the student wrote.

Cells that the assignment knows by `grade_id` come from the release, with its metadata, points and
text; of a solution cell the student's text is kept. All other cells are the student's own and lose
every claim to be graded.
"""

from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.submission import Cell, Submission


def restore(submitted: Submission, release: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Return a valid notebook to grade, and remarks on what had to be put right.

    Parameters
    ----------
    submitted : Submission
    release : NotebookNode
        The released notebook, which is trusted.
    """
    remarks: list[str] = []
    known: dict[str, NotebookNode] = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in release.cells
        if "nbgrader" in cell.metadata and "grade_id" in cell.metadata.nbgrader
    }
    chosen = _choose(submitted, known, remarks)
    cells: list[NotebookNode] = []
    place: dict[str, int] = {}
    for index, cell in enumerate(submitted.cells):
        if chosen.get(cell.grade_id) == index:
            place[cell.grade_id] = len(cells)
            cells.append(_trusted(known[cell.grade_id], cell))
        else:
            cells.append(_plain(cell))
    _add_missing(cells, place, known, remarks)
    kept = {key: release.metadata[key] for key in ("kernelspec",) if key in release.metadata}
    notebook = new_notebook(cells=cells, metadata=kept)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # unique, whatever was submitted
    return notebook, remarks


def _choose(
    submitted: Submission, known: dict[str, NotebookNode], remarks: list[str]
) -> dict[str, int]:
    """Return which submitted cell stands for each known one: of several, the last one filled in."""
    candidates: dict[str, list[int]] = {}
    for index, cell in enumerate(submitted.cells):
        if cell.grade_id in known:
            candidates.setdefault(cell.grade_id, []).append(index)
    chosen = {}
    for name, indices in candidates.items():
        stub = known[name].source.strip()
        filled = [i for i in indices if submitted.cells[i].source.strip() not in ("", stub)]
        chosen[name] = (filled or indices)[-1]
        if len(indices) > 1:
            remarks.append(
                f"cell `{name}` is there {len(indices)} times: the last one filled in counts"
            )
    return chosen


def _trusted(known: NotebookNode, submitted: Cell) -> NotebookNode:
    cell: NotebookNode = nbformat.from_dict(known)
    cell = NotebookNode(cell)
    cell.metadata = nbformat.from_dict({"nbgrader": dict(known.metadata.nbgrader)})
    if known.metadata.nbgrader.get("solution", False):
        cell.source = submitted.source
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None
    return cell


def _plain(cell: Cell) -> NotebookNode:
    make: Any = new_code_cell if cell.kind == "code" else new_markdown_cell
    return make(cell.source)


def _add_missing(
    cells: list[NotebookNode],
    place: dict[str, int],
    known: dict[str, NotebookNode],
    remarks: list[str],
) -> None:
    """Add each missing known cell behind the one that it follows in the release."""
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
