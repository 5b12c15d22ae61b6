"""The names of the notebook that keeps a diary: a student's, and the same in this process."""

import pytest

from tests.autograder.support.diary import in_this_process


@pytest.fixture
def names(diary):
    return diary.namespace


@pytest.fixture(scope="module")
def local():
    """The same names in this process."""
    return in_this_process()
