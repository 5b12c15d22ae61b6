"""The gradebook as a table: nbgrader's own columns, each item's points, and what became of it.

`nbgrader export` writes it. A score that is not known is empty, never 0: held back, not graded yet,
or missing. Each member of a team has the team's line. Of paths the names are left: the folders are
those of the machine that grades.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment as Entered
from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from autograder import roster, spreadsheet
from autograder.assignment import Assignment, AssignmentError
from autograder.course import Course, Stage
from autograder.gradebook import check
from autograder.ledger import Entry, entry
from autograder.membership import SEVERAL, Membership
from autograder.report import Status
from autograder.roster import Person, Roster
from autograder.sandbox import FOLDERS
from autograder.settings import course_of

NBGRADERS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)
FROM_ENTRY = ("status", "cause", "next_step", "isolation")
OURS = (*FROM_ENTRY, "team", "submission_of", "team_remarks")


@dataclass(frozen=True)
class Result:
    """What one student has for an assignment.

    Parameters
    ----------
    assignment : nbgrader's Assignment
    student : Person
    submission : nbgrader's SubmittedAssignment, optional
        The one that counts: the student's own, or their team's.
    values : dict of str to object
        By the columns of `GradesPlugin`; what is not known is not there, or None.
    """

    assignment: Entered
    student: Person
    submission: SubmittedAssignment | None
    values: dict[str, Any]


class GradesPlugin(ExportPlugin):
    """Writes a CSV file (RFC 4180, UTF-8) with a line for each assignment and student.

    `--to`, `--assignment` and `--student` are nbgrader's own.
    """

    file = "grades.csv"

    roster = Unicode(
        "",
        help="A CSV file that says more of the students, and names those who are in no gradebook "
        "(see docs/instructor.md). Without it, roster.csv in the course's folder, if there.",
    ).tag(config=True)

    missing_as_zero = Bool(
        False,
        help="Write 0 where nothing was handed in. What is held back or not graded stays empty.",
    ).tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the table."""
        to = self.to or self.file
        try:
            check(gradebook.engine.url.render_as_string(hide_password=False))
            # sorted here, as databases differ on names that are missing, the same or not ASCII
            known = sorted(gradebook.assignments, key=lambda a: (str(a.duedate or ""), a.name))
            assignments = [a for a in known if _is_wanted(a.name, self.assignment)]
            more = roster.find(self._root, self.roster)
            everybody = Roster.of(gradebook.students, more)
            students = [
                s for s in sorted(everybody, key=_by_name) if _is_wanted(s.id, self.student)
            ]
            # all of it before the file is opened: what fails leaves an earlier table as it is
            results = [
                result
                for assignment in assignments
                for result in self._results(gradebook, assignment, everybody, students)
            ]
            lines = list(self.lines(assignments, results))
        except (AssignmentError, NbGraderException) as error:
            self.log.error("%s", error)  # noqa: TRY400  # the error's text is enough
            raise SystemExit(1) from None
        self.log.info("Exporting grades to %s", to)
        spreadsheet.write(Path(to), lines)

    def lines(self, assignments: list[Entered], results: list[Result]) -> Iterable[Sequence[Any]]:
        """Return the lines of the file, the first with the columns' names."""
        items = list(dict.fromkeys(name for a in assignments for name in self.items(a)))
        columns = [*NBGRADERS, *OURS, *items]
        return [columns, *([r.values.get(name) for name in columns] for r in results)]

    @cached_property
    def _course(self) -> Course:
        return course_of(self.parent.coursedir)

    @property
    def _root(self) -> Path:
        return self._course.root

    def _results(
        self, gradebook: Gradebook, assignment: Entered, everybody: Roster, students: list[Person]
    ) -> Iterator[Result]:
        """Yield what each student has for an assignment, and tell what is odd about the teams."""
        ours = self._ours(assignment)
        teams = Membership(ours, everybody) if ours else None
        for problem in teams.problems if teams else ():
            if not problem.is_remark:
                self.log.warning("%s: %s: %s", assignment.name, problem.student, problem.text)
        for student in students:
            yield self._row(gradebook, assignment, student, ours, teams)

    def _row(
        self,
        gradebook: Gradebook,
        assignment: Entered,
        student: Person,
        ours: Assignment | None,
        teams: Membership | None,
    ) -> Result:
        counts = (teams.counts(student.id) if teams else None) or student.id
        row: dict[str, Any] = {
            "assignment": assignment.name,
            "duedate": assignment.duedate,
            "student_id": student.id,
            "last_name": student.last_name,
            "first_name": student.first_name,
            "email": student.email,
            "max_score": assignment.max_score,
        }
        try:
            submission = gradebook.find_submission(assignment.name, counts)
        except MissingEntry:
            submission = None
        known: Entry | None = entry(ours, gradebook, counts) if ours else None
        if known:
            row |= {name: getattr(known, name) for name in FROM_ENTRY}
            row["cause"] = _without_folders(known.cause, self._root)
        elif submission is None:
            row["status"] = Status.MISSING
        if teams:
            row |= _team(teams, student.id, counts)
        if submission is not None:
            row["timestamp"] = submission.timestamp
            row["late_submission_penalty"] = submission.late_submission_penalty
            if known is None or known.is_graded:
                row |= _scores(submission)
        if self.missing_as_zero and row.get("status") == Status.MISSING:
            row |= dict.fromkeys((*self.items(assignment), "raw_score", "score"), 0.0)
        return Result(assignment, student, submission, row)

    def items(self, assignment: Entered) -> list[str]:
        """Return the names of an assignment's graded cells, in its order as far as it is known."""
        ours = self._ours(assignment)
        names = [item.name for item in ours.items] if ours else []
        cells = [
            cell.name
            for notebook in assignment.notebooks
            for cell in (*notebook.grade_cells, *notebook.task_cells)
        ]
        return names + sorted(set(cells) - set(names))

    def _ours(self, assignment: Entered) -> Assignment | None:
        """Return the assignment as its folders hold it; None if it has no suites."""
        ours = Assignment(self._course, assignment.name)
        has_source = any(ours.folder(Stage.SOURCE).glob("*.ipynb"))
        return ours if has_source and ours.hidden.is_dir() else None


def _team(teams: Membership, student: str, counts: str) -> dict[str, Any]:
    """Return what the columns say of a student's team."""
    if counts in teams.students:
        row = {"team": ", ".join(teams.students[counts]), "submission_of": counts}
    else:
        row = {}
    told = teams.problems_of(student)
    row["team_remarks"] = "; ".join(told)
    if counts == student and counts not in teams.students and student in teams.submissions:
        row |= {"status": SEVERAL, "cause": "; ".join(told)}
        row["next_step"] = teams.next_step
    return row


def _scores(submission: SubmittedAssignment) -> dict[str, float]:
    """Return the points of each item that has some, and the sums if all have."""
    grades = list(_grades(submission))
    points = {
        grade.name: grade.score
        for grade in grades
        if grade.auto_score is not None or grade.manual_score is not None
    }
    if len(points) < len(grades):
        return points
    total = submission.score
    late = submission.late_submission_penalty
    return points | {"raw_score": total, "score": max(0.0, total - late)}


def _grades(submission: SubmittedAssignment) -> Iterator[Any]:
    for notebook in submission.notebooks:
        yield from notebook.grades


def _without_folders(text: str, root: Path) -> str:
    # pytest names a test by the path of its file without the slash at its beginning
    course = str(root.resolve()).strip("/")
    return FOLDERS.sub("", text.replace(f"/{course}/", f"{course}/").replace(f"{course}/", "/"))


def _by_name(student: Person) -> tuple[str, str, str]:
    return (student.last_name, student.first_name, student.id)


def _is_wanted(name: str, chosen: list[Any]) -> bool:
    return not chosen or name in map(str, chosen)
