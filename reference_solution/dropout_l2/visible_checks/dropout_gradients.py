"""The gradients that a backward pass of Dropout must leave, and which mistake explains others."""

from itertools import product
from typing import Any, NamedTuple

import numpy as np

from layers import Linear
from layers.array import FloatArray
from visible_checks.call import call
from visible_checks.case import GRAD_OUTPUT, H, X, given, gradients, shown
from visible_checks.failure import CheckFailed, expect_array, expect_entry, same

P = 0.6  # so that 12 elements have dropped and kept ones in nearly all masks
KEPT = 1 / (1 - P)  # 2.5
CALLS = 20  # of a backward pass, to see whether it draws
WHERE = f"Dropout(p={P}).backward"
OLD_WEIGHTS = "this belongs to the old weights, so keep no copy of them"
HOW = {
    "grad_input": "(mask * grad_output) @ weights.T",
    "grads['weights']": "x.T @ (mask * grad_output)",
    "grads['bias']": "(mask * grad_output).sum(axis=0)",
}


class Step(NamedTuple):
    """A layer after a forward pass, and the mask that its output shows."""

    layer: Linear
    dropout: Any
    mask: FloatArray


def expect_gradients(
    step: Step,
    when: str = "",
    others: dict[str, FloatArray] | None = None,
    scale: float = KEPT,
) -> dict[str, FloatArray]:
    """Return the gradients of a backward pass, or raise CheckFailed if one is wrong for a mask.

    Parameters
    ----------
    step : Step
    when : str
        What came before the pass.
    others : dict of str to ndarray
        Gradients at the output of layer(x) that a mistake would use here, by the sentence that
        helps; those of common mistakes are tried after them.
    scale : float
        The mask's, where it is not zero.
    """
    layer, dropout, mask = step
    where = f"{WHERE}{when}"
    grad_input = call(where, dropout.backward, "grad_output", GRAD_OUTPUT)
    found = {"grad_input": expect_array("grad_input", grad_input, X.shape, where)}
    grads = getattr(dropout, "grads", layer.grads)
    for name, parameter in (("weights", layer.weights), ("bias", layer.bias)):
        found[f"grads['{name}']"] = expect_entry(grads, name, parameter.shape, where)
    # the contract's scale, or the forward pass's own: that one is checked there
    contract = (mask != 0) * scale
    weights = layer.weights
    rights = [gradients(GRAD_OUTPUT * each, X, weights) for each in (contract, mask)]
    copies = {name: gradient.copy() for name, gradient in found.items()}  # more calls may follow
    for name, gradient in copies.items():
        if any(same(gradient, right[name]) for right in rights):
            continue
        hint = _not_a_number(gradient) or _hint(gradient, others or {}, name, weights)
        hint = hint or _draws(dropout, grad_input, where)
        hint = hint or _hint(gradient, _mistakes(mask), name, weights)
        if same(gradient, gradients(GRAD_OUTPUT * contract)[name]):
            hint = hint or f": {OLD_WEIGHTS}"
        if name == "grad_input":
            hint = hint or _another_mask(gradient, weights)
        values = f"{name}={shown(gradient)}, but should be {HOW[name]} = {shown(rights[0][name])}"
        case = {"mask": contract, "grad_output": GRAD_OUTPUT}
        case |= {"grad_input": {"weights": weights}, "grads['weights']": {"x": X}}.get(name, {})
        raise CheckFailed(f"{where}: {values}{hint} ({given(**case)})")
    return found


def _not_a_number(gradient: FloatArray) -> str:
    has_nan = np.isnan(gradient).any()
    return ": nan comes from a division of 0 by 0, and spreads from there" if has_nan else ""


def _hint(
    gradient: FloatArray, known: dict[str, FloatArray], name: str, weights: FloatArray
) -> str:
    """Return the sentence of the first known gradient at the output that explains another."""
    fits = (text for text, g in known.items() if same(gradient, gradients(g, X, weights)[name]))
    return next((f": {text}" for text in fits), "")


def _draws(dropout: Any, grad_input: FloatArray, where: str) -> str:
    """Return that the gradient is left to chance, if more calls return other ones."""
    try:
        again = [call(where, dropout.backward, "", GRAD_OUTPUT) for _ in range(CALLS)]
    except CheckFailed:  # a second call may be one too many
        return ""
    if all(np.array_equal(each, grad_input) for each in again):
        return ""
    return (
        ": called again, it returns another one: does backward draw a mask? "
        "Use that of the forward pass"
    )


def _mistakes(mask: FloatArray) -> dict[str, FloatArray]:
    """Return what usual mistakes hand to the wrapped layer, by the sentence that helps."""
    kept = mask != 0
    return {
        "no gradient gets through": np.zeros_like(GRAD_OUTPUT),
        "this belongs to grad_output without the mask, so hand mask * grad_output to "
        "self.layer.backward": GRAD_OUTPUT,
        "the mask is right, but its scale 1 / (1 - p) is missing": kept * GRAD_OUTPUT,
        "the scale 1 / (1 - p) is there twice": kept * GRAD_OUTPUT * KEPT**2,
        "only the scale is there, without the mask": GRAD_OUTPUT * KEPT,
        "the mask is upside down: what was dropped gets no gradient": ~kept * GRAD_OUTPUT * KEPT,
        "the mask is upside down, and its scale is missing": ~kept * GRAD_OUTPUT,
        "grad_output is multiplied by y, but should be by the mask": mask * H * GRAD_OUTPUT,
        "a kept element below 0 has no gradient: y > 0 is not the mask, so keep the mask itself": (
            mask * (H > 0) * GRAD_OUTPUT
        ),
        "it is divided by the number of rows, but should not be": (
            mask * GRAD_OUTPUT / len(GRAD_OUTPUT)
        ),
    }


def _another_mask(grad_input: FloatArray, weights: FloatArray) -> str:
    """Return which other mask a gradient with respect to x belongs to, if there is one."""
    for scale in (KEPT, 1.0):
        coins = scale * np.array(list(product((0.0, 1.0), repeat=H.shape[1])))
        fits = [
            [coin for coin in coins if same(found, (coin * grad) @ weights.T)]
            for found, grad in zip(grad_input, GRAD_OUTPUT, strict=True)
        ]
        if all(len(coins_of_row) == 1 for coins_of_row in fits):
            other = shown(np.concatenate(fits))
            return f": this belongs to another mask, {other}: use that of the forward pass"
    return ""
