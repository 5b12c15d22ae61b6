"""What does not agree in an assignment, with the remedy, and how several are told in one line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHOWN = 4  # of many alike


@dataclass(frozen=True)
class Disagreement:
    """Something that must be put right before anything is graded.

    Parameters
    ----------
    fact : str
        What must hold, and what was found.
    remedy : str
        What to do, as an instruction.
    """

    fact: str
    remedy: str


def as_one_line(found: Sequence[Disagreement]) -> str:
    """Return all facts, and then what to do, each step once and in order."""
    facts = dict.fromkeys(one.fact for one in found)
    remedies = dict.fromkeys(one.remedy for one in found)
    return " ".join(f"{some([*facts], '; ')}: {', then '.join(remedies)}".split())


def some(texts: Iterable[str], between: str = ", ") -> str:
    """Return the first few texts of many, and how many more there are."""
    every = [*texts]
    more = len(every) - SHOWN
    return between.join(every[:SHOWN]) + (f"{between}and {more} more" if more > 0 else "")
