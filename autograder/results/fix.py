"""What a student should fix: each cause of lost points, what it costs, and what shows it."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autograder.results.outcome import (
    CriterionResult,
    Diagnosis,
    ItemResult,
    Outcome,
    PropertyResult,
)
from autograder.results.points import added

Key = tuple[str, str]  # of a cause: the kind, and the mistake's advice or the message


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
    costs : list of Cost
        In the notebook's order. Two causes may cost the same criterion.
    evidence : list of PropertyResult
        The failed properties that it explains; the most telling one comes first.
    """

    advice: str = ""
    mistake: str = ""
    costs: list[Cost] = field(default_factory=list)
    evidence: list[PropertyResult] = field(default_factory=list)

    @property
    def points(self) -> float:
        """The points that it costs."""
        return added(cost.points for cost in self.costs)


def fixes(items: Iterable[ItemResult]) -> list[Fix]:
    """Return what to fix, in the order of the points that are lost.

    A cause is a known mistake, or else a message: properties that failed with the same one have one
    cause. What a known mistake explains has no other cause. What was not run is no cause.
    """
    found: dict[Key, Fix] = {}
    for item in items:
        if item.points is not None and item.points < item.max_points:
            for key, fix in _of_item(item).items():
                one = found.setdefault(key, fix)
                if one is not fix:
                    one.costs += fix.costs
                    one.evidence += fix.evidence
    return sorted(found.values(), key=lambda fix: -fix.points)


def _of_item(item: ItemResult) -> dict[Key, Fix]:
    causes: dict[Key, Fix] = {}
    places = {criterion.name: n for n, criterion in enumerate(item.criteria)}
    failed = [result for result in item.properties if result.shown_as is Outcome.FAILED]
    for result in sorted(failed, key=lambda one: _as_evidence(one, item, places)):
        for key, fix in _causes(result, item):
            causes.setdefault(key, fix).evidence.append(result)
    if item.criteria:
        _charge_criteria(item, causes)
    else:
        lost = added((item.max_points, -(item.points or 0.0)))
        for fix in causes.values():
            share = lost * len(fix.evidence) / max(len(failed), 1)
            fix.costs.append(Cost(item, round(share, 2)))
    return {key: fix for key, fix in causes.items() if fix.costs}


def _as_evidence(
    result: PropertyResult, item: ItemResult, places: dict[str, int]
) -> tuple[float, ...]:
    """Order properties: gates, then by criterion; first small pictures, then telling properties."""
    sizes = [math.prod(figure.shape) for figure in result.figures]
    told = [d.breaks.index(result.name) for d in item.diagnosis if result.name in d.breaks]
    return (
        result not in item.gates,
        places.get(result.criterion, -1),
        min(sizes, default=math.inf),
        min(told, default=0),
    )


def _causes(result: PropertyResult, item: ItemResult) -> Iterator[tuple[Key, Fix]]:
    """Yield the causes of a failure: the known mistakes that break the property, or its message."""
    # an earlier release kept no names of properties
    known: list[Diagnosis] = [
        d for d in item.diagnosis if result.name in (d.breaks or [result.name])
    ]
    for diagnosis in known:
        yield ("mistake", diagnosis.advice), Fix(diagnosis.advice, diagnosis.mistake)
    if not known:
        yield ("message", result.message), Fix()


def _charge_criteria(item: ItemResult, causes: dict[Key, Fix]) -> None:
    """Add to each cause the criteria that it costs.

    A criterion is lost by the known mistakes among the causes of its failures, or else by all of
    them. One that is lost with the whole item is lost by the causes of that.
    """
    gates = {result.name for result in item.gates}
    for result in item.rubric:
        if result.points != 0 or result.max_points == 0:
            continue
        needed = {one.name for one in result.properties}
        own = [key for key, fix in causes.items() if needed & {e.name for e in fix.evidence}]
        blamed = [key for key in own if key[0] == "mistake"] or own
        if not own or gates:
            blamed = [
                key
                for key, fix in causes.items()
                if not gates or gates & {one.name for one in fix.evidence}
            ]
        for key in blamed or list(causes)[:1]:
            causes[key].costs.append(Cost(item, result.max_points, result))
