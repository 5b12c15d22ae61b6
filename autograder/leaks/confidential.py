"""The texts that must not reach a student: of tests, solutions, specimens and other students.

A line of code counts if it is distinctive: it is long enough, and the assignment does not show it.
"""

import ast
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, Student

from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Stage
from autograder.course.specimen import mutants, variants
from autograder.feedback.output import Output, read_outputs
from autograder.feedback.shown_cell import output_html
from autograder.files.bounded_walk import BoundedWalk
from autograder.intake.exchange_files import SECRET
from autograder.intake.notebook_choice import content
from autograder.intake.notebook_reader import UnreadableError
from autograder.leaks.feedback_page import FeedbackPage
from autograder.results.report import KEY
from autograder.text.time_budget import TimeBudget

REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", re.DOTALL)
FRAME = (
    "def ",
    "class ",
    "import ",
    "from ",
    "@",
    '"""',
)  # a line that begins so is not distinctive
WORDS, LENGTH = 3, 16  # a distinctive line of code has at least these
SHARED = 3  # so many lines of one function, shown in the source, were copied there
PRECISE = re.compile(r"(?<![\w.])\d+\.\d{5,}(?!\w)")
SHORTEST_NAME, SHORTEST_NUMBER = 3, 6  # characters


class Kind(StrEnum):
    """What a confidential text is."""

    TEST = "code of a hidden test"
    TEST_NAME = "the name of a hidden test"
    SENTENCE = "the sentence of a hidden test"
    SOLUTION = "a line of the solution"
    SPECIMEN = "code of a mutant or variant"
    NUMBER = "a number that the reference prints"
    SEED = "the seed of a grading"
    KEY = "another student's key to the feedback"
    PERSON = "another student's datum"


@dataclass(frozen=True)
class Text:
    """A text to search for; only the student `owner`, if there is one, may read it."""

    kind: Kind
    text: str
    owner: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """A pattern of the text as whole words."""
        before = r"(?<![\w.-])" if self.text[0].isalnum() else ""
        after = r"(?![\w-])" if self.text[-1].isalnum() else ""
        return re.compile(before + re.escape(self.text) + after)


@dataclass(frozen=True)
class Confidential:
    """All that is confidential about an assignment and its class.

    Parameters
    ----------
    assignment : Assignment
    db_url : str, optional
        The gradebook's address. Without it, only the names of folders identify students.
    too_common : list of str
        The names of students that are too short or too common to search for.
    """

    assignment: Assignment
    db_url: str = ""
    too_common: list[str] = field(default_factory=list)

    @cached_property
    def texts(self) -> list[Text]:
        """What to search for in the release, in feedback and in exports."""
        found = [*self._tests(), *self._solutions(), *self._specimens(), *self._numbers()]
        found += [*self._gradings(), *self._people()]
        return list(dict.fromkeys(found))

    @cached_property
    def shown(self) -> str:
        """The text that the source shows to all: everything outside its marked regions."""
        folder = self.assignment.folder(Stage.SOURCE)
        files = [p.read_text(encoding="utf-8", errors="replace") for p in _given(folder)]
        cells = [REGION.sub("", cell.source) for cell in self.assignment.source.cells]
        return "\n".join(line for text in files + cells for line in lines(text))

    @cached_property
    def secrets(self) -> dict[str, list[str]]:
        """The students who have each secret key; a key gives access to feedback."""
        found: dict[str, list[str]] = {}
        for student in self.students:
            for stage in (Stage.SUBMITTED, Stage.AUTOGRADED):
                path = self.assignment.folder(stage, student) / SECRET
                secret = _text(path).strip()
                if len(secret) >= SHORTEST_NUMBER and student not in found.setdefault(secret, []):
                    found[secret].append(student)
        return found

    @cached_property
    def students(self) -> dict[str, set[str]]:
        """Each student's id, names and e-mail address."""
        known: dict[str, set[str]] = {}
        for stage in (Stage.SUBMITTED, Stage.AUTOGRADED, Stage.FEEDBACK):
            known |= {student: {student} for student in self.assignment.students(stage)}
        if self.db_url:
            with Gradebook(self.db_url) as gradebook:
                known |= {student.id: _known_by(student) for student in gradebook.students}
        return known

    def own_text(self, student: str) -> str:
        """Return the text that a student handed in, with the outputs of their own code."""
        handed_in = self.assignment.folder(Stage.SUBMITTED, student)
        texts = [p.relative_to(handed_in).as_posix() for p in sorted(BoundedWalk(handed_in))]
        for path in sorted(self.assignment.folder(Stage.AUTOGRADED, student).glob("*.ipynb")):
            claims = [
                (cell.source, cell.metadata.get("nbgrader", {"solution": True}))
                for cell in nbformat.read(path, as_version=4).cells
            ]
            texts += [source for source, claim in claims if claim.get("solution")]
            texts += [_text(p) for p in BoundedWalk(handed_in) if p.suffix == ".py"]
            with suppress(UnreadableError):
                most = self.assignment.limits.notebook_bytes
                cells = read_outputs(content(handed_in / path.name, most), most)
                budget = TimeBudget()  # one for a whole page, as in the feedback
                texts += [_seen(output, budget) for _, outputs in cells for output in outputs]
        return "\n".join(line for text in texts for line in lines(text))

    def _tests(self) -> Iterator[Text]:
        items = {path.stem for path in self.assignment.hidden.glob("*.py")}
        for path in sorted(self.assignment.hidden.rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            try:
                tree = ast.parse(text)
            except SyntaxError as error:
                raise AssignmentError(f"{path} must be Python: {error}") from None
            for node in tree.body:
                yield from self._of_group(Kind.TEST, _code(text, node))
                if not isinstance(node, ast.FunctionDef):
                    continue
                if node.name.startswith(("test_", "observe_")) and node.name not in items:
                    yield Text(Kind.TEST_NAME, node.name)
                if node.name.startswith("test_") and (sentence := ast.get_docstring(node)):
                    yield Text(Kind.SENTENCE, " ".join(sentence.partition("\n\n")[0].split()))

    def _solutions(self) -> Iterator[Text]:
        for cell in self.assignment.source.cells:
            for title, region in REGION.findall(cell.source):
                kind = Kind.SOLUTION if title == "SOLUTION" else Kind.TEST
                yield from self._of_group(kind, lines(region))

    def _specimens(self) -> Iterator[Text]:
        solved = {line for source in self.assignment.reference.values() for line in lines(source)}
        frame = {line for source in self.assignment.stubs.values() for line in lines(source)}
        for specimen in [*mutants(self.assignment), *variants(self.assignment)]:
            group = [line for line in lines(specimen.source) if line not in solved | frame]
            yield from self._of_group(Kind.SPECIMEN, group)

    def _of_group(self, kind: Kind, group: list[str]) -> Iterator[Text]:
        """Yield the distinctive lines of a group of lines.

        The source may show one or two of them by coincidence: these are left out. If it shows
        more, or the whole group, they were copied there.
        """
        distinctive = [line for line in dict.fromkeys(group) if _is_distinctive(line)]
        shared = {line for line in distinctive if line in self.shown}
        if len(shared) < min(SHARED, len(distinctive)):
            distinctive = [line for line in distinctive if line not in shared]
        yield from (Text(kind, line) for line in distinctive)

    def _numbers(self) -> Iterator[Text]:
        shown = set(PRECISE.findall(self.shown))
        folder = self.assignment.folder(Stage.SOLUTION)
        for path in sorted(folder.glob("*.ipynb")):
            for cell in nbformat.read(path, as_version=4).cells:
                for output in cell.get("outputs", []):
                    text = output.get("text") or output.get("data", {}).get("text/plain", "")
                    found = [number for number in PRECISE.findall(text) if number not in shown]
                    yield from (Text(Kind.NUMBER, number) for number in found)

    def _gradings(self) -> Iterator[Text]:
        for student in self.students:
            for path in sorted(self.assignment.folder(Stage.AUTOGRADED, student).glob("*.ipynb")):
                seed = str(_report(path).get("seed", ""))
                if len(seed) >= SHORTEST_NUMBER:
                    yield Text(Kind.SEED, seed)
        for secret, owners in self.secrets.items():
            yield Text(Kind.KEY, secret, owners[0])

    def _people(self) -> Iterator[Text]:
        """Yield the students' ids, names and addresses, except common words."""
        ours = [*self.assignment.hidden.rglob("*.py"), *Path(__file__).parents[1].rglob("*.py")]
        advice = [specimen.advice for specimen in mutants(self.assignment)]
        rubric = self.assignment.rubric.values()
        sentences = [one.sentence for item in rubric for one in item.criteria]
        sentences += [text for item in rubric for text in (item.title, item.question)]
        texts = [self.shown, *advice, *sentences, *map(_text, ours)]
        common = {word for text in texts for word in re.findall(r"[^\W\d_]+", text)}
        for student, names in self.students.items():
            wanted: list[Text] = []
            for name in sorted(names, key=len):
                shortest = SHORTEST_NUMBER if name.isdigit() else SHORTEST_NAME
                if len(name) < shortest or name in common:
                    self.too_common.append(name)
                elif not any(shorter.pattern.search(name) for shorter in wanted):
                    wanted.append(Text(Kind.PERSON, name, student))
            yield from wanted


def lines(text: str) -> list[str]:
    """Return the lines of a text that are not empty, each with single spaces."""
    return [single_spaced(line) for line in text.splitlines() if line.strip()]


def single_spaced(line: str) -> str:
    """Return a line with single spaces between its words."""
    return " ".join(line.split())


def _is_distinctive(line: str) -> bool:
    words = re.findall(r"\w+", line)
    return len(words) >= WORDS and len(line) >= LENGTH and not line.startswith(FRAME)


def _code(text: str, node: ast.stmt) -> list[str]:
    """Return the lines of a statement without its docstrings."""
    every = text.splitlines()
    left_out: set[int] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant):
            left_out |= set(range(inner.lineno, (inner.end_lineno or inner.lineno) + 1))
    numbers = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return lines("\n".join(every[n - 1] for n in numbers if n not in left_out))


def _seen(output: Output, budget: TimeBudget) -> str:
    """Return an output's text as the page shows it."""
    return "\n".join(text for _, text in FeedbackPage(output_html(output, budget)).lines)


def _known_by(student: Student) -> set[str]:
    first, last = (student.first_name or "").strip(), (student.last_name or "").strip()
    names = {student.id, (student.email or "").strip(), last}
    if first and last:
        names |= {f"{first} {last}", f"{last}, {first}"}
    return names - {""}


def _given(folder: Path) -> list[Path]:
    return [
        p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix not in (".ipynb", ".pyc")
    ]


def _text(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def _report(path: Path) -> dict[str, object]:
    try:
        report = json.loads(path.read_bytes())["metadata"][KEY]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return report if isinstance(report, dict) else {}
