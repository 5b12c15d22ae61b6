"""The rates of criteria: who earned and lost each one, and what that cost the class."""

from autograder.class_report.criterion_rate import CriterionRate, MistakeCount, criterion_rates
from autograder.results.outcome import Diagnosis, Outcome
from tests.autograder.support.results import PASSED, judged, property_of, report

SCALES, ADDS, KEEPS = map(property_of, ("scales", "adds", "keeps"))
NO_SCALE = property_of("scales", Outcome.FAILED)
NO_SUM = property_of("adds", Outcome.FAILED)
UNSURE = property_of("adds", Outcome.NOT_RUN)


def unnamed(lost):
    return (MistakeCount("", "", lost),)


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
        CriterionRate("test_item", "scales", "It scales x.", 1.2, 2, 2, 0, 2.4, unnamed(1)),
        CriterionRate("test_item", "adds", "It adds up.", 0.6, 1, 2, 1, 1.2, unnamed(2)),
        CriterionRate("test_item", "keeps", "It keeps to itself.", 0.2, 2, 1, 1, 0.2, unnamed(1)),
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


def test_a_criterion_has_the_mistakes_by_which_it_was_lost():
    """The most frequent comes first, and what is not recognised comes last."""
    bias, mean = (Diagnosis(name, f"Mend {name}.", ("test_scales_a",)) for name in ("bias", "mean"))
    mistakes = [[bias], [mean], [mean, bias], [mean], [], [], [], []]
    scales, _, _ = criterion_rates(
        "test_item", [judged(NO_SCALE, ADDS, KEEPS, diagnosis=tuple(one)) for one in mistakes]
    )
    assert scales.mistakes == (
        MistakeCount("mean", "Mend mean.", 3),
        MistakeCount("bias", "Mend bias.", 2),
        MistakeCount("", "", 4),
    )


def test_the_share_is_of_those_that_have_points():
    """There is none as long as nobody has."""
    results = [judged(SCALES, ADDS, KEEPS), judged(SCALES, NO_SUM, KEEPS)]
    _, adds, _ = criterion_rates("test_item", [*results, judged(SCALES, UNSURE, KEEPS)])
    assert adds.share == 0.5
    _, adds, _ = criterion_rates("test_item", [judged(SCALES, UNSURE, KEEPS)])
    assert adds.share is None
