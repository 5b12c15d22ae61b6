"""A disagreement within an assignment, with its remedy, and several of them in one line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHOWN = 4  # of many facts


@dataclass(frozen=True)
class Disagreement:
    """A fault to correct before grading: what must hold, what was found, and what to do."""

    fact: str
    remedy: str


def as_one_line(found: Sequence[Disagreement]) -> str:
    """Return one line: first all facts, then all remedies, each of them once."""
    facts = dict.fromkeys(one.fact for one in found)
    remedies = dict.fromkeys(one.remedy for one in found)
    return " ".join(f"{some([*facts], '; ')}: {', then '.join(remedies)}".split())


def some(texts: Iterable[str], between: str = ", ") -> str:
    """Return the first few texts of many, and how many more there are."""
    every = [*texts]
    more = len(every) - SHOWN
    return between.join(every[:SHOWN]) + (f"{between}and {more} more" if more > 0 else "")
