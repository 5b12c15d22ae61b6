"""`nbgrader export --exporter ...`: the export in the columns of Canvas, Moodle and Gradescope.

Unknown values are empty. docs/ta.md describes the columns, and how to import them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nbgrader.api import Assignment as Entered
from traitlets import Bool, Dict, Enum, Unicode

from autograder.course.assignment import AssignmentError
from autograder.course.roster import Person
from autograder.course.spelling import same
from autograder.files import spreadsheet
from autograder.gradebook.export import GradesPlugin, Result, most_points
from autograder.results.points import added, shown
from autograder.results.report import Status
from autograder.text.plain_text import visible

HOUR, MINUTE = 3600, 60  # seconds


class OneLinePlugin(GradesPlugin):
    """Leaves out students with several grades for one assignment: an LMS would keep the last."""

    def usable(self, results: list[Result]) -> list[Result]:
        """Return the results of students who have one grade for each assignment."""
        found = Counter((result.assignment.name, same(result.student.id)) for result in results)
        several = {form for (_, form), count in found.items() if count > 1}
        for form in sorted(several):
            ids = sorted({r.student.id for r in results if same(r.student.id) == form})
            self.log.warning(
                "%s are spellings of one student's id and have several grades: left out, until "
                "only one is left",
                " and ".join(ids),
            )
        return [result for result in results if same(result.student.id) not in several]


class LmsPlugin(OneLinePlugin):
    """The base of the tables with one line for each student."""

    nbgraders = None

    columns = Dict(
        value_trait=Unicode(),
        key_trait=Unicode(),
        help="The LMS's name of each assignment, such as {'dropout_l2': 'Dropout and L2 (4711)'} "
        "for Canvas, as in its own export.",
    ).tag(config=True)

    item_columns = Bool(False, help="Add a column for each item.").tag(config=True)

    def column(self, assignment: str, item: str = "") -> str:
        """Return the name of the column of an assignment or of one of its items."""
        name = str(self.columns.get(assignment, assignment))
        return f"{assignment}: {item}" if item else name

    def graded(self, assignments: list[Entered]) -> list[tuple[str, str, str]]:
        """Return the graded columns: name, assignment, and column of `GradesPlugin`."""
        return [
            (self.column(a.name, item), a.name, item or "score")
            for a in assignments
            for item in ("", *(self.items(a) if self.item_columns else ()))
        ]

    def warn_of_changed(self, student: Person, *identifiers: str) -> bool:
        """Warn if an identifier gets an apostrophe, so that the LMS cannot match it."""
        changed = any(spreadsheet.field(text) != text for text in identifiers)
        if changed:
            self.log.warning(
                "%s: an id or address looks like a formula, so it has an apostrophe in this file: "
                "the LMS will not know it; enter this grade by hand",
                student.id,
            )
        return changed


class CanvasPlugin(LmsPlugin):
    """Writes a file for Canvas's gradebook: Student, the ids, Section, and the assignments.

    Canvas has no column for a late penalty: the score includes it.
    """

    file = "canvas.csv"

    def lines(self, assignments: list[Entered], results: list[Result]) -> Iterable[Sequence[Any]]:
        """Return the header, the points possible, and a line for each student."""
        graded = self.graded(assignments)
        head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
        yield [*head, *(name for name, _, _ in graded)]
        most = [
            _most(a, column) for a in assignments for _, name, column in graded if name == a.name
        ]
        yield ["    Points Possible", "", "", "", "", *most]
        for student, found in _by_student(results):
            sis = student.sis_user_id or student.matriculation_number
            login = student.username or student.id
            self.warn_of_changed(student, student.lms_user_id, sis, login)
            values = [found[name].values.get(column) for _, name, column in graded]
            yield [_sorted_name(student), student.lms_user_id, sis, login, student.section, *values]


class MoodlePlugin(LmsPlugin):
    """Writes a CSV file for Moodle's gradebook: one identifier, the grades, a comment.

    Moodle would give the grades of a line without an identifier to the previous student. So every
    line has one.
    """

    file = "moodle.csv"
    identifiers = ("Email address", "ID number", "Username")

    item_columns = Bool(True, help="Add a column for each item.").tag(config=True)

    identify_by = Enum(
        ["", *identifiers],
        "",
        help="The column that identifies a student in Moodle. Default: the e-mail address if each "
        "student has one, otherwise the username from the roster, or the gradebook's id.",
    ).tag(config=True)

    def lines(self, assignments: list[Entered], results: list[Result]) -> Iterable[Sequence[Any]]:
        """Return the header, and a line for each student who has the identifier."""
        graded = self.graded(assignments)
        students = list(_by_student(results))
        # an id that is a number without a name may be a group's: it does not count here
        people = [s for s, _ in students if not s.id.isdecimal() or s.names or s.email]
        has_email = bool(people) and all(student.email for student in people)
        identifier = self.identify_by or ("Email address" if has_email else "Username")
        self.log.info("In Moodle, map from and to: %s", identifier)
        head = ["First name", "Last name", identifier, *(f"{name} (Real)" for name, _, _ in graded)]
        for a in assignments:
            titles = ("Feedback", "Status", "Late penalty", "Team")
            head += [f"{self.column(a.name)} ({title})" for title in titles]
        yield head
        for student, found in students:
            known = {
                "Email address": student.email,
                "ID number": student.matriculation_number,
                "Username": student.username or student.id,
            }[identifier]
            if not known:
                self.log.warning("%s has no %s: left out", student.id, identifier)
                continue
            if self.warn_of_changed(student, known):
                continue  # an unknown student would stop the whole import
            line: list[Any] = [visible(student.first_name), visible(student.last_name), known]
            line += [found[name].values.get(column) for _, name, column in graded]
            for a in assignments:
                values = found[a.name].values
                line += [self._feedback(a, values), values.get("status")]
                line += [values.get("late_submission_penalty"), values.get("team")]
            yield line

    def _feedback(self, assignment: Entered, values: dict[str, Any]) -> str:
        """Return the student's comment: the points of each item."""
        points = [
            f"{item} {shown(values[item])}" for item in self.items(assignment) if item in values
        ]
        if late := values.get("late_submission_penalty"):
            points.append(f"late penalty {shown(late)}")
        return "; ".join(points) if values.get("score") is not None else ""


class GradescopePlugin(OneLinePlugin):
    """Writes one assignment in the columns of Gradescope's own export."""

    file = "gradescope.csv"

    def lines(self, assignments: list[Entered], results: list[Result]) -> Iterable[Sequence[Any]]:
        """Return the header, and a line for each student."""
        if len(assignments) != 1:
            raise AssignmentError(
                f"Gradescope's table holds one assignment, got {len(assignments)}: choose it with "
                "--assignment, as in `nbgrader export --assignment '[\"dropout_l2\"]'`"
            )
        items = self.items(assignments[0])
        yield [
            *("First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points"),
            *("Status", "Submission ID", "Submission Time", "Lateness (H:M:S)"),
            *(
                f"{n}: {item} ({_most(assignments[0], item)} pts)"
                for n, item in enumerate(items, start=1)
            ),
            *("Late Penalty", "Team"),
        ]
        for result in results:
            yield self._line(result, items)

    def _line(self, result: Result, items: list[str]) -> list[Any]:
        student, submission, values = result.student, result.submission, result.values
        status = values.get("status")
        if submission is None:
            status = "Missing" if status == Status.MISSING else "Ungraded"
        else:
            status = "Ungraded" if values.get("score") is None else "Graded"
        time = submission.stamp if submission else None
        return [
            visible(student.first_name),
            visible(student.last_name),
            student.matriculation_number or student.id,
            student.email,
            student.section,
            values.get("score"),
            values.get("max_score"),
            status,
            submission.id if submission else "",
            f"{time:%Y-%m-%d %H:%M:%S} +0000" if time else "",
            _hours(submission.seconds_late) if submission and time else "",
            *(values.get(item) for item in items),
            values.get("late_submission_penalty"),
            values.get("team"),
        ]


def _by_student(results: list[Result]) -> Iterator[tuple[Person, dict[str, Result]]]:
    """Yield each student with their results, by assignment."""
    found: dict[str, dict[str, Result]] = {}
    for result in results:
        found.setdefault(same(result.student.id), {})[result.assignment.name] = result
    for theirs in found.values():
        yield next(iter(theirs.values())).student, theirs


def _sorted_name(student: Person) -> str:
    name = ", ".join(filter(None, (student.last_name, student.first_name)))
    return visible(student.full_name or name or student.id)


def _most(assignment: Entered, column: str) -> str:
    """Return the maximum points of a column."""
    most = most_points(assignment)
    points = added(most.values()) if column == "score" else most.get(column)
    return "" if points is None else spreadsheet.exact(points)


def _hours(seconds: float) -> str:
    return (
        f"{int(seconds // HOUR):02}:{int(seconds % HOUR // MINUTE):02}:{int(seconds % MINUTE):02}"
    )
