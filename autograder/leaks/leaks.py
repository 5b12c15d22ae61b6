"""Searches what students receive, and the exported tables, for confidential text.

- In the release, all that is confidential counts.
- In feedback, text that the student handed in or received does not count: an answer may equal the
  solution, and a message may quote it.
- In the exported tables, code, paths and formulas count.
- In students' files, a copy of the reference solution counts.
"""

import csv
import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbgrader.utils import notebook_hash

from autograder.course.assignment import Assignment
from autograder.course.course import Stage
from autograder.files.spreadsheet import is_formula
from autograder.gradebook.export import GradesPlugin
from autograder.gradebook.lms_export import CanvasPlugin, GradescopePlugin, MoodlePlugin
from autograder.intake.exchange_files import SECRET, STAMP
from autograder.leaks.confidential import Confidential, Kind, Text
from autograder.leaks.feedback_page import FeedbackPage
from autograder.leaks.fingerprint import Fingerprints
from autograder.leaks.place import Place, places_in, texts_in
from autograder.text.plain_text import printable

BEFORE = r"(?<![\w./+~*!)\]}\\-])"  # not within a word, a web address or a formula
A_MACHINE = re.compile(
    rf"{BEFORE}/(?!/)(?:[\w.@~+-]+/)+[\w.@~+-]*|\bfile:/|\b[A-Za-z]:\\[\w .-]+\\"
)
THE_SUITES = re.compile(r"\btests/(?:hidden|mutants|variants)/")
A_TRACEBACK = re.compile(
    r'\bFile "[^"<]+", line \d+|\b[\w-]+\.py:\d+(?=[:,]| in )'  # students may see "<cell 3>"
)
IN_RELEASE = set(Kind)
IN_FEEDBACK = set(Kind) - {Kind.SENTENCE}  # students read these below their grade
IN_EXPORT = {Kind.TEST, Kind.SOLUTION, Kind.SPECIMEN, Kind.KEY}
EXPORTS = (GradesPlugin, CanvasPlugin, MoodlePlugin, GradescopePlugin)


@dataclass(frozen=True)
class Find:
    """One leak: its file relative to the course, its place there, what it is, and the remedy."""

    path: str
    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.path}, {self.place}" if self.place else self.path
        return f"{where}: {self.what}: {self.remedy}"


class Leaks:
    """A search for leaks; `files` counts the files searched so far.

    Without the gradebook's address, only the names of folders identify students.
    """

    def __init__(self, assignment: Assignment, db_url: str = "") -> None:
        self.assignment = assignment
        self.course = assignment.course
        self.confidential = Confidential(assignment, db_url)
        self.files = 0
        self._patterns = [
            ("a path of a machine", A_MACHINE),
            ("a path of the course", THE_SUITES),
            *(
                ("a path of the course", self.course.mentioned(stage))
                for stage in (Stage.SUBMITTED, Stage.AUTOGRADED)
            ),
            ("a frame of a traceback", A_TRACEBACK),
        ]

    @property
    def missing(self) -> list[str]:
        """What the search lacks, each with the command that makes it."""
        name, shown, folder = self.assignment.name, self.course.shown, self.assignment.folder
        release, solution = folder(Stage.RELEASE), folder(Stage.SOLUTION)
        students = shown(folder(Stage.FEEDBACK, "*"))
        found = []
        if not self.course.files(release):
            found.append(
                f"no release in {shown(release)}: run `nbgrader generate_assignment {name}`"
            )
        if not any(map(self.course.files, self.assignment.students(Stage.FEEDBACK).values())):
            found.append(f"no feedback in {students}: run `nbgrader generate_feedback {name}`")
        if not any(solution.glob("*.ipynb")):
            found.append(
                f"no solution in {shown(solution)}, so its numbers are unknown: run "
                f"`nbgrader generate_solution {name}`"
            )
        if not self.confidential.db_url:
            found.append(
                "no gradebook, so the students' names and addresses are unknown: run "
                f"`autograder grade {name}`, or name the gradebook with --db"
            )
        return found

    def finds(self) -> list[Find]:
        """Return all leaks in the release, the feedback, the export and the exchange."""
        found = [*self._release(self.assignment.folder(Stage.RELEASE))]
        for student, folder in self.assignment.students(Stage.FEEDBACK).items():
            found += self._feedback(student, folder)
        found += self._references()
        found += self._shared_secrets()
        for plugin in EXPORTS:
            if (table := self.course.root / plugin.file).is_file():
                found += self._export(table)
        return found + list(self._exchange())

    def _release(self, folder: Path) -> Iterator[Find]:
        source = self.course.shown(self.assignment.folder(Stage.SOURCE))
        again = f"run `nbgrader generate_assignment {self.assignment.name} --force`"
        remedy = f"remove it from {source}, and {again}"
        for path in self.course.files(folder):
            for place, what in self._search(places_in(path), IN_RELEASE):
                yield self._find(path, place, what, remedy)
            self.files += 1

    def _feedback(self, student: str, folder: Path) -> Iterator[Find]:
        source = self.assignment.folder(Stage.SOURCE)
        pages = {f"{path.stem}.html" for path in source.glob("*.ipynb")}
        for path in self.course.files(folder):
            inside = path.relative_to(folder).as_posix()
            given = self.assignment.folder(Stage.RELEASE) / inside
            if inside in pages:
                yield from self._page(path, student)
            elif given.is_file() or (source / inside).is_file():
                if not given.is_file() or path.read_bytes() != given.read_bytes():
                    yield from self._texts(path, places_in(path), student)
            elif inside not in (STAMP, SECRET):
                remedy = "remove it, since `nbgrader release_feedback` would publish a page"
                yield self._find(path, "", "a file that is not part of the feedback", remedy)
            self.files += 1

    def _page(self, path: Path, student: str) -> Iterator[Find]:
        page = FeedbackPage(path.read_text(encoding="utf-8", errors="replace"))
        again = self._commands(student, "generate_feedback")
        if not page.is_ours:
            yield self._find(path, "", "a page that autograder did not write", again)
        for number, what in page.active:
            remedy = (
                "check that nbgrader_config.py names the exporter autograder.feedback.feedback; "
                f"{again}"
            )
            yield self._find(path, f"line {number}", f"active content, {_shown(what)}", remedy)
        places = [(f"line {number}", text) for number, text in page.lines]
        yield from self._texts(path, places, student)

    def _texts(self, path: Path, places: list[Place], student: str) -> Iterator[Find]:
        remedy = (
            "correct the message, sentence or comment that contains it; "
            f"{self._commands(student, 'autograde', 'generate_feedback')}"
        )
        for place, what in self._search(places, IN_FEEDBACK, student):
            yield self._find(path, place, what, remedy)

    def _commands(self, student: str, *commands: str) -> str:
        name = self.assignment.name
        shown = (f"`nbgrader {word} {name} --student={student} --force`" for word in commands)
        return f"run {', then '.join(shown)}"

    def _shared_secrets(self) -> Iterator[Find]:
        for students in self.confidential.secrets.values():
            for student in students[1:]:
                path = self.assignment.folder(Stage.SUBMITTED, student) / SECRET
                remedy = f"remove it; {self._commands(student, 'autograde', 'generate_feedback')}"
                yield self._find(path, "", f"the same key as {students[0]}'s", remedy)

    def _references(self) -> Iterator[Find]:
        """Yield the students' files that hold the reference solution."""
        fingerprints = Fingerprints.of(self.assignment, self.confidential.shown)
        source, solution = (
            self.course.shown(self.assignment.folder(stage))
            for stage in (Stage.SOURCE, Stage.SOLUTION)
        )
        remedy = (
            f"find out how the student got it, and who may read {source} and {solution}; do not "
            "release a feedback page that shows it"
        )
        most = self.assignment.limits.notebook_bytes
        for stage in (Stage.SUBMITTED, Stage.AUTOGRADED, Stage.FEEDBACK):
            for folder in self.assignment.students(stage).values():
                for path, place, text in texts_in(folder, most):
                    if found := fingerprints.found_in(text):
                        what = f"the reference solution, {_shown(found)}"
                        yield self._find(path, place, what, remedy)

    def _export(self, path: Path) -> Iterator[Find]:
        remedy = "run `nbgrader export` with the settings in nbgrader_config.py"
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            places = [
                (f"line {number}, {column or 'no column'}", str(field))
                for number, row in enumerate(csv.DictReader(file), start=2)
                for column, field in row.items()
                if field and row.get("assignment", self.assignment.name) == self.assignment.name
            ]
        for place, field in places:
            if is_formula(field) and not _is_number(field):
                yield self._find(path, place, f"a formula, {_shown(field)}", remedy)
        for place, what in self._search(places, IN_EXPORT):
            yield self._find(path, place, what, remedy)
        self.files += 1

    def _exchange(self) -> Iterator[Find]:
        """Yield the leaks in the course's exchange, if it has one."""
        if release := self.course.exchanged(self.assignment.name):
            yield from self._release(release)
        for secret, students in self.confidential.secrets.items():
            for notebook in self.assignment.folder(Stage.SOURCE).glob("*.ipynb"):
                key = notebook_hash(secret=secret, notebook_id=notebook.stem)
                page = self.course.exchanged_feedback(key)
                if page and page.is_file():
                    yield from self._page(page, students[0])
                    self.files += 1

    def _search(
        self, places: list[Place], kinds: set[Kind], student: str = ""
    ) -> Iterator[tuple[str, str]]:
        """Yield the first place of each confidential text of some kinds, and what it is.

        Text that the reading `student` handed in or received does not count.
        """
        known = f"{self.confidential.own_text(student)}\n{self._released}" if student else ""
        whole = "\n".join(text for _, text in places)
        flat = whole.replace("\n", " ")  # a sentence may cover several lines
        starts = [0]
        for _, text in places:
            starts.append(starts[-1] + len(text) + 1)
        for hidden in self.confidential.texts:
            if hidden.kind not in kinds or hidden.text not in flat or hidden.text in known:
                continue
            if student and self._is_of(student, hidden):
                continue
            if found := hidden.pattern.search(flat):
                yield places[bisect(starts, found.start()) - 1][0], _described(hidden)
        for what, pattern in self._patterns:
            first = {match[0]: match.start() for match in reversed([*pattern.finditer(whole)])}
            for words, start in first.items():
                if words not in known:
                    yield places[bisect(starts, start) - 1][0], f"{what}, {_shown(words)}"

    def _is_of(self, student: str, text: Text) -> bool:
        if text.kind is Kind.KEY:
            return student in self.confidential.secrets[text.text]
        return text.text in self.confidential.students.get(student, ())

    @cached_property
    def _released(self) -> str:
        files = self.course.files(self.assignment.folder(Stage.RELEASE))
        return "\n".join(text for path in files for _, text in places_in(path))

    def _find(self, path: Path, place: str, what: str, remedy: str) -> Find:
        return Find(printable(self.course.shown(path)), printable(place), what, remedy)


def _described(text: Text) -> str:
    if text.kind is Kind.KEY:
        return f"{text.kind}, {text.owner}'s"
    return f"{text.kind}, {_shown(text.text)}"


def _shown(text: str) -> str:
    return f"`{printable(text)[:100]}`"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
