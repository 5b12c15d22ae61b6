"""Checks the instructor's files: notebooks with their cells, suites, modules."""

import ast
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import (
    MetadataValidator,
    SchemaTooNewError,
    SchemaTooOldError,
    ValidationError,
)
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from autograder.agreement.disagreement import Disagreement, some
from autograder.course.submission import MAX_POINTS

NAME = re.compile(r"[^/\\\x00-\x1f]+")
TESTS = re.compile(r"^(?:def test_|class Test)", re.MULTILINE)
NO_SUITE = "conftest.py"
GRADE, SOLUTION, TASK, LOCKED = "grade", "solution", "task", "locked"  # nbgrader's roles of a cell


@dataclass(frozen=True)
class MasterCell:
    """A cell that nbgrader knows by name."""

    name: Any  # its `grade_id`; a text unless the notebook has a fault
    kind: str  # "code", "markdown" or "raw"
    roles: frozenset[str]  # of "grade", "solution", "task" and "locked"
    points: Any  # a number unless the notebook has a fault; 0 for a cell that is not graded
    text: str

    @property
    def is_item(self) -> bool:
        """Whether a suite grades it."""
        return GRADE in self.roles and SOLUTION not in self.roles and self.kind == "code"

    @property
    def is_graded(self) -> bool:
        """Whether a suite or a person gives points for it."""
        return bool(self.roles & {GRADE, TASK})


def read(path: Path) -> NotebookNode | Disagreement:
    """Return a notebook of the course, or why it cannot be read."""
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # noqa: BLE001  # nbformat raises many kinds
        cause = (str(error).splitlines() or [type(error).__name__])[0]
        return Disagreement(
            f"{path} must be a notebook, got a file that cannot be read ({cause})",
            "put a copy in its place",
        )


def cells_of(notebook: NotebookNode) -> list[MasterCell]:
    """Return the cells of a notebook that nbgrader knows by name, in order."""
    tests = {GRADE: is_grade, SOLUTION: is_solution, TASK: is_task, LOCKED: is_locked}
    found = []
    for cell in notebook.cells:
        roles = frozenset(role for role, holds in tests.items() if holds(cell))
        if roles:
            claims = cell.metadata["nbgrader"]
            points = claims.get("points") if roles & {GRADE, TASK} else 0
            found.append(
                MasterCell(claims.get("grade_id"), cell.cell_type, roles, points, cell.source)
            )
    return found


def faults_of_cells(path: Path, notebook: NotebookNode, again: str) -> Iterator[Disagreement]:
    """Yield the faults of a source notebook.

    Parameters
    ----------
    path : Path
    notebook : NotebookNode
    again : str
        The instruction to release it again.
    """
    cells = cells_of(notebook)

    def fault(fact: str, remedy: str) -> Disagreement:
        return Disagreement(f"{path}: {fact}", f"{remedy}, then {again}")

    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python":
        yield fault(f"the notebook must be a Python notebook, got {language}", "choose its kernel")
    nameless = [c for c in cells if not (isinstance(c.name, str) and NAME.fullmatch(c.name))]
    if nameless:
        yield fault(
            f"each of nbgrader's cells must have a name (grade_id), got {nameless[0].name!r}",
            "give it one in the Create Assignment panel",
        )
        return
    names = Counter(cell.name for cell in cells)
    if twice := [name for name, count in names.items() if count > 1]:
        named = some(f"`{name}`" for name in twice)
        yield fault(
            f"each grade_id must be there once, got more than one cell {named}",
            "give one of the cells another grade_id",
        )
        return
    wrong = [fact for cell in cells if (fact := _wrong_points(cell))]
    for fact in wrong:
        yield fault(fact, "give it points in the Create Assignment panel")
    if wrong:
        return
    try:
        MetadataValidator().validate_nb(notebook)
    except SchemaTooOldError:
        yield fault("its cells are of an older nbgrader", f"run `nbgrader update {path}`")
    except SchemaTooNewError:
        yield fault("its cells are of a newer nbgrader", "install that version of nbgrader")
    except (ValidationError, KeyError) as error:
        cause = (str(error).splitlines() or [""])[0]
        yield fault(f"nbgrader cannot release it ({cause})", "mend the cell")


def faults_of_suites(
    hidden: Path, source: Path, items: Iterable[str], again: str
) -> Iterator[Disagreement]:
    """Yield how the suites in a folder and the items that they grade differ."""
    wanted = dict.fromkeys(items)
    files = sorted(hidden.glob("*.py"))
    lacking = [name for name in wanted if hidden / f"{name}.py" not in files]
    over = [
        path.name
        for path in files
        if path.stem not in wanted and path.name != NO_SUITE and _has_tests(path)
    ]
    remedy = ""
    if len(lacking) == 1 and len(over) == 1:
        remedy = f"rename {over[0]} to {lacking[0]}.py"
    if lacking:
        yield Disagreement(
            f"{hidden} must hold the suite of each graded cell, and has none for "
            f"{some(f'`{name}`' for name in lacking)}",
            remedy or f"write {some(f'{name}.py' for name in lacking)}",
        )
    if over:
        yield Disagreement(
            f"{some(over)} in {hidden} must have the graded cell of that name in {source}",
            remedy or f"delete {some(over)}, or put the cell back and {again}",
        )


def faults_of_modules(paths: Iterable[Path], again: str) -> Iterator[Disagreement]:
    """Yield the given modules that this Python cannot read."""
    for path in paths:
        try:
            ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError) as error:
            yield Disagreement(
                f"{path} must be Python in UTF-8 ({error})", f"mend it, then {again}"
            )


def _wrong_points(cell: MasterCell) -> str:
    """Return what is wrong with a cell's points; empty if they are right."""
    if not cell.is_graded:
        return ""
    if not _is_number(cell.points):
        return f"the points of `{cell.name}` must be a number, got {cell.points!r}"
    if cell.points >= MAX_POINTS:
        return f"the points of `{cell.name}` must be less than {MAX_POINTS:g}, got {cell.points:g}"
    if cell.is_item and cell.points <= 0:
        return f"the points of `{cell.name}` must be more than 0, got {cell.points:g}"
    if cell.points < 0:
        return f"the points of `{cell.name}` must not be less than 0, got {cell.points:g}"
    return ""


def _is_number(points: object) -> bool:
    return (
        isinstance(points, (int, float)) and not isinstance(points, bool) and math.isfinite(points)
    )


def _has_tests(path: Path) -> bool:
    return bool(TESTS.search(path.read_text(encoding="utf-8", errors="replace")))
