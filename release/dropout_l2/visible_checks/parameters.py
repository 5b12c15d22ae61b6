"""The parameters of a wrapped layer: a layer keeps them as they are, and uses those of now."""

from collections.abc import Callable, Iterator
from typing import Any

from layers import Linear
from layers.array import FloatArray
from visible_checks.case import BIAS, WEIGHTS, shown
from visible_checks.failure import CheckFailed, same


def expect_kept(
    layer: Linear, where: str, weights: FloatArray = WEIGHTS, bias: FloatArray = BIAS
) -> None:
    """Raise CheckFailed if a pass has changed the layer's weights or bias."""
    for name, found, before in [("weights", layer.weights, weights), ("bias", layer.bias, bias)]:
        if not same(found, before):
            raise CheckFailed(
                f"{where} changes {name} from {shown(before)} to {shown(found)}: only "
                "Model.update_parameters should change them"
            )


def ways_to_change() -> Iterator[tuple[str, Callable[[Any, Any], None]]]:
    """Yield the ways to give a wrapped layer other parameters, in words and as a function."""

    def through_the_wrapper(wrapper: Any, layer: Any) -> None:
        wrapper.weights, wrapper.bias = 3 * layer.weights, 2 * layer.bias

    def replaced(_: Any, layer: Any) -> None:
        layer.weights, layer.bias = 3 * layer.weights, 2 * layer.bias

    def in_place(_: Any, layer: Any) -> None:
        layer.weights *= 3
        layer.bias *= 2

    yield "weights and bias were set through the wrapper", through_the_wrapper
    yield "weights and bias were replaced on the layer", replaced
    yield "weights and bias were changed in place", in_place
