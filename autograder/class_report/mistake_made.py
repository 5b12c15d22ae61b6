"""The mistakes that a class made, and the points that each one cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.gradebook.class_record import Record
from autograder.results.fix import Cost, Fix, fixes
from autograder.results.points import added

Place = tuple[str, str]  # an item's name and a criterion's; without a criterion, ""


@dataclass(frozen=True)
class CriterionLost:
    """What a mistake cost in one criterion, or in an item without criteria.

    Parameters
    ----------
    item, name : str
        The criterion's name is empty in an item without criteria.
    sentence : str
        What earns the points, in the student's words; empty without a criterion.
    lost : int
        How many submissions lost it by this mistake.
    cost : float
        The points that they lost by it.
    """

    item: str
    name: str
    sentence: str
    lost: int
    cost: float


@dataclass(frozen=True)
class MistakeMade:
    """A mistake, and the submissions that have it.

    Parameters
    ----------
    name, advice : str
        The mutant's; both empty for mistakes that no mutant names.
    criteria : tuple of CriterionLost
        What it cost; the highest cost comes first.
    records : tuple of Record
        In the order of the class.
    """

    name: str
    advice: str
    criteria: tuple[CriterionLost, ...]
    records: tuple[Record, ...]

    @property
    def cost(self) -> float:
        """The points that the class lost by it. Two mistakes may cost the same points."""
        return added(one.cost for one in self.criteria)


def mistakes_made(records: Sequence[Record]) -> list[MistakeMade]:
    """Return the mistakes, known or not; the highest cost comes first.

    Mistakes that no mutant names count as one if they cost the same criterion first.
    """
    made: dict[str | Place, _Tally] = {}
    for record in records:
        for fix in fixes(record.report.items if record.report else ()):
            tally = made.setdefault(fix.advice or _place(fix.costs[0]), _Tally(fix))
            tally.add(record, fix.costs)
    found = [tally.result() for tally in made.values()]
    return sorted(found, key=lambda one: (-one.cost, one.name))


class _Tally:
    """Adds up what one mistake cost."""

    def __init__(self, fix: Fix) -> None:
        self.fix = fix
        self.records: dict[str, Record] = {}  # by student
        self.points: dict[Place, dict[str, float]] = {}  # lost by each student
        self.sentences: dict[Place, str] = {}

    def add(self, record: Record, costs: Sequence[Cost]) -> None:
        """Add a submission; a criterion that several of its errors cost counts once."""
        self.records[record.student] = record
        for cost in costs:
            lost = self.points.setdefault(_place(cost), {})
            before = 0.0 if cost.criterion else lost.get(record.student, 0.0)
            lost[record.student] = added((before, cost.points))
            sentence = cost.criterion.criterion.sentence if cost.criterion else ""
            self.sentences.setdefault(_place(cost), sentence)

    def result(self) -> MistakeMade:
        criteria = [
            CriterionLost(*place, self.sentences[place], len(lost), added(lost.values()))
            for place, lost in self.points.items()
        ]
        criteria.sort(key=lambda one: -one.cost)
        known = self.fix
        return MistakeMade(
            known.mistake, known.advice, tuple(criteria), tuple(self.records.values())
        )


def _place(cost: Cost) -> Place:
    return cost.item.name, cost.criterion.criterion.name if cost.criterion else ""
