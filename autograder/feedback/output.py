"""Reads the outputs of a submitted notebook, within limits.

Grading needs none of it, so it stays in the submitted file; the feedback page shows it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from nbconvert.filters import strip_ansi

from autograder.intake.notebook_reader import MAX_BYTES, read_cells
from autograder.text.plain_text import cut, visible

LONGEST = 3000  # characters of a text
LOOKED_AT = 100_000  # characters of a text, before it is made readable
LONGEST_HTML = 20_000
LARGEST = 150_000  # characters of a picture, in base64
MOST = 30  # outputs of a cell
BEGINNINGS = {"image/png": "iVBORw0KGg", "image/jpeg": "/9j/"}  # of a picture, in base64
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
COMMAND = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
)  # to a terminal, such as to set its title


class Kind(StrEnum):
    """The ways to show an output."""

    TEXT = "text"
    ERROR = "error"
    PICTURE = "picture"
    HTML = "HTML"
    MARKDOWN = "Markdown"
    FORMULA = "formula"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Output:
    """One output: its text (of a picture, a `data:` address), and a remark."""

    kind: Kind
    text: str
    note: str = ""


def read_outputs(data: bytes, most: int = MAX_BYTES) -> list[tuple[str, list[Output]]]:
    """Return the text of each code cell in a notebook's file, and its outputs.

    Parameters
    ----------
    data : bytes
    most : int
        Bytes of a file that is read.

    Raises
    ------
    UnreadableError
        If it is no notebook.
    """
    found = []
    for cell in read_cells(data, _take, most):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = _joined(cell.get("source", cell.get("input")))
            outputs = cell.get("outputs")
            known = outputs if isinstance(outputs, list) else []
            found.append((source, _few([each for each in known if isinstance(each, Output)])))
    return found


def outputs_of(cell: dict[str, Any]) -> list[Output]:
    """Return the outputs of a code cell that nbformat has read."""
    return _few([_output(content) for content in cell.get("outputs", [])])


def readable(text: str) -> str:
    """Return printed text without commands to a terminal, and with all characters visible.

    If a line was overwritten, as by a progress bar, only its last state is shown.
    """
    text = COMMAND.sub("", strip_ansi(text)).replace("\r\n", "\n")
    return visible("\n".join(line.rstrip("\r").split("\r")[-1] for line in text.split("\n")))


def _take(pairs: list[tuple[str, Any]]) -> Any:
    """Shorten an output as soon as it is read, to bound memory."""
    content = dict(pairs)
    content.pop("attachments", None)
    return _output(content) if isinstance(content.get("output_type"), str) else content


def _few(outputs: list[Output]) -> list[Output]:
    """Merge consecutive printed outputs, and drop outputs beyond the limit."""
    together: list[Output] = []
    for (kind, note), group in groupby(outputs, key=lambda output: (output.kind, output.note)):
        if kind is Kind.TEXT:
            first, *more = (output.text for output in group)
            text = cut("".join([first, *more]), LONGEST) if more else first
            together.append(Output(kind, text, note))
        else:
            together += group
    if (left_out := len(together) - MOST) > 0:
        together[MOST:] = [Output(Kind.LEFT_OUT, f"{left_out} more outputs of this cell")]
    return together


def _output(content: dict[str, Any]) -> Output:
    kind = content["output_type"]
    if kind == "stream":
        is_error = content.get("name", content.get("stream")) == "stderr"
        return _text(content.get("text"), "written to standard error" if is_error else "")
    if kind in ("error", "pyerr"):
        error = f"{_joined(content.get('ename'))}: {_joined(content.get('evalue'))}"
        traceback = content.get("traceback")
        lines = traceback if isinstance(traceback, list) else []
        text = "\n".join(line for line in lines if isinstance(line, str)) or error
        return Output(Kind.ERROR, _short(text))
    data = content.get("data", content)
    shown = next(_of_bundle(data), None) if isinstance(data, dict) else None
    if shown is None:
        known = ", ".join(name for name in data if "/" in name) if isinstance(data, dict) else ""
        return Output(Kind.LEFT_OUT, readable(f"an output of the kind {known or kind}"[:200]))
    return shown


def _of_bundle(data: dict[str, Any]) -> Iterator[Output]:
    """Yield the ways to show an output of several kinds, the best first."""
    plain = _short(_joined(data.get("text/plain", data.get("text"))))
    for kind, beginning in BEGINNINGS.items():
        if kind in data:
            picture = "".join(_joined(data[kind]).split())
            if len(picture) > LARGEST:
                yield Output(Kind.LEFT_OUT, f"a picture of {len(picture) * 3 // 4000} kB")
            elif picture.startswith(beginning) and BASE64.fullmatch(picture):
                yield Output(Kind.PICTURE, f"data:{kind};base64,{picture}", cut(plain, 200))
    for name, how in (("text/html", Kind.HTML), ("text/markdown", Kind.MARKDOWN)):
        text = _joined(data.get(name))
        if text.strip() and len(text) <= LONGEST_HTML:
            yield Output(how, text)
    if latex := _joined(data.get("text/latex")).strip(" \n$"):
        yield Output(Kind.FORMULA, cut(latex, LONGEST))
    if plain.strip():
        yield Output(Kind.TEXT, plain)


def _text(text: Any, note: str = "") -> Output:
    return Output(Kind.TEXT, _short(_joined(text)), note)


def _short(text: str) -> str:
    if (more := len(text) - LOOKED_AT) > 0:
        text = text[: LOOKED_AT // 2] + text[-LOOKED_AT // 2 :]
    return cut(readable(text), LONGEST, max(more, 0))


def _joined(text: Any) -> str:
    """Return a text of a notebook, which may be a list of lines."""
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    return text.encode(errors="replace").decode() if isinstance(text, str) else ""
