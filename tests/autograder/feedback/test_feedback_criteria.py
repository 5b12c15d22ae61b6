"""The criteria on the page of feedback: a table in each item's section, before the evidence."""

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


def table(page):
    """Return the rows of the table of criteria."""
    [found] = [t for t in page.all("table") if t.get("class") == "rubric"]
    rows = [
        [" ".join("".join(cell.itertext()).split()) for cell in row] for row in found.iter("tr")
    ]
    return rows[0], rows[1:]


def test_the_criteria_stand_between_the_advice_and_the_evidence():
    """Each with a mark, its sentence and its points."""
    named = (Diagnosis("a_mutant", "Add them."),)
    page = page_of(SCALES, property_of("adds", FAILED), KEEPS, diagnosis=named)
    assert table(page) == (
        ["criterion", "points"],
        [
            ["✓passed: It scales x.", "1.2 of 1.2"],
            ["✗failed: It adds up.", "0 of 0.6"],
            ["✓passed: It keeps to itself.", "0.2 of 0.2"],
        ],
    )
    told = page.section("test_scaler")
    places = [told.index(text) for text in ("Add them.", "criterion", "What does not hold (1)")]
    assert places == sorted(places)
    assert "✗failed: adds: a. adds a is wrong" in told


def test_the_evidence_that_the_named_mistake_breaks_comes_first():
    """Then that of the first criteria."""
    wrong = [property_of(criterion, FAILED) for criterion in ("keeps", "adds", "scales")]
    told = page_of(*wrong, diagnosis=(Diagnosis("m", "Add.", ("test_adds_a",)),)).section(
        "test_scaler"
    )
    places = [told.index(f"✗failed: {name}: a.") for name in ("adds", "scales", "keeps")]
    assert places == sorted(places)


def test_an_item_that_scores_0_says_why(tiny_course, made):
    """In one sentence, with the essential property; the criteria that hold earn nothing."""
    add_rubric(tiny_course.assignment)
    tiny_course.hand_in("ann", IDENTITY)
    tiny_course.grade("ann")
    page = made()
    told = page.section("test_scaler")
    assert told.count("scores 0") == 1
    assert "this essential test failed: The output is not the input. criterion" in told
    assert table(page)[1][1:] == [
        ["✓passed: The factor is 2 by default.", "0 of 0.6"],
        ["✓passed: It keeps to itself.", "0 of 0.2"],
    ]


def test_the_page_of_a_graded_submission_has_its_criteria(tiny_course, made):
    """A property of manners costs the points of manners alone."""
    add_rubric(tiny_course.assignment)
    tiny_course.hand_in("ann", IN_PLACE)
    tiny_course.grade("ann")
    page = made()
    assert "test_scaler: 1.8 of 2 points" in page.text
    assert table(page)[1][2] == ["✗failed: It keeps to itself.", "0 of 0.2"]


def test_code_that_hangs_says_so_once(tiny_course, made):
    """The sentence about the item names the test; the test itself says what hung."""
    hidden = add_rubric(tiny_course.assignment).hidden
    (hidden / "manifest.toml").write_text("[limits]\ncall_seconds = 0.5\n")
    tiny_course.hand_in("ann", HANGING)
    tiny_course.grade("ann")
    told = made().section("test_scaler")
    assert told.count("scores 0, because the code did not reach the end of this test: ") == 1
    assert told.count("did not return within 0.5 seconds") == 1


def test_what_came_after_the_end_of_the_code_is_not_run():
    """It is shown as not run, in the table and in the evidence, and does not repeat the cause."""
    ended = property_of("scales", FAILED, ended=True)
    later = property_of(
        "adds", FAILED, ended=True, message="not run, after an earlier failure: x y"
    )
    page = page_of(ended, later, KEEPS)
    assert [row[0] for row in table(page)[1]][1] == "?not run: It adds up."
    told = page.section("test_scaler")
    assert "What was not tested (1) ?not run: adds: a." in told
    assert "earlier failure" not in told


def test_a_criterion_that_waits_says_so():
    """It shows its maximum, and no zero for a fault of ours."""
    page = page_of(SCALES, property_of("adds", NOT_RUN), KEEPS, status=Status.HELD)
    assert table(page)[1] == [
        ["✓passed: It scales x.", "1.2 of 1.2"],
        ["?not run: It adds up.", "not run, of 0.6 points"],
        ["✓passed: It keeps to itself.", "0.2 of 0.2"],
    ]
    assert "What was not tested (1)" in page.section("test_scaler")


def test_beside_a_score_by_hand_the_points_are_those_of_the_tests():
    """The head of the column says so."""
    page = page_of(SCALES, ADDS, property_of("keeps", FAILED), mark={"manual": 2.0})
    assert table(page)[0] == ["criterion", "points by the tests"]
    assert "Raised by hand: the tests gave 1.8." in page.section("test_scaler")


def test_an_item_without_criteria_has_no_such_table():
    """It keeps its list of properties."""
    assert not [t for t in make(account(SIMPLE)).all("table") if t.get("class") == "rubric"]


@pytest.mark.parametrize("where", ["sentence", "message"])
def test_a_criterion_is_no_markup(where):
    """Nor is the sentence about a gate."""
    gate = property_of("scales", FAILED, essential=True)
    gate = replace(gate, **{where: HOSTILE})
    assert " ".join(HOSTILE.split()) in page_of(gate, ADDS, KEEPS).text
