"""Layers: what every layer has, the linear layer, and the base of the layers that wrap another."""

from layers.layer import Layer
from layers.linear import Linear
from layers.wrapper import LayerWrapper

__all__ = ["Layer", "LayerWrapper", "Linear"]
