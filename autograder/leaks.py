"""Looks through all that reaches students, and the export, for what must not be there.

The release, each student's feedback, and what the exchange has of both. On a page of feedback
nothing counts that the student handed in or was given: an answer may be the solution to the letter,
and a message may quote it. In the staff's tables, code, paths and formulas count.
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
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.assignment import Assignment
from autograder.confidential import Confidential, Kind, Text, lines
from autograder.export import GradesPlugin
from autograder.feedback_page import FeedbackPage
from autograder.intake import SECRET, STAMP
from autograder.lms_export import CanvasPlugin, GradescopePlugin, MoodlePlugin
from autograder.spreadsheet import is_formula

BEFORE = r"(?<![\w./+~*!)\]}\\-])"  # no path begins within a word, a web address, a formula
PATTERNS = {
    "a path of a machine": re.compile(
        rf"{BEFORE}/(?!/)(?:[\w.@~+-]+/)+[\w.@~+-]*|\bfile:/|\b[A-Za-z]:\\[\w .-]+\\"
    ),
    "a path of the course": re.compile(
        r"\btests/(?:hidden|mutants|variants)/|\b(?:submitted|autograded)/[^\s/]+/"
    ),
    "a frame of a traceback": re.compile(
        r'\bFile "[^"<]+", line \d+|\b[\w-]+\.py:\d+(?=[:,]| in )'  # "<cell 3>" is the student's
    ),
}
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
        self.confidential = Confidential(assignment, db_url)
        self.files = 0

    def finds(self) -> list[Find]:
        """Return all leaks in the release, the feedback, the export and the exchange."""
        root, name = self.assignment.root, self.assignment.name
        found = [*self._release(root / "release" / name)]
        for folder in sorted(root.glob(f"feedback/*/{name}")):
            found += self._feedback(folder)
        found += self._shared_secrets()
        for plugin in EXPORTS:
            if (table := root / plugin.file).is_file():
                found += self._export(table)
        return found + list(self._exchange())

    def _release(self, folder: Path) -> Iterator[Find]:
        name = self.assignment.name
        remedy = (
            f"take it out of source/{name}, and run `nbgrader generate_assignment {name} --force`"
        )
        for path in _files(folder):
            for place, what in self._search(_places(path), IN_RELEASE):
                yield self._find(path, place, what, remedy)
            self.files += 1

    def _feedback(self, folder: Path) -> Iterator[Find]:
        student, source = folder.parent.name, self.assignment.root / "source"
        pages = {f"{path.stem}.html" for path in source.glob(f"{folder.name}/*.ipynb")}
        for path in _files(folder):
            inside = path.relative_to(folder).as_posix()
            given = self.assignment.root / "release" / folder.name / inside
            if inside in pages:
                yield from self._page(path, student)
            elif given.is_file() or (source / folder.name / inside).is_file():
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
            remedy = f"see that nbgrader_config.py names the exporter autograder.feedback; {again}"
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
                path = self.assignment.root / "submitted" / student / self.assignment.name / SECRET
                remedy = f"remove it; {self._commands(student, 'autograde', 'generate_feedback')}"
                yield self._find(path, "", f"the same key as {students[0]}'s", remedy)

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
        """Yield the leaks in what the exchange holds, if the course's settings name one."""
        settings = _settings(self.assignment.root)
        root, course = settings.Exchange.get("root"), settings.CourseDirectory.get("course_id")
        if not root or not course:
            return
        yield from self._release(Path(root) / course / "outbound" / self.assignment.name)
        for secret, students in self.confidential.secrets.items():
            for notebook in self.assignment.root.glob(f"source/{self.assignment.name}/*.ipynb"):
                key = notebook_hash(secret=secret, notebook_id=notebook.stem)
                page = Path(root) / course / "feedback" / f"{key}.html"
                if page.is_file():
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
        for what, pattern in PATTERNS.items():
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
        folder = self.assignment.root / "release" / self.assignment.name
        return "\n".join(text for path in _files(folder) for _, text in _places(path))

    def _find(self, path: Path, place: str, what: str, remedy: str) -> Find:
        with suppress(ValueError):
            path = path.relative_to(self.assignment.root)
        return Find(_printable(str(path)), place, what, remedy)


def _files(folder: Path) -> list[Path]:
    """Return the files of a folder, without what nbgrader's settings leave out."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(
            part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts
        )
    ]


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


def _settings(root: Path) -> Config:
    path = root / "nbgrader_config.py"
    if not path.is_file():
        return Config()
    return PyFileConfigLoader(path.name, path=str(root)).load_config()


def _described(text: Text) -> str:
    if text.kind is Kind.KEY:
        return f"{text.kind}, {text.owner}'s"
    return f"{text.kind}, {_shown(text.text)}"


def _single(line: str) -> str:
    return " ".join(line.split())


def _shown(text: str) -> str:
    return f"`{_printable(text)[:100]}`"


def _printable(text: str) -> str:
    """Return a text as it can be printed, whatever is in it."""
    return repr(text)[1:-1]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
