"""The gradebook's cells of an assignment: compared with the source, and changed to match it.

nbgrader itself adds or removes no cell once there is a submission. This module does, and keeps the
scores and comments of all other cells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbgrader.api import Assignment as Known
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Engine, create_engine, func, inspect, or_, select
from sqlalchemy.orm import Session

from autograder.agreement.disagreement import some
from autograder.agreement.layout import ANSWERED, GRADED, SOURCE, Cells, Layout, renamed
from autograder.agreement.master import cells_of
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Stage

KINDS = {
    "GradeCell": GradeCell,
    "SolutionCell": SolutionCell,
    "TaskCell": TaskCell,
    SOURCE: SourceCell,
}


@dataclass(frozen=True)
class Entered:
    """The gradebook's entries of an assignment."""

    notebooks: dict[str, Layout]
    submissions: int
    is_whole: bool  # whether each submission has an entry for each cell
    # the number of scores and comments by hand, by notebook and cell
    by_hand: dict[tuple[str, str], int]

    @classmethod
    def read(cls, engine: Engine, assignment: str) -> "Entered | None":
        """Return the entries of an assignment; None if the gradebook does not know it."""
        if not inspect(engine).has_table("assignment"):
            return None
        with Session(engine) as session:
            known = session.scalar(select(Known.id).where(Known.name == assignment))
            if known is None:
                return None
            has_tasks = inspect(engine).has_table("task_cells")
            notebooks = {
                name: Layout(_cells(session, notebook, has_tasks=has_tasks))
                for notebook, name in session.execute(
                    select(Notebook.id, Notebook.name).where(Notebook.assignment_id == known)
                )
            }
            submissions = session.scalar(
                select(func.count()).where(SubmittedAssignment.assignment_id == known)
            )
            return cls(
                notebooks,
                submissions or 0,
                _entries(session, known) == _wanted(notebooks.values(), submissions or 0),
                _by_hand(session, known),
            )

    def differences(self, source: Mapping[str, Layout]) -> list[str]:
        """Return, in words, how it differs from the source's notebooks."""
        facts = [f"the notebook {name} is missing" for name in source if name not in self.notebooks]
        facts += [
            f"the notebook {name} is not in the source"
            for name in self.notebooks
            if name not in source
        ]
        for name in [name for name in source if name in self.notebooks]:
            facts += source[name].differences(self.notebooks[name])
        if not facts and not self.is_whole:
            facts.append("some submissions lack entries")
        return facts

    def lost(self, source: Mapping[str, Layout]) -> dict[str, int]:
        """Return the number of scores and comments by hand in each cell that the source lacks."""
        new_names = renamed(self.notebooks, source)
        lost: dict[str, int] = {}
        for (notebook, cell), count in self.by_hand.items():
            layout = source.get(new_names.get(notebook, notebook), Layout())
            if cell not in layout.names:
                lost[cell] = lost.get(cell, 0) + count
        return lost


def check_entered(assignment: Assignment) -> None:
    """Check that a gradebook with submissions has the source's cells and points.

    Raises
    ------
    AssignmentError
        If it has others: the sums on the screen would differ from those in the gradebook.
    """
    engine = create_engine(assignment.course.db_url)
    try:
        known = Entered.read(engine, assignment.name)
    finally:
        engine.dispose()
    if known is None or not known.submissions or len(known.notebooks) != 1:
        return
    wanted = Layout.of(cells_of(assignment.source))
    (found,) = known.notebooks.values()
    if facts := [*wanted.graded.differences(found.graded)]:
        source = assignment.course.shown(assignment.folder(Stage.SOURCE))
        raise AssignmentError(
            f"the gradebook must have the cells and points of {source}, but {some(facts)}: run "
            f"`autograder grade {assignment.name}`, which says what to do"
        )


def keep_like(gradebook: Gradebook, assignment: str, source: Mapping[str, Layout]) -> None:
    """Add and remove notebooks and cells in the gradebook until it has those of the source.

    Each submission gets an empty entry for each new cell; its other entries stay. The caller makes
    one transaction of it.

    Parameters
    ----------
    gradebook : nbgrader's Gradebook
    assignment : str
        One that the gradebook knows.
    source : dict of str to Layout
        By the notebook's name.
    """
    known = gradebook.find_assignment(assignment)
    layouts = {
        notebook.name: Layout(_cells(gradebook.db, notebook.id)) for notebook in known.notebooks
    }
    for old, new in renamed(layouts, source).items():
        gradebook.find_notebook(old, assignment).name = new
    gradebook.db.flush()
    for name in [n.name for n in known.notebooks if n.name not in source]:
        gradebook.remove_notebook(name, assignment)
    for name, layout in source.items():
        notebook = gradebook.update_or_create_notebook(name, assignment)
        _keep_cells(gradebook, notebook, layout)
        _keep_entries(gradebook, notebook, known.submissions)


def _keep_cells(gradebook: Gradebook, notebook: Notebook, layout: Layout) -> None:
    db = gradebook.db
    for cell in list(notebook._base_cells):  # noqa: SLF001  # nbgrader has no other list of all
        if (cell.type, cell.name) not in layout.cells:
            for entry in [*cell.grades, *cell.comments]:
                db.delete(entry)
            db.flush()
            db.delete(cell)
    for cell in list(notebook.source_cells):
        if (SOURCE, cell.name) not in layout.cells:
            db.delete(cell)
    db.flush()
    db.expire(notebook)
    there = {(cell.type, cell.name): cell for cell in notebook._base_cells}  # noqa: SLF001
    there |= {(SOURCE, cell.name): cell for cell in notebook.source_cells}
    for (kind, name), (points, cell_type) in layout.cells.items():
        cell = there.get((kind, name))
        if cell is None:
            cell = KINDS[kind](name=name, notebook=notebook)
            db.add(cell)
        if kind in GRADED:
            cell.max_score = points
        if kind != "SolutionCell":
            cell.cell_type = cell_type
    db.flush()


def _keep_entries(
    gradebook: Gradebook, notebook: Notebook, submissions: list[SubmittedAssignment]
) -> None:
    """Give each submission an entry for each cell."""
    db = gradebook.db
    db.expire(notebook)
    cells = [(cell.id, cell.type) for cell in notebook._base_cells]  # noqa: SLF001
    there = {submitted.assignment_id: submitted for submitted in notebook.submissions}
    for submission in submissions:
        submitted = there.get(submission.id)
        if submitted is None:
            submitted = SubmittedNotebook(notebook=notebook, assignment=submission)
            db.add(submitted)
        graded = {grade.cell_id for grade in submitted.grades}
        answered = {comment.cell_id for comment in submitted.comments}
        for cell, kind in cells:
            if kind in GRADED and cell not in graded:
                db.add(Grade(cell_id=cell, notebook=submitted))
            if kind in ANSWERED and cell not in answered:
                db.add(Comment(cell_id=cell, notebook=submitted))
    db.flush()


def _cells(session: Session, notebook: str, *, has_tasks: bool = True) -> Cells:
    """Return the cells of a notebook for a `Layout`."""
    found: Cells = {}
    for kind in (GradeCell, TaskCell) if has_tasks else (GradeCell,):
        for name, points, cell_type in session.execute(
            select(kind.name, kind.max_score, kind.cell_type).where(kind.notebook_id == notebook)
        ):
            found[kind.__name__, name] = points, cell_type
    for name in session.scalars(
        select(SolutionCell.name).where(SolutionCell.notebook_id == notebook)
    ):
        found["SolutionCell", name] = None, ""
    for name, cell_type in session.execute(
        select(SourceCell.name, SourceCell.cell_type).where(SourceCell.notebook_id == notebook)
    ):
        found[SOURCE, name] = None, cell_type
    return found


def _wanted(layouts: Iterable[Layout], submissions: int) -> tuple[int, int]:
    """Return how many grades and comments the submissions must have."""
    kinds = [kind for layout in layouts for kind, _ in layout.cells]
    return (
        submissions * sum(kind in GRADED for kind in kinds),
        submissions * sum(kind in ANSWERED for kind in kinds),
    )


def _entries(session: Session, assignment: str) -> tuple[int, int]:
    """Return how many grades and comments the submissions have."""
    grades, comments = (
        session.scalar(
            select(func.count(kind.id))
            .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .where(SubmittedAssignment.assignment_id == assignment)
        )
        for kind in (Grade, Comment)
    )
    return grades or 0, comments or 0


def _by_hand(session: Session, assignment: str) -> dict[tuple[str, str], int]:
    """Return the number of scores and comments by hand, by notebook and cell."""
    found: dict[tuple[str, str], int] = {}
    for kind, given in (
        (Grade, or_(Grade.manual_score.is_not(None), Grade.extra_credit.is_not(None))),
        (Comment, Comment.manual_comment.is_not(None)),
    ):
        counted = (
            select(Notebook.name, BaseCell.name, func.count())
            .select_from(kind)
            .join(BaseCell, BaseCell.id == kind.cell_id)
            .join(Notebook, Notebook.id == BaseCell.notebook_id)
            .where(Notebook.assignment_id == assignment, given)
            .group_by(Notebook.name, BaseCell.name)
        )
        for notebook, cell, count in session.execute(counted):
            found[notebook, cell] = found.get((notebook, cell), 0) + count
    return found
