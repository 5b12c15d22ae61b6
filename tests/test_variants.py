"""The hidden suites against right solutions: however they are written, they lose nothing."""

import pytest

from autograder.specimen import variants
from tests.corpus import ASSIGNMENT, by_name, graded, lost, not_run


@pytest.mark.parametrize("group", by_name(variants(ASSIGNMENT)))
def test_variants_get_full_points(grading_process, group):
    """Variants get every point of every item."""
    report = graded(grading_process, group)
    assert not_run(report) == []
    assert lost(report) == set()


def test_each_variant_loses_nothing():
    """A variant is right, so it names no item to lose."""
    assert [variant.name for variant in variants(ASSIGNMENT) if variant.loses] == []


def test_reference_gets_everything(grading_process):
    """The reference gets the points that the contract fixes: 1.0, 0.5, 0.5 and 1.0."""
    report = grading_process.grade(ASSIGNMENT, ASSIGNMENT.source)
    assert {item.name: item.points for item in report.items} == {
        "test_dropout_forward": 1.0,
        "test_dropout_backward": 0.5,
        "test_l2_forward": 0.5,
        "test_l2_backward": 1.0,
    }
