"""Chooses the submitted cell or file that corresponds to each cell of the release."""

import re

from nbformat import NotebookNode

from autograder.code.stub import Stub, defined, imported, is_python, stub_of
from autograder.course.answer_file import mark_of
from autograder.course.submission import Cell, Submission

CODE = re.compile(r"```|(import|from|class|def)\b|@|%")  # the beginning of code in a text cell
DEFINED = re.compile(r"^(?:class|def)\s+(\w+)", re.MULTILINE)


def choose(
    submitted: Submission, known: dict[str, NotebookNode], remarks: list[str]
) -> dict[str, int]:
    """Return the index of the submitted cell for each known cell that has one; add `remarks`."""
    chosen = _choose_by_id(submitted, known, remarks)
    _choose_by_definition(submitted, known, chosen, remarks)
    return chosen


def _choose_by_id(
    submitted: Submission, known: dict[str, NotebookNode], remarks: list[str]
) -> dict[str, int]:
    """Choose the cells with known ids: of several with one id, the last one filled in."""
    candidates: dict[str, list[int]] = {}
    for index, cell in enumerate(submitted.cells):
        if cell.grade_id in known and not _hides_an_answer(cell, known):
            if bool(cell.file) != bool(mark_of(known[cell.grade_id])):
                continue  # a cell with the id of an answer that is a file
            candidates.setdefault(cell.grade_id, []).append(index)
    chosen = {}
    for name, indices in candidates.items():
        filled = [i for i in indices if not _is_blank(submitted, i, known[name])]
        code = [i for i in filled if submitted.cells[i].kind == "code"]
        chosen[name] = (code or filled or indices)[-1]
        if len(indices) > 1:
            remarks.append(
                f"cell `{name}` exists {len(indices)} times: the last one that is filled in counts"
            )
    return chosen


def _choose_by_definition(
    submitted: Submission,
    known: dict[str, NotebookNode],
    chosen: dict[str, int],
    remarks: list[str],
) -> None:
    """If a solution cell is missing or not filled in, choose the cell that defines its names.

    So an answer counts even if its cell lost its id, or if it was written elsewhere.
    """
    taken = {i for name, i in chosen.items() if not _is_blank(submitted, i, known[name])}
    for name, released in known.items():
        stub = stub_of(released.source)
        if not is_answer(released) or not stub.names:
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
            if later and {*stub.names, "*"} & imported(submitted.codes[own].python):
                later = [i for i in later if not submitted.cells[i].file]  # it imports that file
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
            remarks.append(_found_elsewhere(submitted, name, released, chosen[name]))


def _found_elsewhere(submitted: Submission, name: str, released: NotebookNode, index: int) -> str:
    """Return the remark that an answer does not stand where it should."""
    names = ", ".join(sorted(stub_of(released.source).names))
    why = "not filled in" if name in _ids(submitted) else "missing"
    if mark := mark_of(released):
        title = submitted.titles[index]
        return f"{title} was graded as `{mark['file']}`, which is {why}: it defines {names}"
    return f"the answer `{name}` was found by its name, {names}: its own cell is {why}"


def _before_later_ones(
    submitted: Submission,
    name: str,
    stub: Stub,
    own: int,
    later: list[int],
    remarks: list[str],
) -> int:
    """Choose between a solution cell that is filled in and later cells that define its names again.

    The solution cell counts, unless it is unfinished and a later cell is finished.
    """
    python, place = submitted.codes[own].python, submitted.titles[own]
    names = ", ".join(sorted(stub.names))
    if submitted.cells[own].kind == "code" and not is_python(python):
        unfinished = f"{place} is not valid Python"
    elif still := sorted(stub.still_raising(python)):
        raising = ", ".join(filter(None, still)) or names
        verb = "raises" if len(still) == 1 else "raise"
        unfinished = f"{raising} in {place} still {verb} NotImplementedError"
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
        f"{names} is defined in {place}, which was graded, and again in {titles}, which was "
        f"not: if that is the answer, copy it into {place}"
    )
    return own


def _answers(stub: Stub, python: str) -> bool:
    """Return whether a cell defines a name of a stub, and is not that stub."""
    return (
        stub.may_be_in(python)  # so most cells are not parsed
        and bool(stub.names & _defined(python))
        and not stub.is_unanswered(python)
    )


def _ids(submitted: Submission) -> set[str]:
    return {cell.grade_id for cell in submitted.cells}


def _defined(source: str) -> set[str]:
    """Return the names that a cell defines, or seems to define if it is not valid Python."""
    return defined(source) or set(DEFINED.findall(source))


def is_answer(known: NotebookNode) -> bool:
    """Return whether a cell of the release is a solution cell of code, or an answer's file."""
    return is_solution(known) and known.cell_type == "code"


def is_solution(known: NotebookNode) -> bool:
    """Return whether the student writes a cell of the release."""
    claims = known.metadata.get("nbgrader", {})
    return bool(mark_of(known) or claims.get("solution", False))


def _is_blank(submitted: Submission, index: int, known: NotebookNode) -> bool:
    """Return whether a known cell is not filled in."""
    if submitted.cells[index].source.strip() in ("", known.source.strip()):
        return True
    return is_answer(known) and stub_of(known.source).is_unanswered(submitted.codes[index].python)


def _hides_an_answer(cell: Cell, known: dict[str, NotebookNode]) -> bool:
    """Return whether an answer has the id of a locked cell, whose text would replace it."""
    return not is_solution(known[cell.grade_id]) and any(
        stub_of(answer.source).names.intersection(DEFINED.findall(cell.source))
        for answer in known.values()
        if is_answer(answer)
    )
