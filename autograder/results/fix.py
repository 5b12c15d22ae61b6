"""What a student should fix: each cause of lost points, what it costs, and what shows it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autograder.results.outcome import CriterionResult, ItemResult, Outcome, PropertyResult
from autograder.results.points import added

LINE = re.compile(r" \(line \d+")  # in the message of an error
NUMBER = re.compile(r"\d+")
PLACE = re.compile(r" ?\(line \d+[^)]*\)| \[[^\[\]]*\]$")  # in a message: where it happened
Key = tuple[str, ...]  # of a cause


@dataclass(frozen=True)
class Cost:
    """What a cause costs in one item: a criterion, or points of an item without criteria."""

    item: ItemResult
    points: float
    criterion: CriterionResult | None = None


@dataclass
class Fix:
    """One cause of lost points.

    Attributes
    ----------
    advice : str
        What to do, if the mistake is a known one; otherwise empty.
    mistake : str
        The known mistake's name; empty without one.
    message : str
        What several tests say when they fail; empty if the cause is another one.
    costs : list of Cost
        In the notebook's order. Two known mistakes may cost the same criterion.
    evidence : list of PropertyResult
        The failed properties that it explains: gates first, then by criterion, as in the suite.
    """

    advice: str = ""
    mistake: str = ""
    message: str = ""
    costs: list[Cost] = field(default_factory=list)
    evidence: list[PropertyResult] = field(default_factory=list)

    @property
    def points(self) -> float:
        """The points that it costs."""
        return added(cost.points for cost in self.costs)


def fixes(items: Iterable[ItemResult]) -> list[Fix]:
    """Return what to fix, in the order of the points that are lost.

    A cause is a known mistake, or a message with which several tests fail, or else a criterion that
    does not hold. What a known mistake explains has no other cause. What was not run is no cause.
    """
    lost = [item for item in items if item.points is not None and item.points < item.max_points]
    reasons = Counter(_reason(one) for item in lost for one in _failed(item))
    found: dict[Key, Fix] = {}
    for item in lost:
        for key, fix in _of_item(item, reasons).items():
            one = found.setdefault(key, fix)
            if one is not fix:
                one.costs += fix.costs
                one.evidence += fix.evidence
    return sorted(found.values(), key=lambda fix: (-fix.points, not fix.mistake))


def _failed(item: ItemResult) -> list[PropertyResult]:
    """Return the failed properties: gates first, then in the order of criteria and suite."""
    places = {criterion.name: n for n, criterion in enumerate(item.criteria)}
    failed = [result for result in item.properties if result.shown_as is Outcome.FAILED]
    return sorted(failed, key=lambda r: (r not in item.gates, places.get(r.criterion, -1)))


def _reason(result: PropertyResult) -> str:
    """Return a message without what differs from test to test: places, and sizes in errors."""
    reason = PLACE.sub("", result.message)
    return NUMBER.sub("#", reason) if LINE.search(result.message) else reason


def _of_item(item: ItemResult, reasons: Counter[str]) -> dict[Key, Fix]:
    causes: dict[Key, Fix] = {}
    failed = _failed(item)
    for result in failed:
        for key, fix in _causes(result, item, reasons):
            causes.setdefault(key, fix).evidence.append(result)
    if item.criteria:
        _charge_criteria(item, causes)
    else:
        lost = added((item.max_points, -(item.points or 0.0)))
        for fix in causes.values():
            share = lost * len(fix.evidence) / max(len(failed), 1)
            fix.costs.append(Cost(item, round(share, 2)))
    return {key: fix for key, fix in causes.items() if fix.costs}


def _causes(
    result: PropertyResult, item: ItemResult, reasons: Counter[str]
) -> Iterator[tuple[Key, Fix]]:
    """Yield the causes of a failure: the known mistakes that break the property, or another."""
    # an earlier release kept no names of properties
    known = [d for d in item.diagnosis if result.name in (d.breaks or [result.name])]
    for diagnosis in known:
        yield ("mistake", diagnosis.advice), Fix(diagnosis.advice, diagnosis.mistake)
    reason = _reason(result)
    if not known and reasons[reason] > 1:
        yield ("message", reason), Fix(message=result.message)
    elif not known:
        yield ("criterion", item.name, result.criterion or result.name), Fix()


def _charge_criteria(item: ItemResult, causes: dict[Key, Fix]) -> None:
    """Add to each cause the criteria that it costs.

    A criterion is lost by the known mistakes among the causes of its failures, or else by the first
    of them. What is lost with the whole item is lost by the causes of that.
    """
    gates = {result.name for result in item.gates}
    for result in item.rubric:
        if result.points != 0 or result.max_points == 0:
            continue
        telling = gates or {one.name for one in result.properties}
        own = [key for key, fix in causes.items() if telling & {e.name for e in fix.evidence}]
        known = [key for key in own if key[0] == "mistake"]
        for key in known or (own or list(causes))[:1]:
            causes[key].costs.append(Cost(item, result.max_points, result))
