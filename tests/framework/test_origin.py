"""The framework that is tested is the one that is released."""

import sys
from pathlib import Path

from activations import ReLU
from layers import Linear
from losses import CrossEntropy
from model import Model
from tests.framework.conftest import SOURCE


def test_the_framework_under_test_is_the_one_in_source():
    """No other folder's `layers`, `activations`, `losses` or `model` is tested by accident."""
    for exported in (Linear, ReLU, CrossEntropy, Model):
        assert Path(sys.modules[exported.__module__].__file__).is_relative_to(SOURCE)
