"""Whether what is kept has the right size, and if not, which mistake explains it."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from layers.array import FloatArray
from visible_checks.case import BIAS, WEIGHTS, P, given, shown
from visible_checks.failure import TOLERANCE, CheckFailed, same

KEPT = 1 / (1 - P)


def expect_scaled(y: FloatArray, h: FloatArray, x: FloatArray, where: str) -> None:
    """Raise CheckFailed unless each element of y is 0 or h / (1 - p), where h is layer(x)."""
    wrong = ~((y == 0) | np.isclose(y, h * KEPT, rtol=TOLERANCE))
    for row in np.flatnonzero(wrong.any(axis=1))[:1]:  # the first one says enough
        found = f"y={shown(y[row])} where layer(x)={shown(h[row])}"
        expected = f"each element should be 0 or layer(x) / (1 - p), here {shown(h[row] * KEPT)}"
        hint = _same_as_layer(y, h) or _common_factor(y, h) or _another_place(y, x)
        case = given(x=x[row], weights=WEIGHTS, bias=BIAS)
        raise CheckFailed(f"{where}: {found}, but {expected}{hint} ({case})")


def kept_factors(y: FloatArray, h: FloatArray) -> list[float]:
    """Return the different values of y / h where y is not zero."""
    return [float(factor) for factor in np.unique((y / h)[y != 0].round(6))]


def _same_as_layer(y: FloatArray, h: FloatArray) -> str:
    return ": nothing is dropped and nothing scaled" if same(y, h) else ""


def _common_factor(y: FloatArray, h: FloatArray) -> str:
    """Return where the factors of all elements come from, if one mistake explains them."""
    factors = kept_factors(y, h)
    if np.shape(factors) == (2,) and np.allclose(factors, [-P, 1 - P]):
        return ": that is mask / 1 - p without parentheses, but should be mask / (1 - p)"
    if len(factors) != 1:
        return ""
    known = {
        1.0: "the kept elements are not scaled",
        1 - P: "the kept elements are multiplied by 1 - p, but should be divided by it",
        1 / P: "the kept elements are divided by p, but should be by 1 - p",
        P: "the kept elements are multiplied by p, but should be divided by 1 - p",
        KEPT**2: "the kept elements are divided by 1 - p twice",
        2.0: "the kept elements are doubled, which is right for p=0.5 only",
    }
    if 0 < (share := float(np.mean(y != 0))) < 1:
        known[1 / share] = "the kept elements are divided by the share kept this time, not by 1 - p"
    words = next((text for value, text in known.items() if np.isclose(factors[0], value)), "")
    return f": {words or f'the kept elements are {factors[0]:.5g} times layer(x)'}"


def _another_place(y: FloatArray, x: FloatArray) -> str:
    """Return where else than on layer(x) a mask explains all of the output."""
    products = x[:, :, None] * WEIGHTS  # (rows, in, out): layer(x) is their sum plus the bias
    whole = products.sum(axis=1)
    coins = np.array(list(product((0.0, 1.0), repeat=len(WEIGHTS))))
    subsets = np.einsum("ci,rio->cro", coins, products)  # what each subset of the inputs adds up to
    fits = {
        "y is the mask itself: multiply it by layer(x)": [np.zeros_like(y), np.ones_like(y)],
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
    if all(any(same(y[row], answer[row]) for answer in masked) for row in range(len(y))):
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
