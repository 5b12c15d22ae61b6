"""Looks through all that reaches students, and the export, for what must not be there.

The release, each student's feedback, and what the exchange has of both. On a page of feedback
nothing counts that the student handed in or was given: an answer may be the solution to the letter,
and a message may quote it. In the staff's tables, code, paths and formulas count. The reference
solution itself counts wherever it stands in what is a student's, however it got there.
"""

import csv
import json
import re
from bisect import bisect
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.utils import notebook_hash

from autograder.course.assignment import Assignment
from autograder.course.course import Stage
from autograder.feedback.output import read_outputs
from autograder.files.bounded_walk import BoundedWalk
from autograder.files.spreadsheet import is_formula
from autograder.gradebook.export import GradesPlugin
from autograder.gradebook.lms_export import CanvasPlugin, GradescopePlugin, MoodlePlugin
from autograder.intake.intake import SECRET, STAMP
from autograder.intake.notebook_choice import content
from autograder.intake.notebook_reader import MAX_BYTES, UnreadableError, read_notebook
from autograder.leaks.confidential import Confidential, Kind, Text, lines
from autograder.leaks.feedback_page import FeedbackPage
from autograder.leaks.fingerprint import Fingerprints
from autograder.text.plain_text import printable

BEFORE = r"(?<![\w./+~*!)\]}\\-])"  # no path begins within a word, a web address, a formula
A_MACHINE = re.compile(
    rf"{BEFORE}/(?!/)(?:[\w.@~+-]+/)+[\w.@~+-]*|\bfile:/|\b[A-Za-z]:\\[\w .-]+\\"
)
THE_SUITES = re.compile(r"\btests/(?:hidden|mutants|variants)/")
A_TRACEBACK = re.compile(
    r'\bFile "[^"<]+", line \d+|\b[\w-]+\.py:\d+(?=[:,]| in )'  # "<cell 3>" is the student's
)
IN_RELEASE = set(Kind)
IN_FEEDBACK = set(Kind) - {Kind.SENTENCE}  # which each student reads below their grade
IN_EXPORT = {Kind.TEST, Kind.SOLUTION, Kind.SPECIMEN, Kind.KEY}
EXPORTS = (GradesPlugin, CanvasPlugin, MoodlePlugin, GradescopePlugin)
Place = tuple[str, str]  # where a line stands, and the line


@dataclass(frozen=True)
class Find:
    """One leak.

    Parameters
    ----------
    path : str
        The file, as seen from the course's folder.
    place : str
    what : str
    remedy : str
    """

    path: str
    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.path}, {self.place}" if self.place else self.path
        return f"{where}: {self.what}: {self.remedy}"


class Leaks:
    """A search for leaks.

    Parameters
    ----------
    assignment : Assignment
    db_url : str, optional
        The gradebook's address; without it, students are known by their folders alone.

    Attributes
    ----------
    files : int
        How many have been looked through so far.
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
        """What there is nothing to look at, or to look for: each with what to do."""
        name, shown, folder = self.assignment.name, self.course.shown, self.assignment.folder
        release, solution = folder(Stage.RELEASE), folder(Stage.SOLUTION)
        students = shown(folder(Stage.FEEDBACK, "*"))
        told = []
        if not self.course.files(release):
            told.append(
                f"no release in {shown(release)}: run `nbgrader generate_assignment {name}`"
            )
        if not any(map(self.course.files, self.assignment.students(Stage.FEEDBACK).values())):
            told.append(f"no feedback in {students}: run `nbgrader generate_feedback {name}`")
        if not any(solution.glob("*.ipynb")):
            told.append(
                f"no solution in {shown(solution)}, so nobody knows which numbers it prints: run "
                f"`nbgrader generate_solution {name}`"
            )
        if not self.confidential.db_url:
            told.append(
                "no gradebook, so nobody knows the students' names and addresses: run "
                f"`autograder grade {name}`, or name the gradebook with --db"
            )
        return told

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
        remedy = f"take it out of {source}, and {again}"
        for path in self.course.files(folder):
            for place, what in self._search(_places(path), IN_RELEASE):
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
                    yield from self._texts(path, _places(path), student)
            elif inside not in (STAMP, SECRET):
                remedy = "remove it, since `nbgrader release_feedback` would publish a page"
                yield self._find(path, "", "a file that is not ours", remedy)
            self.files += 1

    def _page(self, path: Path, student: str) -> Iterator[Find]:
        page = FeedbackPage(path.read_text(encoding="utf-8", errors="replace"))
        again = self._commands(student, "generate_feedback")
        if not page.is_ours:
            yield self._find(path, "", "a page that is not ours", again)
        for number, what in page.active:
            remedy = (
                "see that nbgrader_config.py names the exporter autograder.feedback.feedback; "
                f"{again}"
            )
            yield self._find(
                path, f"line {number}", f"what acts in a browser, {_shown(what)}", remedy
            )
        places = [(f"line {number}", text) for number, text in page.lines]
        yield from self._texts(path, places, student)

    def _texts(self, path: Path, places: list[Place], student: str) -> Iterator[Find]:
        remedy = (
            "mend the message, sentence or comment that says so; "
            f"{self._commands(student, 'autograde', 'generate_feedback')}"
        )
        for place, what in self._search(places, IN_FEEDBACK, student):
            yield self._find(path, place, what, remedy)

    def _commands(self, student: str, *commands: str) -> str:
        name = self.assignment.name
        told = (f"`nbgrader {word} {name} --student={student} --force`" for word in commands)
        return f"run {', then '.join(told)}"

    def _shared_secrets(self) -> Iterator[Find]:
        for students in self.confidential.secrets.values():
            for student in students[1:]:
                path = self.assignment.folder(Stage.SUBMITTED, student) / SECRET
                remedy = f"remove it; {self._commands(student, 'autograde', 'generate_feedback')}"
                yield self._find(path, "", f"the same key as {students[0]}'s", remedy)

    def _references(self) -> Iterator[Find]:
        """Yield the files of students in which the reference solution itself stands."""
        fingerprints = Fingerprints.of(self.assignment, self.confidential.shown)
        source, solution = (
            self.course.shown(self.assignment.folder(stage))
            for stage in (Stage.SOURCE, Stage.SOLUTION)
        )
        remedy = (
            f"see how the student got it, and who may read {source} and {solution}; release no "
            "feedback page that shows it"
        )
        for stage in (Stage.SUBMITTED, Stage.AUTOGRADED, Stage.FEEDBACK):
            for folder in self.assignment.students(stage).values():
                for path, place, text in _readable(folder):
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
        """Yield the leaks in what the exchange holds, if the course has one."""
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
        """Yield where something confidential stands for the first time, and what it is.

        Parameters
        ----------
        places : list of Place
        kinds : set of Kind
            What counts.
        student : str, optional
            Who may read it: what they have handed in, and been given, is no leak.
        """
        known = f"{self.confidential.own_text(student)}\n{self._released}" if student else ""
        whole = "\n".join(text for _, text in places)
        flat = whole.replace("\n", " ")  # a sentence may go over several lines
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
        return "\n".join(text for path in files for _, text in _places(path))

    def _find(self, path: Path, place: str, what: str, remedy: str) -> Find:
        return Find(printable(self.course.shown(path)), place, what, remedy)


def _readable(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield each text in a student's folder with its file and its place, within a budget."""
    left = MAX_BYTES
    for path in sorted(BoundedWalk(folder)):
        with suppress(UnreadableError, OSError):
            if path.lstat().st_size > left:
                continue
            data = content(path)
            left -= len(data)
            if ".ipynb" not in path.name.lower():
                text = data.decode(errors="replace")
                is_page = path.suffix == ".html"
                page = "\n".join(line for _, line in FeedbackPage(text).lines) if is_page else text
                yield path, "", page
                continue
            for number, cell in enumerate(read_notebook(data)[0].cells, start=1):
                yield path, f"cell {number}", cell.source
            for number, (_, outputs) in enumerate(read_outputs(data), start=1):
                text = "\n".join(output.text for output in outputs)
                yield path, f"outputs of code cell {number}", text


def _places(path: Path) -> list[Place]:
    """Return the lines of a file, each with its place."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".ipynb":
        with suppress(ValueError):
            return list(_in_notebook(json.loads(text)))
    return [(f"line {n}", _single(line)) for n, line in enumerate(text.splitlines(), start=1)]


def _in_notebook(notebook: dict[str, Any]) -> Iterator[Place]:
    for number, cell in enumerate(notebook.pop("cells", []), start=1):
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
        where = f"cell {number} `{name}`" if name else f"cell {number}"
        source = cell.pop("source", "")
        for n, line in enumerate("".join(source).splitlines(), start=1):
            yield f"{where}, line {n}", _single(line)
        for part in cell:
            yield from ((f"{where}, {part}", line) for line in _strings(cell[part]))
    yield from (("metadata", line) for line in _strings(notebook))


def _strings(data: Any) -> Iterator[str]:
    """Yield the lines of all texts in JSON data, but for pictures."""
    if isinstance(data, dict):
        for key, value in data.items():
            if not key.startswith("image/"):
                yield from (key, *_strings(value))
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)
    else:
        yield from lines(str(data))


def _described(text: Text) -> str:
    if text.kind is Kind.KEY:
        return f"{text.kind}, {text.owner}'s"
    return f"{text.kind}, {_shown(text.text)}"


def _single(line: str) -> str:
    return " ".join(line.split())


def _shown(text: str) -> str:
    return f"`{printable(text)[:100]}`"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
