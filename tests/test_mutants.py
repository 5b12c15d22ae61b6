"""The hidden suites against wrong solutions: each loses what it must, and nothing else."""

import pytest

from autograder.specimen import mutants
from autograder.submission import filled
from tests.corpus import ASSIGNMENT, by_name, graded, lost, not_run


@pytest.mark.parametrize("group", by_name(mutants(ASSIGNMENT)))
def test_mutants_lose_points_where_they_are_wrong_and_nowhere_else(grading_process, group):
    """Mutants lose points in the items that they name, keep all others, and break no suite."""
    report = graded(grading_process, group)
    assert not_run(report) == []
    assert lost(report) == set().union(*(mutant.loses for mutant in group))


def test_each_mutant_names_items_that_it_loses():
    """A mutant that loses nothing would prove nothing."""
    assert [mutant.name for mutant in mutants(ASSIGNMENT) if not mutant.loses] == []


def test_a_mutant_answers_one_class():
    """Each mutant's lost items are of its own class: so two of them can be graded at once."""
    for mutant in mutants(ASSIGNMENT):
        kind = {"dropout": "test_dropout_", "l2regularization": "test_l2_"}[mutant.grade_id]
        assert [item for item in mutant.loses if not item.startswith(kind)] == []


def test_unsolved_release_gets_nothing(grading_process):
    """The release, handed in as it is, gets zero points in every item."""
    report = grading_process.grade(ASSIGNMENT, ASSIGNMENT.release)
    assert [item.points for item in report.items] == [0.0, 0.0, 0.0, 0.0]


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
