"""Expected gradients, computed in three ways that must agree.

PyTorch's autograd computes them; a formula and finite differences confirm them. So a mistake in a
suite or a library holds grades back instead of costing points.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

Arrays = dict[str, NDArray[np.float64]]

AGREEMENT = 1e-7  # of the largest element; all three are exact except for rounding
STEP = 1e-3  # of central differences: exact for polynomials up to the second degree

torch.set_num_threads(1)  # for such small arrays, more threads are slower


class OracleError(Exception):
    """The three ways disagree: a fault of the suite."""


def gradients(
    loss: Callable[..., Any], closed_form: Callable[..., Arrays], wrt: Arrays, **constants: Any
) -> Arrays:
    """Return the gradients of a loss, computed by PyTorch and confirmed twice.

    Parameters
    ----------
    loss : callable
        Takes all of `wrt` and `constants` by name, as arrays or as tensors, and returns a number; a
        polynomial of at most the second degree in all of `wrt` together.
    closed_form : callable
        Takes the same arrays and returns the gradients by formula.
    wrt : dict of str to ndarray
        The arrays to differentiate with respect to.
    **constants : ndarray or float

    Returns
    -------
    gradients : dict of str to ndarray, as `wrt`

    Raises
    ------
    OracleError
    """
    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in wrt.items()}
    fixed = {
        name: torch.tensor(value) if isinstance(value, np.ndarray) else value
        for name, value in constants.items()
    }
    loss(**tensors, **fixed).backward()
    found = {name: tensor.grad.numpy() for name, tensor in tensors.items()}  # type: ignore[union-attr]  # backward() sets it
    formula = closed_form(**wrt, **constants)
    scales = {name: max(float(np.abs(g).max(initial=0.0)), 1.0) for name, g in found.items()}
    for name, gradient in found.items():
        if not np.abs(gradient - formula[name]).max(initial=0.0) <= AGREEMENT * scales[name]:
            raise OracleError(f"PyTorch and the closed form disagree on the gradient of {name}")
    chance = np.random.default_rng(0)
    directions = {name: chance.normal(size=gradient.shape) for name, gradient in found.items()}
    ahead, behind = (
        float(loss(**{name: wrt[name] + step * d for name, d in directions.items()}, **constants))
        for step in (STEP, -STEP)
    )
    slope = (ahead - behind) / (2 * STEP)
    expected = sum(float((found[name] * d).sum()) for name, d in directions.items())
    # the rounding errors of the two losses, divided by a small step
    noise = 1e-12 * (abs(ahead) + abs(behind)) / STEP
    error = sum(AGREEMENT * scales[name] * gradient.size for name, gradient in found.items())
    if not abs(slope - expected) <= error + noise:
        raise OracleError("PyTorch and finite differences disagree on the gradients")
    return found
