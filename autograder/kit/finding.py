"""Findings about masks, and how likely they are by chance."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Mask = NDArray[np.bool_]


class Finding(NamedTuple):
    """What was found, where, and the chance of something as unusual.

    `place` is where to look again, `calls` are the calls whose masks show it, and `focus` is a row
    and a unit that show it.
    """

    chance: float
    text: str
    place: Any = None
    calls: tuple[int, ...] = (0,)
    focus: tuple[int, int] = (0, 0)


def two_sided(law: Any, value: float, *parameters: float) -> float:
    """Return the two-sided chance of a value at least as extreme as this one.

    Parameters
    ----------
    law : scipy.stats distribution
        Without its parameters: making a distribution with them is slow.
    value : int or float
        An int for a discrete distribution.
    *parameters : int or float
    """
    below = float(law.cdf(value, *parameters))
    whole = isinstance(value, int)
    above = float(law.sf(value - 1 if whole else value, *parameters))
    return min(1.0, 2 * min(below, above))


def compare(part: Mask, whole: Mask, name: str, place: Any) -> Finding:
    """Compare a part with the whole by Fisher's exact test, which does not need the rate."""
    count = int(part.sum())
    rest = (int(whole.sum()) - count) / max(whole.size - part.size, 1)
    text = f"{name}: {count / part.size:.1%} dropped, against {rest:.1%} of the others"
    chance = two_sided(stats.hypergeom, count, whole.size, int(whole.sum()), part.size)
    return Finding(chance, text, place)


def agreement(a: Mask, b: Mask, name: str, place: Any, tried: float = 1) -> Finding:
    """Test by Fisher's exact test whether two masks of equal size are independent."""
    both = int((a & b).sum())
    usual = float(a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean()))
    text = (
        f"{name} are dropped or kept alike in {(a == b).mean():.0%} of the cases, where chance "
        f"makes it about {usual:.0%}"
    )
    chance = two_sided(stats.hypergeom, both, a.size, int(a.sum()), int(b.sum()))
    return Finding(chance * tried, text, place)


def symmetric(differences: NDArray[np.float64]) -> float:
    """Return a bound on the chance of differences as one-sided as these, if each has either sign.

    The sum of independent numbers that are as likely positive as negative exceeds z times the root
    of the sum of their squares with a chance of at most exp(-z ** 2 / 2), however the numbers are
    distributed (Efron, Journal of the American Statistical Association 64, 1969).
    """
    differences = np.nan_to_num(differences)
    largest = float(np.abs(differences).max(initial=0.0))
    if not largest:
        return 1.0
    differences = differences / largest  # the square of a number from a submission may overflow
    size = float((differences**2).sum())
    return min(1.0, 2 * math.exp(-(float(differences.sum()) ** 2) / (2 * size)))


def correlations(rows: Mask) -> NDArray[np.float64]:
    """Return the correlation of each pair of rows, once; 0 if a row is constant."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1))
    size[size == 0] = np.inf
    correlations: NDArray[np.float64] = np.triu((centred @ centred.T) / np.outer(size, size), 1)
    return correlations


def apart(dropped: Mask, down: int, right: int) -> tuple[Mask, Mask]:
    """Return pairs of elements at a distance as two arrays; each element is in at most one pair."""
    if right < 0:
        dropped, right = dropped[:, :, ::-1], -right
    first = list(blocks(dropped.shape[1 if down else 2], down or right))
    if down:
        upper = dropped[:, first, :][:, :, : dropped.shape[2] - right]
        lower = dropped[:, [n + down for n in first], :][:, :, right:]
        return upper.ravel(), lower.ravel()
    return dropped[:, :, first].ravel(), dropped[:, :, [n + right for n in first]].ravel()


def blocks(length: int, distance: int) -> Iterator[int]:
    """Yield the first places of pairs at a distance, block by block; no place is in two pairs."""
    for start in range(0, length, 2 * distance):
        yield from range(start, min(start + distance, length - distance))
