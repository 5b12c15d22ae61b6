"""The criteria on the page of feedback: what to fix, and each item's criteria before its tests."""

from dataclasses import replace

import pytest

from autograder.results.outcome import Diagnosis, Outcome
from autograder.results.report import Report, Status
from tests.autograder.feedback.test_feedback import HOSTILE, account, make
from tests.autograder.feedback.test_feedback import PASSED as SIMPLE
from tests.autograder.support.results import judged, property_of
from tests.autograder.support.tiny import HANGING, IDENTITY, IN_PLACE, add_rubric

PASSED, FAILED, NOT_RUN = Outcome
SCALES, ADDS, KEEPS = map(property_of, ("scales", "adds", "keeps"))


def page_of(*results, status=Status.GRADED, mark=None, **more):
    item = judged(*results, name="test_scaler", **more)
    return make(Report(status, (item,)), **(mark or {}))


def test_the_criteria_stand_between_the_advice_and_the_evidence():
    """Lost ones first, each with a mark, its points and its sentence; the others are folded."""
    named = (Diagnosis("a_mutant", "Add them.", ("test_adds_a",)),)
    page = page_of(SCALES, property_of("adds", FAILED), KEEPS, diagnosis=named)
    assert page.section("Fix this").startswith(
        "Fix this Add them. It costs 0.6 points: 0.6 in scaler: It adds up. adds a is wrong"
    )
    told = page.section("scaler")
    assert told.startswith("scaler: 1.4 of 2 points ✗0 of 0.6: It adds up. 2 criteria earned")
    assert "✓1.2 of 1.2: It scales x. ✓0.2 of 0.2: It keeps to itself. The tests: 1 failed" in told
    assert "✗failed: adds: a. adds a is wrong" in told


def test_what_costs_most_is_to_be_fixed_first():
    """The page tells each cause once, with its evidence and the number of other tests that fail for it."""
    same = "TypeError: x"
    wrong = [
        property_of("keeps", FAILED, message=same),
        property_of("adds", FAILED, message="adds up to 3"),
        property_of("scales", FAILED, message=same),
    ]
    told = page_of(*wrong, KEEPS).section("Fix these 2 things")
    assert told.count(same) == 1
    first, second = told.index(same), told.index("This does not hold yet: adds: a.")
    assert first < second
    assert "1 more test fails for this reason." in told[first:second]


def test_a_long_name_breaks_before_its_method():
    """On a phone, `Layer(...).backward` is longer than a line; what it says is still escaped."""
    page = page_of(property_of("adds", FAILED, message="3 < 4 [Scaler(factor=2).backward]"), KEEPS)
    assert "3 &lt; 4 [Scaler(factor=2)<wbr>.backward]" in page.html
    assert "3 < 4 [Scaler(factor=2).backward]" in page.text


def test_full_marks_are_praised():
    """With one question of the rubric to think about; there is nothing to fix."""
    page = page_of(SCALES, ADDS, KEEPS, question="Why is it linear?")
    assert "You earned every point. Well done. To think about: Why is it linear?" in page.text
    lost = page_of(SCALES, property_of("adds", FAILED), KEEPS, question="Why is it linear?")
    assert "Why is it linear?" not in lost.text


def test_the_items_title_is_its_name():
    """A student reads it, and not the test's name."""
    page = page_of(SCALES, ADDS, KEEPS, title="Scaling, forward pass")
    assert "Scaling, forward pass: 2 of 2 points" in page.text
    assert "scaler:" not in page.text


def test_the_evidence_that_the_named_mistake_breaks_comes_first():
    """Then that of the first criteria."""
    wrong = [property_of(criterion, FAILED) for criterion in ("keeps", "adds", "scales")]
    told = page_of(*wrong, diagnosis=(Diagnosis("m", "Add.", ("test_adds_a",)),)).section("scaler")
    places = [told.index(f"✗failed: {name}: a.") for name in ("adds", "scales", "keeps")]
    assert places == sorted(places)


def test_an_item_that_scores_0_says_why(tiny_course, made):
    """In one sentence, with the essential property; the criteria that hold earn nothing."""
    add_rubric(tiny_course.assignment)
    tiny_course.hand_in("ann", IDENTITY)
    tiny_course.grade("ann")
    told = made().section("scaler")
    assert told.count("scores 0") == 1
    assert "this essential test failed: The output is not the input. ✗" in told
    assert "✓0 of 0.6: The factor is 2 by default. ✓0 of 0.2: It keeps to itself." in told
    assert "earned" not in told


def test_the_page_of_a_graded_submission_has_its_criteria(tiny_course, made):
    """A property of manners costs the points of manners alone."""
    add_rubric(tiny_course.assignment)
    tiny_course.hand_in("ann", IN_PLACE)
    tiny_course.grade("ann")
    told = made().section("scaler")
    assert told.startswith("scaler: 1.8 of 2 points ✗0 of 0.2: It keeps to itself. 2 criteria")


def test_code_that_hangs_says_so_once(tiny_course, made):
    """The sentence about the item names the test; the test itself says what hung."""
    hidden = add_rubric(tiny_course.assignment).hidden
    (hidden / "manifest.toml").write_text("[limits]\ncall_seconds = 0.5\n")
    tiny_course.hand_in("ann", HANGING)
    tiny_course.grade("ann")
    page = made()
    told = page.section("scaler")
    assert told.count("scores 0, because the code did not reach the end of this test: ") == 1
    assert told.count("did not return within 0.5 seconds") == 1
    assert "did not return within 0.5 seconds" in page.section("Fix this")


def test_what_came_after_the_end_of_the_code_is_not_run():
    """It is shown as not run, with the criteria and in the evidence, without its cause."""
    ended = property_of("scales", FAILED, ended=True)
    later = property_of(
        "adds", FAILED, ended=True, message="not run, after an earlier failure: x y"
    )
    page = page_of(ended, later, KEEPS)
    told = page.section("scaler")
    assert "?0 of 0.6: It adds up." in told
    assert "What was not tested ?not run: adds: a." in told
    assert "earlier failure" not in page.text


def test_a_criterion_that_waits_says_so():
    """It shows its maximum, and no zero for a fault of ours."""
    page = page_of(SCALES, property_of("adds", NOT_RUN), KEEPS, status=Status.HELD)
    told = page.section("scaler")
    assert "?not run, of 0.6 points: It adds up. 2 criteria earned" in told
    assert "What was not tested ?not run" in told


def test_beside_a_score_by_hand_the_points_are_those_of_the_tests():
    """The page says so."""
    told = page_of(SCALES, ADDS, property_of("keeps", FAILED), mark={"manual": 2.0}).section(
        "scaler"
    )
    assert "Raised by hand: the tests gave 1.8. By the tests: ✗0 of 0.2" in told


def test_an_item_without_criteria_has_its_tests():
    """It keeps its list of properties, and names no criteria."""
    told = make(account(SIMPLE)).section("scaler")
    assert told == "scaler: 2 of 2 points The tests: 1 passed What holds ✓passed: It scales."


@pytest.mark.parametrize("where", ["sentence", "message"])
def test_a_criterion_is_no_markup(where):
    """Nor is the sentence about a gate."""
    gate = property_of("scales", FAILED, essential=True)
    gate = replace(gate, **{where: HOSTILE})
    assert " ".join(HOSTILE.split()) in page_of(gate, ADDS, KEEPS).text
