"""Reads only the cells of a notebook's file, as data, in any format.

It drops outputs and all metadata except nbgrader's, so nothing in them can prevent grading.
"""

import json
import re
from collections.abc import Callable
from itertools import chain
from typing import Any

from nbformat import NotebookNode

from autograder.course.limits import Limits
from autograder.intake.decoding import decoded, writable
from autograder.intake.notebook import new_cell, new_notebook
from autograder.intake.skim import DROPPED, skimmed

MAX_BYTES = Limits().notebook_bytes  # of a file, if the assignment's manifest does not say
REST = 4  # a file without its outputs may have this part of it: some text takes 10 times its size
MAX_VALUES = 2_000_000  # without the outputs: `[],[],` takes 20 times its size to read
MAX_SHOWN_VALUES = 10_000_000  # with the outputs
MAX_CELLS = 1000  # nbgrader takes 1 ms for each, in its server too
MAX_PARTS = 50_000  # that nbgrader itself reads: cells, outputs and their metadata
MAX_CODE = 3 * 2**20  # of all code cells, as JSON: a worker takes no more than 4 MiB in one frame
MAX_TEXT = 8 * 2**20  # of all other cells
LONGEST = 12  # of one character in JSON, as two halves: \ud83d\ude00
REMEDY = "hand in the notebook again, as Jupyter saves it"
NO_NOTEBOOK = {  # other kinds of files, by their first bytes
    b"PK": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a rar archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"%PDF": "a PDF",
    b"<!": "a web page",
    b"<html": "a web page",
    b"\x89PNG": "a picture",
}
KINDS = ("code", "raw")  # all other cells are read as Markdown
STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
Take = Callable[[list[tuple[str, Any]]], Any]  # makes a value from a JSON object
CLAIMS = ("grade_id", "grade", "solution", "locked", "points")


class UnreadableError(Exception):
    """A file that is not a notebook; the text, for the student and the TA, says what to do."""


class ExcessError(UnreadableError):
    """A file that would take too much memory or time to read."""


def read_notebook(data: bytes, most: int = MAX_BYTES) -> tuple[NotebookNode, list[str]]:
    """Read a notebook from the bytes of its file.

    Parameters
    ----------
    data : bytes
    most : int
        Bytes of a file that is read.

    Returns
    -------
    notebook : NotebookNode
        In the present format: cells with their kind, text and nbgrader's metadata.
    remarks : list of str
        Oddities of the file, for the student and the TA.

    Raises
    ------
    UnreadableError
        If it is not a notebook.
    """
    remarks: list[str] = []
    text = _decoded(without_outputs(data, most), remarks, MAX_VALUES)
    content = _parsed(text, remarks, _dropped)
    cells = _cells(content)
    _remark_on_format(content, remarks)
    if len(cells) > MAX_CELLS:
        remarks.append(f"the notebook has {len(cells)} cells, the first {MAX_CELLS} were read")
    read = [_cell(cell, number, remarks) for number, cell in enumerate(cells[:MAX_CELLS], start=1)]
    known = [cell for cell in read if cell is not None]
    _shorten([cell for cell in known if cell.cell_type == "code"], MAX_CODE, remarks)
    _shorten([cell for cell in known if cell.cell_type != "code"], MAX_TEXT, remarks)
    return new_notebook(known), remarks


def read_cells(data: bytes, take: Take, most: int = MAX_BYTES) -> list[Any]:
    """Return a notebook's cells as in its file; `take` converts each JSON object.

    Raises
    ------
    UnreadableError
        If it is not a notebook, or takes too much memory to read.
    """
    _check_kind(data, most)
    if len(data) > most // REST and (not data.isascii() or rb"\u" in data):
        raise ExcessError(
            f"the file must be smaller than {in_mib(most // REST)} to have its outputs shown: "
            "clear some of the notebook's outputs and hand it in again"
        )
    return _cells(_parsed(_decoded(data, [], MAX_SHOWN_VALUES), [], take))


def check_excess(data: bytes) -> None:
    """Check that nbgrader itself can read a notebook in a short time.

    It validates and copies each part of a notebook several times. A file that is no notebook is
    left to nbgrader.

    Raises
    ------
    ExcessError
    """
    try:
        cells = len(_cells(_parsed(_decoded(without_outputs(data), [], MAX_VALUES), [], _dropped)))
    except ExcessError:
        raise
    except UnreadableError:
        return
    parts = data.count(b"{")
    if parts > MAX_PARTS:  # or a text has many braces
        parts = STRING.sub("", data.decode("latin-1")).count("{")
    for found, most, what in ((cells, MAX_CELLS, "cells"), (parts, MAX_PARTS, "parts")):
        if found > most:
            raise ExcessError(
                f"the notebook must have at most {most} {what}, got {found}: remove cells and "
                "outputs, and hand it in again"
            )


def without_outputs(data: bytes, most: int = MAX_BYTES) -> bytes:
    """Return a file without its outputs, as far as these can be found in its bytes.

    Raises
    ------
    UnreadableError
        If it is too large, empty or of another kind.
    """
    _check_kind(data, most)
    rest = skimmed(data)
    if len(rest) > most // REST:
        raise ExcessError(
            f"the file must hold less than {in_mib(most // REST)} beside its outputs: remove what "
            "was pasted into its cells, and hand it in again as Jupyter saves it"
        )
    return rest


def in_mib(size: int) -> str:
    """Return a size in bytes as MiB."""
    return f"{size / 2**20:g} MiB"


def _check_kind(data: bytes, most: int) -> None:
    if len(data) > most:
        raise ExcessError(
            f"the file must be smaller than {in_mib(most)}: "
            "clear the notebook's outputs and hand it in again"
        )
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableError(f"the file is empty: {REMEDY}")
    for beginning, kind in NO_NOTEBOOK.items():
        if data.lstrip().startswith(beginning):
            raise UnreadableError(f"the file is {kind}, and no notebook: {REMEDY}")


def _decoded(data: bytes, remarks: list[str], most: int) -> str:
    text, encoding = decoded(data, json.detect_encoding(data))
    if not encoding.startswith("utf-8"):
        remarks.append(f"the file should be written in UTF-8: it was read as {encoding}")
    if _values(text) > most and _values(STRING.sub("", text)) > most:
        raise ExcessError(
            f"the file must hold fewer than {most} values: "
            "clear the notebook's outputs and hand it in again"
        )
    return text


def _values(text: str) -> int:
    """Return roughly how many values a JSON text holds, before they take memory."""
    return text.count(",") + 5 * (text.count("[") + text.count("{"))


def _parsed(text: str, remarks: list[str], take: Take) -> Any:
    start = len(text) - len(text.lstrip("\ufeff \t\r\n"))
    # numbers do not matter, but an integer of 10,000 digits would be an error
    decoder = json.JSONDecoder(strict=False, object_pairs_hook=take, parse_int=float)
    try:
        content, end = decoder.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        if re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE):
            raise UnreadableError(
                "the file holds two versions that git could not merge (lines with <<<<<<< and "
                ">>>>>>>): settle which one counts, and hand the notebook in again"
            ) from None
        raise UnreadableError(f"the file is not valid JSON ({error}): {REMEDY}") from None
    if text[end:].strip("\0 \t\r\n"):
        remarks.append("the file goes on after the notebook's end: the rest was not read")
    return content


def _dropped(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Drop what `skimmed` has left of the outputs."""
    return {key: value for key, value in pairs if key not in DROPPED}


def _cells(content: Any) -> list[Any]:
    """Return a notebook's cells, in format 4 or, in worksheets, in format 3."""
    if not isinstance(content, dict):
        raise UnreadableError(f"the file is JSON, but no notebook (it has no cells): {REMEDY}")
    cells = content.get("cells")
    sheets = content.get("worksheets")
    if not isinstance(cells, list) and isinstance(sheets, list):
        parts = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = list(chain.from_iterable(part for part in parts if isinstance(part, list)))
    if not isinstance(cells, list):
        raise UnreadableError(f"the file is JSON, but no notebook (it has no cells): {REMEDY}")
    return cells


def _remark_on_format(content: dict[str, Any], remarks: list[str]) -> None:
    found = content.get("nbformat")
    if not isinstance(found, float) or found not in (3, 4):
        shown = f"{found:g}" if isinstance(found, float) else repr(found)[:40]
        remarks.append(f"the notebook's format (nbformat) should be 4, got {shown}: read as such")


def _cell(cell: Any, number: int, remarks: list[str]) -> NotebookNode | None:
    """Return a cell in the present format; None, with a remark, if it is not a cell."""
    source = cell.get("source", cell.get("input", "")) if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        remarks.append(f"cell {number} has no text, and was not read")
        return None
    kind = cell.get("cell_type")
    if kind == "code" and "\0" in source:
        remarks.append(f"cell {number}: null characters, which no Python code has, were left out")
    source = writable(source)
    metadata = cell.get("metadata")
    claims = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(claims, dict):
        plain = (str, bool, float)
        claims = {key: claims[key] for key in CLAIMS if isinstance(claims.get(key), plain)}
    known = kind if kind in KINDS else "markdown"
    return new_cell(known, source, {"nbgrader": claims} if claims else {})


def _shorten(cells: list[NotebookNode], limit: int, remarks: list[str]) -> None:
    """Empty the largest cells until the others together are within a limit."""
    if sum(LONGEST * len(cell.source) + 2 for cell in cells) <= limit:
        return
    sizes = sorted(((len(json.dumps(cell.source)), n) for n, cell in enumerate(cells)))
    total = sum(size for size, _ in sizes)
    while total > limit:
        size, n = sizes.pop()
        total -= size
        remarks.append(
            f"a {cells[n].cell_type} cell of {len(cells[n].source)} characters was left out: "
            f"all of them together may have {limit}"
        )
        cells[n].source = ""
