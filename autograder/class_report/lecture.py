"""What to say in the next lecture: what cost a class most, and what it understood."""

from collections.abc import Iterator

from autograder.class_report.criterion_rate import CriterionRate
from autograder.class_report.facts import ClassFacts
from autograder.results.points import with_unit
from autograder.text.wording import counted_as

FEWEST = 5  # graded submissions: fewer say little about a class
EXAMPLES = 2  # of criteria that nobody missed


def to_say(facts: ClassFacts) -> list[str]:
    """Return two to four sentences; none about a class of fewer than 5 graded submissions."""
    if facts.totals.n < FEWEST:
        return []
    rates = [rate for rates in facts.criteria.values() for rate in rates]
    return [*_mistakes(facts), *_missed(facts, rates), *_understood(facts, rates)]


def _mistakes(facts: ClassFacts) -> Iterator[str]:
    """Yield the two known mistakes that cost most, of those that several students made."""
    shared = [one for one in facts.mistakes if one.advice and len(one.records) > 1]
    for which, made in zip(("The mistake that cost most", "The next one"), shared, strict=False):
        count = counted_as(len(made.records), "submission")
        yield f"{which}, {with_unit(made.cost)} in {count}: {made.advice}"


def _missed(facts: ClassFacts, rates: list[CriterionRate]) -> Iterator[str]:
    missed = [rate for rate in rates if rate.lost]
    if missed:
        most = max(missed, key=lambda rate: (rate.share or 0.0, rate.cost))
        yield (
            f"The criterion that most missed, {most.lost} of {most.earned + most.lost}, in "
            f"{facts.titles[most.item]}: {most.sentence}"
        )


def _understood(facts: ClassFacts, rates: list[CriterionRate]) -> Iterator[str]:
    """Yield what nobody missed, whole items or criteria, or else what fewest missed."""
    judged = [(rate.share, rate) for rate in rates if rate.share is not None]
    kept = [rate for share, rate in judged if share == 0]
    missed = {rate.item for rate in rates if rate not in kept}
    if whole := [facts.titles[item] for item in facts.criteria if item not in missed]:
        yield f"Nobody lost points in: {'; '.join(whole)}."
    elif kept:
        kept.sort(key=lambda rate: -rate.max_points)
        examples = [f"“{one.sentence}” ({facts.titles[one.item]})" for one in kept[:EXAMPLES]]
        more = len(kept) - len(examples)
        rest = f"; and {counted_as(more, 'more criterion', 'more criteria')}" if more else ""
        yield f"Nobody missed: {'; '.join(examples)}{rest}."
    elif judged:
        _, least = min(judged, key=lambda pair: (pair[0], -pair[1].max_points))
        yield (
            f"The criterion that fewest missed, {least.lost} of {least.earned + least.lost}, in "
            f"{facts.titles[least.item]}: {least.sentence}"
        )
