"""Counts, with the noun in its right number."""

from autograder.text.wording import counted_as


def test_one_is_not_several():
    """Nor is none one."""
    assert [counted_as(n, "student") for n in (0, 1, 2)] == [
        "0 students",
        "1 student",
        "2 students",
    ]
    assert counted_as(2, "penalty", "penalties") == "2 penalties"
