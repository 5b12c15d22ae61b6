"""Enters answers that are files in the gradebook, as nbgrader enters solution cells.

So a grader can comment on them in the Formgrader.
"""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveCells

from autograder.course.answer_file import with_files
from autograder.course.stock import assignment_of


class SaveCellsAndFiles(SaveCells):
    """Nbgrader's own step, which then knows the answers beside the notebook, too."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Enter the cells in the gradebook; return the notebook as it is."""
        assignment = assignment_of(self, resources)
        files = assignment.answer_cells if assignment.has_suites else []
        super().preprocess(with_files(nb, files), resources)
        return nb, resources
