"""`nbgrader export`: the gradebook as a table, with each item's points and the status.

- An unknown score is empty, never 0: held back, not graded yet, or missing.
- Each member of a team has a line with the team's grade.
- Paths are cut to their names: the folders are those of the grading machine.
- Names and causes pass through `visible`; ids and addresses, which programs match, do not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment as Entered
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.plugins import CsvExportPlugin, ExportPlugin
from traitlets import Bool, Unicode

from autograder.course import roster
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Course, Stage
from autograder.course.gradebook import check
from autograder.course.roster import Person, Roster
from autograder.course.settings import course_of
from autograder.course.spelling import same
from autograder.files import sharing, spreadsheet
from autograder.gradebook.class_record import Record, class_in
from autograder.gradebook.criterion_columns import criterion_values, with_criteria
from autograder.gradebook.entry import Entry
from autograder.gradebook.membership import Membership
from autograder.gradebook.submitted import Submitted, cells_of, students_of, submissions_of
from autograder.results.points import added, rounded
from autograder.results.report import Status
from autograder.results.standing import Standing, cell_names
from autograder.text.plain_text import visible
from autograder.text.wording import FOLDERS

NBGRADERS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip
FROM_ENTRY = ("status", "cause", "next_step", "isolation")
OURS = (*FROM_ENTRY, "team", "submission_of", "team_remarks")


@dataclass(frozen=True)
class Result:
    """One student's result for an assignment.

    Parameters
    ----------
    assignment : nbgrader's Assignment
    student : Person
    submission : Submitted, optional
        The one that counts: the student's own, or their team's.
    values : dict of str to object
        By the columns of `GradesPlugin`; an unknown value is missing or None.
    """

    assignment: Entered
    student: Person
    submission: Submitted | None
    values: dict[str, Any]


class GradesPlugin(ExportPlugin):
    """Writes a CSV file (RFC 4180, UTF-8) with a line for each assignment and student.

    `--to`, `--assignment` and `--student` are nbgrader's options. If no assignment has hidden
    suites, nbgrader's own plugin writes the file.
    """

    file = "grades.csv"
    nbgraders: type[ExportPlugin] | None = CsvExportPlugin  # used if no assignment has suites

    roster = Unicode(
        "",
        help="A CSV file with more data on the students, and with students who are not in the "
        "gradebook (see docs/ta.md). Default: roster.csv in the course, if it exists.",
    ).tag(config=True)

    missing_as_zero = Bool(
        False,
        help="Write 0 if nothing was handed in. Held back and ungraded scores stay empty.",
    ).tag(config=True)

    criteria = Bool(
        False,
        help="After each item's column, add one for each criterion of its rubric, with the points "
        "that the tests gave. Tables for an LMS do not have them.",
    ).tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the table."""
        to = self.to or self.file
        try:
            check(gradebook.engine.url.render_as_string(hide_password=False))
            # sorted here: databases sort missing, equal and non-ASCII names differently
            known = sorted(gradebook.assignments, key=lambda a: (str(a.duedate or ""), a.name))
            assignments = [a for a in known if _is_wanted(a.name, self.assignment)]
            if self.nbgraders and assignments and not any(map(self._has_suites, assignments)):
                chosen = {"to": self.to, "student": self.student, "assignment": self.assignment}
                self.nbgraders(parent=self.parent, **chosen).export(gradebook)
                return
            more = roster.find(self._root, self.roster)
            everybody = Roster.of(students_of(gradebook), more)
            wanted = {same(str(student)) for student in self.student}
            students = [
                s for s in sorted(everybody, key=_by_name) if not wanted or same(s.id) in wanted
            ]
            # before the file is opened, so that an error leaves an earlier table as it is
            results = [
                result
                for assignment in assignments
                for result in self._results(gradebook, assignment, everybody, students)
            ]
            lines = list(self.lines(assignments, self.usable(results)))
        except (AssignmentError, NbGraderException) as error:
            self.log.error("%s", error)  # noqa: TRY400  # the error's text is enough
            raise SystemExit(1) from None
        self.log.info("Exporting grades to %s", to)
        try:
            spreadsheet.write(Path(to), lines, shared=self.parent.coursedir.groupshared)
        except OSError as error:
            cause = sharing.obstacle(Path(to)) or error.strerror
            self.log.error("%s cannot be written (%s): choose another file with --to", to, cause)  # noqa: TRY400
            raise SystemExit(1) from None

    def usable(self, results: list[Result]) -> list[Result]:
        """Return the results that go into the file."""
        return results

    def lines(self, assignments: list[Entered], results: list[Result]) -> Iterable[Sequence[Any]]:
        """Return the lines of the file, the first with the columns' names."""
        names = self._with_criteria if self.criteria else self.items
        items = list(dict.fromkeys(name for a in assignments for name in names(a)))
        columns = [*NBGRADERS, *OURS, *items]
        return [columns, *([self._values(r).get(name) for name in columns] for r in results)]

    def _values(self, result: Result) -> dict[str, Any]:
        """Return the values of a row; for an assignment without suites, nbgrader's sums."""
        if self._has_suites(result.assignment):
            return result.values
        standing = result.submission.standing if result.submission else Standing()
        return result.values | {
            "raw_score": standing.known,
            "late_submission_penalty": standing.penalty,
            "score": standing.so_far,
        }

    def _has_suites(self, assignment: Entered) -> bool:
        return Assignment(self._course, assignment.name).has_suites

    @cached_property
    def _course(self) -> Course:
        return course_of(self.parent.coursedir)

    @property
    def _root(self) -> Path:
        return self._course.root

    def _results(
        self, gradebook: Gradebook, assignment: Entered, everybody: Roster, students: list[Person]
    ) -> Iterator[Result]:
        """Yield each student's result for an assignment, and log the problems of teams."""
        ours = self._ours(assignment)
        if ours is None:
            cells = cells_of(gradebook, assignment.name)
            found = submissions_of(gradebook, assignment.name, cells)
            for student in students:
                spellings = (student.id, *student.spellings)
                yield self._without_suites(
                    assignment, student, next((found[s] for s in spellings if s in found), None)
                )
            return
        whole = class_in(ours, gradebook, everybody)
        teams = Membership.of(ours, whole)
        for problem in teams.problems:
            if not problem.is_remark:
                self.log.warning("%s: %s: %s", assignment.name, problem.student, problem.text)
        whole = teams.completed(whole)
        graded = {r.student: r for r in whole.records if r.submitted is not None}
        records: dict[str, list[Record]] = {}
        for record in whole.records:
            records.setdefault(same(record.student), []).append(record)
        for student in students:
            person = whole.people.of_id(student.id) or student
            theirs = records[same(student.id)]
            # an id with several spellings has a line for each one with a grade
            for record in [one for one in theirs if one.notebook_id] or theirs[:1]:
                who = replace(person, id=record.student)
                whose = teams.submission_for(who.id) or who.id
                row = _about(assignment, who, added(item.points for item in whole.items))
                row |= _team(teams, who.id, whose)
                yield self._row(assignment, who, record.entry, graded.get(whose), row)

    def _row(
        self,
        assignment: Entered,
        student: Person,
        known: Entry,
        counts: Record | None,
        row: dict[str, Any],
    ) -> Result:
        """Return the row of a student, with the points of `autograder status`."""
        submission = counts.submitted if counts else None  # the student's own, or their team's
        row |= {name: getattr(known, name) for name in FROM_ENTRY}
        row["cause"] = visible(_without_folders(known.cause, self._root))
        if counts is not None:
            row["timestamp"] = counts.stamp
        if counts is not None and known.is_graded:
            row |= {name: p for name, p in known.points.items() if p is not None}
            row |= criterion_values(counts.report)
            row["late_submission_penalty"] = known.late_penalty
            row |= {"raw_score": known.before_penalty, "score": known.total}
        return self._completed(Result(assignment, student, submission, row))

    def _without_suites(
        self, assignment: Entered, student: Person, submission: Submitted | None
    ) -> Result:
        """Return the row of a student for an assignment without suites."""
        row = _about(assignment, student, assignment.max_score)
        if submission is None:
            row["status"] = Status.MISSING
        else:
            standing = submission.standing
            row |= {name: p for name, p in standing.points.items() if p is not None}
            row["timestamp"] = submission.stamp
            row["late_submission_penalty"] = standing.penalty
            row |= {"raw_score": standing.before_penalty, "score": standing.score}
        return self._completed(Result(assignment, student, submission, row))

    def _completed(self, result: Result) -> Result:
        """Return a result, with 0 for a missing submission if the settings say so."""
        if self.missing_as_zero and result.values.get("status") == Status.MISSING:
            points = (*self._with_criteria(result.assignment), "raw_score", "score")
            return replace(result, values=result.values | dict.fromkeys(points, 0.0))
        return result

    def items(self, assignment: Entered) -> list[str]:
        """Return the names of an assignment's graded cells: its items in order, then the others."""
        ours = self._ours(assignment)
        names = [item.name for item in ours.items] if ours else []
        return names + sorted({*most_points(assignment)} - {*names})

    def _with_criteria(self, assignment: Entered) -> list[str]:
        """Return the names of an assignment's graded cells, each followed by its criteria."""
        ours = self._ours(assignment)
        return with_criteria(self.items(assignment), ours.rubric if ours else {})

    def _ours(self, assignment: Entered) -> Assignment | None:
        """Return the assignment in the course's folders; None if it has no suites."""
        ours = Assignment(self._course, assignment.name)
        has_source = any(ours.folder(Stage.SOURCE).glob("*.ipynb"))
        return ours if has_source and ours.has_suites else None


def most_points(assignment: Entered) -> dict[str, float]:
    """Return the maximum points of each graded cell."""
    most = {
        (notebook.name, cell.name): cell.max_score or 0.0
        for notebook in assignment.notebooks
        for cell in (*notebook.grade_cells, *notebook.task_cells)
    }
    names = cell_names(most)
    return {names[place]: rounded(points) for place, points in most.items()}


def _about(assignment: Entered, student: Person, most: float) -> dict[str, Any]:
    """Return the values of a row that need no submission."""
    return {
        "assignment": assignment.name,
        "duedate": assignment.duedate,
        "student_id": student.id,
        "last_name": visible(student.last_name),
        "first_name": visible(student.first_name),
        "email": student.email,
        "max_score": rounded(most),
    }


def _team(teams: Membership, student: str, counts: str) -> dict[str, Any]:
    """Return the values of the columns on a student's team."""
    row: dict[str, Any] = {"team_remarks": visible("; ".join(teams.problems_of(student)))}
    if counts in teams.students:
        row |= {"team": ", ".join(teams.students[counts]), "submission_of": counts}
    return row


def _without_folders(text: str, root: Path) -> str:
    # pytest names a test by the path of its file without the slash at its beginning
    course = str(root.resolve()).strip("/")
    return FOLDERS.sub("", text.replace(f"/{course}/", f"{course}/").replace(f"{course}/", "/"))


def _by_name(student: Person) -> tuple[str, str, str]:
    return (student.last_name, student.first_name, student.id)


def _is_wanted(name: str, chosen: list[Any]) -> bool:
    return not chosen or name in map(str, chosen)
