"""Enters the scores of a graded notebook in the gradebook, for every command."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

from autograder.course.answer_file import is_untouched
from autograder.course.submission import Submission
from autograder.gradebook.lateness import late_penalty, seconds_late
from autograder.results.points import rounded
from autograder.results.report import Report
from autograder.results.standing import Standing

LOG = logging.getLogger(__name__)
AUTOMATIC = ("auto_score", "needs_manual_grade")  # columns of a grade


@dataclass(frozen=True)
class ScoreEntry:
    """The automatic scores of a notebook's graded cells, and the comments on its answers.

    Parameters
    ----------
    grades : dict of str to (float or None)
        By `grade_id`; None if there is no score yet.
    comments : dict of str to (str or None)
        nbgrader's automatic comments, by `grade_id`.
    """

    grades: dict[str, float | None]
    comments: dict[str, str | None]

    @classmethod
    def of(cls, notebook: NotebookNode, report: Report) -> "ScoreEntry":
        """Return the points of a report, and nbgrader's points for all other cells."""
        grades: dict[str, float | None] = {}
        comments: dict[str, str | None] = {}
        for cell, ours in zip(
            notebook.cells, Submission.from_notebook(notebook).cells, strict=True
        ):
            name = ours.grade_id
            if is_grade(cell):
                by_suite = ours.is_item
                points = report.item(name).points if by_suite else determine_grade(cell, LOG)[0]
                grades[name] = None if points is None else rounded(points)
            if is_solution(cell) or is_task(cell):
                unchanged = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
                answered = is_task(cell) or not (unchanged or is_untouched(cell))
                comments[name] = None if answered else "No response."
        return cls(grades, comments)

    def enter(
        self,
        submitted: SubmittedNotebook,
        late: LateSubmissionPlugin,
        most: Mapping[str, float] | None = None,
    ) -> Standing:
        """Enter the scores and the late penalty in a gradebook, without a commit.

        Parameters
        ----------
        submitted : SubmittedNotebook
        late : LateSubmissionPlugin
        most : dict of str to float, optional
            The maximum points: see `Standing.of`.

        Returns
        -------
        standing : Standing
            The notebook's scores in the gradebook, including those by hand.

        Raises
        ------
        MissingEntry
            If the gradebook has no such cell.
        """
        grades = {grade.name: grade for grade in submitted.grades}
        comments = {comment.name: comment for comment in submitted.comments}
        if unknown := sorted({*self.grades} - {*grades} | {*self.comments} - {*comments}):
            raise MissingEntry(f"No such cells: {unknown}")
        for name, points in self.grades.items():
            grades[name].auto_score = points
            # a score by hand stays, but somebody should check it again
            by_hand = grades[name].manual_score is not None
            grades[name].needs_manual_grade = points is None or by_hand
        for name, comment in self.comments.items():
            comments[name].auto_comment = comment
        standing = Standing.of([submitted], most)
        whole = submitted.assignment
        seconds = seconds_late(whole.timestamp, whole.assignment.duedate, whole.extension)
        penalty = late_penalty(late, whole.student_id, standing.known, seconds)
        submitted.late_submission_penalty = penalty
        return replace(standing, penalty=penalty or 0.0)


@dataclass(frozen=True)
class Entered:
    """The values of a submission in a gradebook that were not entered by hand.

    Parameters
    ----------
    assignment, student : str
    values : tuple of (type, str, str, object), optional
        Table, row id, column and value; None if there is no submission.
    """

    assignment: str
    student: str
    values: tuple[tuple[type, str, str, Any], ...] | None

    @classmethod
    def of(cls, gradebook: Gradebook, assignment: str, student: str) -> "Entered":
        """Return the present values in a gradebook."""
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return cls(assignment, student, None)
        columns = [
            (submission, "timestamp"),
            *((notebook, "late_submission_penalty") for notebook in submission.notebooks),
            *(
                (grade, name)
                for n in submission.notebooks
                for grade in n.grades
                for name in AUTOMATIC
            ),
            *((comment, "auto_comment") for n in submission.notebooks for comment in n.comments),
        ]
        values = ((type(row), row.id, column, getattr(row, column)) for row, column in columns)
        return cls(assignment, student, tuple(values))

    def restore(self, gradebook: Gradebook) -> None:
        """Restore these values; remove a submission that did not exist."""
        if self.values is None:
            with suppress(MissingEntry):
                gradebook.remove_submission(self.assignment, self.student)
            return
        for table, number, column, value in self.values:
            if (row := gradebook.db.get(table, number)) is not None:
                setattr(row, column, value)
        gradebook.db.commit()
