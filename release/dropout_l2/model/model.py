"""A network: layers in a row, trained by gradient descent."""

from collections.abc import Sequence

from layers import Layer, LayerWrapper
from layers.array import FloatArray, check_shape


class Model:
    """Layers in a row: each one's output is the next one's input.

    Parameters
    ----------
    layers : sequence of Layer
        From input to output.

    Examples
    --------
    A step of training::

        loss = criterion(model.forward(x), y_true) + model.penalty()
        grads = model.backward(criterion.grad())
        model.update_parameters(grads, lr=0.001)
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)

    def forward(self, x: FloatArray) -> FloatArray:
        """Return the last layer's output.

        Parameters
        ----------
        x : ndarray, shape (N, in_features of the first layer), float64

        Returns
        -------
        out : ndarray, shape (N, out_features of the last layer), float64
        """
        for layer in self.layers:
            x = layer(x)
        return x

    def backward(self, grad: FloatArray) -> list[dict[str, FloatArray]]:
        """Propagate the gradient from the last layer to the first.

        Parameters
        ----------
        grad : ndarray, of the shape of the output, float64
            dL/dout, as a loss's `grad` returns it.

        Returns
        -------
        grads : list of dict
            ``layer.grads`` for each layer, in the order of the layers; empty for activations.
        """
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return [layer.grads for layer in self.layers]

    def update_parameters(self, grads: Sequence[dict[str, FloatArray]], lr: float) -> None:
        """Take one step of plain SGD, parameter -= lr * gradient, on weights and biases.

        Parameters
        ----------
        grads : sequence of dict
            As `backward` returns it.
        lr : float
            The learning rate.

        Raises
        ------
        ValueError
            If a gradient is missing, or has another shape than its parameter.
        """
        if len(grads) != len(self.layers):
            raise ValueError(
                f"grads must hold one dict per layer, {len(self.layers)} in all, got {len(grads)}"
            )
        for i, layer in enumerate(self.layers):
            for name, parameter in layer.parameters.items():
                if name not in grads[i]:
                    raise ValueError(f"grads[{i}] must hold {name!r}, got {sorted(grads[i])}")
                check_shape(f"grads[{i}][{name!r}]", grads[i][name], parameter.shape)
                layer.parameters[name] = parameter - lr * grads[i][name]

    def penalty(self) -> float:
        """Return the sum of the layers' penalties, which belongs to the loss."""
        return float(sum(layer.penalty() for layer in self.layers))

    def train(self) -> None:
        """Set `training` to True in each layer, wrapped ones included."""
        self._set_training(True)

    def eval(self) -> None:
        """Set `training` to False in each layer, wrapped ones included."""
        self._set_training(False)

    def _set_training(self, training: bool) -> None:
        for outermost in self.layers:
            layer = outermost
            layer.training = training
            while isinstance(layer, LayerWrapper):
                layer = layer.layer
                layer.training = training
