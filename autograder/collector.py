"""Collects what Moodle and Canvas hand out, for `nbgrader zip_collect`: each student's newest.

nbgrader asks for one file after the other, ends a run at a second one of a student's, and at a
student who has handed in before. So all files are looked at together, at the first question, and
what is not taken is told with its reason.
"""

import atexit
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from dateutil import parser
from nbgrader.api import Gradebook
from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Enum, Unicode

from autograder import bulk_download, collected, roster
from autograder.archive import GuardedExtractor
from autograder.assignment import AssignmentError
from autograder.collected import Line
from autograder.course import Stage
from autograder.gradebook import is_there
from autograder.reader import MAX_BYTES, UnreadableError, read_notebook
from autograder.refusal import shown
from autograder.roster import Roster
from autograder.settings import course_of

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC).timestamp()  # who has no date has that of 1980
HIDDEN = ("__MACOSX", ".ipynb_checkpoints")
MAX_TOLD = 1000


@dataclass(frozen=True)
class Candidate:
    """A notebook that may be a student's.

    Parameters
    ----------
    path : Path
    file : str
        As seen from the folder of what was extracted.
    student : str
    name : str
        Of the notebook that it stands for, or its own.
    own_name : str
        What the student called it.
    attempt, upload : int
    date : float
        In the archive.
    stamp : str
        When it was handed in, as far as that is known.
    is_late : bool
        Whether Canvas marks it so.
    """

    path: Path
    file: str
    student: str
    name: str
    own_name: str
    attempt: int
    date: float
    upload: int
    stamp: str
    is_late: bool

    @property
    def age(self) -> tuple[int, float, int, str]:
        """By which the newest is found."""
        return self.attempt, self.date, self.upload, self.file


class RefusedError(Exception):
    """A file that is not collected; the text says why."""


class LmsCollector(FileNameCollectorPlugin):
    """Knows whose a file is by the name that Moodle or Canvas gave it, or its folder.

    A `named_regexp` in nbgrader's settings is tried first, as with nbgrader's own plugin.
    """

    roster = Unicode(
        "",
        help="A CSV file that gives each of the LMS's numbers its student id (see "
        "docs/instructor.md). Without it, roster.csv in the course's folder, if there.",
    ).tag(config=True)

    entry_dates = Enum(
        ["auto", "submitted", "downloaded"],
        "auto",
        help="What a file's date in the archive is: when it was handed in, or when the archive was "
        "downloaded, which is no time stamp. auto: that of the download, if all lie within an hour "
        "and a day of the archive's own.",
    ).tag(config=True)

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return whose a file is and what it is taken as; None if it is not taken."""
        if not hasattr(self, "_taken"):
            self._look_at_all()
        return self._taken.get(str(Path(submitted_file)))

    def _look_at_all(self) -> None:
        """Decide about all files that were extracted."""
        self._taken: dict[str, dict[str, str]] = {}
        self._lines: list[Line] = []
        self._digests: dict[str, str] = {}
        atexit.register(self.tell)  # below what nbgrader tells of each copy
        self._folder = self._place("").parent
        self._extracted = self._place(self.parent.extracted_directory)
        coursedir = self.parent.coursedir
        name = coursedir.assignment_id
        course = course_of(coursedir)
        release = course.folder(Stage.RELEASE, name)
        self._names = sorted(path.name for path in release.glob("*.ipynb"))
        self._grade_ids: set[str] = set()
        for path in release.glob("*.ipynb"):
            self._grade_ids |= _grade_ids(path)
        try:
            self._people = self._known()
        except AssignmentError as error:
            self.parent.fail(str(error))
        by_student: dict[str, list[Candidate]] = {}
        for path in sorted(p for p in self._extracted.rglob("*") if not p.is_dir()):
            file = path.relative_to(self._extracted).as_posix()
            if path.suffix in self._unpacked and path.with_suffix("").with_suffix("").is_dir():
                continue  # its files are there
            try:
                candidate = self._candidate(path, file)
                by_student.setdefault(candidate.student, []).append(candidate)
            except RefusedError as error:
                self._lines.append(Line(file, refused=str(error)))
        for student, candidates in sorted(by_student.items()):
            self._choose(student, candidates)
        collected.write(self._folder, self._lines + self._refused(), self._digests)

    def tell(self) -> None:
        """Tell what was refused, and what was assumed."""
        refused = [line for line in self._lines + self._refused() if line.refused]
        for line in refused[:MAX_TOLD]:
            self.log.warning("Refused: %s: %s", _printable(line.file), line.refused)
        taken = [line for line in self._lines if not line.refused]
        without = sum(not line.stamp for line in taken)
        if without:
            self.log.warning(
                "%d of %d submissions have no time stamp, and none of them counts as late: the "
                "archive tells when it was downloaded (see docs/ta.md)",
                without,
                len(taken),
            )
        if without < len(taken):
            self.log.info("Dates in archives were read as %s", self._extractor.timezone)
        self.log.info(
            "%d submissions taken, %d files refused: %s",
            len(taken),
            len(refused),
            self._folder / collected.LIST,
        )

    @property
    def _extractor(self) -> GuardedExtractor:
        found = self.parent.extractor_plugin_inst
        return found if isinstance(found, GuardedExtractor) else GuardedExtractor()

    @property
    def _unpacked(self) -> list[str]:
        return list(self.parent.extractor_plugin_inst.zip_ext)

    def _refused(self) -> list[Line]:
        """Return what was not even extracted."""
        return [Line(what, refused=why) for what, why in getattr(self._extractor, "refused", [])]

    def _place(self, step: str) -> Path:
        """Return the folder of a step, as nbgrader has it."""
        place = self.parent.collect_directory_structure.format(
            downloaded=self.parent.downloaded_directory,
            assignment_id=self.parent.coursedir.assignment_id,
            collect_step=step or "x",
        )
        return Path(self.parent.coursedir.root, place)

    def _known(self) -> Roster:
        coursedir = self.parent.coursedir
        more = roster.find(Path(coursedir.root), self.roster)
        url = course_of(coursedir).db_url
        if not is_there(url):
            return Roster(more or ())
        with Gradebook(url, coursedir.course_id) as gradebook:
            return Roster.of(gradebook.students, more)

    def _candidate(self, path: Path, file: str) -> Candidate:
        """Return whose notebook a file is.

        Raises
        ------
        RefusedError
        """
        inside = PurePath(file)
        if any(part in HIDDEN or part.startswith("._") for part in inside.parts):
            raise RefusedError("it is a program's own copy, and nobody's work")
        if ".ipynb" not in path.name.lower():
            raise RefusedError("it is no notebook")
        if path.stat().st_size > MAX_BYTES:
            raise RefusedError(f"it is larger than {MAX_BYTES >> 20} MiB")
        student, own_name, more = self._whose(path, inside)
        if not student or student.startswith(".") or set(student) & set("/\\\0"):
            raise RefusedError(f"{student!r} cannot be a student's id: see the roster")
        name, attempt = bulk_download.attempt(own_name, self._names)
        origin = more.get("origin")
        return Candidate(
            path, file, student, name, own_name, attempt, path.stat().st_mtime,
            origin.upload if origin else 0,
            self._stamp(path, student, more.get("timestamp")),
            bool(origin and origin.is_late),
        )  # fmt: skip

    def _whose(self, path: Path, inside: PurePath) -> tuple[str, str, dict[str, Any]]:
        """Return the student's id, what they called the file, and what else is known."""
        if self.named_regexp and (found := self._match(str(path))):
            file = Path(found.get("file_id") or path.name)
            return found.get("student_id") or "", f"{file.stem}{path.suffix}", found
        if origin := bulk_download.origin(inside):
            return self._id(origin), origin.file, {"origin": origin}
        for part in (*inside.parts[:-1], inside.stem):
            if part in self._people.people:
                return part, path.name, {}
        raise RefusedError(
            "its name tells no student: it should be as Moodle or Canvas wrote it, or in a folder "
            "with a student's id"
        )

    def _id(self, origin: bulk_download.Origin) -> str:
        """Return the id of whose a file is: by number, by a name that one student has, or as is."""
        named = self._people.named(origin.name)
        if origin.lms == "Canvas":
            person = self._people.lms_user(origin.number) or named
        else:
            person = self._people.participant(origin.number)
            # a group's number may be that of another's participant
            if person and person.names and person != named:
                person = named
            person = person or named
        if not person and not origin.number:
            raise RefusedError(
                "it has no number: Moodle hands out so what students without a group have handed in"
            )
        return person.id if person else origin.number

    def _stamp(self, path: Path, student: str, timestamp: str | None) -> str:
        """Return when a file was handed in, in UTC, as far as that is known."""
        person = self._people.people.get(student)
        for text in (timestamp, person and person.submitted):
            with suppress(ValueError, OverflowError):
                if text and text.strip(" -"):
                    time = parser.parse(text)
                    return _utc(time if time.tzinfo else time.replace(tzinfo=self._extractor.zone))
        date = path.stat().st_mtime
        if date < EARLIEST or self.entry_dates == "downloaded":
            return ""
        if self.entry_dates == "auto" and self._is_download(path):
            return ""
        return _utc(datetime.fromtimestamp(date, UTC))

    def _is_download(self, path: Path) -> bool:
        """Tell whether nothing says that a file's date is another than that of the download."""
        dated = getattr(self._extractor, "dated", ())  # another plugin keeps no dates
        return not any(Path(folder) in path.parents for folder in dated)

    def _choose(self, student: str, candidates: list[Candidate]) -> None:
        """Take each notebook's newest of a student's files, and refuse the others."""
        refused = ""
        coursedir = self.parent.coursedir
        where = course_of(coursedir).folder(Stage.SUBMITTED, coursedir.assignment_id, student)
        if where.is_dir() and any(where.iterdir()) and not self.parent.force:
            refused = f"{student} has handed in before: --force takes this instead"
        chosen: dict[str, Candidate] = {}
        for one in sorted(candidates, key=lambda one: one.age):
            if one.name in self._names:
                chosen[one.name] = one
        if not chosen:
            known = [one for one in candidates if self._grade_ids & _grade_ids(one.path)]
            newest = max(known or candidates, key=lambda one: one.age)
            chosen[self._names[0] if len(self._names) == 1 else newest.own_name] = newest
        for one in candidates:
            name = next((name for name, best in chosen.items() if best == one), "")
            if refused or not name:
                why = refused or self._why_not(one, chosen)
                self._lines.append(Line(one.file, student, refused=why))
            else:
                self._take(one, name)

    def _why_not(self, one: Candidate, chosen: dict[str, Candidate]) -> str:
        best = chosen.get(one.name)
        if best:
            return f"an older attempt: {shown(Path(best.file))} was taken"
        taken = ", ".join(shown(Path(best.file)) for best in chosen.values())
        return f"not the notebook {', '.join(self._names)}: {taken} was taken"

    def _take(self, one: Candidate, name: str) -> None:
        told = []
        if one.is_late:
            told.append("Canvas marks it as late")
        if one.name != name or (one.attempt == 0 and one.own_name != name):
            told.append(
                f"the notebook should be {name}, got {shown(Path(one.own_name))}: it was collected"
            )
        if one.path.suffix != ".ipynb":  # which nbgrader keeps: grading finds it all the same
            name = one.own_name
        info = {"student_id": one.student, "file_id": name}
        if one.stamp:
            info["timestamp"] = f"{one.stamp} UTC"
        self._taken[str(one.path)] = info
        self._lines.append(Line(one.file, one.student, name, one.stamp, "; ".join(told)))
        self._digests[one.file] = collected.digest(one.path.read_bytes())


def _grade_ids(path: Path) -> set[str]:
    """Return the ids of a notebook's cells that are an assignment's; none if it is no notebook."""
    try:
        notebook, _ = read_notebook(path.read_bytes())
    except (OSError, UnreadableError):
        return set()
    return set(_claims(notebook.cells))


def _claims(cells: list[Any]) -> Iterator[str]:
    for cell in cells:
        if grade_id := cell.metadata.get("nbgrader", {}).get("grade_id"):
            yield str(grade_id)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


def _utc(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
