"""The cells of a notebook as a page shows them, as far as there is room."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from nbformat import NotebookNode

from autograder.course.answer_file import mark_of
from autograder.feedback.accessible import Outline, reachable
from autograder.feedback.output import Kind, Output
from autograder.feedback.piece import FRAME, Piece, place
from autograder.text.listing import listing
from autograder.text.plain_text import visible
from autograder.text.prose import formula, prose
from autograder.text.sanitizer import harmless
from autograder.text.time_budget import TimeBudget, plain

ABOVE = 2  # the level of the page's heading above the cells


@dataclass
class ShownCell:
    """One cell.

    Parameters
    ----------
    kind : str
        "code", "markdown" or "raw".
    name : str
        Its `grade_id`, or the path of its file; empty without one.
    is_answer : bool
    is_given : bool
        Whether it is as it was released.
    source : str
        Its text as HTML; empty if there was no room for it.
    outputs : list of str
        As HTML.
    """

    kind: str
    name: str
    is_answer: bool
    is_given: bool
    source: str = ""
    outputs: list[str] = field(default_factory=list)

    @property
    def is_shown(self) -> bool:
        """Whether a page has something of it; an answer is named in any case."""
        return bool(self.source or self.is_answer or any(self.outputs))


def shown_cells(
    notebook: NotebookNode,
    outputs: list[tuple[str, list[Output]]],
    given: frozenset[str],
    room: int,
) -> list[ShownCell]:
    """Return the cells of a graded notebook as HTML.

    The student's texts get room first, then given texts, printed outputs and pictures, small ones
    before large ones. A sentence replaces what has no room.

    Parameters
    ----------
    notebook : NotebookNode
    outputs : list of (str, list of Output)
        The text of each code cell that was handed in, and its outputs: these belong to the cell of
        the same text.
    given : frozenset of str
        The texts of the cells as released.
    room : int
        Bytes.
    """
    waiting: dict[str, list[list[Output]]] = {}
    for source, of_cell in outputs:
        waiting.setdefault(source.strip(), []).append(of_cell)
    budget = TimeBudget()
    cells, pieces = [], []
    for cell in notebook.cells:
        claims = cell.metadata.get("nbgrader", {})
        file = mark_of(cell)  # a file that was handed in beside the notebook
        is_answer = bool(file.get("grade_id") or claims.get("solution") or claims.get("task"))
        theirs = is_answer or bool(file) or cell.source not in given
        name = file.get("file") or claims.get("grade_id", "")
        shown = ShownCell(cell.cell_type, name, is_answer, not theirs)
        cells.append(shown)
        room -= FRAME if is_answer else 0  # which is shown in any case
        pieces.append(_of_source(shown, cell, 0 if is_answer else 1 if theirs else 2, budget))
        known = waiting.get(cell.source.strip(), []) if cell.cell_type == "code" else []
        pieces += [
            _of_output(shown, output, budget, theirs=theirs)
            for output in (known.pop(0) if known else [])
        ]
    place(pieces, room)
    _fit_headings(cells)
    return cells


def _fit_headings(cells: list[ShownCell]) -> None:
    outline = Outline(ABOVE)
    for cell in cells:
        if cell.is_answer:
            outline.level = ABOVE + 1  # the page's own heading of an answer
        cell.source = outline.fitted(cell.source)
        cell.outputs = [outline.fitted(output) for output in cell.outputs]


def _of_source(shown: ShownCell, cell: Any, rank: int, budget: TimeBudget) -> Piece:
    def put(html: str) -> None:
        shown.source = html

    def make() -> str:
        if cell.cell_type == "markdown":
            return _prose(budget.render(cell.source, prose))
        text = visible(cell.source)
        return budget.render(text, _code) if cell.cell_type == "code" else plain(text)

    return Piece(rank, 0, put, [make])


def _of_output(shown: ShownCell, output: Output, budget: TimeBudget, *, theirs: bool) -> Piece:
    index = len(shown.outputs)
    shown.outputs.append("")

    def put(html: str) -> None:
        shown.outputs[index] = html

    return output_piece(output, budget, put, rank=3 + (not theirs))


def output_piece(
    output: Output, budget: TimeBudget, put: Callable[[str], None], *, rank: int
) -> Piece:
    """Return an output as a piece of a page; pictures come after all texts."""
    is_picture = output.kind is Kind.PICTURE
    size = len(output.text) if is_picture else 0
    described = (
        f"a picture of {size * 3 // 4000 + 1} kB" if is_picture else f"an output ({output.kind})"
    )
    ways = (
        lambda: output_html(output, budget),
        lambda: left_out(f"{described}, to keep this page small"),
    )
    return Piece(rank + 2 * is_picture, size, put, ways)


def output_html(output: Output, budget: TimeBudget | None = None) -> str:
    """Return an output as HTML that does nothing, whatever is in it."""
    budget = budget or TimeBudget()
    match output.kind:
        case Kind.PICTURE:
            text = " ".join(output.note.split()) or "a picture without a description"
            return f'<img src="{output.text}" alt="{escape(text)}">'
        case Kind.HTML:
            return _prose(budget.render(output.text, harmless))
        case Kind.MARKDOWN:
            return _prose(budget.render(output.text, prose))
        case Kind.FORMULA:
            return reachable(budget.render(output.text, _formula))
        case Kind.LEFT_OUT:
            return left_out(output.text)
        case Kind.ERROR:
            return f"<p>The cell ended with an error:</p><pre>{escape(output.text)}</pre>"
    note = f"<p>{escape(output.note).capitalize()}:</p>" if output.note else ""
    return f"{note}<pre>{escape(output.text)}</pre>"


def _prose(html: str) -> str:
    return f'<div class="prose">{reachable(html)}</div>'


def _code(text: str) -> str:
    return f"<pre>{listing(text)}</pre>"


def _formula(text: str) -> str:
    return harmless(formula(text, display=True))


def left_out(what: str) -> str:
    """Return the sentence that something is not shown."""
    return f'<p class="left-out">Not shown: {escape(what)}.</p>'
