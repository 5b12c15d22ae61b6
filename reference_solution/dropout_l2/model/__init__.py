"""Models: layers in a row."""

from model.model import Model

__all__ = ["Model"]
