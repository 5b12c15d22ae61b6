"""What the backward pass of Dropout must do, checked on the small case."""

from itertools import product
from typing import Any, NamedTuple

import numpy as np

from layers import Linear
from layers.array import FloatArray
from visible_checks.call import call, construct, random_states_kept
from visible_checks.case import GRAD_OUTPUT, WEIGHTS, H, P, X, given, gradients, linear, shown
from visible_checks.failure import CheckFailed, expect_array, expect_entry, expect_same, same
from visible_checks.parameters import expect_kept, ways_to_change

KEPT = 1 / (1 - P)
TRIES = 60  # new layers, until one drops some of the 6 elements and keeps some
FORWARD = f"Dropout(p={P}).__call__"
WHERE = f"Dropout(p={P}).backward"
ZERO = "Dropout(p=0).backward, where layer(x) is 0"
OLD_WEIGHTS = "this belongs to the old weights, so keep no copy of them"
HOW = {
    "grad_input": "(mask * grad_output) @ weights.T",
    "grads['weights']": "x.T @ (mask * grad_output)",
    "grads['bias']": "(mask * grad_output).sum(axis=0)",
}


class _Step(NamedTuple):
    """A layer after a forward pass, and the mask that its output shows."""

    layer: Linear
    dropout: Any
    mask: FloatArray


@random_states_kept()
def check_dropout_backward(dropout_class: type) -> None:
    """Check grad_input and grads, for the latest forward pass in training and in evaluation."""
    step = _step(dropout_class)
    _expect_gradients(step)
    expect_kept(step.layer, WHERE)
    print(f"ok: {WHERE}: grad_input and grads are right for the mask of the forward pass")
    _expect_batch_of_one(dropout_class)
    _expect_gradient_at_zero(dropout_class)
    print(f"ok: {ZERO}: an output of 0 that is not dropped has its gradient")
    _expect_latest(dropout_class)
    print(f"ok: {WHERE}: each pass sets grads anew, for the latest forward pass of its own layer")
    _expect_evaluation(dropout_class)
    print(f"ok: {WHERE}: after an evaluation pass, it is the wrapped layer's own")
    _expect_present_weights(dropout_class)
    print(f"ok: {WHERE}: the weights are those that the layer has now")


def _forward(dropout: Any) -> FloatArray:
    """Make a forward pass, and return the mask that its output shows: y / layer(x)."""
    y = expect_array("y", call(FORWARD, dropout.__call__, "x", X), H.shape, FORWARD)
    mask: FloatArray = y / H
    return mask


def _step(dropout_class: type) -> _Step:
    """Make layers until one drops some elements and keeps some."""
    for _ in range(TRIES):
        layer = linear()
        dropout = construct(dropout_class, layer, p=P)
        mask = _forward(dropout)
        if mask.any() and not mask.all():
            return _Step(layer, dropout, mask)
    raise CheckFailed(
        f"{WHERE} cannot be checked yet: of {TRIES} new layers, none has an output with dropped "
        "and kept elements: see to the forward pass first"
    )


def _expect_gradients(
    step: _Step,
    when: str = "",
    others: dict[str, FloatArray] | None = None,
    scale: float = KEPT,
) -> None:
    """Raise CheckFailed unless a backward pass is right for a mask.

    Parameters
    ----------
    step : _Step
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
    for name, gradient in found.items():
        if any(same(gradient, right[name]) for right in rights):
            continue
        known = {**(others or {}), **_mistakes(mask)}
        answers = {text: gradients(g, X, weights)[name] for text, g in known.items()}
        answers[OLD_WEIGHTS] = gradients(GRAD_OUTPUT * contract)[name]
        hint = next((f": {text}" for text, found in answers.items() if same(gradient, found)), "")
        hint = hint or _another_mask(gradient, name, weights)
        values = f"{name}={shown(gradient)}, but should be {HOW[name]} = {shown(rights[0][name])}"
        case = {"mask": contract, "grad_output": GRAD_OUTPUT}
        case |= {"grad_input": {"weights": weights}, "grads['weights']": {"x": X}}.get(name, {})
        raise CheckFailed(f"{where}: {values}{hint} ({given(**case)})")


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
    }


def _another_mask(gradient: FloatArray, name: str, weights: FloatArray) -> str:
    """Return which other mask a gradient belongs to, if there is one."""
    for coins in product((0.0, 1.0), repeat=H.size):
        other = np.reshape(coins, H.shape)
        for scale in (KEPT, 1.0):
            if same(gradient, gradients(GRAD_OUTPUT * other * scale, X, weights)[name]):
                return (
                    f": this belongs to another mask, {shown(other * scale)}: use the one that "
                    "the forward pass drew"
                )
    return ""


def _expect_batch_of_one(dropout_class: type) -> None:
    dropout = construct(dropout_class, linear(), p=P)
    call(FORWARD, dropout.__call__, "x", X[:1])
    where = f"{WHERE}, with a batch of one row"
    grad_input = call(where, dropout.backward, "grad_output", GRAD_OUTPUT[:1])
    expect_array("grad_input", grad_input, (1, X.shape[1]), where)


def _expect_gradient_at_zero(dropout_class: type) -> None:
    """Raise CheckFailed if an output of zero is taken for a dropped one."""
    layer = linear()
    layer.weights, layer.bias = np.zeros_like(WEIGHTS), np.zeros((1, H.shape[1]))
    dropout = construct(dropout_class, layer, p=0)
    call("Dropout(p=0).__call__", dropout.__call__, "x", X)
    call(ZERO, dropout.backward, "grad_output", GRAD_OUTPUT)
    grads = getattr(dropout, "grads", layer.grads)
    found = expect_entry(grads, "bias", layer.bias.shape, ZERO)
    hint = ": keep the mask itself, since y does not show it where layer(x) is 0"
    known = {hint.removeprefix(": "): np.zeros_like(found)}
    expected = gradients(GRAD_OUTPUT)["grads['bias']"]
    case = given(mask=np.ones_like(H), grad_output=GRAD_OUTPUT)
    if np.isnan(found).any():
        raise CheckFailed(f"{ZERO}: grads['bias'] is not a number (nan){hint} ({case})")
    why = HOW["grads['bias']"]
    expect_same("grads['bias']", found, expected, ZERO, why=why, known=known, case=case)


def _expect_latest(dropout_class: type) -> None:
    layer, dropout, first = _step(dropout_class)
    call(WHERE, dropout.backward, "grad_output", GRAD_OUTPUT)
    other = _step(dropout_class)  # another layer, with a mask of its own
    for _ in range(TRIES):
        second = _forward(dropout)
        if not same(second, first) and second.any():
            break
    earlier = {
        "this belongs to the mask of the forward pass before the latest": GRAD_OUTPUT * first,
        "this is the sum over both steps, but each pass sets grads anew": (
            GRAD_OUTPUT * (first + second)
        ),
        "this belongs to the mask of another layer: keep the mask as self.mask": (
            GRAD_OUTPUT * other.mask
        ),
    }
    _expect_gradients(_Step(layer, dropout, second), " in the second step", earlier)
    mixed = {
        "this belongs to the mask of another layer: keep the mask as self.mask": (
            GRAD_OUTPUT * second
        )
    }
    _expect_gradients(other, ", called after another layer's passes", mixed)


def _expect_evaluation(dropout_class: type) -> None:
    fresh = linear()
    first = _Step(fresh, construct(dropout_class, fresh, p=P), np.ones_like(H))
    for step, before in [(first, ""), (_step(dropout_class), " that came after training")]:
        step.dropout.training = False
        mask = _forward(step.dropout)
        mistakes = {
            "this still belongs to the mask of the training pass, but nothing is masked in "
            "evaluation": GRAD_OUTPUT * step.mask,
            "nothing is scaled in evaluation": GRAD_OUTPUT * KEPT,
        }
        when = f" after an evaluation pass{before}"
        _expect_gradients(_Step(step.layer, step.dropout, mask), when, mistakes, scale=1.0)
    step.dropout.training = True
    mask = _forward(step.dropout)
    _expect_gradients(_Step(step.layer, step.dropout, mask), " in training after an evaluation")


def _expect_present_weights(dropout_class: type) -> None:
    for way, change in ways_to_change():
        layer = linear()
        dropout = construct(dropout_class, layer, p=P)
        _forward(dropout)
        change(dropout, layer)
        dropout.training = False
        call(FORWARD, dropout.__call__, "x", X)
        step = _Step(layer, dropout, np.ones_like(H))
        _expect_gradients(step, f", training=False, after {way}", scale=1.0)
