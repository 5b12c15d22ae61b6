"""The page of feedback that a student reads: `nbgrader generate_feedback` writes it.

The points come from the gradebook, with scores by hand, extra credit and late penalties. The
reasons come from the report in the graded notebook; outputs come from the submitted file. The page
runs nothing and loads nothing.
"""

import base64
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
import nbformat
from nbconvert.exporters import Exporter, HTMLExporter
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import is_grade, is_task

from autograder.course.answer_file import mark_of
from autograder.course.assignment import Assignment
from autograder.course.course import Stage
from autograder.course.settings import course_of
from autograder.course.stock import SuiteStep, choose_steps
from autograder.feedback.graded_cell import GradedCell
from autograder.feedback.output import Output, read_outputs
from autograder.feedback.shown_cell import ShownCell, shown_cells
from autograder.feedback.shown_fix import is_full, question, shown_fixes
from autograder.files import sharing
from autograder.intake.notebook_choice import content
from autograder.intake.notebook_reader import UnreadableError
from autograder.results.account import MARKS, criterion_points, message_of, status_lines
from autograder.results.points import out_of, rounded, shown, with_unit
from autograder.results.report import KEY, Report, Status
from autograder.results.standing import Mark, Standing
from autograder.text.page import environment
from autograder.text.plain_text import cut, visible
from autograder.text.time_budget import OutOfTimeError, at_most
from autograder.text.wording import counted_as

LARGEST = 295_000  # bytes of a page
STOCK_LARGEST = 30_000_000  # characters of nbgrader's own page
STOCK_SECONDS = 5.0  # of processor time for it
LONGEST = 600  # characters of a message
MOST = 20  # remarks
FIRST = 3  # things to fix that are shown with their evidence
Resources = dict[str, Any]


class GetMarks(GetGrades, SuiteStep):
    """Puts the gradebook's marks into the metadata of graded cells."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook with the gradebook's mark of each graded cell."""
        self._marks: dict[str, Mark] = {}
        nb, resources = super().preprocess(nb, resources)
        names = resources["nbgrader"]
        standing = Standing(self._marks, names["late_penalty"])
        # nbgrader's own differences and sums are not rounded, and may be below 0
        names |= {
            "score": standing.so_far,
            "max_score": standing.most,
            "late_penalty": rounded(standing.penalty),
        }
        return nb, resources

    def _get_score(self, cell: NotebookNode, resources: Resources) -> None:
        names = (self.notebook_id, self.assignment_id, self.student_id)
        name = cell.metadata.nbgrader["grade_id"]
        self._marks[name] = Mark.of(self.gradebook.find_grade(name, *names))
        cell.metadata.nbgrader["mark"] = asdict(self._marks[name])


class FeedbackExporter(HTMLExporter):
    """Makes the page of a graded notebook, after `GetMarks`.

    The page of an assignment without hidden suites is nbgrader's own. If it is too large or takes
    too long, its cells are shown as in the Formgrader.

    Attributes
    ----------
    is_stock : bool
        Whether the page is nbgrader's own.
    is_bounded : bool
        Whether `InertPage` renders the cells of such a page.
    """

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        self.is_bounded = False
        self.is_stock = isinstance(self.parent, BaseConverter) and not choose_steps(self.parent)
        if isinstance(self.parent, GenerateFeedback) and not self.is_stock:
            try:
                _prepare(self.parent)
            except NbGraderException as error:
                # nbgrader ends with such an error, and does not log it
                self.log.error("%s", error)  # noqa: TRY400  # the error's text is enough
                raise

    def from_notebook_node(  # type: ignore[override]  # as each exporter, it returns a text
        self, nb: NotebookNode, resources: Resources | None = None, **kw: Any
    ) -> tuple[str, Resources]:
        """Return the page."""
        if self.is_stock:
            return self._stock(nb, resources, **kw)
        nb, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        given, outputs = self._around(resources["nbgrader"])
        return page(nb, resources["nbgrader"], given, outputs), resources

    def _stock(
        self, nb: NotebookNode, resources: Resources | None, **kw: Any
    ) -> tuple[str, Resources]:
        """Return the page that nbgrader itself makes, with limits on time and size."""
        make = super().from_notebook_node
        with suppress(OutOfTimeError), at_most(STOCK_SECONDS):
            html, made = make(nb, resources, **kw)
            if len(html) <= STOCK_LARGEST:
                return html, made
        self.log.warning("the page is large or takes long: some of it is shown as plain text")
        self.is_bounded = True
        try:
            return make(nb, resources, **kw)
        finally:
            self.is_bounded = False

    def _around(self, names: Resources) -> tuple[frozenset[str], list[tuple[str, list[Output]]]]:
        """Return the texts of the release, and the outputs of the submitted file."""
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is None:
            return frozenset(), []
        release, submitted = (
            Path(coursedir.format_path(stage, student, names["assignment"]))
            for stage, student in (
                (coursedir.release_directory, "."),
                (coursedir.submitted_directory, names["student"]),
            )
        )
        name = f"{names['notebook']}.ipynb"
        outputs: list[tuple[str, list[Output]]] = []
        course = course_of(coursedir)
        most = Assignment(course, names["assignment"]).limits.notebook_bytes
        with suppress(UnreadableError):  # the page shows the part that was read
            outputs = read_outputs(content(submitted / name, most), most)
        return _texts(release / name), outputs


def _prepare(converter: GenerateFeedback) -> None:
    """Check that earlier pages can be replaced, and let the graders' group do so.

    Raises
    ------
    NbGraderException
        If an earlier page cannot be replaced; nothing has been changed then.
    """
    course = course_of(converter.coursedir)
    name = converter.coursedir.assignment_id
    for folder in map(Path, converter.assignments):
        place = course.folder(Stage.FEEDBACK, name, course.student(Stage.AUTOGRADED, name, folder))
        if converter.force or not place.exists():
            if cause := sharing.obstacle(place):
                raise NbGraderException(f"no feedback was written: {cause}")
            if course.groupshared:
                sharing.make_folder(place.parent, shared=True)
                sharing.share(place.parent)


@lru_cache(maxsize=8)
def _texts(path: Path) -> frozenset[str]:
    """Return the texts of a notebook's cells; the release is the same for a whole class."""
    if not path.is_file():
        return frozenset()
    return frozenset(cell.source for cell in nbformat.read(path, as_version=4).cells)


def page(
    notebook: NotebookNode,
    names: Resources,
    given: frozenset[str] = frozenset(),
    outputs: list[tuple[str, list[Output]]] | None = None,
) -> str:
    """Return the page of a graded notebook.

    Parameters
    ----------
    notebook : NotebookNode
        With its report, and the gradebook's marks and comments in its cells' metadata.
    names : dict
        The names of student, assignment and notebook, the score, the maximum and the late penalty.
    given : frozenset of str
        The texts of the released cells.
    outputs : list of (str, list of Output)
        The outputs of the submitted file's cells.
    """
    template = _environment().get_template("feedback.html")
    known: dict[str, Any] = {"names": names, **_account(notebook)}
    # the account comes first; the notebook gets the remaining room
    account = template.render(cells=[], **known)
    if known["is_unreadable"]:  # such a notebook is the release
        return account
    cells = shown_cells(notebook, outputs or [], given, LARGEST - len(account.encode()))
    known["cells"] = [(is_given, [*some]) for is_given, some in groupby(cells, _is_given)]
    return template.render(**known)


def _account(notebook: NotebookNode) -> dict[str, Any]:
    report = None
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        report = Report.from_dict(notebook.metadata[KEY])
    items = {item.name: item for item in report.items} if report else {}
    claims = [cell.metadata.nbgrader for cell in notebook.cells if is_grade(cell) or is_task(cell)]
    graded = [
        GradedCell(each.grade_id, Mark(**each.mark), items.get(each.grade_id)) for each in claims
    ]
    comments = {
        mark_of(cell).get("file") or claim["grade_id"]: claim["comment"]
        for cell in notebook.cells
        if (claim := cell.metadata.get("nbgrader", {})).get("comment")
    }
    return {
        "report": report,
        "fixes": shown_fixes(report) if report else [],
        "question": question(report) if report else "",
        "is_full": report is not None and is_full(report),
        "graded": graded,
        "comments": comments,
        "status": status_lines(report) if report else [],
        "remarks": (*report.remarks, *report.notes) if report else (),
        "is_unreadable": report is not None and report.status is Status.UNREADABLE,
    }


def _is_given(cell: ShownCell) -> bool:
    return cell.is_given


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    pages = environment(trim_blocks=True, lstrip_blocks=True)
    style = files("autograder").joinpath("templates/feedback.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    pages.globals |= {
        "style": style,
        "digest": digest,
        "FIRST": FIRST,
        "MARKS": MARKS,
        "MOST": MOST,
    }
    filters: dict[str, Callable[..., Any]] = {
        "points": shown,
        "out_of": out_of,
        "counted_as": counted_as,
        "criterion_points": criterion_points,
        "with_unit": with_unit,
        "message": lambda result: cut(visible(message_of(result)), LONGEST),
        "short": lambda text: cut(visible(text), LONGEST),
    }
    pages.filters |= filters
    return pages
