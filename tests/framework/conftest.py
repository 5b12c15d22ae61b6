"""What the tests of the given framework share: where it lies, and their randomness."""

import sys

import numpy as np
import pytest

from tests.conftest import PROJECT

SOURCE = PROJECT / "source" / "dropout_l2"
sys.path.insert(0, str(SOURCE))  # students import it from beside the notebook


@pytest.fixture
def rng():
    return np.random.default_rng(74)
