"""What is most important of a class, a line each: grades that wait, then what else stands out."""

from collections.abc import Iterator, Sequence

from autograder.class_report.attention import HELD, LIBRARY, TIMED_OUT, UNREADABLE, WAITING, Reason
from autograder.class_report.facts import ClassFacts
from autograder.class_report.similarity import Alike


def findings(facts: ClassFacts, reasons: Sequence[Reason], groups: Sequence[Alike]) -> list[str]:
    """Return what stands out, the most important first."""
    return [*_waiting(reasons), *_suspicious(facts, reasons, groups), *_learned(facts)]


def _waiting(reasons: Sequence[Reason]) -> Iterator[str]:
    for reason in reasons:
        if reason.title in (HELD, WAITING, UNREADABLE):
            yield f"{len(reason.cases)} {reason.title}: {reason.what_to_do}"


def _suspicious(
    facts: ClassFacts, reasons: Sequence[Reason], groups: Sequence[Alike]
) -> Iterator[str]:
    for item in facts.items:
        value = item.discrimination.value
        if value is not None and value < 0:
            yield f"{item.name} discriminates by {value:.2f}: {item.discrimination.meaning}"
    if groups:
        students = {student for group in groups for student in group.students}
        yield (
            f"{len(students)} students have near-identical answers, in {len(groups)} "
            f"{'groups' if len(groups) > 1 else 'group'}: compare them"
        )
    for reason in reasons:
        if reason.title in (LIBRARY, TIMED_OUT):
            yield f"{len(reason.cases)} {reason.title}: {reason.what_to_do}"


def _learned(facts: ClassFacts) -> Iterator[str]:
    if facts.mistakes and len(facts.mistakes[0].records) > 1:
        first = facts.mistakes[0]
        advice = _sentence(first.advice)
        yield f"the commonest mistake, made by {len(first.records)}: {first.name}. {advice}"
    rates = [(rate.rate, rate) for rates in facts.properties.values() for rate in rates]
    known = [(share, rate) for share, rate in rates if share is not None and share < 1]
    if known:
        share, rate = min(known, key=lambda pair: pair[0])
        yield (
            f"the property that fewest have, {share:.0%}: {rate.sentence} "
            f"[{rate.item}: {rate.name}]"
        )
    totals = facts.totals
    if totals.mean is not None and totals.median is not None:
        are = "is" if totals.n == 1 else "are"
        yield (
            f"{totals.n} {are} graded, with {totals.mean:.2f} points in the mean and "
            f"{totals.median:.2f} in the median; {totals.full} have all"
        )
    else:
        yield "nobody is graded yet: run `autograder grade`"


def _sentence(text: str) -> str:
    """Return a text's first sentence."""
    head, stop, _ = text.partition(". ")
    return f"{head}." if stop else text
