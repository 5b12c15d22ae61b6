"""Counts with the noun in its right number, and the nearest name that is known."""

import pytest

from autograder.text.wording import counted_as, suggestion


def test_one_is_not_several():
    """Nor is none one."""
    assert [counted_as(n, "student") for n in (0, 1, 2)] == [
        "0 students",
        "1 student",
        "2 students",
    ]
    assert counted_as(2, "penalty", "penalties") == "2 penalties"


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        ("dropout_12", " (did you mean dropout_l2?)"),
        ("dropuot_l2", " (did you mean dropout_l2?)"),
        ("recurrent", ""),
        ("", ""),
    ],
)
def test_the_nearest_name_is_suggested(name, reported):
    """One that is like nothing known suggests nothing."""
    assert suggestion(name, ["dropout_l2", "scaling"]) == reported
    assert suggestion(name, []) == ""
