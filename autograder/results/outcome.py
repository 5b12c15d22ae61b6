"""What became of each property, and the points that follow from it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from autograder.results.figure import Figure
from autograder.results.points import rounded

Facts = dict[str, str]  # what an item's observations have seen, by the observation's name
FIGURES = 2  # properties of an item that have them, at most: the others would show much the same


class Outcome(StrEnum):
    """The outcome of a property."""

    PASSED = "passed"
    FAILED = "failed"  # by the student's code
    NOT_RUN = "not run"  # by our fault: it holds the item's grade back


@dataclass(frozen=True)
class PropertyResult:
    """One property of an item, as one submission fared.

    Parameters
    ----------
    name : str
        The name of the test.
    sentence : str
        Its docstring's first paragraph: the property, in the student's words.
    outcome : Outcome
    message : str
        Why it failed, in the student's terms; for NOT_RUN, what broke, in the operator's.
    essential : bool
        Whether the whole item is worth nothing without it.
    ended : bool
        Whether the student's code had ended its process by then, or had to be ended: then the
        whole item is worth nothing, too.
    figures : tuple of Figure
        What the student's code returned where it failed.
    """

    name: str
    sentence: str
    outcome: Outcome
    message: str = ""
    essential: bool = False
    ended: bool = False
    figures: tuple[Figure, ...] = ()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "PropertyResult":
        """Return the result that `dataclasses.asdict` made the data of."""
        figures = tuple(map(Figure.from_dict, data.get("figures", ())))  # earlier ones had none
        return cls(**{**data, "outcome": Outcome(data["outcome"]), "figures": figures})


@dataclass(frozen=True)
class Diagnosis:
    """A known mistake that a submission's item behaves like.

    Parameters
    ----------
    mistake : str
        The mutant's name.
    advice : str
        What to tell the student.
    """

    mistake: str
    advice: str


@dataclass(frozen=True)
class ItemResult:
    """One item of a submission."""

    name: str
    max_points: float
    properties: tuple[PropertyResult, ...]
    diagnosis: tuple[Diagnosis, ...] = ()

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ItemResult":
        """Return the result that `dataclasses.asdict` made the data of."""
        return cls(
            data["name"],
            data["max_points"],
            tuple(map(PropertyResult.from_dict, data["properties"])),
            tuple(Diagnosis(**diagnosis) for diagnosis in data["diagnosis"]),
        )

    @property
    def fails(self) -> tuple[str, ...]:
        """The names of the properties that do not hold."""
        return tuple(r.name for r in self.properties if r.outcome is Outcome.FAILED)

    @property
    def points(self) -> float | None:
        """The points earned: the share of properties that hold, none without an essential one.

        None if the grade is held back: some property did not run, and the points depend on it.
        """
        if not self.properties:
            return None
        least = self._points({Outcome.PASSED})
        most = self._points({Outcome.PASSED, Outcome.NOT_RUN})
        return least if least == most else None

    def _points(self, holding: set[Outcome]) -> float:
        """Return the points if the properties with these outcomes hold, and no others."""
        lost = [result for result in self.properties if result.outcome not in holding]
        if any(result.essential or result.ended for result in lost):
            return 0.0
        if not lost:
            return rounded(self.max_points)
        # rounded down, so that a share is never rounded up to the whole; exact, so that half of
        # 0.58 is 0.29
        passed = len(self.properties) - len(lost)
        whole = 100 * Fraction(str(rounded(self.max_points)))
        return math.floor(whole * passed / len(self.properties)) / 100


def merge(cases: Iterable[PropertyResult]) -> PropertyResult:
    """Return the result of a property from the results of its parametrised cases.

    The first case that failed decides, then the first that did not run.
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
    """Return the results with the figures of few of them: those that show most, then the first."""
    known = list(results)
    most = sorted(range(len(known)), key=lambda n: -len(known[n].figures))[:FIGURES]
    return tuple(
        result if n in most else replace(result, figures=()) for n, result in enumerate(known)
    )


class Examination(NamedTuple):
    """What the audit learns of a specimen.

    Parameters
    ----------
    items : list of ItemResult
    facts : dict of str to Facts
        What it does, by item.
    faults : list of str
        What broke on our side.
    """

    items: list[ItemResult]
    facts: dict[str, Facts]
    faults: list[str]
