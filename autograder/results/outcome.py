"""The outcome of each property and criterion, and the points of an item."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from autograder.results.criterion import Criterion, shares
from autograder.results.figure import Figure
from autograder.results.points import added, rounded

Facts = dict[str, str]  # of an item, by the observation's name
FIGURES = 2  # properties of an item with figures at most: others would show much the same


class Outcome(StrEnum):
    """The outcome of a property."""

    PASSED = "passed"
    FAILED = "failed"  # by the student's code
    NOT_RUN = "not run"  # by our fault: it holds the item's grade back


@dataclass(frozen=True)
class PropertyResult:
    """The result of one property for one submission."""

    name: str  # of the test
    sentence: str  # the first paragraph of its docstring: the property, in the student's words
    outcome: Outcome
    message: str = ""  # why it failed, for the student; for NOT_RUN, what broke, for the operator
    essential: bool = False  # whether the whole item scores 0 without it
    # whether the student's code has ended its process: then the whole item scores 0
    ended: bool = False
    figures: tuple[Figure, ...] = ()  # what the student's code returned if it failed
    criterion: str = ""  # the name of the criterion that needs it; without a name, all need it

    @property
    def shown_as(self) -> Outcome:
        """The outcome that people read: failed properties after the code's end were not run."""
        was_run = not (self.ended and self.message.startswith(Outcome.NOT_RUN))
        return self.outcome if was_run else Outcome.NOT_RUN

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "PropertyResult":
        """Return the result of data from `dataclasses.asdict`."""
        figures = tuple(map(Figure.from_dict, data.get("figures", ())))  # older data has none
        return cls(**{**data, "outcome": Outcome(data["outcome"]), "figures": figures})


@dataclass(frozen=True)
class Diagnosis:
    """A known mistake: an item of a submission behaves like it."""

    mistake: str  # the mutant's name
    advice: str  # for the student
    breaks: tuple[str, ...] = ()  # the properties of the item that the mutant fails

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Diagnosis":
        """Return the diagnosis of data from `dataclasses.asdict`."""
        return cls(data["mistake"], data["advice"], tuple(data.get("breaks", ())))  # newer


@dataclass(frozen=True)
class CriterionResult:
    """The result of one criterion of an item."""

    criterion: Criterion
    # those that it needs; those that a named mistake breaks come first
    properties: tuple[PropertyResult, ...]
    outcome: Outcome
    points: float | None  # earned; None if they depend on a property that did not run
    max_points: float

    @property
    def shown_as(self) -> Outcome:
        """The outcome that people read, as that of a property."""
        seen = {result.shown_as for result in self.properties}
        return next((o for o in (Outcome.FAILED, Outcome.NOT_RUN) if o in seen), self.outcome)

    @property
    def evidence(self) -> tuple[PropertyResult, ...]:
        """Its own properties that did not pass: first the failed ones, then those not run."""
        own = [result for result in self.properties if result.criterion]
        order = (Outcome.FAILED, Outcome.NOT_RUN)
        return tuple(result for outcome in order for result in own if result.shown_as is outcome)


@dataclass(frozen=True)
class ItemResult:
    """One item of a submission."""

    name: str
    max_points: float
    properties: tuple[PropertyResult, ...]
    diagnosis: tuple[Diagnosis, ...] = ()
    criteria: tuple[Criterion, ...] = ()  # without any, all properties count the same
    title: str = ""  # for students; empty without one
    question: str = ""  # to think about after full marks; empty without one

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ItemResult":
        """Return the result of data from `dataclasses.asdict`."""
        return cls(
            data["name"],
            data["max_points"],
            tuple(map(PropertyResult.from_dict, data["properties"])),
            tuple(map(Diagnosis.from_dict, data["diagnosis"])),
            tuple(Criterion(**criterion) for criterion in data.get("criteria", ())),  # newer
            data.get("title", ""),  # newer
            data.get("question", ""),  # newer
        )

    @property
    def shown_name(self) -> str:
        """The title, or what the name says to a reader."""
        return self.title or self.name.removeprefix("test_").replace("_", " ")

    @property
    def fails(self) -> tuple[str, ...]:
        """The names of the properties that failed."""
        return tuple(r.name for r in self.properties if r.outcome is Outcome.FAILED)

    @property
    def points(self) -> float | None:
        """The points earned: those of the criteria that hold; 0 without an essential property.

        None if the grade is held back, because the points depend on a property that did not run.
        """
        if not self.properties:
            return None
        least, most = self._least_and_most
        return added(least) if least == most else None

    @property
    def rubric(self) -> list[CriterionResult]:
        """The result of each criterion."""
        results: list[CriterionResult] = []
        if not self.criteria:
            return results
        most = shares(self.max_points, self.criteria)
        for criterion, max_points, low, high in zip(
            self.criteria, most, *self._least_and_most, strict=True
        ):
            needed = self._needed(criterion)
            outcome = merge(needed).outcome if needed else Outcome.NOT_RUN
            points = low if low == high else None
            results.append(CriterionResult(criterion, needed, outcome, points, max_points))
        return results

    @property
    def lost(self) -> tuple[str, ...]:
        """The names of the criteria that earned nothing."""
        return tuple(r.criterion.name for r in self.rubric if r.points == 0 != r.max_points)

    @property
    def broken(self) -> frozenset[str]:
        """The names of the properties that the named mistakes break."""
        return frozenset(name for diagnosis in self.diagnosis for name in diagnosis.breaks)

    @property
    def gates(self) -> tuple[PropertyResult, ...]:
        """The properties that failed and without which the item scores 0."""
        failed = (result for result in self.properties if result.outcome is Outcome.FAILED)
        return tuple(result for result in failed if result.essential or result.ended)

    @property
    def _least_and_most(self) -> tuple[list[float], list[float]]:
        """What each criterion earns if what did not run fails, and if it passes."""
        return self._earned({Outcome.PASSED}), self._earned({Outcome.PASSED, Outcome.NOT_RUN})

    def _needed(self, criterion: Criterion) -> tuple[PropertyResult, ...]:
        needed = [r for r in self.properties if r.criterion in ("", criterion.name)]
        return tuple(sorted(needed, key=lambda r: r.name not in self.broken))

    def _earned(self, passing: set[Outcome]) -> list[float]:
        """Return the points of each criterion if only properties with these outcomes pass.

        Without criteria, this is one number: the share of the properties that pass.
        """
        passed = [result for result in self.properties if result.outcome in passing]
        gated = any(r.essential or r.ended for r in self.properties if r.outcome not in passing)
        if not self.criteria:
            return [0.0 if gated else self._share(len(passed))]
        earned = {c.name for c in self.criteria if self._is_earned(c, passing)}
        if gated or not any(c.name in earned for c in self.criteria if not c.manners):
            earned = set()
        points = shares(self.max_points, self.criteria)
        return [
            share if criterion.name in earned else 0.0
            for criterion, share in zip(self.criteria, points, strict=True)
        ]

    def _is_earned(self, criterion: Criterion, passing: set[Outcome]) -> bool:
        """Return whether all properties of a criterion pass; without any, it was not judged."""
        needed = self._needed(criterion)
        if not needed:
            return Outcome.NOT_RUN in passing
        return all(result.outcome in passing for result in needed)

    def _share(self, passed: int) -> float:
        """Return the points for a number of properties, if all count the same."""
        if passed == len(self.properties):
            return rounded(self.max_points)
        # rounded down, so that a share is never the whole; exact, so that half of 0.58 is 0.29
        whole = 100 * Fraction(str(rounded(self.max_points)))
        return math.floor(whole * passed / len(self.properties)) / 100


def merge(cases: Iterable[PropertyResult]) -> PropertyResult:
    """Return the result of a property from those of its parametrised cases.

    This is the first case that failed, or else the first that did not run, or else the first.
    """
    results = list(cases)
    for outcome in (Outcome.FAILED, Outcome.NOT_RUN):
        for result in results:
            if result.outcome is outcome:
                return replace(
                    result,
                    essential=any(r.essential for r in results),
                    ended=any(r.ended for r in results),
                )
    return results[0]


def with_few_figures(results: Iterable[PropertyResult]) -> tuple[PropertyResult, ...]:
    """Return the results; only the few with the most figures keep theirs."""
    known = list(results)
    most = sorted(range(len(known)), key=lambda n: -len(known[n].figures))[:FIGURES]
    return tuple(
        result if n in most else replace(result, figures=()) for n, result in enumerate(known)
    )


class Score(NamedTuple):
    """The points of an item for one seed, and why some are lost."""

    points: float | None
    causes: tuple[str, ...]  # the properties that did not pass, with their messages

    @classmethod
    def of(cls, item: ItemResult) -> "Score":
        """Return the score of an item."""
        lost = (one for one in item.properties if one.outcome is not Outcome.PASSED)
        return cls(item.points, tuple(f"{one.name}: {one.message}" for one in lost))


class Examination(NamedTuple):
    """What the audit learns about a specimen."""

    items: list[ItemResult]
    facts: dict[str, Facts]  # by item
    faults: list[str]  # what broke on our side
