"""A student's points for a graded cell and for an assignment, as nbgrader defines them.

Every screen, page, table and JSON document takes a student's points from here. A cell's score is
the score by hand, or else the automatic one, plus extra credit. An assignment's score is the sum of
its cells, minus the late penalty, and at least 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nbgrader.api import Grade, SubmittedNotebook

from autograder.results.points import added, less, out_of, shown, total, with_unit
from autograder.results.report import Status


@dataclass(frozen=True)
class Mark:
    """The scores of a graded cell in the gradebook."""

    points: float  # the maximum
    auto: float | None = None  # the automatic score
    manual: float | None = None  # the score by hand
    extra: float = 0.0  # extra credit
    waits: bool = False  # whether the gradebook asks a human to look at it

    @classmethod
    def of(cls, grade: Grade, points: float | None = None) -> "Mark":
        """Return the mark of a grade; by default, with the cell's points in the gradebook."""
        return cls(
            (grade.cell.max_score or 0.0) if points is None else points,
            grade.auto_score,
            grade.manual_score,
            grade.extra_credit or 0.0,
            bool(grade.needs_manual_grade),
        )

    @property
    def is_open(self) -> bool:
        """Whether there is no score yet."""
        return self.auto is None and self.manual is None

    @property
    def score(self) -> float | None:
        """The score that counts; None if there is none yet."""
        counts = self.auto if self.manual is None else self.manual
        return None if counts is None else added((counts, self.extra))


@dataclass(frozen=True)
class Standing:
    """A student's points for an assignment, or for one of its notebooks.

    Parameters
    ----------
    marks : dict of str to Mark
        By graded cell.
    penalty : float
        The late penalty in points.
    """

    marks: Mapping[str, Mark] = field(default_factory=dict)
    penalty: float = 0.0

    @classmethod
    def of(
        cls, notebooks: Iterable[SubmittedNotebook], most: Mapping[str, float] | None = None
    ) -> "Standing":
        """Return the standing for some notebooks in the gradebook.

        Parameters
        ----------
        notebooks : iterable of SubmittedNotebook
        most : dict of str to float, optional
            The points of graded cells that are known, by the cell's id in the gradebook.
        """
        points = most or {}
        known = sorted(notebooks, key=lambda notebook: str(notebook.name))
        grades = {(n.name, grade.name): grade for n in known for grade in n.grades}
        names = cell_names(grades)
        return cls(
            {names[at]: Mark.of(grade, points.get(grade.cell_id)) for at, grade in grades.items()},
            added(n.late_submission_penalty or 0.0 for n in known),
        )

    @property
    def points(self) -> dict[str, float | None]:
        """The score of each graded cell; None if it has none yet."""
        return {name: mark.score for name, mark in self.marks.items()}

    @property
    def known(self) -> float:
        """The sum of the known scores, before the late penalty."""
        return added(p for p in self.points.values() if p is not None)

    @property
    def so_far(self) -> float:
        """The sum of the known scores, after the late penalty."""
        return less(self.known, self.penalty)

    @property
    def before_penalty(self) -> float | None:
        """The sum of the scores; None if a cell has none yet."""
        return total(self.points.values())

    @property
    def score(self) -> float | None:
        """The sum of the scores, after the late penalty; None if a cell has none yet."""
        before = self.before_penalty
        return None if before is None else less(before, self.penalty)

    @property
    def most(self) -> float:
        """The maximum of points."""
        return added(mark.points for mark in self.marks.values())

    def summary(self, status: str) -> str:
        """Return the points and a status in one line, for the course staff."""
        if self.score is not None:
            points = out_of(self.score, self.most)
        elif status == Status.HELD:
            points = f"held back of {with_unit(self.most)}"
        else:
            points = f"{out_of(self.so_far, self.most)} so far"
        late = f"; late penalty {shown(self.penalty)}" if self.penalty else ""
        return f"{points}, {status}{late}"


def cell_names(cells: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the name of each graded cell in an assignment.

    Parameters
    ----------
    cells : iterable of (str, str)
        Notebook and `grade_id`. The name is the `grade_id`, with the notebook's name before it if
        several notebooks have that `grade_id`.
    """
    places = list(cells)
    ids = [grade_id for _, grade_id in places]
    return {
        (notebook, grade_id): grade_id if ids.count(grade_id) == 1 else f"{notebook}/{grade_id}"
        for notebook, grade_id in places
    }
