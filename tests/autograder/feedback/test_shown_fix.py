"""What to fix, in words: the advice or what does not hold, and what it costs in each item."""

from autograder.feedback.shown_fix import question, shown_fixes
from autograder.results.figure import Figure
from autograder.results.outcome import Diagnosis, Outcome
from autograder.results.report import Report, Status
from tests.autograder.support.results import judged, property_of

PASSED, FAILED, _ = Outcome
SCALES, ADDS, KEEPS = map(property_of, ("scales", "adds", "keeps"))
WRONG = property_of("adds", FAILED)


def report(*items, **known):
    return Report(known.pop("status", Status.GRADED), items, **known)


def test_the_costs_name_item_and_criteria():
    """An item that is lost as a whole needs no criteria; each item has a line."""
    bias = (Diagnosis("bias_too", "Leave it out.", ("test_adds_a", "test_scales_a")),)
    one = judged(SCALES, WRONG, KEEPS, name="test_one", title="One", diagnosis=bias)
    gate = property_of("scales", FAILED, essential=True)
    two = judged(gate, ADDS, KEEPS, name="test_two", diagnosis=bias)
    [fix] = shown_fixes(report(one, two))
    assert (fix.heading, fix.points, fix.others) == ("Leave it out.", "2.6 points", 1)
    assert fix.costs == ["0.6 in One: It adds up.", "2 in two: all of it"]


def test_a_criterion_that_two_mistakes_cost_is_counted_once():
    """The second mistake costs the same points, or some of its points are the first one's."""

    def points(first, second):
        known = Diagnosis("a", "First.", first), Diagnosis("b", "Then.", second)
        results = [
            property_of(
                criterion, FAILED if f"test_{criterion}_{name}" in first + second else PASSED, name
            )
            for criterion in ("scales", "adds", "keeps")
            for name in "ab"
        ]
        return [fix.points for fix in shown_fixes(report(judged(*results, diagnosis=known)))]

    assert points(("test_adds_a",), ("test_adds_b",)) == ["0.6 points", "the same 0.6 points"]
    assert points(("test_scales_a", "test_adds_a"), ("test_adds_b", "test_keeps_a")) == [
        "1.8 points",
        "0.8 points, 0.6 of them counted above",
    ]


def test_without_advice_the_heading_is_what_does_not_hold():
    """Or the message, if several tests fail with it."""
    [fix] = shown_fixes(report(judged(SCALES, WRONG, KEEPS)))
    assert (fix.heading, fix.is_told) == ("This does not hold yet: adds: a.", False)
    [fix] = shown_fixes(report(judged(*failing_with("there is no zero"), KEEPS)))
    assert fix.heading == "Several tests fail in the same way: there is no zero"
    assert (fix.others, fix.is_told) == (1, True)


def test_an_error_is_said_to_stop_the_code():
    """The heading has its line, so the proof need not repeat it."""
    where = "KeyError: 'weights' (line 7 of its cell, in Layer.backward)"
    [fix] = shown_fixes(report(judged(*failing_with(where), KEEPS)))
    assert (fix.heading, fix.is_told) == (f"Your code stops with {where}", True)


def failing_with(message):
    return [property_of(name, FAILED, message=message) for name in ("scales", "adds")]


def test_the_evidence_has_few_small_pictures():
    """Two at most, of a dozen columns, so that they fit on the first screen of a phone."""
    rows = (" ".join(["1"] * 16),) * 12
    three = tuple(Figure(f"call {n}", "", (30, 30), (0, 0), rows) for n in range(3))
    [fix] = shown_fixes(report(judged(SCALES, property_of("adds", FAILED, figures=three), KEEPS)))
    assert [(f.title, len(f.rows), len(f.rows[0].split())) for f in fix.figures] == [
        ("call 0", 6, 12),
        ("call 1", 6, 12),
    ]


def test_the_evidence_has_a_mask_with_a_pattern_if_there_is_one():
    """A mask of which nothing is dropped shows nothing, but another criterion proves another."""
    empty, striped = (Figure("mask", "", (1, 2), (0, 0), (row,)) for row in ("· ·", "■ ·"))
    wrong = [
        property_of("scales", FAILED, figures=(empty,)),
        property_of("scales", FAILED, "b", figures=(striped,)),
        property_of("adds", FAILED, figures=(striped,)),
    ]
    first, second = shown_fixes(report(judged(*wrong, KEEPS)))
    assert (first.proof, first.others, second.proof) == (wrong[1], 1, wrong[2])
    zeros = Figure("grad_input", "", (1, 2), (0, 0), ("0! 0!",))
    for shown in (empty, zeros):
        one = property_of("scales", FAILED, figures=(shown,))
        assert shown_fixes(report(judged(one, wrong[2], KEEPS)))[0].proof == one
    numbers = [property_of("scales", FAILED, name, figures=(zeros,)) for name in "ab"]
    assert shown_fixes(report(judged(*numbers, wrong[2], KEEPS)))[0].proof == numbers[0]


def test_a_file_that_could_not_be_read_leaves_nothing_to_fix():
    """Its remark says what to do."""
    lost = judged(property_of("", FAILED, essential=True))
    assert shown_fixes(report(lost, status=Status.UNREADABLE)) == []
    assert shown_fixes(report(lost))


def test_the_question_depends_on_the_answers():
    """The same answers get the same question; an item without one is passed by."""
    items = [judged(SCALES, ADDS, KEEPS, question=text) for text in ("Why?", "", "How?")]
    asked = {question(report(*items, seed=seed)) for seed in range(4)}
    assert asked == {"Why?", "How?"}
    assert question(report(*items, judged(SCALES, WRONG, KEEPS))) == ""
    assert question(report(judged(SCALES, ADDS, KEEPS))) == ""
