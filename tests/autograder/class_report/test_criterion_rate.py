"""The rates of criteria: who earned and lost each one, and what that cost the class."""

from autograder.class_report.criterion_rate import CriterionRate, criterion_rates
from autograder.results.outcome import Outcome
from tests.autograder.support.results import PASSED, judged, property_of, report

SCALES, ADDS, KEEPS = map(property_of, ("scales", "adds", "keeps"))
NO_SCALE = property_of("scales", Outcome.FAILED)
NO_SUM = property_of("adds", Outcome.FAILED)
UNSURE = property_of("adds", Outcome.NOT_RUN)


def test_each_criterion_has_those_who_lost_it_and_what_it_cost():
    """In the rubric's order; what waits for a result is neither earned nor lost."""
    found = criterion_rates(
        "test_item",
        [
            judged(SCALES, ADDS, KEEPS),
            judged(SCALES, NO_SUM, KEEPS),
            judged(NO_SCALE, NO_SUM, KEEPS),  # whose manners earn nothing
            judged(NO_SCALE, UNSURE, KEEPS),
        ],
    )
    assert found == [
        CriterionRate("test_item", "scales", "It scales x.", 1.2, 2, 2, 0, 2.4),
        CriterionRate("test_item", "adds", "It adds up.", 0.6, 1, 2, 1, 1.2),
        CriterionRate("test_item", "keeps", "It keeps to itself.", 0.2, 2, 1, 1, 0.2),
    ]


def test_the_costs_of_an_item_are_the_points_that_the_class_lost_in_it():
    """To the last digit, for weights that do not divide the points."""
    results = [
        judged(SCALES, NO_SUM, KEEPS, points=0.7),
        judged(NO_SCALE, NO_SUM, KEEPS, points=0.7),
    ]
    costs = sum(rate.cost for rate in criterion_rates("test_item", results))
    assert round(costs, 9) == round(sum(0.7 - result.points for result in results), 9)


def test_an_item_without_criteria_has_no_rates():
    """Nor has a class in which nobody was graded."""
    assert criterion_rates("test_item", [report(PASSED).item("test_item")]) == []
    assert criterion_rates("test_item", []) == []
