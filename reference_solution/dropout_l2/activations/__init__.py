"""Activations: layers without parameters, which keep the shape of x."""

from activations.leaky_relu import LeakyReLU
from activations.relu import ReLU
from activations.sigmoid import Sigmoid
from activations.softmax import Softmax
from activations.tanh import Tanh

__all__ = ["LeakyReLU", "ReLU", "Sigmoid", "Softmax", "Tanh"]
