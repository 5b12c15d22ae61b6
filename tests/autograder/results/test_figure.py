"""Figures: signs, numbers and shades."""

from autograder.results.figure import Figure


def figure(*rows):
    return Figure("output", "✗ not right", (2, len(rows[0].split())), (0, 0), rows)


def test_a_part_has_the_first_mark():
    """It has so many rows and columns at most, and says where it begins."""
    whole = figure("1 2 3 4", "5 6 7! 8", "9! 1 2 3")
    assert whole.cropped(9, 9) == whole
    part = whole.cropped(1, 2)
    assert (part.start, part.rows) == ((1, 2), ("7! 8",))
    assert (part.title, part.legend, part.shape) == (whole.title, whole.legend, whole.shape)
    last = figure("1 2 3", "4 5 6!").cropped(2, 2)
    assert (last.start, last.rows) == ((0, 1), ("2 3", "5 6!"))
    plain = figure("1 2 3", "4 5 6").cropped(1, 2)
    assert (plain.start, plain.rows) == ((0, 0), ("1 2",))


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
