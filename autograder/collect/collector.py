"""Collects what Moodle and Canvas hand out, for `nbgrader zip_collect`: each student's newest.

nbgrader asks for one file after the other, ends a run at the first that does not suit it, and ends
with exit code 0 whatever was left out. So at its first question the whole class is collected, each
student alone, and the command ends there: what is left out is named first and last.
"""

import errno
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from dateutil import parser
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Enum, Unicode

from autograder.collect.candidate import Candidate, choose, grade_ids, is_notebook, why_not
from autograder.collect.extraction import Extracted
from autograder.collect.owner import Owners
from autograder.collect.placing import holds, place
from autograder.collect.student_files import StudentFiles, sort_files
from autograder.course import roster
from autograder.course.assignment import AssignmentError
from autograder.course.course import Course, Stage
from autograder.course.gradebook import is_there
from autograder.course.roster import Roster
from autograder.course.settings import course_of
from autograder.course.stock import collects_as_nbgrader
from autograder.files import sharing
from autograder.intake import collected_list
from autograder.intake.collected_list import NO_NOTEBOOK, Line
from autograder.intake.refusal import shown
from autograder.intake.time_stamp import is_possible
from autograder.text.plain_text import printable

MAX_NAMED = 20  # students in a line
MAX_EXTRAS = 20  # files beside a student's notebook that are listed


@dataclass(frozen=True)
class _Decision:
    """What becomes of one student's files: those to place, and a line for each."""

    student: str
    files: dict[str, Path]
    stamp: str
    lines: list[Line]


class LmsCollector(FileNameCollectorPlugin):
    """Knows whose a file is by the name that Moodle or Canvas gave it, or its folder.

    A `named_regexp` in nbgrader's settings is tried first, as with nbgrader's own plugin.
    """

    roster = Unicode(
        "",
        help="A CSV file that gives each of the LMS's numbers its student id (see "
        "docs/ta.md). Without it, roster.csv in the course's folder, if there.",
    ).tag(config=True)

    entry_dates = Enum(
        ["auto", "submitted", "downloaded"],
        "auto",
        help="What a file's date in the archive is: when it was handed in, or when the archive was "
        "downloaded, which is no time stamp. auto: that of the download, if all lie within an hour "
        "and a day of the archive's own.",
    ).tag(config=True)

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Collect the whole class at nbgrader's first question, and end the command."""
        if collects_as_nbgrader(self.parent):
            own: dict[str, str] | None
            own = FileNameCollectorPlugin(parent=self.parent).collect(submitted_file)
            return own
        self.conclude()
        return None

    def conclude(self) -> None:
        """Collect all that was extracted, list it, and end the command.

        The exit code is 1 if anything was left out.
        """
        students, lines = sort_files(self._root, self.owners, self._names, self._extracted)
        decisions = [self._decide(student, students[student]) for student in sorted(students)]
        collected_list.log_left_out(
            self.log, [*lines, *(line for one in decisions for line in one.lines)]
        )
        lines += [line for one in decisions for line in self._placed(one)]
        collected_list.add(self._folder, lines, shared=self._course.groupshared)
        self._tell(lines)
        if number := collected_list.log_left_out(self.log, lines):
            self.parent.fail(
                f"{_count(number, 'hand-in')} left out, each named above with the reason, and in "
                f"{self._folder / collected_list.LIST}"
            )
        if not lines:
            self.parent.fail(
                f"{self._place_of(self.parent.archive_directory)} holds nothing to collect: put "
                "there what Moodle or Canvas hands out, as it is"
            )
        self.parent.exit(0)

    @cached_property
    def owners(self) -> Owners:
        """Whose a file is, by the gradebook and the roster."""
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

    @property
    def _extracted(self) -> Extracted:
        """What the extractor knows; another one than ours keeps nothing."""
        found = getattr(self.parent.extractor_plugin_inst, "extracted", None)
        return found if isinstance(found, Extracted) else Extracted()

    @property
    def _root(self) -> Path:
        return self._place_of(self.parent.extracted_directory)

    @property
    def _folder(self) -> Path:
        return self._course.downloaded(self._name)

    def _place_of(self, step: str) -> Path:
        """Return the folder of a step, as nbgrader has it."""
        where = self.parent.collect_directory_structure.format(
            downloaded=self.parent.downloaded_directory,
            assignment_id=self.parent.coursedir.assignment_id,
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
        """Decide which of a student's files are taken."""
        found, others = theirs.notebooks, theirs.others
        if not found:  # a browser may have given it another ending
            found = [one for one in others if is_notebook(one.path, self._grade_ids)]
            others = [one for one in others if one not in found]
        chosen = choose(found, self._names, self._grade_ids)
        if not chosen:
            lines = [*theirs.left_out, *theirs.without_notebook(student)]
            return _Decision(student, {}, "", lines)
        lines = [
            Line(one.file, student, refused=why_not(one, chosen, self._names))
            for one in found
            if one not in chosen.values()
        ]
        lines += [Line(one.file, student, refused=NO_NOTEBOOK) for one in others[:MAX_EXTRAS]]
        if more := others[MAX_EXTRAS:]:
            why = f"{len(more)} more files are no notebooks"
            lines.append(Line(PurePath(more[0].file).parent.as_posix(), student, refused=why))
        files = {name: one.path for name, one in chosen.items()}
        if why := self._why_kept(student, files):
            is_other = not holds(self._submitted(student), files)
            kept = [
                Line(one.file, student, refused=why, is_left_out=is_other, name=one.owner.file)
                for one in chosen.values()
            ]
            return _Decision(student, {}, "", [*theirs.left_out, *kept, *lines])
        taken = [self._taken(one, name) for name, one in chosen.items()]
        stamp = max(line.stamp for line in taken)
        return _Decision(student, files, stamp, [*theirs.left_out, *taken, *lines])

    def _why_kept(self, student: str, files: dict[str, Path]) -> str:
        """Return why a student's earlier submission stays; empty if it does not."""
        folder = self._submitted(student)
        if self.parent.force or not folder.is_dir() or not any(folder.iterdir()):
            return ""
        if holds(folder, files):
            return f"{student} has handed in this before: it was collected"
        return f"{student} has handed in before: --force takes this instead"

    def _submitted(self, student: str) -> Path:
        return self._course.folder(Stage.SUBMITTED, self._name, student)

    def _taken(self, one: Candidate, name: str) -> Line:
        own = one.owner.file
        told = ["Canvas marks it as late"] if one.is_late else []
        if one.name != name or (one.attempt == 0 and own != name):
            told.append(f"the notebook should be {name}, got {shown(Path(own))}: it was collected")
        return Line(
            one.file, one.owner.student, name, self._stamp(one), "; ".join(told), name=own,
            digest=collected_list.digest(one.path.read_bytes()),
        )  # fmt: skip

    def _stamp(self, one: Candidate) -> str:
        """Return when a file was handed in, in UTC, as far as that is known."""
        person = self.owners.people.people.get(one.owner.student)
        for text in (one.owner.timestamp, person.submitted if person else ""):
            with suppress(ValueError, OverflowError):
                if text.strip(" -"):
                    time = parser.parse(text)
                    time = time if time.tzinfo else time.replace(tzinfo=self._zone)
                    return _utc(time) if is_possible(time) else ""
        is_download = self.entry_dates == "downloaded" or (
            self.entry_dates == "auto" and not self._is_dated(PurePath(one.file))
        )
        time = datetime.fromtimestamp(one.date, UTC)
        return "" if is_download or not is_possible(time) else _utc(time)

    @property
    def _zone(self) -> tzinfo:
        return getattr(self.parent.extractor_plugin_inst, "zone", UTC)

    def _is_dated(self, path: PurePath) -> bool:
        """Tell whether a file's date may be another than that of the download."""
        return any(folder in path.parents for folder in self._extracted.dated)

    def _placed(self, one: _Decision) -> list[Line]:
        """Put what is taken of a student's where it is graded; return what became of it."""
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

    def _tell(self, lines: list[Line]) -> None:
        """Tell how much was collected, and what was assumed."""
        taken = [line for line in lines if not line.refused]
        whose = {line.student for line in taken}
        without = sum(not line.stamp for line in taken)
        if without:
            self.log.warning(
                "%d of %s have no time stamp, and none of them counts as late: the archive tells "
                "when it was downloaded (see docs/ta.md)",
                without,
                _count(len(taken), "notebook"),
            )
        if without < len(taken):
            zone = getattr(self.parent.extractor_plugin_inst, "timezone", "UTC")
            self.log.info("Dates in archives were read as %s", zone)
        known = self.owners.people.people
        if unknown := sorted(whose - known.keys() if known else ()):
            more = ", ..." if len(unknown) > MAX_NAMED else ""
            self.log.warning(
                "%s in neither the gradebook nor the roster, with the LMS's number as the id: %s%s",
                _count(len(unknown), "student"),
                ", ".join(map(printable, unknown[:MAX_NAMED])),
                more,
            )
        self.log.info(
            "%s collected, %s not taken: %s",
            _count(len(whose), "submission"),
            _count(len(lines) - len(taken), "file"),
            self._folder / collected_list.LIST,
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _utc(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
