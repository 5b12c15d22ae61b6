"""Fixtures shared by the tests of commands."""

import pytest

from tests.autograder.support.tiny import IDENTITY


@pytest.fixture
def course(tiny_course):
    """Ann is right, Bob is not, and Cem's file is no notebook."""
    tiny_course.hand_in("ann")
    tiny_course.hand_in("bob", IDENTITY)
    (tiny_course.hand_in("cem") / "tiny.ipynb").write_text("{")
    return tiny_course
