"""The outcome of each property, and the points of an item."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from autograder.results.figure import Figure
from autograder.results.points import rounded

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


@dataclass(frozen=True)
class ItemResult:
    """One item of a submission."""

    name: str
    max_points: float
    properties: tuple[PropertyResult, ...]
    diagnosis: tuple[Diagnosis, ...] = ()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ItemResult":
        """Return the result of data from `dataclasses.asdict`."""
        return cls(
            data["name"],
            data["max_points"],
            tuple(map(PropertyResult.from_dict, data["properties"])),
            tuple(Diagnosis(**diagnosis) for diagnosis in data["diagnosis"]),
        )

    @property
    def fails(self) -> tuple[str, ...]:
        """The names of the properties that failed."""
        return tuple(r.name for r in self.properties if r.outcome is Outcome.FAILED)

    @property
    def points(self) -> float | None:
        """The points earned: the share of properties that hold; 0 without an essential one.

        None if the grade is held back, because the points depend on a property that did not run.
        """
        if not self.properties:
            return None
        least = self._points({Outcome.PASSED})
        most = self._points({Outcome.PASSED, Outcome.NOT_RUN})
        return least if least == most else None

    def _points(self, holding: set[Outcome]) -> float:
        """Return the points if only the properties with these outcomes hold."""
        lost = [result for result in self.properties if result.outcome not in holding]
        if any(result.essential or result.ended for result in lost):
            return 0.0
        if not lost:
            return rounded(self.max_points)
        # rounded down, so that a share is never the whole; exact, so that half of 0.58 is 0.29
        passed = len(self.properties) - len(lost)
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


class Examination(NamedTuple):
    """What the audit learns about a specimen."""

    items: list[ItemResult]
    facts: dict[str, Facts]  # by item
    faults: list[str]  # what broke on our side
