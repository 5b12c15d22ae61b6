"""The lines of a file, each with the place where it stands: a line's number, a cell, an output."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.feedback.output import read_outputs
from autograder.files.bounded_walk import BoundedWalk
from autograder.intake.notebook_choice import content
from autograder.intake.notebook_reader import UnreadableError, read_notebook
from autograder.leaks.confidential import lines, single_spaced
from autograder.leaks.feedback_page import FeedbackPage

Place = tuple[str, str]  # where a line stands, and the line


def places_in(path: Path) -> list[Place]:
    """Return the lines of a file that we made; of a notebook, all that it holds."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".ipynb":
        # an invalid notebook is read as text
        with suppress(ValueError, RecursionError, AttributeError, TypeError):
            return list(_in_notebook(json.loads(text)))
    return [(f"line {n}", single_spaced(line)) for n, line in enumerate(text.splitlines(), 1)]


def texts_in(folder: Path, most: int) -> Iterator[tuple[Path, str, str]]:
    """Yield each text in a student's folder with its file and its place, up to `most` bytes."""
    left = most
    for path in sorted(BoundedWalk(folder)):
        with suppress(UnreadableError, OSError):
            if path.lstat().st_size > left:
                continue
            data = content(path, most)
            left -= len(data)
            if ".ipynb" not in path.name.lower():
                text = data.decode(errors="replace")
                if path.suffix == ".html":
                    text = "\n".join(line for _, line in FeedbackPage(text).lines)
                yield path, "", text
                continue
            for number, cell in enumerate(read_notebook(data, most)[0].cells, start=1):
                yield path, f"cell {number}", cell.source
            for number, (_, outputs) in enumerate(read_outputs(data, most), start=1):
                text = "\n".join(output.text for output in outputs)
                yield path, f"outputs of code cell {number}", text


def _in_notebook(notebook: dict[str, Any]) -> Iterator[Place]:
    for number, cell in enumerate(notebook.pop("cells", []), start=1):
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
        where = f"cell {number} `{name}`" if name else f"cell {number}"
        source = cell.pop("source", "")
        for n, line in enumerate("".join(source).splitlines(), start=1):
            yield f"{where}, line {n}", single_spaced(line)
        for part in cell:
            yield from ((f"{where}, {part}", line) for line in _strings(cell[part]))
    yield from (("metadata", line) for line in _strings(notebook))


def _strings(data: Any) -> Iterator[str]:
    """Yield the lines of all texts in JSON data except pictures."""
    if isinstance(data, dict):
        for key, value in data.items():
            if not key.startswith("image/"):
                yield from (key, *_strings(value))
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)
    else:
        yield from lines(str(data))
