"""A line that several processes tell."""

from autograder.commands.once import Once


def test_a_line_is_told_once():
    """Each process would tell it."""
    told = []
    tell = Once(told.append)
    for line in ("a", "b", "a"):
        tell(line)
    assert told == ["a", "b"]
