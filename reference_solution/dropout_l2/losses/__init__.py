"""Losses: one number for a batch, and its gradient with respect to the network's output."""

from losses.cross_entropy import CrossEntropy
from losses.mse import MSELoss

__all__ = ["CrossEntropy", "MSELoss"]
