"""The teams of a class: whose submission counts for which student, and the problems in them.

- A submission counts for the student who handed it in, and for each known member of its team who
  has not handed in.
- A table with too many members counts for no member, until the course staff decides.
- The staff decides in the roster's column `submission_of`, which takes precedence over all tables.
- A student's own submission always counts; grades are never averaged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.course import Stage
from autograder.course.roster import Person, Roster
from autograder.course.submission import Submission, read_graded
from autograder.gradebook.class_record import ClassRecord
from autograder.gradebook.entry import IN_A_TEAM, NOT_COLLECTED, SEVERAL, Entry, handed_in
from autograder.intake.notebook_choice import content
from autograder.intake.notebook_reader import UnreadableError, read_notebook
from autograder.intake.team import MOST, Member, Team, read_team
from autograder.results.report import Status, report_in


@dataclass(frozen=True)
class Problem:
    """A problem of a team that a human should look at.

    Parameters
    ----------
    student : str
        The student who handed in, or one with several submissions.
    text : str
    is_remark : bool
        Whether the student reads it too.
    """

    student: str
    text: str
    is_remark: bool = False


TOO_LARGE = (
    f"more than {MOST} members: only the student who handed in gets this grade; for each other "
    "student who should get it, write that student's id into the roster's column `submission_of`"
)


class Membership:
    """The teams of a class.

    Parameters
    ----------
    assignment : Assignment
    known : Roster
        The gradebook's students, with the roster's data.
    graded : dict of str to Submission, optional
        Graded submissions that were read already, by student.
    """

    def __init__(
        self,
        assignment: Assignment,
        known: Roster,
        graded: Mapping[str, Submission | None] | None = None,
    ) -> None:
        self.assignment = assignment
        self.roster = known
        self._graded = graded or {}

    @classmethod
    def of(cls, assignment: Assignment, whole: ClassRecord) -> "Membership":
        """Return the teams of a class that has been read."""
        read = {
            record.student: None
            if record.entry.status == Status.UNREADABLE
            else Submission(record.cells)
            for record in whole.records
            if record.report
        }
        return cls(assignment, whole.people, read)

    def completed(self, whole: ClassRecord) -> ClassRecord:
        """Return the class with the team's points for each member who has not handed in."""
        entries = {record.student: record.entry for record in whole.records}
        records = [replace(r, entry=self.entry(r.entry, entries)) for r in whole.records]
        return replace(whole, records=records)

    @cached_property
    def teams(self) -> dict[str, Team]:
        """The team of each submission, as written, by the student who handed it in."""
        release = Submission.from_notebook(self.assignment.release)
        teams = {}
        for student in sorted(handed_in(self.assignment)):
            submission = self._submission(student)
            teams[student] = read_team(submission, release) if submission else Team()
        return teams

    @cached_property
    def students(self) -> dict[str, list[str]]:
        """The students of each submission: first the one who handed it in, then known members."""
        found: dict[str, list[str]] = {}
        for submitter in self.teams:
            by_table = [] if self._is_too_large(submitter) else self._named(submitter)
            known = [who for who in by_table if who not in self._decided]
            known += [who for who, whose in self._decided.items() if whose == submitter]
            found[submitter] = [*dict.fromkeys([submitter, *known])]
        return found

    @cached_property
    def _decided(self) -> dict[str, str | None]:
        """The submission that the roster names for a student; None if it does not exist."""
        decided = {}
        for person in self.roster:
            if person.submission_of:
                whose = self.roster.who(person.submission_of)
                decided[person.id] = whose.id if whose and whose.id in self.teams else None
        return decided

    def _named(self, submitter: str) -> list[str]:
        """Return the students whom a submission's table names."""
        return [who.id for member in self.teams[submitter].members if (who := self.who(member))]

    def _is_too_large(self, submitter: str) -> bool:
        """Return whether a team has too many members, with the student who handed in."""
        own = {submitter} if self._is_person(submitter) else set()
        people = own | set(self._named(submitter))
        return max(len(people), len(self.teams[submitter].members)) > MOST

    @cached_property
    def submissions(self) -> dict[str, list[str]]:
        """The submissions that name each student, their own first."""
        found: dict[str, list[str]] = {}
        for submitter, students in self.students.items():
            for student in students:
                found.setdefault(student, []).append(submitter)
        return {who: sorted(all_, key=lambda one: (one != who, one)) for who, all_ in found.items()}

    def submission_for(self, student: str) -> str | None:
        """Return the student whose submission counts for a student.

        It is their own, or that of the only team that names them. None if no team names them, or
        several do: then a human decides.
        """
        found = self.submissions.get(student, [])
        return found[0] if found and (found[0] == student or len(found) == 1) else None

    def entry(self, line: Entry, entries: Mapping[str, Entry]) -> Entry:
        """Return a student's entry, with the team's points if the student has not handed in.

        Parameters
        ----------
        line : Entry
        entries : dict of str to Entry
            All entries, by student.
        """
        found = self.submissions.get(line.student, [])
        is_without = line.status in (Status.MISSING, NOT_COLLECTED)
        if not is_without or not found or line.student in found:
            return line
        if whose := self.submission_for(line.student):
            known = entries.get(whose, line)
            cause = f"in the submission of {whose}"
            if line.status == NOT_COLLECTED:
                cause += f"; {line.cause}"
            return replace(
                line,
                points=known.points,
                late_penalty=known.late_penalty,
                status=IN_A_TEAM,
                cause=cause,
                next_step="",
            )
        cause = "; ".join(self.problems_of(line.student))
        return replace(line, status=SEVERAL, cause=cause, next_step=self.next_step)

    @property
    def next_step(self) -> str:
        """What the course staff should do about a student in several teams."""
        return f"see `autograder teams {self.assignment.name}`, and ask the students"

    def together(self, one: str, other: str) -> bool:
        """Return whether two students who both handed in name each other."""
        return other in self.students.get(one, []) and one in self.students.get(other, [])

    def author(self, student: str) -> str:
        """Return the first id among a student and those who handed in together with them."""
        return min(
            other
            for other in self.students.get(student, [student])
            if other == student or self.together(student, other)
        )

    def who(self, member: Member) -> Person | None:
        """Return the student that a member is; None if e-mail and number name different ones."""
        found = {p.id: p for text in (member.email, member.number) if (p := self._known(text))}
        return next(iter(found.values())) if len(found) == 1 else None

    @cached_property
    def problems(self) -> list[Problem]:
        """The problems that a human should look at, by student."""
        found = list(self._several())
        for submitter, team in self.teams.items():
            found += [Problem(submitter, text, is_remark=True) for text in team.remarks]
            found += [Problem(submitter, text) for text in self._unknown(submitter, team)]
            if self._is_too_large(submitter) and self._undecided(submitter):
                found.append(Problem(submitter, TOO_LARGE))
        found += [
            Problem(who, "the roster's `submission_of` names nobody who has handed in")
            for who, whose in self._decided.items()
            if whose is None
        ]
        return sorted(found, key=lambda problem: problem.student)

    def problems_of(self, student: str) -> list[str]:
        """Return the problems of a student's team, and of the submission that counts for them."""
        about = {student, self.submission_for(student)}
        return [
            problem.text if problem.student == student else f"{problem.student}: {problem.text}"
            for problem in self.problems
            if problem.student in about
        ]

    def _known(self, text: str) -> Person | None:
        return self.roster.who(text) if text else None

    def _unknown(self, submitter: str, team: Team) -> Iterator[str]:
        for member in team.members:
            by_email, by_number = self._known(member.email), self._known(member.number)
            if by_email and by_number and by_email.id != by_number.id:
                yield (
                    f"team, line {member.line}: the e-mail is {by_email.id}'s and the number "
                    f"{by_number.id}'s: neither gets this grade by it"
                )
            elif not (by_email or by_number):
                yield f"team, line {member.line}: matches no student of the gradebook or roster"
        known = {who.id for member in team.members if (who := self.who(member))}
        if known and submitter not in known and self._is_person(submitter):
            yield "the student who handed in is not in the team's table"

    def _undecided(self, submitter: str) -> set[str]:
        """Return the students in a table who have no submission and no entry in the roster."""
        return {who for who in self._named(submitter) if who not in self._decided | self.teams}

    def _is_person(self, submitter: str) -> bool:
        """Return whether a folder is a student's: a group has no name and no address."""
        own = self.roster.people.get(submitter)
        return own is not None and bool(own.names or own.email)

    def _several(self) -> Iterator[Problem]:
        for student, found in self.submissions.items():
            if len(found) == 1:  # as it should be
                continue
            others = [one for one in found if one != student]
            if found[0] == student:
                text = (
                    f"has a submission of their own, which counts, and is in that of {_and(others)}"
                )
            else:
                text = f"is in the submissions of {_and(others)}: none counts until one is left"
            yield Problem(student, text)

    def _submission(self, student: str) -> Submission | None:
        """Return a student's graded submission, or else the submitted one; None if unreadable."""
        if student in self._graded:
            return self._graded[student]
        graded = self.assignment.folder(Stage.AUTOGRADED, student)
        for path in sorted(graded.glob("*.ipynb")):
            if report := report_in(path):
                # an unreadable file was restored, so its table is not the student's
                return None if report.status is Status.UNREADABLE else read_graded(path)
        found = sorted(self.assignment.folder(Stage.SUBMITTED, student).glob("*.ipynb"))
        return _read(found[0], self.assignment.limits.notebook_bytes) if found else None


def _read(path: Path, most: int) -> Submission | None:
    try:
        return Submission.from_notebook(read_notebook(content(path, most), most)[0])
    except UnreadableError:
        return None


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
