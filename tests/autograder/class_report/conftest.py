"""What the tests of the class report share: equal histograms are drawn once."""

from collections.abc import Iterator
from functools import cache

import pytest

from autograder.class_report import page
from autograder.class_report.plot import histogram

drawn = cache(histogram)  # the same numbers give the same picture, as `test_plot.py` proves


@pytest.fixture(scope="module", autouse=True)
def drawn_once() -> Iterator[None]:
    """Draw no histogram a second time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "histogram", drawn)
        yield
