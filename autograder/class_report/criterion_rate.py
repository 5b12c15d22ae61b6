"""How many of a class lost each criterion, the points that this cost, and by which mistakes."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.results.fix import fixes
from autograder.results.outcome import CriterionResult, ItemResult
from autograder.results.points import added


@dataclass(frozen=True)
class MistakeCount:
    """How many submissions lost a criterion by one mistake.

    Parameters
    ----------
    mistake, advice : str
        The mutant's; both empty for all mistakes that no mutant names.
    lost : int
    """

    mistake: str
    advice: str
    lost: int


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
    mistakes : tuple of MistakeCount
        By which mistakes it was lost; the most frequent comes first, unnamed ones come last. A
        submission may have several.
    """

    item: str
    name: str
    sentence: str
    max_points: float
    earned: int
    lost: int
    waiting: int
    cost: float
    mistakes: tuple[MistakeCount, ...] = ()

    @property
    def share(self) -> float | None:
        """The share of submissions that lost it, of those that have points; None if none has."""
        judged = self.earned + self.lost
        return self.lost / judged if judged else None


def criterion_rates(item: str, results: Iterable[ItemResult]) -> list[CriterionRate]:
    """Return the rates of an item's criteria; the first result that has one describes it."""
    found: dict[str, list[CriterionResult]] = defaultdict(list)
    mistakes: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for result in results:
        rubric = result.rubric
        for one in rubric:
            found[one.criterion.name].append(one)
        if any(one.points == 0 for one in rubric):
            for name, theirs in _mistakes(result).items():
                mistakes[name].update(theirs)
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
            mistakes=_counts(mistakes[name]),
        )
        for name, several in found.items()
    ]


def _mistakes(result: ItemResult) -> dict[str, set[tuple[str, str]]]:
    """Return the mistakes by which a submission lost each criterion: their names and advice."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for fix in fixes([result]):
        for cost in fix.costs:
            if cost.criterion:
                found[cost.criterion.criterion.name].add((fix.mistake, fix.advice))
    return found


def _counts(mistakes: Counter[tuple[str, str]]) -> tuple[MistakeCount, ...]:
    counts = [MistakeCount(*known, lost) for known, lost in mistakes.items()]
    return tuple(sorted(counts, key=lambda one: (not one.mistake, -one.lost, one.mistake)))
