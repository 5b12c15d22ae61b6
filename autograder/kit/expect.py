"""Checks of a student's answers, with messages for the student.

For any wrong answer, each function raises an AssertionError of one sentence, and nothing else. So a
suite that passes every answer through one of them cannot break by itself.

A number from a submission may be judged, but never used to judge. So a suite passes copies and
computes what it expects from the originals. If it needs an answer to judge another one, such as the
mask in an output, it checks that answer first: `comparable` does this for parameters, and
`masks.of` for masks.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.kit.picture import PicturedError, figures_of
from autograder.results.figure import Figure
from autograder.session.proxy import Proxy, kind_of, settled
from autograder.text.wording import one_line

# relative to the largest expected number: float32 arithmetic inside a layer stays below this, and
# no mistake does
TOLERANCE = 1e-5
FARTHEST = 100.0  # the largest ratio between a reported array and the one that was set
FEW = 6  # numbers that can be read at a glance
SMALLEST = 1e-12  # counts as the largest element if all are zero


def array(value: object, shape: tuple[int, ...], name: str, where: str) -> NDArray[np.float64]:
    """Return `value` if it is an array of finite numbers of that shape.

    Parameters
    ----------
    value : object
        A student's answer.
    shape : tuple of int
    name : str
        The name of the answer, such as "grad_input".
    where : str
        The call that returned it, such as "Dropout(p=0.5).backward".
    """
    value = settled(value)
    if not isinstance(value, np.ndarray):
        raise AssertionError(
            f"{name} is {_article(value)}, but should be a NumPy array of shape {shape} [{where}]"
        )
    if value.shape != shape:
        raise AssertionError(f"{name}.shape={value.shape}, but should be {shape} [{where}]")
    if value.dtype.kind not in "fiub":
        raise AssertionError(f"{name}.dtype={value.dtype}, but should be float64 [{where}]")
    with np.errstate(over="ignore"):  # a longdouble may be larger than any float64
        values = value.astype(np.float64)
    odd = ~np.isfinite(values)
    if odd.any():
        raise PicturedError(
            f"{name} has {int(odd.sum())} of {value.size} elements that are nan or infinite "
            f"[{where}]",
            figures_of(value, odd, name, "nan or infinite"),
        )
    return values


def float64(value: object, name: str, where: str) -> None:
    """Check that an array has float64 numbers; `array` checks that it is an array."""
    value = settled(value)
    if isinstance(value, np.ndarray) and value.dtype != np.float64:
        raise AssertionError(f"{name}.dtype={value.dtype}, but should be float64 [{where}]")


def number(value: object, name: str, where: str) -> float:
    """Return `value` if it is one finite number."""
    value = settled(value)
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "fiu":
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise AssertionError(f"{name} is {_article(value)}, but should be a number [{where}]")
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise AssertionError(f"{name}={result}, but should be finite [{where}]")
    return result


def entry(
    mapping: object, key: str, shape: tuple[int, ...], where: str, name: str = "grads"
) -> NDArray[np.float64]:
    """Return the array under a key of a dictionary such as `grads`."""
    mapping = settled(mapping)
    if not isinstance(mapping, dict):
        raise AssertionError(f"{name} is {_article(mapping)}, but should be a dictionary [{where}]")
    if key not in mapping:
        keys = ", ".join(f'"{one_line(str(other)):.20}"' for other in [*mapping][:4]) or "nothing"
        raise AssertionError(f'{name} has no entry "{key}" [{where}; there is {keys}]')
    return array(mapping[key], shape, f'{name}["{key}"]', where)


def comparable(
    reported: NDArray[np.float64], asked: NDArray[np.float64], name: str, where: str
) -> None:
    """Check that the numbers in an array that a submission reports are about as large as those set.

    A layer that changes its weights in the forward pass loses points for that only once: its
    backward pass is judged with the changed weights. But weights of 1e30 would hide a wrong
    gradient below the tolerance, and with weights of zero a missing gradient would be right.

    Parameters
    ----------
    reported : ndarray
        Finite, as `array` and `entry` return it.
    asked : ndarray of the same shape
        The array that the suite has set.
    """
    size, wanted = (float(np.abs(each).max(initial=0.0)) for each in (reported, asked))
    if size > FARTHEST * wanted or size < wanted / FARTHEST:
        raise PicturedError(
            f"{name} has been changed beyond measure: its largest element was {wanted:.6g}, and is "
            f"{size:.6g} [{where}]",
            figures_of(reported, reported != asked, name, "changed"),
        )


def close(
    actual: object,
    expected: float | NDArray[np.float64],
    name: str,
    where: str,
) -> None:
    """Check a number or an array, to 1e-5 of the largest expected element."""
    if not np.isfinite(expected).all():  # a fault of the suite
        raise ValueError(f"what is expected of {name} must be finite [{where}]")
    if not isinstance(expected, np.ndarray):
        value = number(actual, name, where)
        if abs(value - expected) > TOLERANCE * max(abs(expected), SMALLEST):
            raise AssertionError(f"{name}={value:.6g} is not right [{where}]")
        return
    values = array(actual, expected.shape, name, where)
    largest = float(np.abs(expected).max(initial=SMALLEST))
    wrong = np.abs(values - expected) > TOLERANCE * largest
    if not wrong.any():
        return
    figures = figures_of(values, wrong, name, "not right")
    if values.size <= FEW:
        raise PicturedError(f"{name}={_numbers(values)} is not right [{where}]", figures)
    first = tuple(int(index) for index in np.argwhere(wrong)[0])
    raise PicturedError(
        f"{name} is not right in {int(wrong.sum())} of {wrong.size} elements, "
        f"first at {list(first)}, where it is {values[first]:.6g} [{where}]",
        figures,
    )


def zero(values: NDArray[np.float64], name: str, message: str) -> None:
    """Check that all elements of an array are zero; the message says why they should be."""
    if values.any():
        raise PicturedError(message, figures_of(values, values != 0, name, "not zero"))


def untouched(now: object, before: NDArray[Any], name: str, where: str) -> None:
    """Check that an array has not changed."""
    now = settled(now)
    if isinstance(now, np.ndarray) and np.array_equal(now, before):
        return
    message = f"{name} has been changed, but should stay as it is [{where}]"
    figures: list[Figure] = []
    if isinstance(now, np.ndarray) and now.shape == before.shape and now.dtype.kind in "fiub":
        figures = figures_of(now, now != before, f"{name} afterwards", "changed")
    raise PicturedError(message, figures)


def given(**arrays: NDArray[np.float64]) -> str:
    """Return small inputs as text, for a message with an example to try; empty for large ones.

    Parameters
    ----------
    **arrays : ndarray
        By the names that the student knows.
    """
    if any(array.size > FEW for array in arrays.values()):
        return ""
    return " with " + ", ".join(f"{name}={_numbers(array)}" for name, array in arrays.items())


def _numbers(array: NDArray[np.float64]) -> str:
    if array.ndim:
        return f"[{', '.join(map(_numbers, array))}]"
    return f"{float(array):.6g}"


def _article(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    kind = kind_of(value) if isinstance(value, Proxy) else type(value).__name__
    return f"{'an' if kind[:1] in tuple('aeiou') else 'a'} {kind}"
