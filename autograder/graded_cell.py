"""What a student is told of a graded cell: its score, and why the tests gave it.

The score is the gradebook's; what the tests gave, and the properties behind it, are the report's.
"""

from dataclasses import dataclass
from functools import cached_property

from autograder.outcome import ItemResult, Outcome, PropertyResult

ORDER = [Outcome.FAILED, Outcome.NOT_RUN, Outcome.PASSED]
TITLES = {
    Outcome.FAILED: "What does not hold",
    Outcome.NOT_RUN: "What could not be tried",
    Outcome.PASSED: "What holds",
}


@dataclass(frozen=True)
class Mark:
    """What the gradebook has of a graded cell.

    Parameters
    ----------
    score, points : float
        What counts, of how many.
    auto, manual : float, optional
        The score by the tests, and the one by hand.
    extra : float
        Extra credit, which is part of the score.
    """

    score: float
    points: float
    auto: float | None
    manual: float | None
    extra: float

    @property
    def is_open(self) -> bool:
        """Whether there is no score yet."""
        return self.auto is None and self.manual is None

    def notes(self, item: ItemResult | None) -> list[str]:
        """Return what is to be said of the score, beside what the tests gave."""
        told = []
        tests = None if item is None else item.points
        counts = self.auto if self.manual is None else self.manual
        if item is not None and self.manual is not None and tests is None:
            told.append("set by hand: the tests could not be run")
        elif tests is not None and counts is None:
            told.append(f"the tests gave {number(tests)}")
        elif tests is not None and counts is not None and counts != tests:
            by = "" if self.manual is None else " by hand"
            told.append(
                f"{'raised' if counts > tests else 'lowered'}{by}: the tests gave {number(tests)}"
            )
        if self.extra:
            told.append(f"{number(self.extra)} of them extra credit")
        return told


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
        """What is to be said of the score."""
        return self.mark.notes(self.item)


def number(value: float) -> str:
    """Return points as people write them."""
    return f"{round(value, 2) + 0.0:g}"
