"""An answer that changes its arguments loses the properties that forbid it, and no others."""

import pytest

from autograder.course.submission import filled
from autograder.results.outcome import Outcome

# the line that writes over an argument, once every number has been computed
CASES = {
    "dropout, x in the forward pass": ("dropout", "forward", "x[...] = 7"),
    "dropout, x as whole numbers": ("dropout", "forward", "np.floor(x, out=x)"),
    "dropout, grad_output by zeros": ("dropout", "backward", "grad_output[...] = 0"),
    "dropout, grad_output by the mask": ("dropout", "backward", "grad_output *= self.mask"),
    "l2, x in the forward pass": ("l2regularization", "forward", "x[...] = 7"),
    "l2, grad_output by zeros": ("l2regularization", "backward", "grad_output[...] = 0"),
}
CLASSES = {
    "dropout": """
class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        self.p = p

    def __call__(self, x):
        self.mask = np.ones(1)
        y = self.layer(x.copy())
        if self.training:
            self.mask = (np.random.rand(*y.shape) >= self.p) / (1 - self.p)
        y = y * self.mask
        # forward
        return y

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output * self.mask)
        # backward
        return grad_input
""",
    "l2regularization": """
class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        self.coefficient = coefficient

    def __call__(self, x):
        y = self.layer(x.copy())
        # forward
        return y

    def penalty(self):
        return self.coefficient * np.sum(self.weights ** 2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] = self.grads["weights"] + 2 * self.coefficient * self.weights
        # backward
        return grad_input
""",
}


def failed(assignment, grading_process, answers):
    notebook = filled(assignment.release, assignment.reference | answers)
    report = grading_process.grade_notebook(assignment, notebook)
    return {
        (item.name, one.name)
        for item in report.items
        for one in item.properties
        if one.outcome is not Outcome.PASSED
    }


@pytest.mark.parametrize("case", CASES)
def test_only_what_an_answer_did_to_its_argument_is_held_against_it(
    assignment, grading_process, case
):
    """Its numbers are judged with the arrays that it was given, as they were."""
    cell, pass_, change = CASES[case]
    source = CLASSES[cell].replace(f"# {pass_}\n", f"{change}\n")
    assert change in source
    item = f"test_{'dropout' if cell == 'dropout' else 'l2'}_{pass_}"
    assert failed(assignment, grading_process, {cell: source}) == {
        (item, f"test_{pass_}_leaves_its_arguments_untouched")
    }


@pytest.mark.parametrize("cell", CLASSES)
def test_the_same_answer_that_changes_nothing_is_right(assignment, grading_process, cell):
    """So each loss above is that one line's."""
    assert failed(assignment, grading_process, {cell: CLASSES[cell]}) == set()
