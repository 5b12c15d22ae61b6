"""Answers in Python files beside the notebook, such as `layers/dropout.py`.

Each of them is read as a solution cell at the beginning of the notebook. So it is restored, graded,
audited and shown as a cell is. A file is an answer if it has a solution region in the source.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.results.report import KEY

# of an answer: nbgrader shows a field for comments beside it, as beside a solution cell
CLAIMS = {"schema_version": 3, "solution": True, "grade": False, "locked": False, "task": False}
BEGIN = re.compile(r"^\s*#.*\bBEGIN SOLUTION\b", re.MULTILINE)  # nbgrader's mark


class AnswerFileError(ValueError):
    """A fault in the names of an assignment's answer files; the text says what to do."""


def answers_among(files: Mapping[str, str]) -> dict[str, str]:
    """Return the `grade_id` of each answer, by its path; `files` are texts by path.

    Raises
    ------
    AnswerFileError
        If two answers would have the same `grade_id`.
    """
    found: dict[str, str] = {}
    for path, text in files.items():
        if is_answer(text):
            grade_id = PurePosixPath(path).stem
            if grade_id in found.values():
                raise AnswerFileError(
                    f"two files with solutions are named {grade_id}.py: give each another name"
                )
            found[path] = grade_id
    return found


def is_answer(text: str) -> bool:
    """Return whether a file of the source has a solution region."""
    return BEGIN.search(text) is not None


def file_cell(
    path: str, text: str, grade_id: str = "", *, is_untouched: bool = False
) -> NotebookNode:
    """Return the cell for a file; it is an answer if it has a `grade_id`.

    `is_untouched` marks an answer that has the text of the release.
    """
    metadata: dict[str, Any] = {KEY: {"file": path}}
    if grade_id:
        metadata[KEY]["grade_id"] = grade_id
        metadata["nbgrader"] = {**CLAIMS, "grade_id": grade_id}
    if is_untouched:
        metadata[KEY]["is_untouched"] = True
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "id": re.sub(r"[^a-zA-Z0-9-]", "-", f"file-{path}")[:64],
        "metadata": metadata,
        "outputs": [],
        "source": text,
    }
    return nbformat.from_dict(cell)


def with_files(notebook: NotebookNode, cells: Iterable[NotebookNode]) -> NotebookNode:
    """Return a notebook that begins with the cells of files."""
    whole = nbformat.from_dict({**notebook})
    whole.cells = [*cells, *notebook.cells]
    return whole


def mark_of(cell: NotebookNode) -> dict[str, str]:
    """Return the path of the file that a cell was made of, and its `grade_id`; empty for others.

    Only notebooks that we have made have such a mark: all others are read without it.
    """
    metadata = cell.get("metadata")
    mark = metadata.get(KEY) if isinstance(metadata, dict) else None
    if not isinstance(mark, dict) or not isinstance(mark.get("file"), str):
        return {}
    return {"file": mark["file"], "grade_id": str(mark.get("grade_id", ""))}


def is_untouched(cell: NotebookNode) -> bool:
    """Return whether a cell that we have made has the text of a released answer's file."""
    return bool(mark_of(cell) and cell.metadata[KEY].get("is_untouched"))


def as_file(released: str, answer: str) -> str:
    """Return a cell's answer as the text of a file: after the imports of the released file."""
    return f"{head_of(released)}\n\n\n{answer.strip()}\n"


def head_of(text: str) -> str:
    """Return a file's first lines: its docstring and its imports."""
    last = 0
    for node in ast.parse(text).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_docstring and not isinstance(node, ast.Import | ast.ImportFrom):
            break
        last = node.end_lineno or 0
    return "\n".join(text.splitlines()[:last])
