"""An assignment as its folders hold it: items and points, suites, given modules, limits."""

import hashlib
import tomllib
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Any

import nbformat

from autograder.course import Course, Stage
from autograder.magic import CellCode
from autograder.stub import stub_of
from autograder.submission import Cell, Submission
from autograder.worker.opening import Opening


class AssignmentError(Exception):
    """A fault in an assignment's files; the text names the remedy."""


@dataclass(frozen=True)
class Limits:
    """What a submission's code may use.

    Parameters
    ----------
    call_seconds : float
        Wall-clock time for one call of a graded object.
    statement_seconds : float
        Wall-clock time for one statement of the notebook, while its cells run.
    submission_seconds : float
        Wall-clock time for all that a submission's code does.
    suite_seconds : float
        Wall-clock time that a hidden suite itself takes for one property: a suite that takes longer
        is at fault, and its item is held back.
    loading_seconds : float
        Wall-clock time in which a hidden suite is imported, PyTorch included.
    memory_mb : int
        Address space of a worker, in MiB.
    file_mb : int
        Size of any file that a worker writes, in MiB.
    scratch_mb : int
        Size of all files that a worker writes, in MiB.
    threads : int
        How many a worker may have.
    """

    call_seconds: float = 5.0
    statement_seconds: float = 5.0
    submission_seconds: float = 60.0
    suite_seconds: float = 30.0
    loading_seconds: float = 120.0
    memory_mb: int = 2048
    file_mb: int = 16
    scratch_mb: int = 64
    threads: int = 64


@dataclass(frozen=True)
class Item:
    """A graded cell: its `grade_id`, which is also its suite's name, and its points."""

    name: str
    points: float


@dataclass(frozen=True, init=False)
class Assignment:
    """One assignment of a course.

    Parameters
    ----------
    course : Course or Path
        The course, or the folder of one that has nbgrader's default settings.
    name : str
        The assignment's name, such as "dropout_l2".
    notebook : str, optional
        The notebook's name; without it, the assignment's only notebook.
    """

    course: Course
    name: str
    notebook: str = ""

    def __init__(self, course: Course | Path, name: str, notebook: str = "") -> None:
        known = Course(course) if isinstance(course, Path) else course
        vars(self).update(course=known, name=name, notebook=notebook)

    @property
    def root(self) -> Path:
        """The course's folder."""
        return self.course.root

    def folder(self, stage: Stage, student: str = ".") -> Path:
        """Return the assignment's folder in a stage; a student's, where students have some."""
        return self.course.folder(stage, self.name, student)

    def students(self, stage: Stage) -> dict[str, Path]:
        """Return each student's folder in a stage, by the student's id."""
        return self.course.students(stage, self.name)

    @cached_property
    def source(self) -> nbformat.NotebookNode:
        """The instructor's notebook."""
        return self._read(Stage.SOURCE, "write the assignment's notebook there")

    @cached_property
    def items(self) -> list[Item]:
        """The graded cells, in the notebook's order."""
        items = [
            Item(cell.grade_id, float(cell.points))
            for cell in Submission.from_notebook(self.source).cells
            if cell.is_item
        ]
        for item in items:
            if not self.suite(item).is_file():
                raise AssignmentError(
                    f"{self.suite(item)} not found: each graded cell needs the suite of its name"
                )
        return items

    @cached_property
    def release(self) -> nbformat.NotebookNode:
        """The notebook as released."""
        return self._read(Stage.RELEASE, f"run `nbgrader generate_assignment {self.name} --force`")

    @cached_property
    def stubs(self) -> dict[str, str]:
        """The solution cells as released, by `grade_id`."""
        cells = Submission.from_notebook(self.release).cells
        return {cell.grade_id: cell.source for cell in cells if cell.solution}

    @cached_property
    def reference(self) -> dict[str, str]:
        """The solution cells as the instructor solves them, by `grade_id`."""
        cells = Submission.from_notebook(self.source).cells
        return {cell.grade_id: cell.source for cell in cells if cell.solution}

    def role(self, cell: Cell, code: CellCode) -> str:
        """Return whose a cell is, as the worker knows it: "answer", "stub", "given" or "own"."""
        if cell.solution and cell.grade_id in self.stubs:
            stub = stub_of(self.stubs[cell.grade_id])
            return "stub" if stub.is_unanswered(code.python) else "answer"
        return "given" if cell.locked else "own"

    @cached_property
    def given(self) -> dict[str, str]:
        """The text of each given module, by its path beside the notebook."""
        folder = self.folder(Stage.SOURCE)
        return {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.py"))
        }

    @cached_property
    def opening(self) -> Opening:
        """What is the same in all notebooks: modules, and the cells before the first answer."""
        released = Submission.from_notebook(self.release)
        code = [
            (cell, "" if cell.grade else self.role(cell, code), code.python)
            for cell, code in zip(released.cells, released.codes, strict=True)
            if cell.kind == "code"
        ]
        cells = tuple(python for _, _, python in takewhile(lambda one: one[1] == "given", code))
        own = enumerate((role, python) for cell, role, python in code if not cell.grade)
        given = tuple((number, python) for number, (role, python) in own if role == "given")
        return Opening(tuple(self.given.items()), tuple(self.forbidden), cells, given[len(cells) :])

    @property
    def hidden(self) -> Path:
        """The folder of the hidden suites."""
        return self.root / "tests" / "hidden" / self.name

    def suite(self, item: Item) -> Path:
        """The hidden suite of an item."""
        return self.hidden / f"{item.name}.py"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What `manifest.toml` beside the suites says; empty without one."""
        path = self.hidden / "manifest.toml"
        try:
            return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise AssignmentError(f"{path} must be valid TOML: {error}") from None

    @cached_property
    def limits(self) -> Limits:
        """The manifest's limits, and the usual ones where it names none."""
        table = self.manifest.get("limits", {})
        known = {f.name for f in fields(Limits)}
        if unknown := sorted(set(table) - known):
            raise AssignmentError(
                f"{self.hidden / 'manifest.toml'}: [limits] must name some of {sorted(known)}, "
                f"got {unknown}"
            )
        return Limits(**table)

    @cached_property
    def forbidden(self) -> list[str]:
        """The libraries that graded code may not touch, beyond not having them."""
        return list(self.manifest.get("forbidden", []))

    @cached_property
    def version(self) -> str:
        """A digest of all that a verdict depends on: suites, given code, items and limits."""
        digest = hashlib.sha256()
        for path in sorted(p for p in self.hidden.rglob("*") if p.suffix in (".py", ".toml")):
            digest.update(path.relative_to(self.hidden).as_posix().encode() + path.read_bytes())
        cells = Submission.from_notebook(self.release).cells
        code = [(c.grade_id, c.source) for c in cells if c.grade_id and c.kind == "code"]
        digest.update(repr((sorted(self.given.items()), self.items, code)).encode())
        return digest.hexdigest()[:16]

    def _read(self, stage: Stage, remedy: str) -> nbformat.NotebookNode:
        folder = self.folder(stage)
        found = sorted(folder.glob(f"{self.notebook or '*'}.ipynb"))
        if len(found) != 1:
            wanted = f"{self.notebook}.ipynb" if self.notebook else "one notebook"
            raise AssignmentError(
                f"{folder} must hold {wanted}, got {[path.name for path in found]}: {remedy}"
            )
        return nbformat.read(found[0], as_version=4)
