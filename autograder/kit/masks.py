"""Checks that a random layer draws its masks by chance alone.

Each check first looks at one draw. If that looks unlikely, the check judges a new and larger draw,
by a test that rejects independent elements with a chance of at most `CHANCE`. So the bound does not
depend on the first look, and a right layer usually needs only one draw.

Masks are boolean arrays of shape (calls, rows, units), True where an element was dropped.
"""

import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, stats

from autograder.kit import expect
from autograder.kit.finding import (
    Finding,
    Mask,
    agreement,
    apart,
    compare,
    correlations,
    two_sided,
)
from autograder.kit.picture import PicturedError, mask_figure
from autograder.session.proxy import settled

CHANCE = 1e-9  # that one check rejects independent elements
SUSPICIOUS = 1e-2  # below this chance, a second draw decides
FEW = 30  # pairs: fewer are ignored
TRIES = 60  # forward passes until something is kept: 0.9**60 is 0.002
MORE = 4  # times as many calls in the second draw

Draw = Callable[[int], Mask]  # takes a number of calls


def of(output: object, shape: tuple[int, int], where: str) -> Mask:
    """Return the mask of an output: True where an element is zero, whatever the others are.

    Its scale, infinite numbers and lost axes of length 1 are judged elsewhere. If all elements are
    nan, all were dropped, and their scale is 0 / 0.
    """
    with suppress(ValueError):  # a list of arrays of several shapes
        values = np.asarray(settled(output))
        if values.dtype.kind in "fiub" and values.size == math.prod(shape):
            return _zeros(values.reshape(shape))
    return expect.array(output, shape, "output", where) == 0


def of_each(outputs: Iterable[object], shape: tuple[int, int], where: str) -> Mask:
    """Return the masks of several outputs."""
    outputs = [*outputs]
    # what nearly all layers return, at a tenth of the time
    if all(type(y) is np.ndarray and y.shape == shape and y.dtype.kind == "f" for y in outputs):
        return _zeros(np.array(outputs))
    return np.array([of(y, shape, where) for y in outputs])


def _zeros(values: NDArray[Any]) -> Mask:
    dropped: Mask = (values == 0) | np.isnan(values).all(axis=(-2, -1), keepdims=True)
    return dropped


def assert_by_chance(
    draw: Draw, calls: int, look: Callable[[Mask, Any], Finding], where: str
) -> None:
    """Check that what a look finds is due to chance.

    If the elements are independent, it fails with a chance of at most `CHANCE`.

    Parameters
    ----------
    draw : callable
        Draws the masks of a number of calls, independent of earlier draws.
    calls : int
        How many to look at first.
    look : callable
        Given masks and None, returns the most unusual finding; given that finding's `place`, judges
        only there, with a chance that is exact or too large.
    where : str
        What is tested, for the message.
    """
    first = look(draw(calls), None)
    if first.chance < SUSPICIOUS:
        dropped = draw(MORE * calls)
        judge(look(dropped, first.place), dropped, where)


def judge(finding: Finding, dropped: Mask, where: str) -> None:
    """Check that a finding in masks is due to chance: that its chance is not below `CHANCE`."""
    if finding.chance < CHANCE:
        figures = [
            mask_figure(dropped[n], f"mask of call {n + 1}", finding.focus)
            for n in finding.calls
            if dropped[n].size > 1
        ]
        raise PicturedError(f"{finding.text} [{where}]", figures)


def rate(p: float) -> Callable[[Mask, Any], Finding]:
    """Compare the share of dropped elements with `p`."""

    def look(dropped: Mask, _: Any) -> Finding:
        count, n = int(dropped.sum()), dropped.size
        return Finding(
            two_sided(stats.binom, count, n, p),
            f"{count} of {n} elements are dropped, {count / n:.2%}, but it should be about {p:.2%}",
        )

    return look


def groups(dropped: Mask, place: Any) -> Finding:
    """Look for a call, row, unit or element that is dropped more or less often than others."""
    axes = [(0,), (1,), (2,), (1, 2)]  # a group has one place along these
    if place is None:
        findings = []
        for along in axes:
            shares = dropped.mean(axis=tuple({0, 1, 2} - {*along}))
            if 1 < shares.size < dropped.size:
                # the deviations, in units that depend on the number of elements
                score = np.abs(shares - dropped.mean()) * np.sqrt(dropped.size / shares.size)
                worst = tuple(int(n) for n in np.unravel_index(score.argmax(), score.shape))
                finding = groups(dropped, (along, worst))
                findings.append(finding._replace(chance=finding.chance * shares.size * len(axes)))
        return min(findings, key=lambda finding: finding.chance)
    along, at = place
    numbers = dict(zip(along, at, strict=True))
    part = dropped[tuple(numbers.get(axis, slice(None)) for axis in range(3))]
    names = {(0,): "call", (1,): "row", (2,): "unit", (1, 2): "element"}
    name = f"{names[along]} {at[0] if len(at) == 1 else list(at)}"
    return compare(part, dropped, name, place)._replace(
        calls=(numbers.get(0, 0),), focus=(numbers.get(1, 0), numbers.get(2, 0))
    )


def values(h: NDArray[np.float64]) -> Callable[[Mask, Any], Finding]:
    """Look whether large or positive elements are dropped more or less often than others.

    `h`, of shape (rows, units), has the elements before anything is dropped.
    """
    halves = {
        "larger than the median": h > np.median(h),
        "of a size above the median": np.abs(h) > np.median(np.abs(h)),
    }

    def look(dropped: Mask, place: Any) -> Finding:
        findings = [
            compare(dropped[:, half], dropped, f"elements {name}", name)
            for name, half in halves.items()
            if place in (None, name)
        ]
        worst = min(findings, key=lambda finding: finding.chance)
        return worst._replace(chance=worst.chance * len(findings))

    return look


def pairs(dropped: Mask, place: Any) -> Finding:
    """Look for two elements that are dropped in the same calls, or in different calls."""
    flat = dropped.reshape(len(dropped), -1)
    if place is None:
        alike = np.abs(correlations(flat.T))
        place = np.unravel_index(int(alike.argmax()), alike.shape)
        tried = flat.shape[1] * (flat.shape[1] - 1) / 2
    else:
        tried = 1
    i, j = (int(n) for n in place)
    (row, unit), (other_row, other_unit) = (divmod(n, dropped.shape[2]) for n in (i, j))
    return agreement(
        flat[:, i],
        flat[:, j],
        f"the elements [{row}, {unit}] and [{other_row}, {other_unit}] of the output",
        (i, j),
        tried,
    )._replace(focus=(row, unit))


def neighbours(dropped: Mask, place: Any) -> Finding:
    """Look for a distance in rows and units at which elements are dropped together."""
    _, rows, units = dropped.shape
    if place is None:
        centred = dropped - dropped.mean()
        shape = (2 * rows, 2 * units)
        power = np.abs(fft.fft2(centred, shape, workers=1)) ** 2
        sums = fft.ifft2(power.sum(0)).real[:rows]  # by distance; units also backwards
        down = np.arange(rows)[:, None]
        right = (np.arange(2 * units) + units) % (2 * units) - units
        count = len(dropped) * (rows - down) * (units - np.abs(right))
        score = np.abs(sums) / np.sqrt(np.maximum(count, 1)) / max(float(centred.var()), 1e-9)
        score[(count < FEW) | ((down == 0) & (right <= 0))] = 0  # each pair once
        worst = np.unravel_index(int(score.argmax()), score.shape)
        place = int(worst[0]), int(right[worst[1]])
        rough = 2 * stats.norm.sf(float(score[worst])) * score.size
        return Finding(float(rough), "", place)
    a, b = apart(dropped, *place)
    text = f"elements that lie {place[0]} rows and {abs(place[1])} units apart"
    return agreement(a, b, text, place)


def counts(axes: tuple[int, ...], name: str) -> Callable[[Mask, Any], Finding]:
    """Look whether the numbers of dropped elements scatter as chance makes them.

    Parameters
    ----------
    axes : tuple of int
        The axes along which to count.
    name : str
        The part in which elements are counted, such as "a row".
    """

    def look(dropped: Mask, _: Any) -> Finding:
        n = int(np.prod([dropped.shape[axis] for axis in axes]))
        found = dropped.sum(axis=axes).ravel()
        share = found.mean() / n
        if share in (0, 1):
            return Finding(1.0, "")  # all or nothing is dropped
        # close to chi-squared; for rates between 0.3 and 0.7 the binomial has lighter tails, so the
        # chance is never too small
        chi2 = float(((found - n * share) ** 2).sum() / (n * share * (1 - share)))
        freedom = found.size - 1
        even = stats.chi2.cdf(chi2, freedom) < stats.chi2.sf(chi2, freedom)
        return Finding(
            two_sided(stats.chi2, chi2, freedom),
            f"the number of dropped elements in {name} is far {'less' if even else 'more'} "
            f"scattered than chance makes it: {_range(found)} of {n}",
        )

    return look


def _range(found: NDArray[np.int_]) -> str:
    low, high = int(found.min()), int(found.max())
    return f"always {low}" if low == high else f"{low} to {high}"
