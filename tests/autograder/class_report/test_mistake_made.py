"""The mistakes of a class: each once, with its cost in points and those who made it."""

from dataclasses import replace

from autograder.class_report.mistake_made import CriterionLost, mistakes_made
from autograder.results.outcome import Diagnosis, Outcome
from tests.autograder.class_report.test_facts import record
from tests.autograder.support.results import judged, property_of

SCALES, ADDS, KEEPS = map(property_of, ("scales", "adds", "keeps"))
NO_SCALE = property_of("scales", Outcome.FAILED)
NO_SUM = property_of("adds", Outcome.FAILED)
MEAN = Diagnosis("mean", "Take the sum.", ("test_scales_a",))


def graded(student, *items):
    return record(student, 1.0, 1.0, "graded", *items)


def lost(*results, diagnosis=(), name="test_item", **more):
    return replace(judged(*results, diagnosis=diagnosis, name=name), **more)


def told(*records):
    return [
        (made.name, made.cost, [r.student for r in made.records]) for made in mistakes_made(records)
    ]


def test_the_mistake_that_cost_most_comes_first():
    """In all items and submissions together, known or not."""
    by_mean = lost(NO_SCALE, ADDS, KEEPS, diagnosis=(MEAN,))
    again = replace(by_mean, name="test_again")
    assert told(
        graded("ann", lost(SCALES, NO_SUM, KEEPS)),
        graded("bob", by_mean, again),
        graded("cem", by_mean),
        graded("dan", lost(SCALES, ADDS, KEEPS)),
    ) == [("mean", 3.6, ["bob", "cem"]), ("", 0.6, ["ann"])]


def test_a_mistake_has_the_criteria_that_it_cost():
    """With their sentences; the highest cost comes first."""
    both = Diagnosis("both", "Mend both.", ("test_scales_a", "test_adds_a"))
    by_both = lost(NO_SCALE, NO_SUM, KEEPS, diagnosis=(both,))
    only_sum = lost(SCALES, NO_SUM, KEEPS, diagnosis=(both,))
    (made,) = mistakes_made([graded("ann", by_both), graded("bob", only_sum)])
    assert (made.name, made.advice) == ("both", "Mend both.")
    assert made.criteria == (
        CriterionLost("test_item", "scales", "It scales x.", 1, 1.2),
        CriterionLost("test_item", "adds", "It adds up.", 2, 1.2),
        CriterionLost("test_item", "keeps", "It keeps to itself.", 1, 0.2),
    )


def test_unknown_mistakes_count_by_the_criterion_that_they_cost():
    """One that several errors of a submission cost counts once."""
    twice = property_of("scales", Outcome.FAILED, name="b")
    other = property_of("scales", Outcome.FAILED, message="another error")
    records = [
        graded("ann", lost(NO_SCALE, twice, ADDS, KEEPS)),
        graded("bob", lost(other, ADDS, KEEPS)),
    ]
    assert told(*records, graded("cem", lost(SCALES, NO_SUM, KEEPS))) == [
        ("", 2.4, ["ann", "bob"]), ("", 0.6, ["cem"]),
    ]  # fmt: skip


def test_without_criteria_a_mistake_costs_its_share():
    """Of the points that the item lost."""
    bare = lost(NO_SCALE, NO_SUM, criteria=())
    (made,) = mistakes_made([graded("ann", bare)])
    assert made.criteria == (CriterionLost("test_item", "", "", 1, 2.0),)


def test_who_was_not_graded_made_no_mistake():
    """Nor did a class of nobody."""
    assert mistakes_made([replace(graded("ann"), report=None)]) == []
    assert mistakes_made([]) == []
