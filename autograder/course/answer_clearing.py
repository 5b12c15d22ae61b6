"""Removes the solutions from answers that are files, as nbgrader does from solution cells."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor

from autograder.course.answer_file import is_answer
from autograder.course.course import Stage
from autograder.course.stock import assignment_of


class ClearAnswerFiles(NbGraderPreprocessor):
    """Clears the answers beside a notebook while its release is made, by nbgrader's own step."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook as it is; clear the files in the folder of the release."""
        assignment = assignment_of(self, resources)
        if assignment.has_suites:
            release = assignment.folder(Stage.RELEASE)
            for path in assignment.answer_files:
                (release / path).write_bytes(self.cleared(release / path))
        return nb, resources

    def cleared(self, path: Path) -> bytes:
        """Return a file's content for students.

        Raises
        ------
        RuntimeError
            If a solution region has no end.
        """
        data = path.read_bytes()
        if path.suffix != ".py" or not is_answer(data.decode(errors="replace")):
            return data
        cell = new_code_cell(data.decode(), metadata={"nbgrader": {"solution": True}})
        step = ClearSolutions(parent=self, log=self.log)
        cell, _ = step.preprocess_cell(cell, {"language": "python"}, 0)
        return str(cell.source).encode()
