"""What a student is told of a graded cell: its score, and why the tests gave it.

The score is the gradebook's; what the tests gave, and the properties behind it, are the report's.
"""

from dataclasses import dataclass
from functools import cached_property

from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.points import rounded, shown
from autograder.results.standing import Mark

ORDER = [Outcome.FAILED, Outcome.NOT_RUN, Outcome.PASSED]
TITLES = {
    Outcome.FAILED: "What does not hold",
    Outcome.NOT_RUN: "What could not be tried",
    Outcome.PASSED: "What holds",
}


@dataclass(frozen=True)
class GradedCell:
    """A graded cell: its name, what the gradebook has of it, and what the tests gave."""

    name: str
    mark: Mark
    item: ItemResult | None

    @cached_property
    def groups(self) -> list[tuple[str, list[PropertyResult]]]:
        """The properties by outcome, with a title: what is to be done comes first."""
        properties = self.item.properties if self.item else ()
        grouped = [(TITLES[o], [p for p in properties if p.outcome is o]) for o in ORDER]
        return [(title, found) for title, found in grouped if found]

    @property
    def common(self) -> str:
        """What is said of each property that fails, if that is the same: it is said once."""
        failed = (
            [p for p in self.item.properties if p.outcome is Outcome.FAILED] if self.item else []
        )
        messages = {p.message for p in failed}
        return messages.pop() if len(failed) > 1 == len(messages) else ""

    @property
    def advice(self) -> list[str]:
        """What to do about the mistakes that the item behaves like."""
        return [diagnosis.advice for diagnosis in self.item.diagnosis] if self.item else []

    @property
    def notes(self) -> list[str]:
        """What is to be said of the score, beside what the tests gave."""
        told = []
        mark = self.mark
        tests = None if self.item is None else self.item.points
        counts = mark.auto if mark.manual is None else mark.manual
        if self.item is not None and mark.manual is not None and tests is None:
            told.append("set by hand: the tests could not be run")
        elif tests is not None and counts is None:
            told.append(f"the tests gave {shown(tests)}")
        elif tests is not None and counts is not None and rounded(counts) != tests:
            by = "" if mark.manual is None else " by hand"
            told.append(
                f"{'raised' if counts > tests else 'lowered'}{by}: the tests gave {shown(tests)}"
            )
        if mark.extra and not mark.is_open:
            told.append(f"{shown(mark.extra)} of them extra credit")
        return told
