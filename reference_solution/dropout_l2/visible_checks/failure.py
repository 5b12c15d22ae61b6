"""What a failed check raises: one line for the student, without the checks' own code."""

from typing import Any

import numpy as np

from layers.array import FloatArray
from visible_checks.case import GRAD_OUTPUT, WEIGHTS, shown

RESULTS = {"y": "the output alone", "grad_input": "what self.layer.backward(...) returns"}
TOLERANCE = 1e-5  # relative and absolute: far above rounding, far below any mistake here


class CheckFailed(AssertionError):  # noqa: N818  # Jupyter shows the name to the student
    """A check that failed; Jupyter shows its message alone."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class NotWrittenError(NotImplementedError):
    """A method that still is the released stub; Jupyter shows its message alone."""

    def _render_traceback_(self) -> list[str]:
        return [f"NotImplementedError: {self}"]


def same(found: FloatArray, expected: FloatArray) -> bool:
    """Return whether two arrays have the same shape and, but for rounding, the same numbers."""
    return found.shape == expected.shape and np.allclose(
        found, expected, rtol=TOLERANCE, atol=TOLERANCE
    )


def expect_array(name: str, found: Any, shape: tuple[int, ...], where: str) -> FloatArray:
    """Return `found` if it is an array of that shape with 64-bit numbers."""
    if not isinstance(found, np.ndarray):
        hint = ": is a return missing?" if found is None else ""
        if isinstance(found, tuple | list | dict):
            hint = f": return {RESULTS.get(name, 'one array')}"
        raise CheckFailed(f"{where}: {name} is {_kind(found)}, but should be a NumPy array{hint}")
    if found.shape != shape:
        hint = ""
        if name == "grad_input" and found.shape == GRAD_OUTPUT.shape:
            hint = ": that is grad_output's shape, so return what self.layer.backward(...) returns"
        elif name == "grad_input" and found.shape == WEIGHTS.shape:
            hint = ": that is the shape of weights, so return what self.layer.backward(...) returns"
        elif name == "y" and found.shape == (shape[0], WEIGHTS.shape[0]):
            hint = ": that is the shape of x, so return what is made from self.layer(x)"
        elif name == "grads['bias']" and found.shape == shape[1:]:
            hint = ": np.sum keeps the axis with keepdims=True"
        raise CheckFailed(f"{where}: {name}.shape is {found.shape}, but should be {shape}{hint}")
    if found.dtype.kind != "f" or found.dtype.itemsize < np.dtype(np.float64).itemsize:
        raise CheckFailed(f"{where}: {name}.dtype is {found.dtype}, but should be float64")
    return found


def expect_entry(grads: Any, name: str, shape: tuple[int, ...], where: str) -> FloatArray:
    """Return the gradient of a parameter if `grads` holds one of that shape."""
    if not isinstance(grads, dict) or name not in grads:
        found = sorted(grads) if isinstance(grads, dict) else _kind(grads)
        hint = "self.layer.backward(...) sets both"
        raise CheckFailed(
            f"{where}: grads has the entries {found}, but should have ['bias', 'weights']: {hint}"
        )
    return expect_array(f"grads['{name}']", grads[name], shape, where)


def expect_new(earlier: dict[str, FloatArray], later: dict[str, FloatArray], where: str) -> None:
    """Raise CheckFailed if a call writes over the arrays, by name, that an earlier one returned."""
    for name, array in earlier.items():
        if np.shares_memory(array, later[name]):
            raise CheckFailed(
                f"{where}: two calls return the same array {name}, so the second writes over what "
                "the first returned: return a new array from each call"
            )


def expect_number(name: str, found: Any, where: str) -> FloatArray:
    """Return `found` as an array without axes if it is one number."""
    if isinstance(found, np.ndarray) and found.ndim:
        hint = "one number for all weights, so take the sum over both axes, as np.sum does"
        raise CheckFailed(f"{where}: {name}.shape is {found.shape}, but should be (): {hint}")
    if not isinstance(found, float | int | np.number | np.ndarray):
        hint = ": is a return missing?" if found is None else ""
        raise CheckFailed(f"{where}: {name} is {_kind(found)}, but should be a number{hint}")
    return np.array(found, dtype=np.float64)


def expect_same(
    name: str,
    found: FloatArray,
    expected: FloatArray,
    where: str,
    *,
    why: str,
    known: dict[str, FloatArray],
    case: str,
) -> None:
    """Raise CheckFailed unless an answer is right.

    Parameters
    ----------
    why : str
        How the expected numbers come about, such as "layer(x)".
    known : dict of str to ndarray
        The answers of usual mistakes, by the sentence that helps. The first that fits is shown.
    case : str
        The input.
    """
    if same(found, expected):
        return
    hint = next((f": {text}" for text, answer in known.items() if same(found, answer)), "")
    values = f"{name}={shown(found)}, but should be {why} = {shown(expected)}"
    raise CheckFailed(f"{where}: {values}{hint} ({case})")


def _kind(found: object) -> str:
    kind = f"{type(found).__module__}.{type(found).__name__}".removeprefix("builtins.")
    return {"NoneType": "None"}.get(kind, f"of the type {kind}")
