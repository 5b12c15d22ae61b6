"""What a student reads about a graded cell: its score, and why.

The score comes from the gradebook; the automatic points and the properties come from the report.
"""

from dataclasses import dataclass
from functools import cached_property

from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.points import rounded, shown
from autograder.results.standing import Mark

ORDER = [Outcome.FAILED, Outcome.NOT_RUN, Outcome.PASSED]
TITLES = {
    Outcome.FAILED: "What does not hold",
    Outcome.NOT_RUN: "What was not tested",
    Outcome.PASSED: "What holds",
}


@dataclass(frozen=True)
class GradedCell:
    """A graded cell: its name, its mark in the gradebook, and its result in the report."""

    name: str
    mark: Mark
    item: ItemResult | None

    @cached_property
    def groups(self) -> list[tuple[str, list[PropertyResult]]]:
        """The properties by outcome, with a title; failed ones come first."""
        properties = self.item.properties if self.item else ()
        grouped = [(TITLES[o], [p for p in properties if p.outcome is o]) for o in ORDER]
        return [(title, found) for title, found in grouped if found]

    @property
    def common(self) -> str:
        """The message of all failed properties, if they have the same one: it is shown once."""
        failed = (
            [p for p in self.item.properties if p.outcome is Outcome.FAILED] if self.item else []
        )
        messages = {p.message for p in failed}
        return messages.pop() if len(failed) > 1 == len(messages) else ""

    @property
    def advice(self) -> list[str]:
        """The advice for the mistakes that were recognised."""
        return [diagnosis.advice for diagnosis in self.item.diagnosis] if self.item else []

    @property
    def notes(self) -> list[str]:
        """Remarks on the score, besides the automatic points."""
        notes = []
        mark = self.mark
        tests = None if self.item is None else self.item.points
        counts = mark.auto if mark.manual is None else mark.manual
        if self.item is not None and mark.manual is not None and tests is None:
            notes.append("set by hand: the tests could not be run")
        elif tests is not None and counts is None:
            notes.append(f"the tests gave {shown(tests)}")
        elif tests is not None and counts is not None and rounded(counts) != tests:
            by = "" if mark.manual is None else " by hand"
            notes.append(
                f"{'raised' if counts > tests else 'lowered'}{by}: the tests gave {shown(tests)}"
            )
        if mark.extra and not mark.is_open:
            notes.append(f"{shown(mark.extra)} of them extra credit")
        return notes
