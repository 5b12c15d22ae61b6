"""A student's points: nbgrader's own definition of a score, and one line for the staff."""

import pytest

from autograder.results.report import Status
from autograder.results.standing import Mark, Standing, cell_names


@pytest.mark.parametrize(
    ("mark", "score"),
    [
        (Mark(2.0, 1.5), 1.5),
        (Mark(2.0, 1.5, 0.25), 0.25),
        (Mark(2.0, 1.5, 0.0), 0.0),
        (Mark(2.0, None, 0.25, 0.1), 0.35),
        (Mark(2.0, 0.2, None, 0.1), 0.3),
        (Mark(2.0, None, None, 0.1), None),
    ],
    ids=str,
)
def test_a_score_by_hand_counts_first_and_extra_credit_is_added(mark, score):
    """Extra credit alone is not a score."""
    assert mark.score == score
    assert mark.is_open == (score is None)


def test_the_late_penalty_is_taken_off_the_sum():
    """The result is at least 0, and exists only if all cells have a score."""
    marks = {"a": Mark(1.0, 0.7), "b": Mark(1.0, 0.1)}
    assert (Standing(marks, 0.15).before_penalty, Standing(marks, 0.15).score) == (0.8, 0.65)
    assert Standing(marks, 2.0).score == 0.0
    waiting = Standing({**marks, "c": Mark(1.0)}, 0.15)
    assert (waiting.before_penalty, waiting.score, waiting.so_far) == (None, None, 0.65)


@pytest.mark.parametrize(
    ("standing", "status", "line"),
    [
        (Standing({"a": Mark(2.0, 1.5)}), Status.GRADED, "1.5 of 2 points, graded"),
        (Standing({"a": Mark(1.0, 1.0)}), Status.REMARKS, "1 of 1 point, graded with remarks"),
        (Standing({"a": Mark(2.0, 2.0)}, 2.0), Status.GRADED, "0 of 2 points, graded; late penalty 2"),
        (Standing({"a": Mark(3.0)}), Status.HELD, "held back of 3 points, grader's fault"),
        (Standing({"a": Mark(3.0, None, 2.5)}), Status.HELD, "2.5 of 3 points, grader's fault"),
        (Standing({"a": Mark(1.0, 0.7), "b": Mark(2.0)}), Status.GRADED, "0.7 of 3 points so far, graded"),
    ],
    ids=str,
)  # fmt: skip
def test_the_summary_is_one_line_for_the_staff(standing, status, line):
    """The line has the points after the penalty, the maximum and the status."""
    assert standing.summary(status) == line


def test_cells_of_the_same_name_are_told_apart():
    """nbgrader requires unique names only within a notebook."""
    assert cell_names([("one", "a"), ("two", "a"), ("two", "b")]) == {
        ("one", "a"): "one/a", ("two", "a"): "two/a", ("two", "b"): "b",
    }  # fmt: skip
