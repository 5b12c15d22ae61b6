"""What the forward pass of Dropout must do, checked on the small case."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from layers.array import FloatArray
from visible_checks.call import call, construct, random_states_kept
from visible_checks.case import BIAS, WEIGHTS, H, P, X, given, linear
from visible_checks.coins import expect_coins
from visible_checks.failure import CheckFailed, expect_array, expect_new, expect_same, same
from visible_checks.parameters import expect_kept, ways_to_change
from visible_checks.scale import KEPT, expect_scaled, kept_factors

MANY = np.tile(X, (250, 1))  # to count what is dropped: 3000 elements in each call
CALLS = 12
TRIES = 60  # new layers, until one drops something; and calls of a small case
MANY_CALLS = 140  # a right layer keeps one of 12 elements in all of them once in 3e12 runs
OTHER_P = 0.7  # of another layer
WHERE = f"Dropout(p={P}).__call__"
INPUT = given(x=X, weights=WEIGHTS, bias=BIAS)


@random_states_kept()
def check_dropout_forward(dropout_class: type) -> None:
    """Check the elements of y, their independence, fresh masks, and evaluation."""
    dropout = _dropping(dropout_class)
    construct(dropout_class, linear(), p=OTHER_P)
    _expect_coins(dropout, P, WHERE)
    for x in (MANY, X, X[:1]):
        _expect_scaled(dropout, x)
    _expect_all_dropped(dropout)
    print(f"ok: {WHERE}: each element of y is 0 with probability p, otherwise layer(x) / (1 - p)")
    _expect_new_masks(construct(dropout_class, linear(), p=P))
    print(f"ok: {WHERE}: each training call draws a new mask, whatever came before")
    _expect_evaluation(construct(dropout_class, linear(), p=P))
    print(f"ok: {WHERE}: y is layer(x) when training=False, and training=True drops again")
    _expect_other_rates(dropout_class)
    print("ok: Dropout(p=0).__call__: nothing is dropped; without p, it is 0.5")
    _expect_present_parameters(dropout_class)
    print(f"ok: {WHERE}: the weights and the bias are those that the layer has now")


def _dropping(dropout_class: type) -> Any:
    """Make new layers until one drops some elements and keeps some: a fixed mask may do neither."""
    for _ in range(TRIES):
        layer = linear()
        dropout = construct(dropout_class, layer, p=P)
        y = _forward(dropout, MANY)
        expect_kept(layer, WHERE)
        if y.any() and not y.all():
            break
    return dropout


def _forward(dropout: Any, x: FloatArray, where: str = WHERE) -> FloatArray:
    found = call(where, dropout.__call__, "x", x)
    return expect_array("y", found, (len(x), H.shape[1]), where)


def _layer_of(x: FloatArray) -> FloatArray:
    """Return layer(x), which has no zeros here: a zero in y was dropped."""
    h: FloatArray = x @ WEIGHTS + BIAS
    return h


def _expect_coins(dropout: Any, p: float, where: str) -> None:
    calls = [_forward(dropout, MANY, where) for _ in range(CALLS)]
    expect_new({"y": calls[0]}, {"y": calls[1]}, where)
    while np.all(calls) and len(calls) < TRIES:  # one coin for all may drop nothing for long
        calls.append(_forward(dropout, MANY, where))
    h = _layer_of(MANY)
    if all(same(y, h) for y in calls):
        found = "y is layer(x) while training=True, but some should be dropped"
        raise CheckFailed(f"{where}: {found}{_swapped(dropout, where)}")
    # otherwise it is no mask on layer(x): see expect_scaled
    if all(len(kept_factors(y, h)) <= 1 for y in calls):
        expect_coins([y == 0 for y in calls], p, where, OTHER_P)


def _swapped(dropout: Any, where: str) -> str:
    """Return that elements are dropped in evaluation, if they are."""
    dropout.training = False
    drops = not np.all(_forward(dropout, MANY, f"{where}, training=False"))
    dropout.training = True
    return ": they are dropped while training=False, so turn the condition round" if drops else ""


def _expect_all_dropped(dropout: Any) -> None:
    """Raise CheckFailed if some element is never dropped in many calls."""
    kept = np.all([_forward(dropout, X) != 0 for _ in range(MANY_CALLS)], axis=0)
    for row, column in np.argwhere(kept)[:1].tolist():
        found = f"y[{row}, {column}] is never dropped in {MANY_CALLS} calls"
        raise CheckFailed(f"{WHERE}: {found}, but should be in a share of p={P} ({INPUT})")


def _expect_scaled(dropout: Any, x: FloatArray) -> None:
    calls = [_forward(dropout, x) for _ in range(CALLS)]
    expect_scaled(calls, _layer_of(x), x, WHERE)


def _expect_new_masks(dropout: Any) -> None:
    def step_back() -> None:
        with suppress(CheckFailed, NotImplementedError):  # the backward check's matter
            call(f"Dropout(p={P}).backward", dropout.backward, "", np.ones((len(MANY), H.shape[1])))

    def evaluate() -> None:
        dropout.training = False
        _forward(dropout, MANY, f"{WHERE}, training=False")
        dropout.training = True

    between: dict[str, Callable[[], None]] = {
        "right after it": lambda: None,
        "after a backward pass": step_back,
        "after a second backward pass": step_back,
        "after an evaluation pass": evaluate,
        "after a second evaluation pass": evaluate,
    }
    masks = [_forward(dropout, MANY) != 0]
    for when, happens in between.items():
        happens()
        masks.append(_forward(dropout, MANY) != 0)
        if masks[-1].all():
            raise CheckFailed(f"{WHERE}: training=True drops nothing {when}")
        if any((masks[-1] == earlier).all() for earlier in masks[:-1]):
            found = f"{np.sum(~masks[-1])} of {masks[-1].size}"
            raise CheckFailed(
                f"{WHERE}: a training call drops the same {found} elements as an earlier one, "
                f"{when}: draw a new mask in each training call, within __call__ and without a seed"
            )


def _expect_evaluation(dropout: Any) -> None:
    for before in ("as the first pass", "after a training pass"):
        dropout.training = False
        where = f"{WHERE}, training=False, {before}"
        y = _forward(dropout, X, where)
        if not same(_forward(dropout, MANY, where), _layer_of(MANY)):
            calls = [y, *(_forward(dropout, X, where) for _ in range(TRIES))]
            y = max(calls, key=lambda y: np.sum(y == 0))  # one alone may drop nothing by chance
        known = {
            "in evaluation nothing is scaled, since training scales already": H * KEPT,
            "in evaluation nothing is scaled, since training divides by 1 - p": H * (1 - P),
        }
        if not y.all():
            known = {"in evaluation nothing is dropped: ask self.training": y}
        expect_same("y", y, H, where, why="layer(x)", known=known, case=INPUT)
        dropout.training = True
        if not (_forward(dropout, MANY) == 0).any():
            raise CheckFailed(f"{WHERE}: training=True drops nothing after an evaluation pass")
        _expect_scaled(dropout, X)


def _expect_other_rates(dropout_class: type) -> None:
    where = "Dropout(p=0).__call__"
    y = _forward(construct(dropout_class, linear(), p=0), X, where)
    known = {"with p=0 nothing is dropped, and nothing scaled": y}
    expect_same("y", y, H, where, why="layer(x)", known=known, case=INPUT)
    _expect_coins(construct(dropout_class, linear()), 0.5, "Dropout().__call__")


def _expect_present_parameters(dropout_class: type) -> None:
    for way, change in ways_to_change():
        layer = linear()
        dropout = construct(dropout_class, layer, p=P)
        _forward(dropout, X)
        change(dropout, layer)
        dropout.training = False
        where = f"{WHERE}, training=False, after {way}"
        known = {"these are the old weights and bias, so keep no copies of them": H}
        y = _forward(dropout, X, where)
        case = given(x=X, weights=layer.weights, bias=layer.bias)
        expected = X @ layer.weights + layer.bias
        expect_same("y", y, expected, where, why="layer(x)", known=known, case=case)
