"""Whether a mask was drawn with one coin for each element, and with the right probability."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from visible_checks.case import H, X, shown
from visible_checks.failure import CheckFailed

TOLERANCE = 0.03  # of a share among 36 000 elements: more than 11 standard deviations
JUMP = 0.1  # of the share from one call of 3000 elements to another: 10 standard deviations
HINTED = 0.01  # how near a share is to one that a mistake explains
OWN_COINS = "each element needs a coin of its own, so draw as many numbers as layer(x) has elements"


def expect_coins(
    dropped: Sequence[NDArray[np.bool_]], p: float, where: str, other_p: float
) -> None:
    """Raise CheckFailed unless each element was dropped with probability p, by itself.

    Parameters
    ----------
    dropped : sequence of ndarray
        What each of several calls dropped, in the order of the calls: rows of 3 elements.
    p : float
    where : str
        The call.
    other_p : float
        The rate of a layer that was made later.
    """
    every = np.concatenate(dropped)
    if every.any() and not every.all():
        _expect_own_coins(dropped, every, where)
    share = float(every.mean())
    if abs(share - p) > TOLERANCE:
        found = f"{share:.2f} of the elements of y are dropped in {len(dropped)} calls"
        hint = _drift([float(each.mean()) for each in dropped]) or _never(every)
        hint = hint or _rate(share, p, other_p)
        rows = f"x has the rows {shown(X)}, {len(dropped[0]) // len(X)} times each"
        raise CheckFailed(f"{where}: {found}, but should be about p={p:g}{hint} ({rows})")


def _rate(share: float, p: float, other_p: float) -> str:
    """Return which mistake explains a share, if there is one."""
    hints = {
        1 - p: ": that is 1 - p, but p is the probability of ZEROING an element",
        1 - (1 - p) ** 2: ": that is 1 - (1 - p) ** 2, so is a second mask applied?",
        0.5: ": that is a half, so is p in use at all?",
        p / (1 - p): ": that is p / (1 - p): the comparison needs parentheses of its own",
        NormalDist().cdf(p): (
            ": np.random.randn lies below p that often: use np.random.rand, which is uniform"
        ),
        other_p: ": that is the p of a layer made later, so keep p as self.p",
    }
    return next((text for value, text in hints.items() if abs(share - value) < HINTED), "")


def _drift(shares: list[float]) -> str:
    """Return that the shares of the calls rise, fall or jump, if they do."""
    steady = np.polyfit(range(len(shares)), shares, 1)[0] * len(shares)
    if abs(steady) < 2 * TOLERANCE or np.std(shares) > abs(steady):
        low, high = min(shares), max(shares)
        jumps = high - low > JUMP
        words = f": {low:.2f} in one call and {high:.2f} in another: does __call__ change self.p?"
        return words if jumps else ""
    return (
        f": {shares[0]:.2f} in the first call and {shares[-1]:.2f} in the last, so something is "
        "kept from one call to the next"
    )


def _never(every: NDArray[np.bool_]) -> str:
    """Return which columns are never dropped, if only they explain a wrong share."""
    columns = np.flatnonzero(~every.any(axis=0))
    if len(columns) in (0, every.shape[1]):
        return ""
    return f": in {_listed(columns)}, no element is ever dropped"


def _listed(columns: NDArray[np.intp]) -> str:
    """Return columns in words, as in "columns 0 and 2"."""
    numbers = " and ".join(str(column) for column in columns)
    return f"column {numbers}" if len(columns) == 1 else f"columns {numbers}"


def _expect_own_coins(
    dropped: Sequence[NDArray[np.bool_]], every: NDArray[np.bool_], where: str
) -> None:
    """Raise CheckFailed if one coin was tossed for several elements, or if the counts are fixed."""
    rows, calls = len(dropped[0]), len(dropped)
    if all((each == dropped[0]).all() for each in dropped):
        way = "draw it within __call__, and without a seed"
        tiles = dropped[0].reshape(-1, *H.shape)  # x has the same rows in each
        if (tiles == tiles[0]).all() and (tiles[0] != tiles[0, 0]).any():
            way = "equal rows of x always have the same mask, so compare random numbers with p"
        raise CheckFailed(
            f"{where}: the same {np.sum(dropped[0])} of {dropped[0].size} elements are dropped in "
            f"each of {calls} calls, but each training call should draw a new mask: {way}"
        )
    found = ""
    if all((each == each[0, 0]).all() for each in dropped):
        found = "all elements of y are dropped or kept together"
    elif all((each == each[0]).all() for each in dropped):
        mixed = next(each[0] for each in dropped if each[0].any() and not each[0].all())
        columns = np.flatnonzero(mixed)
        found = f"{_listed(columns)} of y {'is' if len(columns) == 1 else 'are'} dropped in all "
        found += f"{rows} rows of a call, as if by one coin for each column"
    elif (every == every[:, :1]).all():
        found = f"each of the {rows} rows of y is dropped or kept as a whole, as if by one coin "
        found += "for each row"
    elif len(counts := np.unique(every.sum(axis=1))) == 1:
        found = f"the number of dropped elements is {counts[0]} in each row of y, but should vary"
    elif len(counts := np.unique([each.sum() for each in dropped])) == 1:
        found = f"the number of dropped elements is {counts[0]} of {dropped[0].size} in each of "
        found += f"{calls} calls, but should vary"
    if found:
        raise CheckFailed(f"{where}: {found}: {OWN_COINS}")
