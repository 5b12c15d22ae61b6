"""A suggestion: the nearest name that is known, or nothing."""

import pytest

from autograder.text.suggestion import suggestion


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("dropout_12", " (did you mean dropout_l2?)"),
        ("dropuot_l2", " (did you mean dropout_l2?)"),
        ("recurrent", ""),
        ("", ""),
    ],
)
def test_the_nearest_name_is_suggested(name, told):
    """One that is like nothing known suggests nothing."""
    assert suggestion(name, ["dropout_l2", "scaling"]) == told
    assert suggestion(name, []) == ""
