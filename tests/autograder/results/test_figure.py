"""Figures: signs, numbers and shades."""

from autograder.results.figure import Figure


def figure(*rows):
    return Figure("output", "✗ not right", (2, len(rows[0].split())), (0, 0), rows)


def test_a_figure_is_told_apart_without_colours():
    """Signs and numbers are enough without shades, which are symmetric around zero."""
    found = figure("4! -4 1", "0 nan! 2.5")
    assert found.shaded == [
        [("4", True, "p4"), ("-4", False, "n4"), ("1", False, "p1")],
        [("0", False, ""), ("nan", True, ""), ("2.5", False, "p3")],
    ]
    drawn = figure("■ ·", "· ■")
    assert drawn.shaded == [
        [("■", False, "d"), ("·", False, "")],
        [("·", False, ""), ("■", False, "d")],
    ]
