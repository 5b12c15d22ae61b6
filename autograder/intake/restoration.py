"""Puts a submitted notebook back into the form of the release, keeping what the student wrote.

Cells that the assignment knows by `grade_id` come from the release, with its metadata, points and
text; of a solution cell the student's text is kept. Where that cell is lost or not filled in, the
one that defines its names stands for it. All other cells are the student's own and lose every claim
to be graded.
"""

import re

import nbformat
from nbformat import NotebookNode

from autograder.code.stub import Stub, defined, is_python, stub_of
from autograder.course.submission import Cell, Submission
from autograder.intake.notebook import new_cell, new_notebook

CODE = re.compile(r"```|(import|from|class|def)\b|@|%")  # how code in a text cell begins
FENCE = re.compile(r"\A\s*```[^\n]*\n(?P<code>.*?)(\n```.*)?\Z", re.DOTALL)
DEFINED = re.compile(r"^(?:class|def)\s+(\w+)", re.MULTILINE)


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
    _choose_by_definition(submitted, known, chosen, remarks)
    names = {index: name for name, index in chosen.items()}
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


def _choose(
    submitted: Submission, known: dict[str, NotebookNode], remarks: list[str]
) -> dict[str, int]:
    """Return which submitted cell stands for each known one: of several, the last one filled in."""
    candidates: dict[str, list[int]] = {}
    for index, cell in enumerate(submitted.cells):
        if cell.grade_id in known and not _hides_an_answer(cell, known):
            candidates.setdefault(cell.grade_id, []).append(index)
    chosen = {}
    for name, indices in candidates.items():
        filled = [i for i in indices if not _is_blank(submitted, i, known[name])]
        code = [i for i in filled if submitted.cells[i].kind == "code"]
        chosen[name] = (code or filled or indices)[-1]
        if len(indices) > 1:
            remarks.append(
                f"cell `{name}` is there {len(indices)} times: the last one filled in counts"
            )
    return chosen


def _choose_by_definition(
    submitted: Submission,
    known: dict[str, NotebookNode],
    chosen: dict[str, int],
    remarks: list[str],
) -> None:
    """Choose the cell that defines a solution cell's names where that is lost or not filled in.

    So an answer counts whose cell has lost its identity, or that was written elsewhere.
    """
    taken = {i for name, i in chosen.items() if not _is_blank(submitted, i, known[name])}
    for name, released in known.items():
        stub = stub_of(released.source)
        if not _is_answer(released) or not stub.names:
            continue
        own = chosen.get(name)
        others = [
            index
            for index, cell in enumerate(submitted.cells)
            if index not in taken
            and (cell.kind == "code" or CODE.match(cell.source.lstrip()))
            and _answers(stub, submitted.codes[index].python)
        ]
        if own is not None and own in taken:
            later = [i for i in others if i > own and submitted.cells[i].kind == "code"]
            if later:
                chosen[name] = _before_later_ones(submitted, name, stub, own, later, remarks)
                taken.add(chosen[name])
            continue
        whole = [i for i in others if stub.names <= _defined(submitted.codes[i].python)]
        if whole:
            code = [i for i in whole if submitted.cells[i].kind == "code"]
            sound = [i for i in code if is_python(submitted.codes[i].python)]
            chosen[name] = (sound or code or whole)[-1]
            taken.add(chosen[name])
            remarks.append(
                f"the answer `{name}` was found by its name, {', '.join(sorted(stub.names))}: "
                f"its own cell is {'not filled in' if name in _ids(submitted) else 'missing'}"
            )


def _before_later_ones(
    submitted: Submission,
    name: str,
    stub: Stub,
    own: int,
    later: list[int],
    remarks: list[str],
) -> int:
    """Choose between a solution cell that is filled in and later cells that define its names again.

    The solution cell counts, as students are told, unless it is unfinished and a later one is not.
    """
    python = submitted.codes[own].python
    names = ", ".join(sorted(stub.names))
    if submitted.cells[own].kind == "code" and not is_python(python):
        unfinished = f"cell `{name}` is not valid Python"
    elif still := sorted(stub.still_raising(python)):
        unfinished = f"{', '.join(filter(None, still)) or names} in cell `{name}` still "
        unfinished += f"raise{'s' * (len(still) == 1)} NotImplementedError"
    else:
        unfinished = ""
    finished = [
        i
        for i in later
        if stub.names <= _defined(submitted.codes[i].python)
        and is_python(submitted.codes[i].python)
        and not stub.still_raising(submitted.codes[i].python)
    ]
    if unfinished and finished:
        title = submitted.titles[finished[-1]]
        remarks.append(f"{unfinished}: {names} was taken from {title}, which defines it later")
        return finished[-1]
    titles = ", ".join(submitted.titles[i] for i in later)
    remarks.append(
        f"{names} is defined in cell `{name}`, which was graded, and again in {titles}, which was "
        f"not: if that is the answer, copy it into cell `{name}`"
    )
    return own


def _answers(stub: Stub, python: str) -> bool:
    """Tell whether a cell defines a name of a stub, and is not that stub."""
    return (
        stub.may_be_in(python)  # for most cells nothing need be parsed
        and bool(stub.names & _defined(python))
        and not stub.is_unanswered(python)
    )


def _ids(submitted: Submission) -> set[str]:
    return {cell.grade_id for cell in submitted.cells}


def _defined(source: str) -> set[str]:
    """Return what a cell defines, or seems to define if it cannot be read as Python."""
    return defined(source) or set(DEFINED.findall(source))


def _is_answer(known: NotebookNode) -> bool:
    return bool(known.metadata.nbgrader.get("solution", False)) and known.cell_type == "code"


def _is_blank(submitted: Submission, index: int, known: NotebookNode) -> bool:
    """Tell whether a known cell is not filled in."""
    if submitted.cells[index].source.strip() in ("", known.source.strip()):
        return True
    return _is_answer(known) and stub_of(known.source).is_unanswered(submitted.codes[index].python)


def _hides_an_answer(cell: Cell, known: dict[str, NotebookNode]) -> bool:
    """Tell whether an answer goes by the name of a locked cell, whose text would replace it."""
    locked = not known[cell.grade_id].metadata.nbgrader.get("solution", False)
    return locked and any(
        stub_of(answer.source).names.intersection(DEFINED.findall(cell.source))
        for answer in known.values()
        if _is_answer(answer)
    )


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
    # without its attachment, a picture would be an error on the feedback page
    return new_cell("markdown", cell.source.replace("attachment:", "attachment-"))


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


def _put_given_first(
    cells: list[NotebookNode], known: dict[str, NotebookNode], remarks: list[str]
) -> None:
    """Put what the release gives before its first answer, the imports, before the answers again."""
    moved = []
    for name, cell in known.items():
        if _is_answer(cell):
            break
        place = {
            other.metadata.nbgrader.grade_id: index
            for index, other in enumerate(cells)
            if "nbgrader" in other.metadata
        }
        first = min((place[other] for other in known if _is_answer(known[other])), default=0)
        if first < place[name] and not cell.metadata.nbgrader.get("grade", False):
            cells.insert(first, cells.pop(place[name]))
            moved.append(f"`{name}`")
    if moved:
        cells_were = "cell was" if len(moved) == 1 else "cells were"
        remarks.append(
            f"{len(moved)} {cells_were} put before the answers again, as released: "
            f"{', '.join(moved)}"
        )
