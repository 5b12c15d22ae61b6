"""Changes by another grading: each item whose points would change, with the reasons."""

from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin

from autograder.class_run.dry_run import PointChange, moves
from autograder.class_run.pending_submission import PendingSubmission
from autograder.gradebook.lateness import LatePenalties
from autograder.grading.graded import Graded
from autograder.results.criterion import Criterion
from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.report import KEY, Report, Status, report_in
from tests.autograder.support.tiny import (
    CRITERION_OF,
    IN_PLACE,
    RIGHT,
    add_rubric,
    handed_in,
)

SCALES = Criterion("scales", "The output is the factor times the input.", 60)
KEEPS = Criterion("keeps", "It keeps to itself.", 10, manners=True)

REASON = "the suites have changed"


class Run:
    """A substitute for a run."""

    name = "tiny"

    def __init__(self, course, gradebook):
        self.course, self.gradebook = course, gradebook
        self.intake = SimpleNamespace(place=course.graded)
        self.penalties = LatePenalties(gradebook, self.name, LateSubmissionPlugin())

    def stamp(self, due):
        return None


@pytest.fixture
def course(tiny_course):
    """Ann has 1.5 of 2 points: her input does not stay as it is."""
    tiny_course.hand_in("ann", IN_PLACE)
    tiny_course.grade()
    return tiny_course


def now(course, **outcomes):
    """Return Ann's report with other outcomes."""
    report = report_in(course.graded("ann") / "tiny.ipynb")
    [item] = report.items
    known = {result.name: result for result in item.properties}
    for name, outcome in outcomes.items():
        known.setdefault(name, PropertyResult(name, "Something.", Outcome.PASSED))
        known[name] = replace(known[name], outcome=outcome)
    kept = tuple(result for result in known.values() if result.outcome)
    return replace(report, items=(replace(item, properties=kept),))


def graded(course, report):
    notebook = handed_in(course.assignment, RIGHT)
    notebook.metadata[KEY] = nbformat.from_dict(report.to_dict())
    return Graded(nbformat.writes(notebook))


def found(course, report, student="ann"):
    due = PendingSubmission(student, course.submitted(student), {"tiny": None}, REASON)
    with Gradebook(course.url, "deep_learning") as gradebook:
        return list(moves(Run(course, gradebook), due, {"tiny": graded(course, report)}))


def test_the_same_points_do_not_move(course):
    """Not even where the properties have other names or outcomes."""
    assert found(course, now(course)) == []
    swapped = now(
        course,
        test_input_stays_as_it_is=Outcome.PASSED,
        test_default_factor_is_two=Outcome.FAILED,
    )
    assert found(course, swapped) == []


def test_a_move_names_the_properties_that_have_another_outcome(course):
    """After the reason for which the submission is graded at all."""
    report = now(course, test_default_factor_is_two=Outcome.FAILED, test_new=Outcome.FAILED)
    assert found(course, report) == [
        PointChange(
            "ann",
            "test_scaler",
            1.5,
            0.8,
            (REASON, "default_factor_is_two: passed, now failed", "new is new: failed"),
        )
    ]


def test_a_property_that_is_gone_is_named(course):
    """A new one that is passed is not: it takes no points."""
    report = now(course, test_input_stays_as_it_is=None, test_new=Outcome.PASSED)
    [move] = found(course, report)
    assert (move.before, move.after) == (1.5, 2.0)
    assert move.reasons == (REASON, "input_stays_as_it_is is gone")


def test_a_move_names_the_criteria_that_have_other_points(course):
    """Whether a property or a weight is the cause; what is new or gone is named, too."""
    add_rubric(course.assignment)
    assert found(course, with_criteria(course, SCALES, KEEPS))[0].reasons[1:] == (
        "the item has criteria now",
    )
    course.grade()
    report = with_criteria(course, replace(SCALES, weight=10), KEEPS)
    [move] = found(course, report)
    assert (move.before, move.after) == (1.8, 1.0)
    assert move.reasons[1:] == (
        "criterion scales: 1.2 of 1.2 points, now 1 of 1 point",
        "criterion keeps: 0 of 0.2 points, now 0 of 1 point",
        "criterion default is gone",
    )
    [move] = found(course, with_criteria(course, SCALES, Criterion("fresh", "It is.", 60), KEEPS))
    assert "criterion fresh is new: not run, of 0.923077 points" in move.reasons


def with_criteria(course, *criteria):
    """Return Ann's report with these criteria; the property of the default belongs to `scales`."""
    report = now(course)
    [item] = report.items
    of = CRITERION_OF | {"test_default_factor_is_two": "scales"}
    properties = tuple(replace(result, criterion=of[result.name]) for result in item.properties)
    return replace(report, items=(replace(item, properties=properties, criteria=criteria),))


def test_what_would_be_held_back_moves(course):
    """It would have no points any more."""
    report = now(course, test_default_factor_is_two=Outcome.NOT_RUN)
    [move] = found(course, report)
    assert (move.before, move.after) == (1.5, None)
    assert move.reasons[1:] == ("default_factor_is_two: passed, now not run",)


def test_a_score_by_hand_does_not_move(course):
    """For any automatic score."""
    course.mark_by_hand("ann", 0.25)
    assert found(course, now(course, test_default_factor_is_two=Outcome.FAILED)) == []


def test_what_was_never_graded_has_no_points_yet(course):
    """Its points would be the first ones, with or without a gradebook; no property is called new."""
    item = ItemResult("test_scaler", 2.0, (PropertyResult("test_a", "It is.", Outcome.PASSED),))
    report = Report(Status.GRADED, (item,))
    first = [PointChange("bob", "test_scaler", None, 2.0, (REASON,))]
    assert found(course, report, "bob") == first
    due = PendingSubmission("bob", course.submitted("bob"), {"tiny": None}, REASON)
    assert list(moves(Run(course, None), due, {"tiny": graded(course, report)})) == first
