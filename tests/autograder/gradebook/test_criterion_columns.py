"""The columns of criteria: automatic points, empty wherever the item's own column would be."""

import pytest

from autograder.course.rubric import ItemRubric
from autograder.gradebook.criterion_columns import criterion_values, with_criteria
from autograder.results.outcome import Outcome
from autograder.results.report import Report, Status
from tests.autograder.gradebook.test_export import export, rows
from tests.autograder.support.results import CRITERIA, PASSED, judged, property_of, report
from tests.autograder.support.tiny import IDENTITY, IN_PLACE, RIGHT, add_rubric

COLUMNS = [f"test_scaler: {name}" for name in ("scales", "default", "keeps")]


def test_each_item_is_followed_by_its_criteria():
    """An item without criteria has its own column alone."""
    columns = with_criteria(["test_item", "essay"], {"test_item": ItemRubric(CRITERIA)})
    assert columns == [
        "test_item",
        "test_item: scales",
        "test_item: adds",
        "test_item: keeps",
        "essay",
    ]


def test_a_criterion_has_the_points_that_the_tests_gave():
    """A lost one has 0; without a report, or without criteria, there is nothing."""
    scales, keeps = property_of("scales"), property_of("keeps")
    item = judged(scales, property_of("adds", Outcome.FAILED), keeps)
    assert criterion_values(Report(Status.GRADED, (item,))) == {
        "test_item: scales": 1.2,
        "test_item: adds": 0.0,
        "test_item: keeps": 0.2,
    }
    assert criterion_values(None) == criterion_values(report(PASSED)) == {}


def test_in_an_item_held_back_no_criterion_has_points():
    """As in the item's own column, although one criterion is lost in any case."""
    lost, unsure = property_of("scales", Outcome.FAILED), property_of("adds", Outcome.NOT_RUN)
    item = judged(lost, unsure, property_of("keeps"))
    assert item.rubric[0].points == 0
    assert {*criterion_values(Report(Status.HELD, (item,))).values()} == {None}


@pytest.fixture
def course(tiny_course):
    """A class graded by three criteria; fay has handed in nothing."""
    add_rubric(tiny_course.assignment)
    tiny_course.hand_in("ann", IN_PLACE)
    tiny_course.hand_in("bob", IDENTITY)
    tiny_course.hand_in("cem", RIGHT)
    (tiny_course.hand_in("dan") / "tiny.ipynb").write_text("{")
    tiny_course.grade()
    tiny_course.mark_by_hand("cem", 0.5)
    (tiny_course.root / "roster.csv").write_text("id\nfay\n")
    return tiny_course


def test_on_request_the_export_has_a_column_for_each_criterion(course):
    """A score by hand is of the whole cell, and changes no criterion."""
    found = rows(course, criteria=True)
    points = {
        student: [row[name] for name in ("test_scaler", *COLUMNS)]
        for (_, student), row in found.items()
    }
    assert points == {
        "ann": ["1.8", "1.2", "0.6", "0.0"],
        "bob": ["0.0", "0.0", "0.0", "0.0"],  # without the essential property
        "cem": ["0.5", "1.2", "0.6", "0.2"],
        "dan": ["0.0", "0.0", "0.0", "0.0"],
        "fay": ["", "", "", ""],
    }
    zeros = rows(course, criteria=True, missing_as_zero=True)["tiny", "fay"]
    assert [zeros[name] for name in COLUMNS] == ["0.0", "0.0", "0.0"]
    assert export(course).splitlines()[0].endswith(",test_scaler")


def test_a_member_has_the_criteria_of_the_teams_submission(course):
    """As of its items."""
    (course.root / "roster.csv").write_text("id,submission_of\nfay,ann\n")
    found = rows(course, criteria=True)
    assert found["tiny", "fay"]["status"] == "in another's submission"
    for name in ("test_scaler", *COLUMNS):
        assert found["tiny", "fay"][name] == found["tiny", "ann"][name]
