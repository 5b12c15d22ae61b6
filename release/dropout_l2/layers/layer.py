"""The base of every layer: a forward pass, a backward pass, and nothing to learn."""

from layers.array import FloatArray


class Layer:
    """A step of the network, y = layer(x); a subclass says how to compute it.

    Attributes
    ----------
    training : bool
        True at first; `Model.train` and `Model.eval` set it.
    parameters : dict of str to ndarray
        The arrays to learn, by name; empty if the layer has none.
    grads : dict of str to ndarray
        dL/dparameter by the same names, as the latest `backward` left it.
    """

    def __init__(self) -> None:
        self.training = True
        self.parameters: dict[str, FloatArray] = {}
        self.grads: dict[str, FloatArray] = {}

    def __call__(self, x: FloatArray) -> FloatArray:
        """Return y, and keep what `backward` will need."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(self, x)")

    def backward(self, grad_output: FloatArray) -> FloatArray:
        """Return dL/dx, given grad_output = dL/dy, and set `grads`."""
        raise NotImplementedError(f"{type(self).__name__} must define backward(self, grad_output)")

    def penalty(self) -> float:
        """Return what the layer adds to the loss: nothing, unless a subclass says otherwise."""
        return 0.0
