"""Restores the form of the release in a submitted notebook, and keeps the student's text.

- Cells with a known `grade_id` come from the release, with its metadata, points and text.
- A solution cell, or a file that is an answer, has the student's text. If it is missing or not
  filled in, the cell or file that defines its names replaces it.
- All other cells are the student's own, and are not graded.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course.answer_file import as_file, file_cell, mark_of
from autograder.course.assignment import Assignment
from autograder.course.submission import Cell, Submission
from autograder.intake import unreachable
from autograder.intake.answer_choice import choose, is_answer, is_solution
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
    released = Submission.from_notebook(release).cells
    known: dict[str, NotebookNode] = {
        one.grade_id: cell
        for one, cell in zip(released, release.cells, strict=True)
        if one.grade_id
    }
    names = {index: name for name, index in choose(submitted, known, remarks).items()}
    cells: list[NotebookNode] = []
    place: dict[str, int] = {}
    for index in sorted(range(len(submitted.cells)), key=_order(submitted, known, names)):
        cell, name = submitted.cells[index], names.get(index)
        if name is not None:
            place[name] = len(cells)
            cells.append(_trusted(known[name], cell))
        elif not (cell.file and cell.grade_id):  # another text is graded in that file's place
            cells.append(_plain(cell))
    missing = _add_missing(cells, place, known)
    remarks += _on_missing(missing, known, has_notebook=not _has_only_files(submitted))
    _put_given_first(cells, known, remarks)
    kept = {key: release.metadata[key] for key in ("kernelspec",) if key in release.metadata}
    return new_notebook(cells, kept), remarks


def _order(
    submitted: Submission, known: dict[str, NotebookNode], names: dict[int, str]
) -> Callable[[int], int]:
    """Return the sort key of cells: answers in files, then the notebook, then other files."""
    answers = [name for name in known if mark_of(known[name])]

    def place(index: int) -> int:
        if names.get(index) in answers:
            return answers.index(names[index])
        return len(answers) + bool(submitted.cells[index].file)

    return place


def _trusted(known: NotebookNode, submitted: Cell) -> NotebookNode:
    if mark := mark_of(known):
        text = submitted.source if submitted.file else as_file(known.source, submitted.source)
        is_untouched = text.strip() == known.source.strip()
        return file_cell(mark["file"], text, mark["grade_id"], is_untouched=is_untouched)
    cell: NotebookNode = nbformat.from_dict(known)
    cell = NotebookNode(cell)
    cell.metadata = nbformat.from_dict({"nbgrader": dict(known.metadata.nbgrader)})
    if is_solution(known):
        cell.source = submitted.source
        if cell.cell_type == "code" != submitted.kind and (fence := FENCE.match(cell.source)):
            cell.source = fence["code"]
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None
    return cell


def _plain(cell: Cell) -> NotebookNode:
    if cell.file:
        return file_cell(cell.file, cell.source)
    if cell.kind == "code":
        return new_cell("code", cell.source)
    # a picture without its attachment would be an error on the feedback page
    return new_cell("markdown", cell.source.replace("attachment:", "attachment-"))


def _add_missing(
    cells: list[NotebookNode], place: dict[str, int], known: dict[str, NotebookNode]
) -> list[str]:
    """Insert each missing known cell after the cell that it follows in the release.

    Return the missing ones.
    """
    missing = []
    after = -1
    for name, cell in known.items():
        if name not in place:
            file = mark_of(cell).get("file", "")
            cells.insert(after + 1, _trusted(cell, Cell(cell.cell_type, cell.source, file=file)))
            place = {n: i + (i > after) for n, i in place.items()}
            place[name] = after + 1
            missing.append(name)
        after = place[name]
    return missing


def _has_only_files(submitted: Submission) -> bool:
    """Return whether files were handed in, and no notebook that could be read."""
    return bool(submitted.cells) and all(cell.file for cell in submitted.cells)


def _on_missing(
    missing: list[str], known: dict[str, NotebookNode], *, has_notebook: bool
) -> Iterator[str]:
    """Yield the remarks on missing cells and files."""
    files = [mark["file"] for name in missing if (mark := mark_of(known[name]))]
    for file in files:
        yield f"`{file}` is missing: it counts as not filled in"
    cells = [f"`{name}`" for name in missing if not mark_of(known[name])]
    if cells and has_notebook:  # without a notebook, another remark says so
        cells_are = "cell was" if len(cells) == 1 else "cells were"
        yield f"{len(cells)} {cells_are} missing, put back as released: {', '.join(cells)}"


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
