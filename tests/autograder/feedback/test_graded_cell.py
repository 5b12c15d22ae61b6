"""A graded cell: what is said of its score, and what of all its properties at once."""

from dataclasses import replace

import pytest

from autograder.feedback.graded_cell import GradedCell
from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.standing import Mark

PASSED = PropertyResult("test_a", "It scales.", Outcome.PASSED)
FAILED = PropertyResult("test_b", "It keeps x.", Outcome.FAILED, "x has been changed [Scaler]")
BROKEN = PropertyResult("test_c", "It is fast.", Outcome.NOT_RUN, "KeyError: 'secret'")


def test_what_all_properties_fail_for_is_said_once():
    """As for PyTorch in a layer; where they fail for different reasons, each says its own."""
    again = replace(FAILED, name="test_d", sentence="It adds.")
    other = replace(again, message="another reason")

    def count(*properties):
        item = ItemResult("test_scaler", 2.0, properties)
        mark = Mark(2.0, 0.0)
        return GradedCell("test_scaler", mark, item).common

    assert count(PASSED, FAILED, again) == FAILED.message
    assert count(PASSED, FAILED, other) == count(PASSED, FAILED) == count(PASSED) == ""


@pytest.mark.parametrize(
    ("mark", "tests", "notes"),
    [
        ({}, 1.0, []),
        ({"manual": 1.5}, 1.0, ["raised by hand: the tests gave 1"]),
        ({"manual": 0.25}, 1.0, ["lowered by hand: the tests gave 1"]),
        ({"manual": 1.0}, 1.0, []),
        ({"extra": 0.5}, 1.0, ["0.5 of them extra credit"]),
        ({"manual": 2.0, "extra": 0.5}, 1.0, ["raised by hand: the tests gave 1", "0.5 of them extra credit"]),
        ({"auto": None}, 1.0, ["the tests gave 1"]),
        ({"auto": None}, None, []),
        ({"auto": None, "manual": 2.0}, None, ["set by hand: the tests could not be run"]),
        ({"auto": 0.5}, 1.0, ["lowered: the tests gave 1"]),
    ],
)  # fmt: skip
def test_where_the_gradebook_differs_from_the_tests_it_says_so(mark, tests, notes):
    """What counts is the gradebook's; what the tests gave stands beside it."""
    item = ItemResult("a", 2.0, (PASSED, FAILED) if tests else (BROKEN,))
    assert item.points == tests
    whole = {"points": 2.0, "auto": tests, **mark}
    assert GradedCell("a", Mark(**whole), item).notes == notes
