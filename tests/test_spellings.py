"""A mistake is named however it is written, whatever numbers a student draws, and beside another."""

import pytest

from autograder.course.specimen import mutants
from autograder.course.submission import filled

SPELLINGS = {
    "dropout_mask_on_input": (
        "(np.random.random(x.shape) < 1 - self.p) / (1 - self.p)",
        [
            "(np.random.rand(*x.shape) >= self.p) / (1 - self.p)",
            "np.random.binomial(1, 1 - self.p, size=x.shape) / (1 - self.p)",
            "(np.random.default_rng().random(x.shape) > self.p) / max(1 - self.p, 1e-9)",
        ],
    ),
    "dropout_seed_in_every_call": (
        "np.random.seed(123)",
        ["np.random.seed(0)", "np.random.seed(42)", "np.random.seed(2026)", "np.random.seed(7)"],
    ),
    "dropout_backward_fresh_mask": (
        "np.random.rand(*grad_output.shape) > self.p",
        ["np.random.random(grad_output.shape) < 1 - self.p"],
    ),
}
CASES = [
    (name, written, other)
    for name, (written, others) in SPELLINGS.items()
    for other in [written, *others]
]


@pytest.mark.parametrize(("name", "written", "other"), CASES)
def test_a_mistake_is_named_however_it_is_written(
    assignment, grading_process, name, written, other
):
    """In each item that it loses."""
    [source] = [mutant.source for mutant in mutants(assignment) if mutant.name == name]
    assert written in source
    answer = {"dropout": source.replace(written, other)}
    notebook = filled(assignment.release, assignment.reference | answer)
    report = grading_process.grade_notebook(assignment, notebook)
    named = {i.name: [d.mistake for d in i.diagnosis] for i in report.items if i.diagnosis}
    lost = [item.name for item in report.items if item.points != item.max_points]
    assert lost
    assert named == {item: [name] for item in lost}


FORWARD = "(np.random.rand(*h.shape) > self.p) / (1 - self.p)"
BACKWARD = "self.layer.backward(self.mask * grad_output)"
MISTAKES = {  # each is written into the reference
    "dropout_keep_with_p": (FORWARD, "(np.random.rand(*h.shape) < self.p) / (1 - self.p)"),
    "dropout_never_scaled": (FORWARD, "(np.random.rand(*h.shape) > self.p)"),
    "dropout_p_is_the_keep_probability": (FORWARD, "(np.random.rand(*h.shape) < self.p) / self.p"),
    "dropout_one_mask_per_row": (
        FORWARD,
        "(np.random.rand(h.shape[0], 1) > self.p) / (1 - self.p)",
    ),
    "dropout_scaled_at_evaluation_too": (
        "return self.mask * h",
        "return (self.mask if self.training else 1 / (1 - self.p)) * h",
    ),
    "dropout_backward_without_mask": (BACKWARD, "self.layer.backward(grad_output)"),
    "dropout_backward_bias_missing": (
        f"return {BACKWARD}",
        f"grad_input = {BACKWARD}; del self.layer.grads['bias']; return grad_input",
    ),
    "dropout_backward_unscaled": (BACKWARD, "self.layer.backward((self.mask > 0) * grad_output)"),
    "dropout_backward_mask_inverted_in_evaluation_too": (
        BACKWARD,
        "self.layer.backward((self.mask == 0) * grad_output)",
    ),
}


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        ("dropout_keep_with_p", "dropout_backward_without_mask"),
        ("dropout_never_scaled", "dropout_backward_without_mask"),
        ("dropout_p_is_the_keep_probability", "dropout_backward_unscaled"),
        ("dropout_p_is_the_keep_probability", "dropout_backward_mask_inverted_in_evaluation_too"),
        ("dropout_one_mask_per_row", "dropout_backward_bias_missing"),
        ("dropout_scaled_at_evaluation_too", "dropout_backward_without_mask"),
    ],
)
def test_a_mistake_in_backward_is_named_beside_one_in_the_forward_pass(
    assignment, grading_process, forward, backward
):
    """What backward does is compared with what the student's own forward pass did."""
    source = assignment.reference["dropout"]
    for mistake in (forward, backward):
        right, wrong = MISTAKES[mistake]
        assert right in source
        source = source.replace(right, wrong)
    notebook = filled(assignment.release, assignment.reference | {"dropout": source})
    report = grading_process.grade_notebook(assignment, notebook)
    named = {i.name: [d.mistake for d in i.diagnosis] for i in report.items if i.diagnosis}
    assert named == {"test_dropout_forward": [forward], "test_dropout_backward": [backward]}


@pytest.mark.parametrize(
    ("drawn", "evaluated", "names"),
    [
        ("(np.random.rand(*h.shape) > 0.5)", "h", ["never_scaled", "randint_zero_or_one"]),
        ("(np.random.rand(h.shape[1]) > self.p)", "h", ["never_scaled", "one_mask_for_all_rows"]),
        (
            "(np.random.rand(*h.shape) < self.p) / 1 - self.p",
            "h",
            ["keep_with_p", "one_minus_p_without_parentheses"],
        ),
        (
            "np.random.binomial(1, self.p, h.shape) / self.p",
            "h * (1 - self.p)",
            ["p_is_the_keep_probability", "scaled_down_at_evaluation_too"],
        ),
    ],
)
def test_two_mistakes_in_the_forward_pass_are_both_named(
    assignment, grading_process, drawn, evaluated, names
):
    """What is dropped, the scale and the evaluation are facts of their own."""
    source = assignment.reference["dropout"]
    assert FORWARD in source
    assert "return self.mask * h" in source
    source = source.replace(FORWARD, drawn)
    source = source.replace("self.mask * h", f"self.mask * h if self.training else {evaluated}")
    notebook = filled(assignment.release, assignment.reference | {"dropout": source})
    report = grading_process.grade_notebook(assignment, notebook)
    forward, *_ = report.items
    assert sorted(d.mistake for d in forward.diagnosis) == [f"dropout_{name}" for name in names]
