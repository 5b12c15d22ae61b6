"""A forward and a backward pass of a layer that multiplies its output by a mask, and what is right.

The layer wraps y = x @ weights + bias. Its mask is read back from its output.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.kit import expect
from autograder.session.proxy import settled

Array = NDArray[np.float64]

NAMES = ("x", "weights", "bias")  # what the gradients are with respect to
OWN_SCALES = (1e-6, 1e6)  # of a forward pass, as multiples of the contract's: any mistake's
FACTORS = (1 / 300, 300)  # of a backward pass, as multiples of the right gradient: any mistake's
UNJUDGED = "so the backward pass cannot be judged"


class Passed(NamedTuple):
    """A forward pass: x, the output, and the parameters and layer(x) at that time."""

    x: Array
    y: Array
    weights: Array
    bias: Array
    h: Array


class Step(NamedTuple):
    """A forward and a backward pass: the student's gradients, and PyTorch's for one or two masks.

    The right mask is 1 / (1 - p) where the output is not zero. The mask of the forward pass is
    output / layer(x): a layer that scales wrongly there loses the points there, and may scale
    backward in either way.
    """

    passed: Passed
    grad_input: Any
    grads: Any
    expected: list[dict[str, Array]]
    where: str

    def gradient(self, name: str) -> Array:
        """Return one gradient, whatever is wrong with the others."""
        shape = (self.passed.x if name == "x" else getattr(self.passed, name)).shape
        if name == "x":
            return expect.array(self.grad_input, shape, "grad_input", self.where)
        return expect.entry(self.grads, name, shape, self.where)

    def assert_right(self, name: str, *, of: slice = slice(None), factor: float = 1.0) -> None:
        """Check a gradient against those for some of the masks."""
        gradient = self.gradient(name)
        ways = [factor * expected[name] for expected in self.expected[of]]
        if not ways:
            raise AssertionError(f"the output shows no mask, {UNJUDGED} [{self.where}]")
        for way in ways[1:]:
            with contextlib.suppress(AssertionError):
                expect.close(gradient, way, title_of(name), self.where)
                return
        expect.close(gradient, ways[0], title_of(name), self.where)


def title_of(name: str) -> str:
    """Return what a student calls the gradient with respect to an array."""
    return "grad_input" if name == "x" else f'grads["{name}"]'


def assert_float64(grad_input: object, grads: object, where: str) -> None:
    """Check the dtype of gradients; whether each is an array is another fact."""
    grads = settled(grads)
    entries = grads if isinstance(grads, dict) else {}
    for name in NAMES:
        value = grad_input if name == "x" else entries.get(name)
        expect.float64(value, title_of(name), where)


def loss(x: Any, weights: Any, bias: Any, mask: Any, grad_output: Any) -> Any:
    """Return the number whose gradients these are, of arrays or tensors."""
    return ((x @ weights + bias) * mask * grad_output).sum()


def closed_form(
    x: Array,
    weights: Array,
    bias: Array,
    mask: Array,
    grad_output: Array,
) -> dict[str, Array]:
    """Return the gradients of `loss` by formula."""
    masked = grad_output * mask
    return {
        "x": masked @ weights.T,
        "weights": x.T @ masked,
        "bias": masked.sum(axis=0, keepdims=True),
    }


def masks_of(passed: Passed, p: float, *, training: bool) -> Iterator[Array]:
    """Yield the right mask, and those of the forward pass that a known mistake explains.

    A layer may multiply x @ weights by its mask, and add the bias afterwards.
    """
    _, y, _, bias, h = passed
    yield (y != 0) / (1 - p) if training else np.ones_like(h)
    low, high = OWN_SCALES
    own = y / np.where(h == 0, np.inf, h)
    if low < np.abs(own).max() * (1 - p) < high:
        yield own
    if training and bias.any():
        own = (y - bias) / np.where(h == bias, np.inf, h - bias)
        if (np.isclose(own, 0) | np.isclose(own, 1 / (1 - p))).all():
            yield own


@dataclass
class SingleSteps:
    """The first steps of some new Dropout layers, by which later steps are judged.

    A gradient that is right in single steps up to a constant factor must have that factor later.

    Parameters
    ----------
    p : float
    steps : list of Step
        They keep something, and if possible they drop something.
    drops : bool
        Whether some element was dropped, here or in other single steps. A layer that has other
        numbers in the place of zeros is judged by these: no mask of the contract fits them.

    Attributes
    ----------
    of : slice
        The masks that count.
    factors : dict of str to float
        Of the gradients that are right up to a factor; the factor is 1 for a right one.

    Raises
    ------
    AssertionError
        If no mask can be read from the outputs.
    """

    p: float
    steps: list[Step]
    drops: bool

    def __post_init__(self) -> None:
        self.where = f"Dropout(p={self.p})"
        if not self.steps:
            raise AssertionError(f"every element of the output is zero, {UNJUDGED} [{self.where}]")
        own = np.array([step.passed.y / step.passed.h for step in self.steps])
        if not self.drops and np.allclose(own, own[0, 0, 0]):
            raise AssertionError(f"no element of the output is dropped, {UNJUDGED} [{self.where}]")
        self.of = slice(None) if self.drops else slice(1, None)
        factors = {name: self._factor(name) for name in NAMES}
        self.factors = {name: factor for name, factor in factors.items() if factor is not None}

    def _factor(self, name: str) -> float | None:
        """Return the factor by which a gradient differs from the right one in all steps."""
        with contextlib.suppress(AssertionError):
            for step in self.steps:
                step.assert_right(name, of=self.of)
            return 1.0
        low, high = FACTORS
        for way in range(*self.of.indices(len(self.steps[0].expected))):
            with contextlib.suppress(AssertionError, IndexError):
                pairs = [(step.gradient(name), step.expected[way][name]) for step in self.steps]
                first, right = pairs[0]
                factor = float((first * right).sum() / max((right**2).sum(), expect.SMALLEST))
                if low < abs(factor) < high:
                    for gradient, right in pairs:
                        expect.close(gradient, factor * right, title_of(name), self.where)
                    return factor
        return None

    def check(self, *steps: Step) -> None:
        """Check steps by the gradients that are right in single steps."""
        if not self.factors:
            raise AssertionError(
                "no gradient belongs to the mask in the first step of a new layer, "
                f"so later steps cannot be judged [{self.where}.backward]"
            )
        for step in steps:
            for name, factor in self.factors.items():
                step.assert_right(name, of=self.of, factor=factor)

    def check_evaluation(self, step: Step) -> None:
        """Check a step that is not training: a wrong scale may be there as well, or not.

        The factor may depend on the batch size, so it is known only for the size of single steps.
        """
        self.check()
        for name, factor in self.factors.items():
            try:
                step.assert_right(name, factor=factor)
            except AssertionError:
                if factor == 1 or len(step.passed.x) == len(self.steps[0].passed.x):
                    step.assert_right(name)
