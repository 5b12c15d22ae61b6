"""Item analysis: the distribution of points, the difficulty and the discrimination of items."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 10  # submissions: a correlation over fewer says nothing
LOW = 0.2  # a correlation below it (Ebel and Frisbie's "poor")
BINS = 12  # of a histogram, about
DIGITS = 9  # decimals: further ones depend on the order of summation
STEPS = (1, 2, 2.5, 5, 10)  # what the width of a bin may begin with


@dataclass(frozen=True)
class Distribution:
    """The distribution of a class's points.

    Parameters
    ----------
    n : int
    mean, median : float or None
        None without any.
    deviation : float or None
        The sample's standard deviation (n - 1); None below two.
    full : int
        How many have all points, or more.
    edges : tuple of float
        Of the histogram's bins, one more than there are bins.
    counts : tuple of int
        In each bin; a bin holds its lower edge, the last one its upper edge as well.
    """

    n: int
    mean: float | None
    median: float | None
    deviation: float | None
    full: int
    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, points: Sequence[float], maximum: float) -> "Distribution":
        """Return the distribution of some points; extra credit may exceed `maximum`."""
        binned = [round(p, DIGITS) for p in points]
        edges = _edges(min([0.0, *binned]), max([0.0, maximum, *binned]))
        counts, _ = np.histogram(binned, edges)
        return cls(
            n=len(points),
            mean=statistics.fmean(points) if points else None,
            median=statistics.median(points) if points else None,
            deviation=statistics.stdev(points) if len(points) > 1 else None,
            full=sum(p >= maximum for p in points),
            edges=edges,
            counts=tuple(map(int, counts)),
        )


@dataclass(frozen=True)
class Discrimination:
    """A correlation, or why there is none.

    Parameters
    ----------
    value : float or None
        From -1 to 1.
    reason : str
        Why it is not defined; empty if it is.
    """

    value: float | None
    reason: str = ""

    @property
    def meaning(self) -> str:
        """The value, or its lack, in words."""
        if self.value is None:
            return self.reason
        if self.value < 0:
            return (
                "students who do well here do worse elsewhere: look for a fault in the suite or in "
                "the question"
            )
        if self.value < LOW:
            return (
                "points here say little about points elsewhere: the item tests something else, "
                "nearly all have the same points, or its suite is at fault"
            )
        return "students who do well here tend to do well elsewhere"


def discrimination(x: Sequence[float], rest: Sequence[float]) -> Discrimination:
    """Return Pearson's correlation of an item with the sum of all others.

    This is the corrected item-total correlation: the total excludes the item, which would correlate
    with itself. For an item that is only right or wrong it is the point-biserial correlation,
    (M1 - M0) / s * sqrt(q (1 - q)), where M1 and M0 are the mean rest of the right and the wrong, s
    is the rest's standard deviation (n), and q is the share of the right.

    Parameters
    ----------
    x : sequence of float, length n
        Each submission's points in the item.
    rest : sequence of float, length n
        Its points in all other items.

    Returns
    -------
    discrimination : Discrimination
        Without a value for fewer than 10 submissions, or if all have the same.

    References
    ----------
    Nunnally and Bernstein, Psychometric Theory, 3rd edition (1994), chapter 8.
    Ebel and Frisbie, Essentials of Educational Measurement, 5th edition (1991), chapter 13, whose
    bound for a poor item, 0.20, is used for words only.
    """
    if len(x) < FEWEST:
        return Discrimination(None, f"not defined: fewer than {FEWEST} submissions")
    centred = [_centred(np.round(np.asarray(values, float), DIGITS)) for values in (x, rest)]
    for values, whose in zip(centred, ("in it", "in all other items"), strict=True):
        if not values.any():
            return Discrimination(None, f"not defined: all have the same {whose}")
    a, b = centred
    r = float(a @ b) / math.sqrt(float(a @ a) * float(b @ b))
    return Discrimination(min(1.0, max(-1.0, r)))


@dataclass(frozen=True)
class ItemAnalysis:
    """One item's analysis.

    Parameters
    ----------
    name : str
    maximum : float
        The most points, without extra credit.
    distribution : Distribution
    facility : float or None
        The share of its points that the class has, from 0 (hard) to 1 (easy); None if ungraded.
    discrimination : Discrimination
    """

    name: str
    maximum: float
    distribution: Distribution
    facility: float | None
    discrimination: Discrimination


def analyse(
    names: Sequence[str], maxima: Sequence[float], points: Sequence[Sequence[float]]
) -> list[ItemAnalysis]:
    """Return the analysis of each item.

    Parameters
    ----------
    names : sequence of str, length k
    maxima : sequence of float, length k
    points : sequence of sequences of float, shape (n, k)
        A row for each submission.
    """
    analyses = []
    for number, (name, maximum) in enumerate(zip(names, maxima, strict=True)):
        own = [row[number] for row in points]
        rest = [sum(row[:number]) + sum(row[number + 1 :]) for row in points]
        distribution = Distribution.of(own, maximum)
        is_rated = distribution.mean is not None and maximum > 0
        analyses.append(
            ItemAnalysis(
                name,
                maximum,
                distribution,
                distribution.mean / maximum if is_rated and distribution.mean is not None else None,
                discrimination(own, rest)
                if len(names) > 1
                else Discrimination(None, "not defined: there is no other item"),
            )
        )
    return analyses


def _centred(values: np.ndarray) -> np.ndarray:
    # exactly 0 where all are the same, whatever their mean is rounded to
    return np.zeros_like(values) if np.ptp(values) == 0 else values - values.mean()


def _edges(low: float, high: float) -> tuple[float, ...]:
    """Return about a dozen round edges that enclose a range and include 0."""
    if high <= low:
        return (0.0, 1.0)
    rough = (high - low) / BINS
    unit = 10 ** math.floor(math.log10(rough))
    width = next(step * unit for step in STEPS if step * unit >= rough * (1 - 1e-9))
    first, last = math.floor(low / width + 1e-9), math.ceil(high / width - 1e-9)
    return tuple(round(number * width, DIGITS + 3) for number in range(first, last + 1))
