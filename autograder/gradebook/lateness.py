"""How late a submission is, and its penalty by nbgrader's plugin and settings.

A penalty depends on the due date, the extension, the policy and the points. All of them can change
after grading, so each run updates the penalties.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Assignment as Entered
from nbgrader.api import Grade, Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Select, select
from traitlets.config import Configurable

from autograder.results.points import added, rounded
from autograder.results.standing import Mark

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600  # seconds


@dataclass(frozen=True)
class PenaltyChange:
    """A late penalty that has changed with the due date, the policy or the points.

    Parameters
    ----------
    student : str
    notebook_id : str
        The submitted notebook's id in the gradebook.
    before, after : float
        The penalty in the gradebook, and the one by the present settings.
    seconds : float
        How late it was handed in.
    """

    student: str
    notebook_id: str
    before: float
    after: float
    seconds: float

    @property
    def reason(self) -> str:
        """The reason for the change, in words."""
        return why(self.seconds)


def why(seconds: float) -> str:
    """Return how late a submission is, as the reason for its penalty."""
    return f"{in_words(seconds)} late" if seconds > 0 else "not late any more"


def in_words(seconds: float) -> str:
    """Return how late a submission is, in the largest unit; empty if it is not late."""
    if seconds <= 0:
        return ""
    for unit, sign in ((DAY, "d"), (HOUR, "h")):
        if seconds >= unit:
            return f"{seconds / unit:.1f} {sign}"
    return f"{max(1, round(seconds / MINUTE))} min"


def seconds_late(
    stamp: dt.datetime | None, due: dt.datetime | None, extension: dt.timedelta | None
) -> float:
    """Return how late a submission is, after the due date and the student's extension."""
    if stamp is None or due is None:
        return 0.0
    return max(0.0, (stamp - due - (extension or dt.timedelta())).total_seconds())


def late_plugin(parent: Configurable) -> LateSubmissionPlugin:
    """Return nbgrader's plugin for late penalties, with the settings of `parent`."""
    penalties = AssignLatePenalties(parent=parent)
    penalties.init_plugin()
    return penalties.plugin_inst


def late_penalty(
    plugin: LateSubmissionPlugin, student: str, points: float, seconds: float
) -> float | None:
    """Return the late penalty, from 0 to all points; None if there is none to enter."""
    if seconds <= 0:
        return None
    penalty = plugin.late_submission_penalty(student, points, seconds)
    return None if penalty is None else rounded(min(max(penalty, 0), points))


class LatePenalties:
    """The late penalties of an assignment, in the gradebook and by the present settings."""

    def __init__(
        self, gradebook: Gradebook | None, assignment: str, plugin: LateSubmissionPlugin
    ) -> None:
        self.gradebook = gradebook
        self.assignment = assignment
        self.plugin = plugin

    def of(self, student: str, points: float, stamp: dt.datetime | None) -> tuple[float, float]:
        """Return a submission's penalty by the settings, and how many seconds late it is.

        `stamp` is the time of handing in; without it, the time in the gradebook counts.
        """
        if self.gradebook is None:
            return 0.0, 0.0
        extension = due = None
        with suppress(MissingEntry):
            due = self.gradebook.find_assignment(self.assignment).duedate
            earlier = self.gradebook.find_submission(self.assignment, student)
            stamp, extension = stamp or earlier.timestamp, earlier.extension
        seconds = seconds_late(stamp, due, extension)
        return late_penalty(self.plugin, student, points, seconds) or 0.0, seconds

    def changes(self, is_about: Callable[[str], bool]) -> list[PenaltyChange]:
        """Return the penalties that are not current, for the students that it `is_about`."""
        if self.gradebook is None:
            return []
        submissions = select_of_notebooks(
            self.assignment,
            SubmittedNotebook.id,
            SubmittedAssignment.student_id,
            SubmittedNotebook.late_submission_penalty,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            Entered.duedate,
        )
        known: dict[str, tuple[str, float, float]] = {}
        for notebook, student, penalty, *times in self.gradebook.db.execute(submissions):
            stamp, extension, due = times
            seconds = seconds_late(stamp, due, extension)
            if (seconds > 0 or penalty) and is_about(student):
                known[notebook] = (student, rounded(penalty or 0.0), seconds)
        points = _points(self.gradebook, self.assignment) if known else {}
        found = []
        for notebook, (student, before, seconds) in known.items():
            theirs = added(points.get(notebook, []))
            after = late_penalty(self.plugin, student, theirs, seconds) or 0.0
            if after != before:
                found.append(PenaltyChange(student, notebook, before, after, seconds))
        return sorted(found, key=lambda change: (change.student, change.notebook_id))


def enter(gradebook: Gradebook, changes: list[PenaltyChange]) -> None:
    """Enter penalties in the gradebook, without a commit."""
    for change in changes:
        submitted = gradebook.db.get(SubmittedNotebook, change.notebook_id)
        if submitted is not None:
            submitted.late_submission_penalty = change.after if change.seconds > 0 else None


def _points(gradebook: Gradebook, assignment: str) -> dict[str, list[float]]:
    """Return the known points of each submitted notebook."""
    scores = (Grade.auto_score, Grade.manual_score, Grade.extra_credit)
    grades = select_of_notebooks(assignment, SubmittedNotebook.id, *scores).join(
        Grade, Grade.notebook_id == SubmittedNotebook.id
    )
    found: dict[str, list[float]] = {}
    for notebook, auto, manual, extra in gradebook.db.execute(grades):
        score = Mark(0.0, auto, manual, extra or 0.0).score
        if score is not None:
            found.setdefault(notebook, []).append(score)
    return found


def select_of_notebooks(assignment: str, *columns: Any) -> Select[Any]:
    """Return a query for columns of an assignment's submitted notebooks."""
    return (
        select(*columns)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Entered, Entered.id == SubmittedAssignment.assignment_id)
        .where(Entered.name == assignment)
    )
