"""What a student reads about a graded cell: its score, and why.

The score comes from the gradebook; the automatic points and the properties come from the report.
"""

from dataclasses import dataclass
from functools import cached_property

from autograder.results.account import zero_lines
from autograder.results.outcome import CriterionResult, ItemResult, Outcome, PropertyResult
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

    @property
    def title(self) -> str:
        """Its name for readers."""
        return self.item.shown_name if self.item else self.name

    @cached_property
    def groups(self) -> list[tuple[str, list[PropertyResult]]]:
        """The properties by outcome, with a title; failed ones come first.

        Of each outcome, those that a named mistake breaks come first, then those of the first
        criteria.
        """
        if self.item is None:
            return []
        item = self.item
        place = {criterion.name: n for n, criterion in enumerate(item.criteria)}
        properties = sorted(
            item.properties, key=lambda p: (p.name not in item.broken, place.get(p.criterion, -1))
        )
        grouped = [(TITLES[o], [p for p in properties if p.shown_as is o]) for o in ORDER]
        return [(title, found) for title, found in grouped if found]

    @property
    def missed(self) -> list[CriterionResult]:
        """The criteria that earned nothing, or wait."""
        return [result for result in self._rubric if not result.points]

    @property
    def earned(self) -> list[CriterionResult]:
        """The criteria that earned points."""
        return [result for result in self._rubric if result.points]

    @property
    def counts(self) -> str:
        """How many tests failed, were not run and passed."""
        shown = [result.shown_as for result in (self.item.properties if self.item else ())]
        return ", ".join(f"{shown.count(o)} {o}" for o in ORDER if o in shown)

    @property
    def zero_lines(self) -> list[str]:
        """Why criteria score 0 whose own properties may hold."""
        return zero_lines(self.item) if self.item else []

    @property
    def common(self) -> str:
        """The message of all failed properties, if they have the same one: it is shown once."""
        failed = (
            [p for p in self.item.properties if p.shown_as is Outcome.FAILED] if self.item else []
        )
        messages = {p.message for p in failed}
        return messages.pop() if len(failed) > 1 == len(messages) else ""

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

    @property
    def _rubric(self) -> list[CriterionResult]:
        return self.item.rubric if self.item else []
