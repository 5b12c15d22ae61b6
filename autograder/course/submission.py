"""A submitted notebook as data: it is not run, and only its cells are used."""

import copy
import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat

from autograder.code.cell_code import codes_of
from autograder.code.magic import CellCode
from autograder.code.normal_form import normal_form
from autograder.course.answer_file import mark_of

MAX_POINTS = 1e6
PLAIN = re.compile(r"[\w.-]{1,80}", re.ASCII)  # a `grade_id` that can be shown


@dataclass(frozen=True)
class Cell:
    """A cell: its text and nbgrader's metadata, or a Python file beside the notebook."""

    kind: str
    source: str
    grade_id: str = ""
    grade: bool = False
    solution: bool = False
    locked: bool = False
    points: float = 0.0
    file: str = ""  # its path

    @property
    def is_item(self) -> bool:
        """Whether a suite grades it; a graded cell that is also an answer is graded by hand."""
        return self.grade and not self.solution and self.kind == "code"

    @property
    def is_jupyters(self) -> bool:
        """Whether Jupyter runs it."""
        return self.kind == "code" and not self.file


@dataclass(frozen=True)
class Submission:
    """The cells of a notebook, in its order."""

    cells: tuple[Cell, ...]

    @classmethod
    def from_notebook(cls, notebook: nbformat.NotebookNode) -> "Submission":
        """Return the cells of a notebook; wrong metadata counts as none."""
        return cls(tuple(map(_cell, notebook.cells)))

    @cached_property
    def codes(self) -> tuple[CellCode, ...]:
        """The code that Jupyter runs for each cell; for a text cell or a file, the text."""
        codes = iter(codes_of(cell.source for cell in self.cells if cell.is_jupyters))
        return tuple(
            next(codes) if cell.is_jupyters else CellCode(cell.source) for cell in self.cells
        )

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The name of each cell in a remark: by its path, its `grade_id`, or its number."""
        numbers = {"code": 0, "text": 0}
        titles = []
        for cell in self.cells:
            if cell.file:
                titles.append(f"`{cell.file}`")
                continue
            kind = cell.kind if cell.kind == "code" else "text"
            numbers[kind] += 1
            plain = PLAIN.fullmatch(cell.grade_id)  # a student may have changed it to any text
            titles.append(f"cell `{cell.grade_id}`" if plain else f"{kind} cell {numbers[kind]}")
        return tuple(titles)

    @cached_property
    def seed(self) -> int:
        """The seed of all random numbers in grading.

        It is the same for the same answers, whatever their comments, layout, names and order of
        methods.
        """
        forms = [
            (cell.grade_id, normal_form(code.python))
            for cell, code in zip(self.cells, self.codes, strict=True)
            if cell.kind == "code" and cell.solution
        ]
        return int(hashlib.sha256(json.dumps(forms).encode()).hexdigest()[:12], 16)


def read_graded(path: Path) -> Submission | None:
    """Return the cells of a notebook that we have graded; None if it cannot be read.

    It is read without nbformat's checks, which would take most of the time for a whole class.
    """
    with suppress(OSError, ValueError, KeyError, TypeError):
        cells = [
            {key: cell[key] for key in ("cell_type", "metadata")}
            | {"source": "".join(cell["source"])}
            for cell in json.loads(path.read_bytes())["cells"]
        ]
        return Submission.from_notebook(nbformat.from_dict({"cells": cells}))
    return None


def filled(notebook: nbformat.NotebookNode, answers: Mapping[str, str]) -> nbformat.NotebookNode:
    """Return a copy of a notebook with these texts in its cells, by `grade_id`."""
    solved = copy.deepcopy(notebook)
    for cell in solved.cells:
        grade_id = _cell(cell).grade_id
        if grade_id in answers:
            cell.source = answers[grade_id]
    return solved


def _cell(cell: nbformat.NotebookNode) -> Cell:
    if mark := mark_of(cell):
        grade_id = mark["grade_id"]
        return Cell("code", cell.source, grade_id, solution=bool(grade_id), file=mark["file"])
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
