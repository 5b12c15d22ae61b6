"""What the backward pass of Dropout must do, checked on the small case."""

from typing import Any

import numpy as np

from layers import Linear
from layers.array import FloatArray
from visible_checks.call import call, construct, random_states_kept
from visible_checks.case import GRAD_OUTPUT, WEIGHTS, H, X, given, gradients, linear
from visible_checks.dropout_gradients import HOW, KEPT, WHERE, P, Step, expect_gradients
from visible_checks.failure import (
    CheckFailed,
    expect_array,
    expect_entry,
    expect_new,
    expect_same,
    same,
)
from visible_checks.parameters import expect_kept, ways_to_change

TRIES = 60  # new layers, until one drops some of the 12 elements and keeps some
FORWARD = f"Dropout(p={P}).__call__"
ZERO = "Dropout(p=0).backward, where layer(x) is 0"


@random_states_kept()
def check_dropout_backward(dropout_class: type) -> None:
    """Check grad_input and grads, for the latest forward pass in training and in evaluation."""
    step = _step(dropout_class)
    expect_gradients(step)
    expect_kept(step.layer, WHERE)
    print(f"ok: {WHERE}: grad_input and grads are right for the mask of the forward pass")
    _expect_batch_of_one(dropout_class)
    if _keeps_all_at_zero(dropout_class):
        _expect_gradient_at_zero(dropout_class)
        print(f"ok: {ZERO}: an output of 0 that is not dropped has its gradient")
    else:
        print(f"not checked: {ZERO}: with p=0 y is not layer(x), so see to the forward pass first")
    _expect_latest(dropout_class)
    print(f"ok: {WHERE}: each pass sets grads anew, for the latest forward pass of its own layer")
    _expect_evaluation(dropout_class)
    print(f"ok: {WHERE}: after an evaluation pass, it is the wrapped layer's own")
    _expect_present_weights(dropout_class)
    print(f"ok: {WHERE}: the weights are those that the layer has now")


def _forward(layer: Linear, dropout: Any) -> FloatArray:
    """Make a forward pass, and return the mask that its output shows: y / layer(x)."""
    where = FORWARD if dropout.training else f"{FORWARD}, training=False"
    y = expect_array("y", call(where, dropout.__call__, "x", X), H.shape, where)
    mask: FloatArray = y / (X @ layer.weights + layer.bias)
    return mask


def _step(dropout_class: type) -> Step:
    """Make layers until one drops some elements and keeps some, or else scales all alike."""
    scaled = None
    for _ in range(TRIES):
        layer = linear()
        dropout = construct(dropout_class, layer, p=P)
        mask = _forward(layer, dropout)
        expect_kept(layer, FORWARD)
        if mask.any() and not mask.all():
            return Step(layer, dropout, mask)
        if same(mask, np.full_like(mask, mask[0, 0])) and mask[0, 0] not in (0, 1):
            scaled = Step(layer, dropout, mask)
    if scaled:
        return scaled
    raise CheckFailed(
        f"{WHERE} cannot be checked yet: of {TRIES} new layers, none has an output with dropped "
        "and kept elements: see to the forward pass first"
    )


def _expect_batch_of_one(dropout_class: type) -> None:
    dropout = construct(dropout_class, linear(), p=P)
    call(FORWARD, dropout.__call__, "x", X[:1])
    where = f"{WHERE}, with a batch of one row"
    grad_input = call(where, dropout.backward, "grad_output", GRAD_OUTPUT[:1])
    expect_array("grad_input", grad_input, (1, X.shape[1]), where)


def _keeps_all_at_zero(dropout_class: type) -> bool:
    """Return whether a forward pass with p=0 returns layer(x), as the forward check asks."""
    try:
        dropout = construct(dropout_class, linear(), p=0)
        with np.errstate(all="ignore"):  # a layer may divide by p
            y = call("Dropout(p=0).__call__", dropout.__call__, "x", np.tile(X, (TRIES, 1)))
    except CheckFailed:
        return False
    return same(np.asarray(y), np.tile(H, (TRIES, 1)))


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
    step = _step(dropout_class)
    layer, dropout, first = step
    before = expect_gradients(step)
    other = _step(dropout_class)  # another layer, with a mask of its own
    for _ in range(TRIES):
        second = _forward(layer, dropout)
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
    after = expect_gradients(Step(layer, dropout, second), " in the second step", earlier)
    expect_new(before, after, WHERE)
    mixed = {
        "this belongs to the mask of another layer: keep the mask as self.mask": (
            GRAD_OUTPUT * second
        )
    }
    expect_gradients(other, ", called after another layer's passes", mixed)


def _expect_evaluation(dropout_class: type) -> None:
    fresh = linear()
    first = Step(fresh, construct(dropout_class, fresh, p=P), np.ones_like(H))
    for step, before in [(first, ""), (_step(dropout_class), " that came after training")]:
        step.dropout.training = False
        mask = _forward(step.layer, step.dropout)
        mistakes = {
            "this still belongs to the mask of the training pass, but nothing is masked in "
            "evaluation": GRAD_OUTPUT * step.mask,
            "nothing is scaled in evaluation": GRAD_OUTPUT * KEPT,
        }
        when = f" after an evaluation pass{before}"
        expect_gradients(Step(step.layer, step.dropout, mask), when, mistakes, scale=1.0)
    step.dropout.training = True
    mask = _forward(step.layer, step.dropout)
    expect_gradients(Step(step.layer, step.dropout, mask), " in training after an evaluation")


def _expect_present_weights(dropout_class: type) -> None:
    for way, change in ways_to_change():
        layer = linear()
        dropout = construct(dropout_class, layer, p=P)
        _forward(layer, dropout)
        change(dropout, layer)
        dropout.training = False
        step = Step(layer, dropout, _forward(layer, dropout))
        expect_gradients(step, f", training=False, after {way}", scale=1.0)
