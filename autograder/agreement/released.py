"""Compares a release, cell by cell and file by file, with the one that nbgrader makes now."""

import copy
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    IncludeHeaderFooter,
    InstantiateTests,
    LockCells,
    SaveCells,
)
from traitlets.utils.importstring import import_item

from autograder.agreement.master import LOCKED, MasterCell, cells_of
from autograder.course.answer_clearing import ClearAnswerFiles
from autograder.course.course import Course
from autograder.course.imprint import Imprint

CHANGING_TEXT = {IncludeHeaderFooter, ClearSolutions, ClearHiddenTests, ClearMarkScheme}
LEAVING_TEXT = {
    InstantiateTests,  # it changes marked cells only
    LockCells,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    Imprint,
}
QUIET = logging.getLogger(f"{__name__}.quiet")  # the error has the message, too
QUIET.propagate = False
QUIET.addHandler(logging.NullHandler())


class NotReleasableError(Exception):
    """nbgrader cannot make a release of a notebook; the text says why."""


def made_of(source: NotebookNode, converter: BaseConverter) -> NotebookNode | None:
    """Return the notebook that nbgrader makes of a source; None if the settings have other steps.

    Raises
    ------
    NotReleasableError
    """
    settings = GenerateAssignment(coursedir=converter.coursedir, config=converter.config)
    steps = [_class_of(step) for step in settings.preprocessors]
    if {*steps} - CHANGING_TEXT - LEAVING_TEXT:
        return None
    made = copy.deepcopy(source)
    resources: dict[str, Any] = {}
    for step in steps:
        if step in CHANGING_TEXT:
            try:
                made, resources = step(parent=converter, log=QUIET)(made, resources)
            except (RuntimeError, ValueError, OSError) as error:
                raise NotReleasableError(str(error)) from error
    return made


def check_answer_file(path: Path, converter: BaseConverter) -> None:
    """Check that nbgrader can remove the solutions of a Python file.

    Raises
    ------
    NotReleasableError
    """
    try:
        ClearAnswerFiles(parent=converter, log=QUIET).cleared(path)
    except RuntimeError as error:
        raise NotReleasableError(str(error)) from error


def differences(made: NotebookNode, released: NotebookNode, *, texts: bool) -> list[str]:
    """Return how a released notebook differs from the one that nbgrader makes now.

    Parameters
    ----------
    made : NotebookNode
    released : NotebookNode
    texts : bool
        Whether to compare the texts, too.
    """
    wanted = {cell.name: cell for cell in cells_of(made)}
    found = {cell.name: cell for cell in cells_of(released)}
    facts = [f"`{name}` is missing" for name in wanted if name not in found]
    facts += [f"`{name}` is not in the source" for name in found if name not in wanted]
    if len(cells_of(released)) != len(found):
        facts.append("a grade_id is there more than once")
    for name in [name for name in wanted if name in found]:
        facts += _differences(wanted[name], found[name], texts=texts)
    if not facts and [*wanted] != [*found]:
        facts.append("its cells have another order")
    if not facts and texts and _texts(made) != _texts(released):
        facts.append("a cell that is not graded has another text")
    return facts


def differing_files(
    converter: BaseConverter, course: Course, source: Path, release: Path
) -> Iterator[str]:
    """Yield how a release's other files differ from those that the source makes now.

    Extra files count if they are modules.
    """
    answers = ClearAnswerFiles(parent=converter, log=QUIET)
    given, there = (
        {path.relative_to(folder) for path in course.files(folder) if path.suffix != ".ipynb"}
        for folder in (source, release)
    )
    for path in sorted(given):
        if path not in there:
            yield f"{path} is missing"
        elif answers.cleared(source / path) != (release / path).read_bytes():
            yield f"{path} has another content"
    for path in sorted(there - given):
        if path.suffix == ".py":
            yield f"{path} is not in the source"


def _differences(wanted: MasterCell, found: MasterCell, *, texts: bool) -> Iterator[str]:
    if (wanted.kind, wanted.roles) != (found.kind, found.roles):
        yield f"`{wanted.name}` is {_kind(found)} instead of {_kind(wanted)}"
    elif wanted.points != found.points:
        yield f"`{wanted.name}` has {found.points} points instead of {wanted.points}"
    elif texts and wanted.text.strip() != found.text.strip() and not _is_instantiated(wanted):
        yield f"`{wanted.name}` has another text"


def _kind(cell: MasterCell) -> str:
    roles = sorted(cell.roles - {LOCKED} or cell.roles)
    return f"a {' and '.join(roles)} cell ({cell.kind})"


def _is_instantiated(cell: MasterCell) -> bool:
    return InstantiateTests().autotest_delimiter in cell.text


def _texts(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Return the texts of the cells that nbgrader does not know by name."""
    return [
        (cell.cell_type, cell.source.strip())
        for cell in notebook.cells
        if not cell.metadata.get("nbgrader", {}).get("grade_id")
    ]


def _class_of(step: object) -> type:
    """Return the class of a step, which the settings have as a name, an object or the class."""
    if isinstance(step, str):
        step = import_item(step)
    return step if isinstance(step, type) else type(step)
