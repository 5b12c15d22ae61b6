"""The audit by single edits: a right solution with one place changed loses points or does the same.

Each edit is graded. If it has full marks, what it does, by the suites' observations, is compared
with what right solutions do. Something else with full marks is a hole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from autograder.audit.auditor import Auditor
from autograder.audit.edits import Edit, edits
from autograder.course.certificate import Behaviour
from autograder.results.outcome import Examination, Outcome
from autograder.sandbox.progress import HungError

REFERENCE = "reference"  # the name of the instructor's solution beside those of the variants


class Verdict(StrEnum):
    """What the audit finds out about an edit."""

    KILLED = "killed"  # it loses points in some item
    EQUIVALENT = "equivalent"  # it has full marks, and does what right solutions do
    SURVIVOR = "survivor"  # it has full marks, and does something else


@dataclass(frozen=True)
class Solution:
    """A right answer to one solution cell."""

    name: str  # of the variant, or `REFERENCE`
    grade_id: str  # the cell
    source: str
    first_line: int  # of the source in the file of the variant


@dataclass(frozen=True)
class EditedSolution:
    """A solution with one edit."""

    solution: Solution
    edit: Edit

    @property
    def place(self) -> str:
        """The variant and the line in its file, or the reference's cell and the line in it."""
        solution = self.solution
        cell = f" ({solution.grade_id})" if solution.name == REFERENCE else ""
        return f"{solution.name}{cell}, line {solution.first_line + self.edit.line - 1}"

    @property
    def change(self) -> str:
        """The changed lines, before and after."""
        return f"{self.edit.before} → {self.edit.after}"


@dataclass(frozen=True)
class Tried:
    """What an edited solution does."""

    edited: EditedSolution
    verdict: Verdict
    # by item: the observations that no right solution has, each unedited and edited
    differing: dict[str, dict[str, tuple[str, str]]]


@dataclass(frozen=True)
class Trial:
    """The result of an audit by edits."""

    tried: list[Tried] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # why some edits could not be judged

    def of(self, verdict: Verdict) -> list[Tried]:
        """Return the edits with a verdict."""
        return [one for one in self.tried if one.verdict is verdict]


class EditAuditor(Auditor):
    """An assignment with the edits of its right solutions, and the processes that grade them."""

    def solutions(self, only: str = "*") -> list[Solution]:
        """Return the reference of each cell and the variants, if their names match."""
        known = [
            Solution(REFERENCE, cell, source, 1)
            for cell, source in self.assignment.reference.items()
        ]
        known += [
            Solution(one.name, one.grade_id, one.source, one.first_line) for one in self.variants
        ]
        return [one for one in known if fnmatchcase(one.name, only)]

    def edits(self, only: str = "*") -> list[EditedSolution]:
        """Return the edits of these solutions.

        Solutions share lines: the same edit of the same line below the same line is made once.
        """
        found: dict[tuple[str, ...], EditedSolution] = {}
        for solution in self.solutions(only):
            for edit in edits(solution.source, self.assignment.stubs.get(solution.grade_id, "")):
                change = solution.grade_id, edit.above, edit.before, edit.after
                found.setdefault(change, EditedSolution(solution, edit))
        return list(found.values())

    def try_edits(self, chosen: Sequence[EditedSolution]) -> Trial:
        """Grade edited solutions, and the right ones that they are compared with.

        A fact is right if the reference has it, or one of the solutions without an edit.
        """
        cells = {one.solution.grade_id for one in chosen}
        references = [one for one in self.solutions(REFERENCE) if one.grade_id in cells]
        solutions = list(dict.fromkeys([*references, *(one.solution for one in chosen)]))
        work = [(one, one.source, "") for one in solutions]
        work += [(one.solution, one.edit.source, one.edit.function) for one in chosen]
        examinations = self._map(self._grade, work)
        trial, unedited = Trial(), {}
        for solution, examination in zip(solutions, examinations, strict=False):
            faults = [*examination.faults, *_failures(examination)]
            if faults:
                trial.faults.append(f"{solution.name} is not right before an edit: {faults[0]}")
            else:
                unedited[solution] = examination.facts
        for one, examination in zip(chosen, examinations[len(solutions) :], strict=True):
            cell = one.solution.grade_id
            right = [facts for other, facts in unedited.items() if other.grade_id == cell]
            if examination.faults:
                trial.faults.append(f"{one.place}: {one.change}: {examination.faults[0]}")
            elif one.solution in unedited:
                trial.tried.append(_tried(one, examination, unedited[one.solution], right))
        return trial

    def _grade(self, work: tuple[Solution, str, str]) -> Examination:
        """Grade a source with a change in a function.

        The item that has the function's name in its own is first: it is the likeliest to be lost,
        and then the others need not run.
        """
        solution, source, function = work
        every = [item.name for item in self.assignment.items]
        own = self.items.get(solution.grade_id, every)
        names = [name for name in every if name in own]
        names.sort(key=lambda name: not function or function not in name)
        answers = self.assignment.reference | {solution.grade_id: source}
        try:
            return self._process().examine(
                self.assignment,
                self._notebook(answers),
                names,
                whole=True,
                chance=self.chance,
                until_lost=True,
            )
        except HungError as error:
            return Examination([], {}, [str(error)])


def _failures(examination: Examination) -> list[str]:
    return [
        f"{item.name}: {result.name}: {result.message}"
        for item in examination.items
        for result in item.properties
        if result.outcome is Outcome.FAILED
    ]


def _tried(
    one: EditedSolution, examination: Examination, unedited: Behaviour, right: list[Behaviour]
) -> Tried:
    if any(item.fails for item in examination.items):
        return Tried(one, Verdict.KILLED, {})
    differing: dict[str, dict[str, tuple[str, str]]] = {}
    for item, facts in unedited.items():
        for name, fact in facts.items():
            found = examination.facts[item].get(name, "")
            if found not in {known[item].get(name) for known in right}:
                differing.setdefault(item, {})[name] = fact, found
    return Tried(one, Verdict.SURVIVOR if differing else Verdict.EQUIVALENT, differing)
