"""Whether what is kept has the right size, and if not, which mistake explains it."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from layers.array import FloatArray
from visible_checks.case import BIAS, WEIGHTS, P, given, shown
from visible_checks.failure import TOLERANCE, CheckFailed, same

KEPT = 1 / (1 - P)


def expect_scaled(calls: Sequence[FloatArray], h: FloatArray, x: FloatArray, where: str) -> None:
    """Raise CheckFailed unless each element of each y is 0 or h / (1 - p), where h is layer(x).

    Several calls with the same x, since one alone may fit a mistake that was not made.
    """
    for y in calls:
        wrong = ~((y == 0) | np.isclose(y, h * KEPT, rtol=TOLERANCE))
        for row in np.flatnonzero(wrong.any(axis=1))[:1]:  # the first one says enough
            found = f"y={shown(y[row])} where layer(x)={shown(h[row])}"
            contract = "each element should be 0 or layer(x) / (1 - p)"
            hint = _not_a_number(calls) or _same_as_layer(calls, h) or _common_factor(calls, h)
            hint = hint or _another_place(calls, x) or _noise(calls, h)
            case = given(x=x[row], weights=WEIGHTS, bias=BIAS)
            raise CheckFailed(
                f"{where}: {found}, but {contract}, here {shown(h[row] * KEPT)}{hint} ({case})"
            )


def kept_factors(y: FloatArray, h: FloatArray) -> list[float]:
    """Return the different values of y / h where y is not zero."""
    return [float(factor) for factor in np.unique((y / h)[y != 0].round(6))]


def _not_a_number(calls: Sequence[FloatArray]) -> str:
    is_number = np.isfinite(calls).all()
    return "" if is_number else ": a dropped element is 0, and each other one a finite number"


def _noise(calls: Sequence[FloatArray], h: FloatArray) -> str:
    """Return that the elements have as many factors as elements, if they have."""
    y = np.stack(calls)
    if len(kept_factors(y, h)) < y.size / 2:
        return ""
    return (
        ": each element has a factor of its own, but a mask has two values: "
        "compare the random numbers with p"
    )


def _same_as_layer(calls: Sequence[FloatArray], h: FloatArray) -> str:
    same_each_time = all(same(y, h) for y in calls)
    return ": nothing is dropped and nothing scaled" if same_each_time else ""


def _common_factor(calls: Sequence[FloatArray], h: FloatArray) -> str:
    """Return where the factors of all elements come from, if one mistake explains them."""
    if all(_is_divided_by_share(y, h) for y in calls):
        return ": the kept elements are divided by the share kept this time, not by 1 - p"
    factors = kept_factors(np.stack(calls), h)
    if np.shape(factors) == (2,) and np.allclose(factors, [-P, 1 - P]):
        return ": that is mask / 1 - p without parentheses, but should be mask / (1 - p)"
    if len(factors) != 1:
        return ""
    known = {
        1.0: "the kept elements are not scaled: 1 / (1 - p) belongs on them, with / and not //",
        1 - P: "the kept elements are multiplied by 1 - p, but should be divided by it",
        1 / P: "the kept elements are divided by p, but should be by 1 - p",
        P: "the kept elements are multiplied by p, but should be divided by 1 - p",
        KEPT**2: "the kept elements are divided by 1 - p twice",
        KEPT**0.5: "the kept elements are divided by the root of 1 - p, but should be by 1 - p",
        2.0: "the kept elements are doubled, which is right for p=0.5 only",
    }
    words = next((text for value, text in known.items() if np.isclose(factors[0], value)), "")
    return f": {words or f'the kept elements are {factors[0]:.5g} times layer(x)'}"


def _is_divided_by_share(y: FloatArray, h: FloatArray) -> bool:
    """Return whether each element of y is 0, or h divided by the share that is not 0."""
    share = max(float(np.mean(y != 0)), 1 / y.size)  # a call may drop all
    return same(y, (y != 0) * h / share)


def _another_place(calls: Sequence[FloatArray], x: FloatArray) -> str:
    """Return where else than on layer(x) a mask explains all outputs."""
    y, x = np.concatenate(calls), np.tile(x, (len(calls), 1))
    products = x[:, :, None] * WEIGHTS  # (rows, in, out): layer(x) is their sum plus the bias
    whole = products.sum(axis=1)
    coins = np.array(list(product((0.0, 1.0), repeat=len(WEIGHTS))))
    subsets = np.einsum("ci,rio->cro", coins, products)  # what each subset of the inputs adds up to
    fits = {
        "y is the mask itself: multiply it by layer(x)": [np.zeros_like(y), np.ones_like(y)],
        "that is ... / 1 - p without parentheses, but should be ... / (1 - p)": [
            np.zeros_like(y) - P,
            whole + BIAS - P,
        ],
        "the bias is missing": [np.zeros_like(y), whole],
        "the bias is not scaled": [np.zeros_like(y), whole + BIAS / KEPT],
        "x @ weights is masked without the bias, but the mask belongs on layer(x)": [
            np.zeros_like(y) + BIAS / scale for scale in (1, KEPT)
        ]
        + [whole + BIAS / scale for scale in (1, KEPT)],
    }
    for text, answers in fits.items():
        if _explained(y, [answer * scale for answer in answers for scale in (1, KEPT)]).all():
            return f": {text}"
    masked = [subset * scale + BIAS for subset in subsets for scale in (1, KEPT)]
    if np.isclose(y, masked, rtol=TOLERANCE).all(axis=2).any(axis=0).all():
        return ": x is masked here, but the mask belongs on layer(x)"
    if _explained(y, masked).all():
        return ": the weights are masked here, but the mask belongs on layer(x)"
    return ""


def _explained(y: FloatArray, answers: list[FloatArray]) -> NDArray[np.bool_]:
    """Return for each element whether it equals that of one of several answers."""
    explained: NDArray[np.bool_] = np.any(
        [np.isclose(y, answer, rtol=TOLERANCE) for answer in answers], axis=0
    )
    return explained
