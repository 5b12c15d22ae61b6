"""Compares source, suites, release and gradebook before a run changes anything.

A run calls `check` once. nbgrader calls `before_release` before it makes a release.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.preprocessors import (
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from sqlalchemy import create_engine

from autograder.agreement import gradebook_cells, master, released
from autograder.agreement.disagreement import Disagreement, as_one_line, some
from autograder.agreement.gradebook_cells import Entered
from autograder.agreement.layout import Layout
from autograder.course import gradebook
from autograder.course.answer_entry import SaveCellsAndFiles
from autograder.course.answer_file import with_files
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Stage
from autograder.course.settings import course_of
from autograder.course.stock import without_hidden_files
from autograder.course.transaction import transaction

ENTERING = (LockCells, ClearSolutions, ClearOutput, ComputeChecksums, SaveCellsAndFiles)
DISCARD = "--SourceExporter.discard_marks=True"


class Agreement:
    """The comparison of an assignment's source, suites, release and gradebook.

    Parameters
    ----------
    converter : BaseConverter
        One of nbgrader's converters, for its settings.
    """

    def __init__(self, converter: BaseConverter) -> None:
        self.converter = converter
        self.course = course_of(without_hidden_files(converter.coursedir))
        self.name = converter.coursedir.assignment_id
        self.source = self.course.folder(Stage.SOURCE, self.name)
        self.release = self.course.folder(Stage.RELEASE, self.name)
        self.url = self.course.db_url
        self.again = self._again()
        self.notebooks: dict[str, NotebookNode] = {}  # the source's, by name
        self.made: dict[str, NotebookNode] = {}  # the release that nbgrader makes of each
        self.has_texts = True  # whether `made` has the release's texts, too

    def of_source(self) -> Iterator[Disagreement]:
        """Read the source's notebooks, and yield their faults."""
        paths = sorted(self.source.glob("*.ipynb"))
        if not paths:
            yield Disagreement(
                f"{self.source} must hold a notebook, got none",
                f"put the assignment's notebook there, then {self.again}",
            )
        for path in paths:
            found = master.read(path)
            if isinstance(found, Disagreement):
                yield found
                continue
            self.notebooks[path.stem] = found
            faults = [*master.faults_of_cells(path, found, self.again)]
            yield from faults
            if not faults:
                yield from self._make(path, found)
        faults = [*master.faults_of_modules(self._modules(), self.again)]
        yield from faults or self._faults_of_answer_files()

    def of_suites(self) -> Iterator[Disagreement]:
        """Yield how the source's items and the suites differ.

        Checks of other files beside the suites, such as a rubric, belong here.
        """
        hidden = Assignment(self.course, self.name).hidden
        items = [
            cell.name
            for notebook in self.notebooks.values()
            for cell in master.cells_of(notebook)
            if cell.is_item
        ]
        yield from master.faults_of_suites(hidden, self.source, items, self.again)

    def of_release(self) -> Iterator[Disagreement]:
        """Yield how the source and the release differ."""
        released_names = {path.stem for path in self.release.glob("*.ipynb")}
        for name, made in self.made.items():
            path = self.release / f"{name}.ipynb"
            if name not in released_names:
                facts = ["it is missing"]
            elif isinstance(found := master.read(path), Disagreement):
                facts = ["it cannot be read"]
            else:
                facts = released.differences(made, found, texts=self.has_texts)
            if facts:
                yield self._differs(path, self.source / path.name, facts)
        for name in sorted(released_names - self.made.keys()):
            yield self._differs(
                self.release / f"{name}.ipynb", self.source, ["no notebook has that name there"]
            )
        if not self.release.is_dir():
            return
        places = (self.converter, self.course, self.source, self.release)
        if files := [*released.differing_files(*places)]:
            yield self._differs(self.release, self.source, files)

    def of_gradebook(self) -> Iterator[Disagreement]:
        """Yield how the source and a gradebook with submissions differ."""
        known = self.entered
        if known is None or not known.submissions:
            return  # `enter` will update it
        if facts := known.differences(self.layouts):
            lost = known.lost(self.layouts)
            self.again = self._again(discard=bool(lost))
            yield Disagreement(
                f"the gradebook must have the cells and points of {self.source}, but "
                f"{some(facts)}{_lost_marks(lost)}",
                self.again,
            )

    def enter(self) -> None:
        """Enter the assignment in a gradebook without submissions of it, as nbgrader does."""
        known = self.entered
        layouts = self.layouts
        if known is not None and (known.submissions or not known.differences(layouts)):
            return
        with Gradebook(self.url, self.course.course_id) as opened:
            opened.update_or_create_assignment(self.name)
            for name in known.notebooks if known else ():
                if name not in layouts:
                    opened.remove_notebook(name, self.name)
        for name in layouts:
            exporter = NotebookExporter(parent=self.converter, config=self.converter.config)
            for step in ENTERING:
                exporter.register_preprocessor(step, enabled=True)
            names = {"assignment": self.name, "notebook": name, "db_url": self.url}
            path = self.source / f"{name}.ipynb"
            exporter.from_filename(str(path), resources={"nbgrader": names})
        if self.course.groupshared:
            gradebook.share(self.url)

    def keep_gradebook(self, *, discard_marks: bool) -> str:
        """Give a gradebook with submissions the cells of the source; return what was done.

        Parameters
        ----------
        discard_marks : bool
            Whether scores and comments by hand may be deleted with cells that the source lacks.

        Raises
        ------
        NbGraderException
            If they would be deleted and must not. Then nothing has changed.
        """
        known = self.entered
        if known is None or not known.submissions:
            return ""
        facts = known.differences(self.layouts)
        lost = known.lost(self.layouts)
        if lost and not discard_marks:
            raise NbGraderException(
                f"the gradebook must keep what people gave by hand{_lost_marks(lost)}: put the "
                f"cells back in {self.source}, or {self._again(discard=True)}"
            )
        if facts:
            with Gradebook(self.url, self.course.course_id) as opened, transaction(opened):
                gradebook_cells.keep_like(opened, self.name, self.layouts)
        return some(facts)

    def refuse(self, found: list[Disagreement]) -> None:
        """Raise an error if anything was found, with paths relative to the course's folder."""
        if found:
            raise NbGraderException(as_one_line(found).replace(f"{self.course.root}/", ""))

    @property
    def layouts(self) -> dict[str, Layout]:
        """The cells that the gradebook must have of each notebook."""
        files = Assignment(self.course, self.name).answer_cells
        return {
            name: Layout.of(master.cells_of(with_files(made, files)))
            for name, made in self.made.items()
        }

    @cached_property
    def entered(self) -> Entered | None:
        """The gradebook's entries of the assignment; None if it does not know it."""
        if not gradebook.is_there(self.url):
            return None
        engine = create_engine(self.url)
        try:
            return Entered.read(engine, self.name)
        finally:
            engine.dispose()

    def _again(self, *, discard: bool = False) -> str:
        """Return the instruction to release the assignment again."""
        given = getattr(self.converter.parent, "cli_config", {}).get("CourseDirectory", {})
        db = f" --db={gradebook.shown(self.url)}" if "db_url" in given else ""
        more = f" {DISCARD}" if discard else ""
        return f"run `nbgrader generate_assignment {self.name} --force{db}{more}`"

    def _make(self, path: Path, notebook: NotebookNode) -> Iterator[Disagreement]:
        try:
            made = released.made_of(notebook, self.converter)
        except released.NotReleasableError as error:
            yield self._not_releasable(path, error)
        else:
            self.has_texts = self.has_texts and made is not None
            self.made[path.stem] = notebook if made is None else made

    def _faults_of_answer_files(self) -> Iterator[Disagreement]:
        try:
            _ = Assignment(self.course, self.name).answer_files
        except AssignmentError as error:
            fact, _, remedy = str(error).rpartition(": ")
            yield Disagreement(fact, f"{remedy}, then {self.again}")
        for path in self._modules():
            try:
                released.check_answer_file(path, self.converter)
            except released.NotReleasableError as error:
                yield self._not_releasable(path, error)

    def _not_releasable(self, path: Path, error: Exception) -> Disagreement:
        what = f"{path}: nbgrader cannot release it ({error})"
        return Disagreement(what, f"mend it, then {self.again}")

    def _modules(self) -> list[Path]:
        return [path for path in self.course.files(self.source) if path.suffix == ".py"]

    def _differs(self, path: Path, source: Path, facts: list[str]) -> Disagreement:
        return Disagreement(
            f"{path} must be what nbgrader makes of {source}, but {some(facts)}", self.again
        )


def check(converter: BaseConverter) -> Agreement:
    """Compare everything, and change nothing.

    Parameters
    ----------
    converter : BaseConverter
        nbgrader's own, with the course's settings.

    Raises
    ------
    NbGraderException
        If something does not agree. The text says what it is, and what to do.
    """
    agreement = Agreement(converter)
    gradebook.check(agreement.url, agreement.course.course_id)
    agreement.refuse([*agreement.of_source()])
    found = [*agreement.of_suites()]
    later = [*agreement.of_gradebook()]  # first: it adds to the remedy if marks would be lost
    agreement.refuse([*found, *agreement.of_release(), *later])
    assignment = Assignment(agreement.course, agreement.name)
    try:
        _ = assignment.manifest
    except AssignmentError as error:
        raise NbGraderException(str(error)) from error
    return agreement


def before_release(converter: GenerateAssignment, *, discard_marks: bool) -> None:
    """Check a source before nbgrader makes its release, and update the gradebook.

    Parameters
    ----------
    converter : GenerateAssignment
    discard_marks : bool
        As in `Agreement.keep_gradebook`.

    Raises
    ------
    NbGraderException
        If the source or the gradebook has a fault. Then nothing has changed.
    """
    agreement = Agreement(converter)
    if not Assignment(agreement.course, agreement.name).has_suites:
        return
    if agreement.release.exists() and not converter.force:
        return  # nbgrader keeps the release
    agreement.refuse([*agreement.of_source()])
    if converter.no_database or converter.coursedir.notebook_id != "*":
        return
    if done := agreement.keep_gradebook(discard_marks=discard_marks):
        converter.log.warning("Updated the gradebook to the source: %s", done)


def _lost_marks(lost: Mapping[str, int]) -> str:
    """Return, in words, how many scores and comments by hand would be deleted."""
    if not lost:
        return ""
    count = sum(lost.values())
    marks = "1 score or comment" if count == 1 else f"{count} scores and comments"
    return f" ({marks} by hand for {some(f'`{name}`' for name in lost)})"
