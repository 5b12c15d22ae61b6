"""The hidden suites against the corpus: every mutant loses what it must, every variant nothing."""

from collections.abc import Iterable

import pytest

from autograder.assignment import Assignment
from autograder.grader import GradingProcess
from autograder.outcome import Outcome
from autograder.report import Report
from autograder.specimen import Specimen, mutants, variants
from autograder.submission import filled
from tests.conftest import PROJECT

ASSIGNMENT = Assignment(PROJECT, "dropout_l2")


def by_name(specimens: Iterable[Specimen]) -> list:
    return [pytest.param(specimen, id=specimen.name) for specimen in specimens]


def graded(process: GradingProcess, specimen: Specimen) -> Report:
    answers = {**ASSIGNMENT.reference, specimen.grade_id: specimen.source}
    return process.grade(ASSIGNMENT, filled(ASSIGNMENT.release, answers))


def lost(report: Report) -> set[str]:
    return {item.name for item in report.items if item.points != item.max_points}


def not_run(report: Report) -> list[str]:
    return [
        result.message
        for item in report.items
        for result in item.properties
        if result.outcome is Outcome.NOT_RUN
    ]


@pytest.mark.parametrize("mutant", by_name(mutants(ASSIGNMENT)))
def test_mutant_loses_points_where_it_is_wrong_and_nowhere_else(grading_process, mutant):
    """A mutant loses points in the items that it names, keeps all others, and breaks no suite."""
    report = graded(grading_process, mutant)
    assert not_run(report) == []
    assert lost(report) == mutant.loses


@pytest.mark.parametrize("variant", by_name(variants(ASSIGNMENT)))
def test_variant_gets_full_points(grading_process, variant):
    """A variant gets every point of every item."""
    report = graded(grading_process, variant)
    assert not_run(report) == []
    assert lost(report) == set()


def test_unsolved_release_gets_nothing(grading_process):
    """The release, handed in as it is, gets zero points in every item."""
    report = grading_process.grade(ASSIGNMENT, ASSIGNMENT.release)
    assert [item.points for item in report.items] == [0.0, 0.0, 0.0, 0.0]


def test_reference_gets_everything(grading_process):
    """The reference gets the points that the contract fixes: 1.0, 0.5, 0.5 and 1.0."""
    report = grading_process.grade(ASSIGNMENT, ASSIGNMENT.source)
    assert {item.name: item.points for item in report.items} == {
        "test_dropout_forward": 1.0,
        "test_dropout_backward": 0.5,
        "test_l2_forward": 0.5,
        "test_l2_backward": 1.0,
    }


def test_each_mutant_names_items_that_it_loses():
    """A mutant that loses nothing would prove nothing."""
    assert [mutant.name for mutant in mutants(ASSIGNMENT) if not mutant.loses] == []


def test_each_variant_loses_nothing():
    """A variant is right, so it names no item to lose."""
    assert [variant.name for variant in variants(ASSIGNMENT) if variant.loses] == []


JUNK = [
    "None",
    "'text'",
    "3",
    "True",
    "float('nan')",
    "[1.0, 2.0]",
    "{'weights': 1}",
    "object()",
    "x",
    "np.zeros(())",
    "np.zeros((0, 0))",
    "np.full((len(x), 5), np.nan)",
    "np.array(['a', 'b'])",
    "np.array([None, 1], dtype=object)",
    "np.zeros((2, 2), dtype=complex)",
    "lambda *arguments: None",
]


@pytest.mark.parametrize("junk", JUNK)
def test_no_answer_however_odd_breaks_a_suite(grading_process, junk):
    """Whatever the methods return, properties fail; none is left not run by a fault of ours."""
    methods = "".join(
        f"    def {name}(self, x=np.ones((2, 3))):\n        return {junk}\n"
        for name in ("__call__", "backward", "penalty")
    )
    init = "    def __init__(self, layer, *a, **k):\n        super().__init__(layer)\n"
    answers = {
        grade_id: f"class {name}(LayerWrapper):\n{init}{methods}"
        for grade_id, name in {"dropout": "Dropout", "l2regularization": "L2regularization"}.items()
    }
    report = grading_process.grade(ASSIGNMENT, filled(ASSIGNMENT.release, answers))
    assert not_run(report) == []
    assert [item.points for item in report.items] == [0.0, 0.0, 0.0, 0.0]
