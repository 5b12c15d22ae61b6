"""The base of layers that wrap another one and change what it does."""

from layers.array import FloatArray
from layers.layer import Layer
from layers.linear import Linear


class LayerWrapper(Layer):
    """A layer around another: it has that layer's parameters, and a behaviour of its own.

    Subclasses define `__call__` and `backward`, which use ``self.layer`` for the wrapped layer's
    part. There is no default for either: a forgotten one raises NotImplementedError.

    Parameters
    ----------
    layer : Linear or LayerWrapper
        The layer to wrap.

    Attributes
    ----------
    layer : Linear or LayerWrapper
    weights, bias : ndarray
    parameters, grads : dict of str to ndarray
        These four are the wrapped layer's, to read and to assign.
    training : bool
        The wrapper's own.
    """

    def __init__(self, layer: "Linear | LayerWrapper") -> None:
        # Not super().__init__(), which would empty the wrapped layer's parameters.
        self.layer = layer
        self.training = True

    @property
    def weights(self) -> FloatArray:
        """The wrapped layer's weights."""
        return self.layer.weights

    @weights.setter
    def weights(self, weights: FloatArray) -> None:
        self.layer.weights = weights

    @property
    def bias(self) -> FloatArray:
        """The wrapped layer's bias."""
        return self.layer.bias

    @bias.setter
    def bias(self, bias: FloatArray) -> None:
        self.layer.bias = bias

    @property
    def parameters(self) -> dict[str, FloatArray]:
        """The wrapped layer's parameters."""
        return self.layer.parameters

    @parameters.setter
    def parameters(self, parameters: dict[str, FloatArray]) -> None:
        self.layer.parameters = parameters

    @property
    def grads(self) -> dict[str, FloatArray]:
        """The wrapped layer's gradients."""
        return self.layer.grads

    @grads.setter
    def grads(self, grads: dict[str, FloatArray]) -> None:
        self.layer.grads = grads

    def penalty(self) -> float:
        """Return the wrapped layer's penalty, so that a wrapper around a wrapper keeps it."""
        return self.layer.penalty()
