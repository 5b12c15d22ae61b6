"""Bounds what the Formgrader shows of a submission, and makes it inert.

nbgrader's own feedback page uses it, too, if it would be too large or take too long.

nbgrader makes these pages in its server, while every other request waits. `InertPage` is the last
preprocessor of nbconvert's exporter. It renders the cells itself, the most important first, until
the room or the time is used up.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from autograder.course.answer_file import mark_of
from autograder.feedback.feedback import LARGEST, FeedbackExporter
from autograder.feedback.output import outputs_of
from autograder.feedback.piece import Piece, place
from autograder.feedback.shown_cell import left_out, output_piece
from autograder.intake.notebook import new_cell, new_output
from autograder.text.code_html import CodeToHtml
from autograder.text.plain_text import visible
from autograder.text.sanitizer import BUDGET, Made, MarkdownToHtml
from autograder.text.time_budget import TOLD, TimeBudget, plain
from autograder.text.wording import counted_as

ROOM = LARGEST  # bytes of all texts, as on the feedback page
ROOM_FOR_PICTURES = 4_000_000
TAG = 25  # nbconvert parses the page: a tag takes it as long as so many bytes of text
SECONDS = 2.0  # of processor time for all texts; an ordinary notebook needs half on a busy machine
LEAST = 1000  # characters of an answer, if there is no room for all
GRADE_ID = re.compile(r"[\w-]{1,200}", re.ASCII)  # the template writes it as it is
NAMES = ("student", "first_name", "last_name", "notebook_path")  # likewise
LONG = 5000  # characters of a cell
BACKWARD = re.compile(r"\\(?:!|neg)")  # a space in a formula that goes back
FEW = 3  # of them
FEW_OUTPUTS = 10
STREAMS = ("stdout", "stderr")
DATA = {"data", "metadata"}
KEYS = {  # of a valid output, beside its type
    "stream": {"name", "text"},
    "display_data": DATA,
    "execute_result": DATA | {"execution_count"},
    "error": {"ename", "evalue", "traceback"},
}
COLOUR = re.compile(r"\x1b\[[\d;]*m")  # of a terminal, as in a traceback
# No part of a cell is painted outside it, wherever a style or a formula wants to be.
STYLE = """
.text_cell_render, .input_area, .output_subarea {
  contain: layout paint; max-height: 6000px; overflow: auto;
}
.left-out { color: #595959; font-style: italic; }
.output_subarea ul { list-style: none; padding-left: 0; }
.output_subarea ul ul { padding-left: 1.5em; }
.output_subarea li { margin-bottom: 0.5em; }
"""


RENDERED = "autograder_rendered"  # where a page's resources keep that this is done
UNPLACED = Made()
Resources = dict[str, Any]
Make = Callable[[], str]


class InertPage(Preprocessor):
    """Renders the cells of a notebook for the page of a submission."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook with rendered texts, and outputs that do nothing."""
        exporter = self.parent
        if isinstance(exporter, FeedbackExporter) and not exporter.is_bounded:
            return nb, resources  # this page has limits of its own
        if resources.get(RENDERED):  # a course's settings that are read twice name it twice
            return nb, resources
        resources[RENDERED] = True
        budget = resources.setdefault(BUDGET, TimeBudget(SECONDS))
        make: dict[str, Callable[[Any, str], str]] = {
            "markdown": MarkdownToHtml(parent=self.parent),
            "code": CodeToHtml(parent=self.parent),
        }
        pieces: list[Piece] = []
        overflows = any(_overflows(cell) for cell in nb.cells)
        for cell in nb.cells:
            context = {"nb": nb, "cell": NotebookNode(cell), "resources": resources}
            # the template would show HTML in a raw cell
            way = make.get(cell.cell_type, lambda _, text: plain(text))
            pieces += _pieces(cell, partial(way, context, cell.source), budget)
        room = place([piece for piece in pieces if not piece.size], ROOM, of_a_tag=TAG)
        place([piece for piece in pieces if piece.size], room + ROOM_FOR_PICTURES)
        nb.cells = [*_with_gaps(nb.cells)]
        for first in nb.cells[:1] if overflows else ():
            first.source = Made(f"<style>{STYLE}</style>{first.source}")
        nb.metadata = NotebookNode()
        for name in NAMES:
            if isinstance(text := resources.get(name), str):
                resources[name] = escape(visible(text))
        return nb, resources


def _pieces(cell: NotebookNode, make: Make, budget: TimeBudget) -> Iterator[Piece]:
    """Empty a cell, and yield its contents as pieces that fill it again."""
    claims, written, outputs = _claims(cell), cell.source, outputs_of(cell)
    path = mark_of(cell).get("file", "")
    title = f"<p>File <code>{escape(visible(path))}</code></p>" if path else ""
    number, ordinary = cell.get("execution_count"), _ordinary(cell)
    kind = "code" if cell.cell_type == "code" else "markdown"
    known = {"id": cell.get("id", ""), "metadata": {"nbgrader": claims} if claims else {}}
    cell.clear()
    cell.update(NotebookNode(cell_type=kind, source=UNPLACED), **nbformat.from_dict(known))

    def put(html: str) -> None:
        cell.source = Made(html)

    ways = [lambda: title + make(), lambda: title + TOLD + plain(written)]
    if claims:
        begun = left_out("the rest of this cell, to keep this page small") + plain(written[:LEAST])
        ways.append(lambda: begun)
    yield Piece(0 if claims or path else 1, 0, put, ways)
    if kind == "code":
        cell.execution_count = number if isinstance(number, int) else None
        rank = 0 if claims.get("grade") else 3
        if ordinary is not None:
            texts = "".join(output.text for output in outputs)
            cell.outputs = []
            yield Piece(rank, 0, lambda _: cell.outputs.extend(ordinary), [lambda: texts])
            return
        cell.outputs = [new_output("display_data", {}) for _ in outputs]
        for output, node in zip(outputs, cell.outputs, strict=True):
            yield output_piece(output, budget, partial(_fill, node), rank=rank)


def _ordinary(cell: NotebookNode) -> list[NotebookNode] | None:
    """Return a cell's outputs if all are short texts, which nbgrader's own template escapes."""
    outputs = cell.get("outputs", ())
    if len(outputs) > FEW_OUTPUTS or not all(map(_is_ordinary, outputs)):
        return None
    keys = [{"output_type"} | KEYS[one.output_type] for one in outputs]
    return [
        nbformat.from_dict({key: {} if key == "metadata" else one[key] for key in known})
        for one, known in zip(outputs, keys, strict=True)
    ]


def _is_ordinary(output: NotebookNode) -> bool:
    kind, data, lines = output.output_type, output.get("data", {}), output.get("traceback", [])
    if kind not in [*KEYS] or not KEYS[kind] <= output.keys():
        return False
    if not isinstance(data, dict) or not isinstance(lines, list) or {*data} - {"text/plain"}:
        return False
    texts = [*data.values(), *lines, *(output.get(key, "") for key in ("text", "ename", "evalue"))]
    if not all(isinstance(text, str) for text in texts) or sum(map(len, texts)) > LEAST:
        return False
    text = COLOUR.sub("", "".join(texts))
    return (
        visible(text) == text
        # the template writes these as they are
        and output.get("name", "stdout") in STREAMS
        and isinstance(output.get("execution_count"), int | None)
    )


def _overflows(cell: NotebookNode) -> bool:
    """Tell whether a cell could be painted outside its box, or shows more than text."""
    kinds = {kind for output in cell.get("outputs", ()) for kind in output.get("data", ())}
    return (
        len(cell.source) > LONG
        or len(BACKWARD.findall(cell.source)) > FEW
        or not kinds <= {"text/plain"}
    )


def _claims(cell: NotebookNode) -> dict[str, Any]:
    """Return a cell's claims if nbgrader's template shows a field for it."""
    claims = cell.metadata.get("nbgrader")
    if not isinstance(claims, dict) or not GRADE_ID.fullmatch(str(claims.get("grade_id"))):
        return {}
    return claims if any(map(claims.get, ("grade", "solution", "task"))) else {}


def _fill(node: NotebookNode, html: str) -> None:
    node.data["text/html"] = f'<div class="tex2jax_ignore">{html}</div>'


def _with_gaps(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    """Yield the cells that are shown, and a sentence instead of the others."""
    hidden = 0
    for cell in [*cells, None]:
        outputs = [one for one in cell.get("outputs", []) if one.get("data", True)] if cell else []
        if cell and not outputs and cell.source is UNPLACED and not cell.metadata:
            hidden += 1
            continue
        if hidden:
            gap = new_cell("markdown", "")
            gap.id = f"gap-{cell.id if cell else 'end'}"
            gap.source = Made(left_out(f"{counted_as(hidden, 'cell')}, to keep this page small"))
            yield gap
            hidden = 0
        if cell:
            if cell.cell_type == "code":
                cell.outputs = outputs
            yield cell
