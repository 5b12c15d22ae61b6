"""Diagnosis: the known mistake that behaves like a student's code, and no other."""

from dataclasses import replace

import pytest

from autograder.grading.diagnosis import deviations, diagnose
from autograder.results.outcome import Diagnosis
from tests.autograder.support.certificate import mistake

A = mistake("a", test_one={"output": "0"})
B = mistake("b", test_one={"rate": "0.5"})
C = mistake("c", test_one={"input": "changed"})
D = mistake("d", test_one={"shape": "(1,)"})
EACH = A, B, C, D


def names(mistakes, **lost):
    """Return the names of the diagnosed mistakes, by item."""
    return {
        item: [diagnosis.mistake for diagnosis in found]
        for item, found in diagnose(mistakes, lost).items()
    }


def seen(*mistakes):
    """Return the facts of an item with all these mistakes."""
    return {name: fact for m in mistakes for name, fact in m.behaviour["test_one"].items()}


def test_deviations_are_the_facts_that_differ():
    """By item, these are the facts that differ from the reference's or are not among them."""
    reference = {"test_one": {"output": "1", "rate": "0.5"}, "test_two": {"output": "2"}}
    behaviour = {
        "test_one": {"output": "0", "rate": "0.5", "more": "x"},
        "test_two": {"output": "2"},
    }
    assert deviations(behaviour, reference) == {
        "test_one": {"output": "0", "more": "x"},
        "test_two": {},
    }


def test_a_fact_of_one_item_says_nothing_of_another():
    """The same fact may be right in one item and wrong in another."""
    reference = {"test_one": {"output": "1"}, "test_two": {"output": "2"}}
    assert deviations({"test_two": {"output": "1"}}, reference) == {"test_two": {"output": "1"}}


def test_equal_behaviour_names_the_mistake():
    """The student gets the advice of the mistake that behaves in the same way."""
    known = mistake("zeros", advice="Do not zero it.", test_one={"output": "0", "rate": "1"})
    lost = {"test_one": {"rate": "1", "output": "0"}}
    named = Diagnosis("zeros", "Do not zero it.", ("test_a",))
    assert diagnose([A, known, B], lost) == {"test_one": (named,)}


def test_a_diagnosis_has_the_properties_that_the_mistake_breaks():
    """These are the properties of its item, not those of others."""
    fails = {"test_one": ("test_b", "test_c"), "test_two": ("test_d",)}
    known = replace(mistake("wide", test_one=ONE, test_two=TWO), fails=fails)
    found = diagnose([known], {"test_one": ONE, "test_two": TWO})
    assert {item: named.breaks for item, (named,) in found.items()} == fails


@pytest.mark.parametrize(
    "facts",
    [{"output": "2"}, {"rate": "0"}, {"output": "0", "other": "0"}],
    ids=["another value", "a value of another fact", "one fact more"],
)
def test_behaviour_that_no_mistake_shows_is_not_named(facts):
    """Facts that no known mistakes explain in full have no diagnosis."""
    assert names(EACH, test_one=facts) == {"test_one": []}


def test_half_of_a_mistakes_behaviour_is_not_the_mistake():
    """A mistake with more facts than are seen is not named."""
    known = mistake("both", test_one={"output": "0", "rate": "0.5"})
    assert names([known], test_one={"output": "0"}) == {"test_one": []}
    assert names([known, B], test_one={"rate": "0.5"}) == {"test_one": ["b"]}


def test_where_nothing_deviates_nothing_is_named():
    """An item without deviations has no diagnosis."""
    silent = mistake("silent", test_one={})
    assert names([silent, *EACH], test_one={}) == {"test_one": []}
    assert diagnose(EACH, {}) == {}
    assert diagnose([], {"test_one": {"output": "0"}}) == {"test_one": ()}


def test_a_mistake_is_named_in_the_items_that_show_it():
    """Behaviour in one item names no mistake in another."""
    assert names([A], test_one={"output": "0"}, test_two={"output": "0"}) == {
        "test_one": ["a"],
        "test_two": [],
    }


ONE, TWO = {"output": "0"}, {"rate": "0.5"}
ALONE = mistake("z_alone", test_one=ONE)
FIRST = mistake("a_first", test_one=ONE)
WIDE = mistake("y_wide", test_one=ONE, test_two=TWO)
WIDER = mistake("x_wider", test_one=ONE, test_two=TWO, test_three=ONE)
TWIN = mistake("a_twin", test_one=ONE, test_two=TWO)
TURNED = mistake("y_wide", test_two=TWO, test_one=ONE)


@pytest.mark.parametrize(
    ("mistakes", "lost", "named"),
    [
        ([ALONE, WIDE], {"test_one": ONE, "test_two": TWO}, "y_wide"),
        ([ALONE, WIDE], {"test_one": ONE}, "z_alone"),
        ([WIDER, WIDE], {"test_one": ONE, "test_two": TWO}, "y_wide"),
        ([WIDER, WIDE, TWIN], {"test_one": ONE, "test_two": TWO}, "a_twin"),
        # one that claims too much is not true
        ([ALONE, WIDER], {"test_one": ONE, "test_two": TWO}, "z_alone"),
        # that another item was lost too speaks for none that shows something else there
        ([FIRST, WIDE], {"test_one": ONE, "test_two": ONE}, "a_first"),
    ],
    ids=["explains more", "claims less", "claims fewer", "by name", "claims more", "lost alike"],
)
def test_of_equal_mistakes_the_most_specific_is_named(mistakes, lost, named):
    """Mistakes that explain more items come first, then by name; none affects an item without loss."""
    for order in (mistakes, mistakes[::-1]):
        assert names(order, **lost)["test_one"] == [named]


@pytest.mark.parametrize(
    ("first", "named"),
    [
        ({"test_one": ONE}, ["y_wide"]),
        ({"test_one": {**ONE, "other": "0"}}, ["y_wide"]),
        ({"test_one": {"output": "2"}}, []),
        ({}, []),
    ],
    ids=["shown", "shown beside others", "not shown", "kept"],
)
def test_a_mistake_is_named_only_if_all_of_it_is_seen(first, named):
    """A mistake is named only if all other items that it affects show it as well."""
    assert names([WIDE], **first, test_two=TWO)["test_two"] == named
    assert names([TURNED], **first, test_two=TWO)["test_two"] == named


@pytest.mark.parametrize("made", [[A, B], [B, D], [A, B, C]])
def test_mistakes_that_make_up_all_that_is_seen_are_named_together(made):
    """Two or three mistakes in one item are all named."""
    for order in (EACH, EACH[::-1]):
        assert names(order, test_one=seen(*made)) == {"test_one": [m.name for m in made]}


def test_one_mistake_goes_before_several():
    """One mistake that explains everything is named alone."""
    both = mistake("z_both", test_one=seen(A, B))
    assert names([A, B, both], test_one=seen(A, B)) == {"test_one": ["z_both"]}


def test_the_one_that_shows_most_comes_first():
    """The largest of several mistakes comes first; one that adds nothing is not named."""
    large = mistake("z_large", test_one=seen(A, B))
    assert names([A, B, C, large], test_one=seen(A, B, C)) == {"test_one": ["z_large", "c"]}


def test_nothing_is_named_while_something_remains_unexplained():
    """Two known mistakes and an unknown fact give no diagnosis."""
    assert names(EACH, test_one={**seen(A, B), "other": "0"}) == {"test_one": []}


def test_more_than_three_mistakes_are_not_named():
    """Many mistakes together can explain anything."""
    assert names(EACH, test_one=seen(*EACH)) == {"test_one": []}
