"""How many of a class lost each criterion, and the points that this cost."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.results.outcome import CriterionResult, ItemResult
from autograder.results.points import added


@dataclass(frozen=True)
class CriterionRate:
    """How many of a class earned one criterion.

    Parameters
    ----------
    item, name : str
    sentence : str
        What earns the points, in the student's words.
    max_points : float
    earned, lost, waiting : int
        How many submissions earned its points, earned none, and have no points yet.
    cost : float
        The points that all who lost it lost together.
    """

    item: str
    name: str
    sentence: str
    max_points: float
    earned: int
    lost: int
    waiting: int
    cost: float


def criterion_rates(item: str, results: Iterable[ItemResult]) -> list[CriterionRate]:
    """Return the rates of an item's criteria; the first result that has one describes it."""
    found: dict[str, list[CriterionResult]] = defaultdict(list)
    for result in results:
        for one in result.rubric:
            found[one.criterion.name].append(one)
    return [
        CriterionRate(
            item,
            name,
            several[0].criterion.sentence,
            several[0].max_points,
            earned=sum(bool(one.points) for one in several),
            lost=sum(one.points == 0 for one in several),
            waiting=sum(one.points is None for one in several),
            cost=added(one.max_points for one in several if one.points == 0),
        )
        for name, several in found.items()
    ]
