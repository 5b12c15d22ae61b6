"""Statistics of a class: what each criterion cost, pass rates, and the mistakes that were made."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.class_report.criterion_rate import CriterionRate, criterion_rates
from autograder.class_report.item_analysis import (
    Discrimination,
    Distribution,
    ItemAnalysis,
    analyse,
)
from autograder.class_report.item_analysis import discrimination as correlation
from autograder.class_report.mistake_made import MistakeMade, mistakes_made
from autograder.gradebook.class_record import ClassRecord, Record
from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.points import added
from autograder.results.report import Status


@dataclass(frozen=True)
class PropertyRate:
    """How many of a class pass one property.

    Parameters
    ----------
    item, name : str
    sentence : str
        The property, in the student's words.
    essential : bool
    passed, failed, not_run : int
        How many submissions have this outcome.
    discrimination : Discrimination
        The correlation of its passing with the points in all other items.
    """

    item: str
    name: str
    sentence: str
    essential: bool
    passed: int
    failed: int
    not_run: int
    discrimination: Discrimination

    @property
    def rate(self) -> float | None:
        """The share of submissions that pass, of those in which it was run; None if none."""
        run = self.passed + self.failed
        return self.passed / run if run else None


@dataclass(frozen=True)
class ClassFacts:
    """The statistics of a class.

    Parameters
    ----------
    titles : dict of str to str
        What each item is called, by its name.
    statuses : dict of str to int
        How many submissions have each status, the most frequent first.
    totals : Distribution
        Of the totals, after the late penalties.
    items : list of ItemAnalysis
    criteria : dict of str to list of CriterionRate
        By item, in the rubric's order; without the items that have none.
    properties : dict of str to list of PropertyRate
        By item, in the suite's order.
    mistakes : list of MistakeMade
        The highest cost first.
    uncounted : int
        How many submissions have no grade that says anything about the work.
    outdated : list of Record
        Submissions graded with another version of the suites.
    """

    titles: dict[str, str]
    statuses: dict[str, int]
    totals: Distribution
    items: list[ItemAnalysis]
    criteria: dict[str, list[CriterionRate]]
    properties: dict[str, list[PropertyRate]]
    mistakes: list[MistakeMade]
    uncounted: int
    outdated: list[Record]

    @classmethod
    def of(cls, whole: ClassRecord, version: str) -> "ClassFacts":
        """Count.

        Parameters
        ----------
        whole : ClassRecord
        version : str
            The present one of the suites.
        """
        counted = whole.counted
        points = [[p or 0.0 for p in record.points(whole.items)] for record in counted]
        maxima = [item.points for item in whole.items]
        # an unreadable file or a broken grader is reported as a failure, which is no property
        graded = [r for r in whole.records if r.report and r.report.status is not Status.UNREADABLE]
        latest_first = _latest_first(graded)
        criteria = {
            item.name: criterion_rates(
                item.name, filter(None, (_result(record, item.name) for record in latest_first))
            )
            for item in whole.items
        }
        return cls(
            titles=whole.titles,
            statuses=dict(Counter(r.entry.status for r in whole.records).most_common()),
            totals=Distribution.of(
                [record.entry.total or 0.0 for record in counted], added(maxima)
            ),
            items=analyse([item.name for item in whole.items], maxima, points),
            criteria={name: rates for name, rates in criteria.items() if rates},
            properties={
                item.name: _rates(item.name, latest_first, whole)
                for item in whole.items
                if any(_result(record, item.name) for record in graded)
            },
            mistakes=mistakes_made(graded),
            uncounted=len(whole.records) - len(counted),
            outdated=[r for r in whole.records if r.report and r.report.version != version],
        )


def _result(record: Record, item: str) -> ItemResult | None:
    results = record.report.items if record.report else ()
    return next((result for result in results if result.name == item), None)


def _latest_first(records: Sequence[Record]) -> list[Record]:
    """Return first the records of the version with which most were graded."""
    versions = Counter(r.report.version for r in records if r.report).most_common(1)
    latest = versions[0][0] if versions else ""
    return sorted(records, key=lambda r: bool(r.report and r.report.version != latest))


def _rates(item: str, records: Sequence[Record], whole: ClassRecord) -> list[PropertyRate]:
    """Return the rates of an item's properties; properties of earlier versions come last."""
    others = [other for other in whole.items if other.name != item]
    outcomes: dict[str, Counter[Outcome]] = defaultdict(Counter)
    pairs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    texts: dict[str, PropertyResult] = {}
    for record in records:
        result = _result(record, item)
        rest = record.total(others) if record.is_counted(whole.items) else None
        for one in result.properties if result else ():
            if one.name == "grader" and one.outcome is Outcome.NOT_RUN:
                continue  # one result for the whole suite, where the grader broke before it
            texts.setdefault(one.name, one)
            outcomes[one.name][one.outcome] += 1
            if rest is not None and one.outcome is not Outcome.NOT_RUN:
                pairs[one.name].append((float(one.outcome is Outcome.PASSED), rest))
    return [
        PropertyRate(
            item,
            name,
            one.sentence,
            one.essential,
            outcomes[name][Outcome.PASSED],
            outcomes[name][Outcome.FAILED],
            outcomes[name][Outcome.NOT_RUN],
            _discrimination(pairs[name], has_others=bool(others)),
        )
        for name, one in texts.items()
    ]


def _discrimination(pairs: list[tuple[float, float]], *, has_others: bool) -> Discrimination:
    if not has_others:
        return Discrimination(None, "not defined: there is no other item")
    return correlation([x for x, _ in pairs], [rest for _, rest in pairs])
