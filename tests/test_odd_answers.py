"""The suites of this assignment against nonsense: whatever comes back, no suite breaks."""

import pytest

from autograder.outcome import Outcome
from autograder.submission import filled

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
def test_no_answer_however_odd_breaks_a_suite(grading_process, assignment, junk):
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
    report = grading_process.grade(assignment, filled(assignment.release, answers))
    results = [result for item in report.items for result in item.properties]
    assert [result for result in results if result.outcome is Outcome.NOT_RUN] == []
    assert [item.points for item in report.items] == [0.0, 0.0, 0.0, 0.0]
