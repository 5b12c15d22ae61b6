"""Makes notebooks of the present format from valid parts.

nbformat's own functions validate each cell and output, which takes as long as all of reading and
restoring; nbformat validates the whole again when it is written.
"""

from collections.abc import Iterable
from typing import Any

import nbformat
from nbformat import NotebookNode


def new_cell(kind: str, source: str, metadata: dict[str, Any] | None = None) -> NotebookNode:
    """Return a cell for `new_notebook`; its kind is "code", "markdown" or "raw"."""
    code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return nbformat.from_dict(
        {"cell_type": kind, "metadata": metadata or {}, "source": source, **code}
    )


def new_notebook(
    cells: Iterable[NotebookNode] = (), metadata: dict[str, Any] | None = None
) -> NotebookNode:
    """Return a notebook of these cells, with new, unique ids."""
    cells = list(cells)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    notebook = nbformat.from_dict(
        {
            "metadata": metadata or {},
            "nbformat": nbformat.current_nbformat,
            "nbformat_minor": nbformat.current_nbformat_minor,
        }
    )
    notebook.cells = cells
    return notebook


def new_output(kind: str, data: dict[str, str], **more: Any) -> NotebookNode:
    """Return an output of a code cell."""
    return nbformat.from_dict({"output_type": kind, "data": data, "metadata": {}, **more})
