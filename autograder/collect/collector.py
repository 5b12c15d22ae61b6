"""Collects downloads of Moodle and Canvas, for `nbgrader zip_collect`: each student's newest files.

nbgrader calls a collector once for each file, ends the run at the first unsuitable one, and exits
with 0 even if it left files out. Ours collects the whole class at the first call, each student
alone, and ends the command: it logs the files left out before and after collecting.
"""

import errno
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Enum, Unicode

from autograder.collect.candidate import Candidate, choose, grade_ids, is_notebook, why_not
from autograder.collect.extracted import Extracted
from autograder.collect.hand_in_time import HandInTimes
from autograder.collect.owner import Owners
from autograder.collect.placing import holds, place
from autograder.collect.python_files import choose_files
from autograder.collect.student_files import StudentFiles, sort_files
from autograder.course import roster
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Course, Stage
from autograder.course.gradebook import is_there
from autograder.course.roster import Roster
from autograder.course.settings import course_of
from autograder.course.stock import collects_as_nbgrader
from autograder.files import sharing
from autograder.intake import collected_list
from autograder.intake.collected_list import NO_NOTEBOOK, Line
from autograder.intake.refusal import shown
from autograder.text.plain_text import printable
from autograder.text.wording import counted_as

MAX_NAMED = 20  # students in a line
MAX_EXTRAS = 20  # files beside a student's notebook that are listed


@dataclass(frozen=True)
class _Decision:
    """A student's files to collect, by name, and a line for each file of the student."""

    student: str
    files: dict[str, Path]
    stamp: str
    lines: list[Line]


class LmsCollector(FileNameCollectorPlugin):
    """Identifies the student by the name that Moodle or Canvas gave a file, or by its folder.

    A `named_regexp` in nbgrader's settings takes precedence.
    """

    roster = Unicode(
        "",
        help="A CSV file with the student id of each of the LMS's numbers (see "
        "docs/ta.md). Default: roster.csv in the course's folder, if there is one.",
    ).tag(config=True)

    entry_dates = Enum(
        ["auto", "submitted", "downloaded"],
        "auto",
        help="How to read a file's date in the archive. submitted: the time of handing in. "
        "downloaded: the time of the download, so the file gets no time stamp. auto: downloaded if "
        "all dates lie within an hour, and within a day of the archive's own date.",
    ).tag(config=True)

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Collect the whole class at nbgrader's first call, and end the command."""
        if collects_as_nbgrader(self.parent):
            own: dict[str, str] | None
            own = FileNameCollectorPlugin(parent=self.parent).collect(submitted_file)
            return own
        self.conclude()
        return None

    def conclude(self) -> None:
        """Collect and list all extracted files, and end the command.

        The exit code is 1 if a file was left out.
        """
        students, lines = sort_files(
            self._root, self.owners, self._names, self._extracted, self._most
        )
        decisions = [self._decide(student, students[student]) for student in sorted(students)]
        collected_list.log_left_out(
            self.log, [*lines, *(line for one in decisions for line in one.lines)]
        )
        lines += [line for one in decisions for line in self._place(one)]
        collected_list.add(self._folder, lines, shared=self._course.groupshared)
        self._log_summary(lines)
        if number := collected_list.log_left_out(self.log, lines):
            self.parent.fail(
                f"{counted_as(number, 'hand-in')} left out, each named above with the reason, and "
                f"in {self._folder / collected_list.LIST}"
            )
        if not lines:
            self.parent.fail(
                f"{self._folder_of(self.parent.archive_directory)} holds nothing to collect: put "
                "the download of Moodle or Canvas there, unchanged"
            )
        self.parent.exit(0)

    @cached_property
    def owners(self) -> Owners:
        """The students by the gradebook and the roster, to identify the owner of a file."""
        try:
            known = self._known()
        except (AssignmentError, NbGraderException) as error:
            self.parent.fail(str(error))
        return Owners(known, self._names, self._matched)

    @property
    def given(self) -> set[tuple[int, int]]:
        """The size and the checksum of each file of the release that is no notebook."""
        files = (path for path in sorted(self._release.rglob("*")) if path.is_file())
        contents = (path.read_bytes() for path in files if path.suffix != ".ipynb")
        return {(len(content), zlib.crc32(content)) for content in contents}

    @property
    def _release(self) -> Path:
        return self._course.folder(Stage.RELEASE, self._name)

    @cached_property
    def _course(self) -> Course:
        return course_of(self.parent.coursedir)

    @property
    def _name(self) -> str:
        name: str = self.parent.coursedir.assignment_id
        return name

    @cached_property
    def _names(self) -> list[str]:
        return sorted(path.name for path in self._release.glob("*.ipynb"))

    @cached_property
    def _grade_ids(self) -> set[str]:
        return {found for path in self._release.glob("*.ipynb") for found in grade_ids(path)}

    @cached_property
    def _most(self) -> int:
        """The bytes of a notebook that can be graded."""
        return self._assignment.limits.notebook_bytes

    @cached_property
    def _assignment(self) -> Assignment:
        return Assignment(self._course, self._name)

    @property
    def _extracted(self) -> Extracted:
        """The extractor's result; empty for an extractor that is not ours."""
        found = getattr(self.parent.extractor_plugin_inst, "extracted", None)
        return found if isinstance(found, Extracted) else Extracted()

    @property
    def _root(self) -> Path:
        return self._folder_of(self.parent.extracted_directory)

    @property
    def _folder(self) -> Path:
        return self._course.downloaded(self._name)

    def _folder_of(self, step: str) -> Path:
        """Return nbgrader's folder for a step of collecting."""
        where = self.parent.collect_directory_structure.format(
            downloaded=self.parent.downloaded_directory,
            assignment_id=self._name,
            collect_step=step,
        )
        return Path(self.parent.coursedir.root, where)

    def _known(self) -> Roster:
        more = roster.find(self._course.root, self.roster)
        if not is_there(self._course.db_url):
            return Roster(more or ())
        with Gradebook(self._course.db_url, self._course.course_id) as gradebook:
            return Roster.of(gradebook.students, more)

    def _matched(self, path: PurePath) -> dict[str, Any] | None:
        return self._match(str(self._root / path)) if self.named_regexp else None

    def _decide(self, student: str, theirs: StudentFiles) -> _Decision:
        """Decide which files of a student are collected."""
        found, others = theirs.notebooks, theirs.others
        if not found:  # a browser may have changed the ending
            found = [one for one in others if is_notebook(one.path, self._grade_ids, self._most)]
            others = [one for one in others if one not in found]
        chosen = choose(found, self._names, self._grade_ids, self._most)
        notebook = next(iter(chosen.values()), None)
        answers, given = self._assignment.answer_files, self._assignment.given
        modules = choose_files(others, notebook, answers, given)
        others = [one for one in others if one not in modules.values()]
        if not chosen and not modules.keys() & answers.keys():
            lines = [*theirs.left_out, *theirs.without_notebook(student)]
            return _Decision(student, {}, "", lines)
        lines = [
            Line(one.file, student, refused=why_not(one, chosen, self._names))
            for one in found
            if one not in chosen.values()
        ]
        lines += [Line(one.file, student, refused=NO_NOTEBOOK) for one in others[:MAX_EXTRAS]]
        if more := others[MAX_EXTRAS:]:
            why = f"{counted_as(len(more), 'more file')}, no notebook"
            lines.append(Line(PurePath(more[0].file).parent.as_posix(), student, refused=why))
        files = {name: one.path for name, one in (chosen | modules).items()}
        if why := self._why_kept(student, files):
            is_other = not holds(self._submitted(student), files)
            kept = [
                Line(one.file, student, refused=why, is_left_out=is_other, name=one.owner.file)
                for one in (chosen | modules).values()
            ]
            return _Decision(student, {}, "", [*theirs.left_out, *kept, *lines])
        taken = [self._taken(one, name, *_other_name(one, name)) for name, one in chosen.items()]
        taken += [self._taken(one, path) for path, one in modules.items()]
        stamp = max(line.stamp for line in taken)
        return _Decision(student, files, stamp, [*theirs.left_out, *taken, *lines])

    def _why_kept(self, student: str, files: dict[str, Path]) -> str:
        """Return why a student's earlier submission stays; empty if it is replaced."""
        folder = self._submitted(student)
        if self.parent.force or not folder.is_dir() or not any(folder.iterdir()):
            return ""
        if holds(folder, files):
            return f"{student}'s submission is the same already"
        return f"{student} already has a submission: --force replaces it"

    def _submitted(self, student: str) -> Path:
        return self._course.folder(Stage.SUBMITTED, self._name, student)

    def _taken(self, one: Candidate, name: str, *remarks: str) -> Line:
        late = ["Canvas marks it as late"] if one.is_late else []
        return Line(
            one.file, one.owner.student, name, self._times.stamp(one),
            "; ".join([*late, *remarks]), name=one.owner.file,
            digest=collected_list.digest(one.path.read_bytes()),
        )  # fmt: skip

    @cached_property
    def _times(self) -> HandInTimes:
        zone = getattr(self.parent.extractor_plugin_inst, "zone", UTC)
        return HandInTimes(self.owners.people, zone, self.entry_dates, self._extracted.dated)

    def _place(self, one: _Decision) -> list[Line]:
        """Put the chosen files of a student into `submitted/`; return a line for each file."""
        if not one.files:
            return one.lines
        folder = self._submitted(one.student)
        try:
            if cause := sharing.obstacle(folder):
                raise PermissionError(errno.EACCES, cause)
            place(folder, one.files, one.stamp, shared=self._course.groupshared)
        except OSError as error:
            why = (
                f"{folder} cannot be written ({error.strerror}): see who may write there, and "
                "collect again with --force"
            )
            return [
                line if line.refused else replace(line, refused=why, is_left_out=True)
                for line in one.lines
            ]
        self.log.info("Collected: %s: %s", printable(one.student), ", ".join(one.files))
        return one.lines

    def _log_summary(self, lines: list[Line]) -> None:
        """Log how much was collected, and what was assumed."""
        taken = [line for line in lines if not line.refused]
        students = {line.student for line in taken}
        undated = sum(not line.stamp for line in taken)
        if undated:
            self.log.warning(
                "%d of %s have no time stamp and do not count as late: the archive has the dates "
                "of the download (see docs/ta.md)",
                undated,
                counted_as(len(taken), "notebook"),
            )
        if undated < len(taken):
            zone = getattr(self.parent.extractor_plugin_inst, "timezone", "UTC")
            self.log.info("Dates in archives were read as %s", zone)
        known = self.owners.people.people
        if unknown := sorted(students - known.keys() if known else ()):
            more = ", ..." if len(unknown) > MAX_NAMED else ""
            self.log.warning(
                "%s in neither the gradebook nor the roster, with the LMS's number as the id: %s%s",
                counted_as(len(unknown), "student"),
                ", ".join(map(printable, unknown[:MAX_NAMED])),
                more,
            )
        self.log.info(
            "%s collected, %s not taken: %s",
            counted_as(len(students), "submission"),
            counted_as(len(lines) - len(taken), "file"),
            self._folder / collected_list.LIST,
        )


def _other_name(one: Candidate, name: str) -> Iterator[str]:
    """Yield a remark if a notebook's own name is another one."""
    own = one.owner.file
    if one.name != name or (one.attempt == 0 and own != name):
        yield f"the notebook should be {name}, got {shown(Path(own))}: it was collected"
