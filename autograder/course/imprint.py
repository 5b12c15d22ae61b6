"""The imprint of a release: its name, and digests of its cells and of the modules beside it.

`nbgrader generate_assignment` writes it into the notebook's metadata. With it a student's copy can
check what it has lost: see `source/<assignment>/check.py`. Grading does not use it.
"""

import hashlib
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course.answer_clearing import ClearAnswerFiles
from autograder.course.assignment import IMPRINT
from autograder.course.stock import assignment_of
from autograder.course.submission import Cell, Submission


class Imprint(NbGraderPreprocessor):
    """Writes the imprint of an assignment with suites, as the last step of making a release."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with the imprint in its metadata."""
        assignment = assignment_of(self, resources)
        if not assignment.has_suites:
            return nb, resources
        folder, clearing = Path(resources["metadata"]["path"]), ClearAnswerFiles(parent=self)
        nb.metadata[IMPRINT] = from_dict(
            {
                "notebook": f"{resources['metadata']['name']}.ipynb",
                "cells": {
                    cell.grade_id: {"role": _role(cell), "digest": digest(cell.source)}
                    for cell in Submission.from_notebook(nb).cells
                    if cell.grade_id
                },
                "files": {
                    path.relative_to(folder).as_posix(): digest(clearing.cleared(path).decode())
                    for path in sorted(folder.rglob("*.py"))
                },
            }
            | ({"answers": sorted(assignment.answer_files)} if assignment.answer_files else {})
        )
        return nb, resources


def digest(text: str) -> str:
    """Return a digest of a cell's or a module's text."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def _role(cell: Cell) -> str:
    """Return a cell's role for the student: "answer", "graded" or "given"."""
    if cell.solution:
        return "answer"
    return "graded" if cell.grade else "given"
