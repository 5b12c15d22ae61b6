"""A submitted notebook, read as data: nothing of it is run, and only its cells are believed."""

import copy
import hashlib
import json
from dataclasses import dataclass
from typing import TextIO

import nbformat

MAX_POINTS = 1e6
MAX_NOTEBOOK = 20 * 2**20  # characters


class UnreadableError(Exception):
    """A file that is no notebook; the text says why and what to do."""


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and what nbgrader's metadata say of it."""

    kind: str
    source: str
    grade_id: str = ""
    grade: bool = False
    solution: bool = False
    locked: bool = False
    points: float = 0.0


@dataclass(frozen=True)
class Submission:
    """The cells of a notebook, in its order."""

    cells: tuple[Cell, ...]

    @classmethod
    def from_notebook(cls, notebook: nbformat.NotebookNode) -> "Submission":
        """Take the cells of a notebook, whatever their metadata look like."""
        return cls(tuple(map(_cell, notebook.cells)))

    @property
    def digest(self) -> str:
        """A digest of the code cells: the same for the same code."""
        code = [(cell.source, cell.grade_id) for cell in self.cells if cell.kind == "code"]
        return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def read_notebook(stream: TextIO) -> nbformat.NotebookNode:
    """Read a notebook from an open file.

    Raises
    ------
    UnreadableError
        If it is no notebook; the text is meant for the student and the TA.
    """
    remedy = "hand in the notebook again, as Jupyter saves it"
    try:
        text = stream.read(MAX_NOTEBOOK + 1)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"the file is not text in UTF-8 ({error}): {remedy}") from None
    if len(text) > MAX_NOTEBOOK:
        raise UnreadableError(
            f"the file must be shorter than {MAX_NOTEBOOK} characters: "
            "clear the notebook's outputs and hand it in again"
        )
    text = text.removeprefix("\ufeff")  # which some editors write first
    if not text.strip():
        raise UnreadableError(f"the file is empty: {remedy}")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"the file is not valid JSON ({error}): {remedy}") from None
    try:
        # halves of characters cannot be written to any file
        whole = json.dumps(data, ensure_ascii=False).encode(errors="replace").decode()
        notebook = nbformat.reads(whole, as_version=4)
        for cell in notebook.cells:
            if not isinstance(cell.source, str) or not isinstance(cell.cell_type, str):
                raise TypeError(f"a cell's source must be text, got {type(cell.source).__name__}")
    except Exception as error:  # noqa: BLE001  # whatever nbformat makes of somebody's JSON
        raise UnreadableError(
            f"the file is JSON, but no notebook ({type(error).__name__}: {error}): {remedy}"[:500]
        ) from None
    return notebook


def filled(notebook: nbformat.NotebookNode, answers: dict[str, str]) -> nbformat.NotebookNode:
    """Return a copy of a notebook with the given texts in its cells of those `grade_id`s."""
    solved = copy.deepcopy(notebook)
    for cell in solved.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = answers[grade_id]
    return solved


def _cell(cell: nbformat.NotebookNode) -> Cell:
    metadata = cell.get("metadata")
    claims = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(claims, dict) or not isinstance(claims.get("grade_id"), str):
        return Cell(cell.cell_type, cell.source)
    points = claims.get("points", 0)
    return Cell(
        kind=cell.cell_type,
        source=cell.source,
        grade_id=claims["grade_id"],
        grade=claims.get("grade") is True,
        solution=claims.get("solution") is True,
        locked=claims.get("locked") is True,
        points=float(points)
        if isinstance(points, (int, float)) and abs(points) < MAX_POINTS
        else 0.0,
    )
