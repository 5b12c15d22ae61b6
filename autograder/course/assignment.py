"""An assignment, read from its folders: items and points, suites, given modules, limits."""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from pathlib import Path

import nbformat

from autograder.code.magic import CellCode
from autograder.code.stub import stub_of
from autograder.course.answer_file import AnswerFileError, answers_among, file_cell, with_files
from autograder.course.course import Course, Stage
from autograder.course.engine_version import engine_version
from autograder.course.limits import Limits
from autograder.course.manifest import Manifest, ManifestError, read_manifest, suites_of
from autograder.course.rubric import (
    NO_RUBRIC,
    ItemRubric,
    Rubric,
    RubricError,
    check_rubric,
    read_rubric,
)
from autograder.course.submission import Cell, Submission
from autograder.course.suite_file import fault_in
from autograder.results.criterion import shares
from autograder.results.outcome import ItemResult, PropertyResult
from autograder.worker.opening import Opening

MANIFEST = "manifest.toml"
IMPRINT = "released"  # key in the metadata of a notebook that was released for hidden suites


class AssignmentError(Exception):
    """A fault in an assignment's files; the text says what to do."""


@dataclass(frozen=True)
class Item:
    """A graded cell: its `grade_id`, which is also its suite's name, its points and rubric."""

    name: str
    points: float
    rubric: ItemRubric = NO_RUBRIC

    def result(self, properties: Iterable[PropertyResult]) -> ItemResult:
        """Return the item's result from those of its properties."""
        return ItemResult(self.name, self.points, tuple(properties), **self.rubric._asdict())

    @property
    def shares(self) -> dict[str, float]:
        """The points of each criterion, by its name."""
        criteria = self.rubric.criteria
        points = shares(self.points, criteria)
        return {c.name: share for c, share in zip(criteria, points, strict=True)}

    @property
    def counts(self) -> object:
        """What decides which criteria a solution loses, apart from outcomes; points without any."""
        named = [(c.name, c.manners, self.shares[c.name] > 0) for c in self.rubric.criteria]
        return named or self.points


@dataclass(frozen=True, init=False)
class Assignment:
    """One assignment of a course.

    Parameters
    ----------
    course : Course or Path
        The course, or the folder of a course with nbgrader's default settings.
    name : str
        The assignment's name, such as "dropout_l2".
    notebook : str, optional
        The notebook's name; default: the assignment's only notebook.
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
        """Return the assignment's folder in a stage, or a student's folder for it."""
        return self.course.folder(stage, self.name, student)

    def students(self, stage: Stage) -> dict[str, Path]:
        """Return each student's folder in a stage, by the student's id."""
        return self.course.students(stage, self.name)

    @cached_property
    def source(self) -> nbformat.NotebookNode:
        """The instructor's notebook, with a cell for each answer that is a file."""
        notebook = self._read(Stage.SOURCE, "write the assignment's notebook there")
        return self._with_answers(notebook, Stage.SOURCE)

    @cached_property
    def items(self) -> list[Item]:
        """The graded cells, in the notebook's order."""
        items = [
            Item(cell.grade_id, float(cell.points), self.rubric.get(cell.grade_id, NO_RUBRIC))
            for cell in Submission.from_notebook(self.source).cells
            if cell.is_item
        ]
        for item in items:
            if not self.suite(item).is_file():
                raise AssignmentError(
                    f"{self.suite(item)} not found: write a suite for this graded cell"
                )
        return items

    @cached_property
    def release(self) -> nbformat.NotebookNode:
        """The notebook as released, with a cell for each answer that is a file."""
        notebook = self._read(Stage.RELEASE, self._release_anew)
        return self._with_answers(notebook, Stage.RELEASE)

    @property
    def _release_anew(self) -> str:
        return f"run `nbgrader generate_assignment {self.name} --force`"

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
        """Return a cell's role for the worker: "answer", "stub", "given" or "own"."""
        if cell.solution and cell.grade_id in self.stubs:
            stub = stub_of(self.stubs[cell.grade_id])
            return "stub" if stub.is_unanswered(code.python) else "answer"
        return "given" if cell.locked else "own"

    @cached_property
    def _modules(self) -> dict[str, str]:
        """The text of each Python file of the source, by its path beside the notebook."""
        folder = self.folder(Stage.SOURCE)
        return {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in _files(folder)
            if path.suffix == ".py"
        }

    @cached_property
    def answer_files(self) -> dict[str, str]:
        """The `grade_id` of each answer that is a file, by its path beside the notebook."""
        try:
            return answers_among(self._modules)
        except AnswerFileError as error:
            raise AssignmentError(f"{self.folder(Stage.SOURCE)}: {error}") from None

    @cached_property
    def given(self) -> dict[str, str]:
        """The text of each given module, by its path beside the notebook."""
        return {path: text for path, text in self._modules.items() if path not in self.answer_files}

    @property
    def answer_cells(self) -> list[nbformat.NotebookNode]:
        """The cells of the answers that are files, without their texts."""
        return [file_cell(path, "", grade_id) for path, grade_id in self.answer_files.items()]

    def _with_answers(self, notebook: nbformat.NotebookNode, stage: Stage) -> nbformat.NotebookNode:
        folder = self.folder(stage)
        cells = []
        for path, grade_id in self.answer_files.items():
            file = folder / path
            if not file.is_file():
                raise AssignmentError(f"{file} not found: {self._release_anew}")
            cells.append(file_cell(path, file.read_text(encoding="utf-8"), grade_id))
        return with_files(notebook, cells) if cells else notebook

    @cached_property
    def opening(self) -> Opening:
        """The part that all notebooks share: modules, and the cells before the first answer."""
        released = Submission.from_notebook(self.release)
        code = [
            (cell, "" if cell.grade else self.role(cell, code), code.python)
            for cell, code in zip(released.cells, released.codes, strict=True)
            if cell.kind == "code"
        ]
        cells = tuple(python for _, _, python in takewhile(lambda one: one[1] == "given", code))
        own = enumerate((role, python) for cell, role, python in code if not cell.grade)
        given = tuple((number, python) for number, (role, python) in own if role == "given")
        return Opening(tuple(self.given.items()), self.forbidden, cells, given[len(cells) :])

    @cached_property
    def origin(self) -> "Assignment":
        """The assignment whose suites, mutants, variants and certificate are this one's, too.

        It is this one, unless its manifest names another one as `suites_of`.
        """
        own = self.root / "tests" / "hidden" / self.name / MANIFEST
        with suppress(ManifestError):  # `manifest` raises it
            if (name := suites_of(own)) not in ("", self.name):
                return Assignment(self.course, name)
        return self

    @property
    def hidden(self) -> Path:
        """The folder of the hidden suites."""
        return self.root / "tests" / "hidden" / self.origin.name

    @property
    def has_suites(self) -> bool:
        """Whether there is a folder of hidden suites; without it, stock nbgrader grades."""
        return self.hidden.is_dir()

    @property
    def has_lost_suites(self) -> bool:
        """Whether it was released for hidden suites, and their folder is missing."""
        released = sorted(self.folder(Stage.RELEASE).glob("*.ipynb"))
        return not self.has_suites and any(map(_has_imprint, released))

    def suite(self, item: Item) -> Path:
        """The hidden suite of an item."""
        return self.hidden / f"{item.name}.py"

    @cached_property
    def manifest(self) -> Manifest:
        """The limits and forbidden libraries that `manifest.toml` beside the suites sets."""
        try:
            return read_manifest(self.hidden / MANIFEST)
        except ManifestError as error:
            raise AssignmentError(str(error)) from None

    @property
    def limits(self) -> Limits:
        """What a submission's code may use."""
        return self.manifest.limits

    @property
    def forbidden(self) -> tuple[str, ...]:
        """The libraries that graded code may not use."""
        return self.manifest.forbidden

    @cached_property
    def rubric(self) -> Rubric:
        """The criteria and texts of each item, from `rubric.toml` beside the suites."""
        try:
            return read_rubric(self._rubric_file)
        except RubricError as error:
            raise AssignmentError(str(error)) from None

    @property
    def _rubric_file(self) -> Path:
        return self.hidden / "rubric.toml"

    def check(self) -> None:
        """Check the suites, the rubric and the manifest before grading.

        Raises
        ------
        AssignmentError
            With the file and the line of the first fault, and what to do.
        """
        _ = self.manifest
        for path in [*self.hidden.glob("conftest.py"), *map(self.suite, self.items)]:
            if fault := fault_in(path, is_suite=path.name != "conftest.py"):
                raise AssignmentError(fault)
        suites = {item.name: self.suite(item) for item in self.items}
        try:
            check_rubric(self._rubric_file, self.rubric, suites)
        except RubricError as error:
            raise AssignmentError(str(error)) from None

    @cached_property
    def suites_version(self) -> str:
        """A digest of all that the suites' verdicts depend on, such as items and limits."""
        return self._digest(_files(self.hidden), self.items)

    @cached_property
    def outcomes_version(self) -> str:
        """A digest of all that the outcomes of properties depend on, and which criteria count.

        It leaves out the rubric's weights and words, and the points of items with a rubric.
        """
        files = [path for path in _files(self.hidden) if path != self._rubric_file]
        return self._digest(files, [(item.name, item.counts) for item in self.items])

    def _digest(self, files: Iterable[Path], items: object) -> str:
        """Return a digest of files beside the suites, the given modules, the cells and `items`."""
        digest = hashlib.sha256()
        for path in files:
            if path.suffix != ".md":
                digest.update(path.relative_to(self.hidden).as_posix().encode() + path.read_bytes())
        cells = Submission.from_notebook(self.release).cells
        code = [(c.grade_id, c.source) for c in cells if c.grade_id and c.kind == "code"]
        digest.update(repr((sorted(self.given.items()), items, code)).encode())
        return digest.hexdigest()[:16]

    @property
    def version(self) -> str:
        """The suites' version and the engine's: all that a verdict depends on."""
        return f"{self.suites_version}-{engine_version()}"

    def _read(self, stage: Stage, remedy: str) -> nbformat.NotebookNode:
        folder = self.folder(stage)
        found = sorted(folder.glob(f"{self.notebook or '*'}.ipynb"))
        if len(found) != 1:
            wanted = f"{self.notebook}.ipynb" if self.notebook else "one notebook"
            names = ", ".join(path.name for path in found)
            if len(found) > 1:  # several notebooks are no mistake
                remedy = (
                    "`autograder grade` grades several, and the Formgrader and `nbgrader export` "
                    "show their points; for this command, make an assignment of each"
                )
            raise AssignmentError(f"{folder} must hold {wanted}, got {names or 'none'}: {remedy}")
        return nbformat.read(found[0], as_version=4)


def _files(folder: Path) -> list[Path]:
    """Return a folder's files, without those of editors and Python."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(
            part.startswith(".") or part.endswith("~") or part == "__pycache__"
            for part in path.relative_to(folder).parts
        )
    )


def _has_imprint(path: Path) -> bool:
    """Return whether a released notebook has an imprint, as those with suites have."""
    with suppress(OSError, ValueError, AttributeError):
        return IMPRINT in json.loads(path.read_bytes()).get("metadata", {})
    return False
