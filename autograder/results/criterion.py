"""The criteria of an item: what its points are for."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from autograder.results.points import DIGITS, added, rounded


@dataclass(frozen=True)
class Criterion:
    """A part of an item's points, which a student earns wholly or not at all."""

    name: str  # by which suites and mutants refer to it
    sentence: str  # what earns the points, for students
    weight: int  # its share of the item's points, beside the weights of the others
    # whether it counts only if the item earns a criterion without manners, so that a layer that
    # does nothing useful earns nothing for changing no argument
    manners: bool = False


@lru_cache(maxsize=256)  # an item's shares are the same for a whole class
def shares(points: float, criteria: tuple[Criterion, ...]) -> tuple[float, ...]:
    """Return the points of each criterion, as decimals whose sum is exactly the item's points.

    Parameters
    ----------
    points : float
        The item's points.
    criteria : tuple of Criterion

    Returns
    -------
    shares : tuple of float
        points * weight / sum of weights, rounded to 6 decimal places.
    """
    whole = sum(criterion.weight for criterion in criteria)
    exact = Fraction(str(rounded(points)))
    weight, found, given = 0, [], 0.0
    for criterion in criteria:
        weight += criterion.weight
        up_to_here = float(round(exact * weight / whole, DIGITS))  # so no rounding is lost
        found.append(added((up_to_here, -given)))
        given = up_to_here
    return tuple(found)
