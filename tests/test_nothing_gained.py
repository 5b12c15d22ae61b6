"""A number from a submission is judged, never used to judge: no trick makes a wrong answer worth more.

Each answer below is wrong in its backward pass and right otherwise. Each trick changes what the suites
could be tempted to believe: arguments, weights, outputs, names.
"""

import ast

import pytest

from autograder.course.submission import filled
from autograder.results.outcome import Outcome

DROPOUT = """class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        self.p = p

    def __call__(self, x):
{trick}
        h = self.layer(x)
        self.mask = np.ones_like(h)
        if self.training:
            self.mask = (np.random.rand(*h.shape) >= self.p) / (1 - self.p)
{output}
        return h * self.mask
"""
L2 = """class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        self.coefficient = coefficient

    def __call__(self, x):
{trick}
        return self.layer(x)

    def penalty(self):
        return self.coefficient * (self.layer.weights ** 2).sum()
"""
BOTH = """
    def backward(self, grad_output):
        global SEEN
        SEEN = True
{argument}
        {backward}


SEEN = False
"""
NOTHING = """grad_input = np.zeros((len(grad_output), len(self.layer.weights)))
        self.layer.grads = {name: a * 0 for name, a in self.layer.parameters.items()}
        return grad_input"""
BACKWARD = {
    "dropout": {
        "nothing": NOTHING,
        "no mask": "return self.layer.backward(grad_output)",
    },
    "l2": {
        "nothing": NOTHING,
        "no data": """grad_input = self.layer.backward(grad_output)
        self.layer.grads["weights"] = 2 * self.coefficient * self.layer.weights
        return grad_input""",
    },
}
# where a class can know that its backward pass is judged
TOLD = (
    "if SEEN:",
    "if 'AT' in globals() and AT == 2:",
    "if self.layer.weights.shape[1] in (30, 40):",
)
FORWARD = (  # of both layers
    "x[...] = 0",
    "self.layer.weights[...] = 0",
    "self.layer.weights[...] *= 1e-30",
    "self.layer.weights[...] = 1e30",
    "self.layer.weights[...] = np.nan",
    "self.layer.bias[...] = 1e30",
    "self.layer.bias[...] = 1e308",
    "self.layer.weights = np.zeros_like(self.layer.weights)",
    "self.layer.weights = self.layer.weights * 1e30",
)
OUTPUT = (  # of Dropout
    "self.mask = self.mask * 1e-300",
    "self.mask = self.mask * 1e-30",
    "self.mask = self.mask * 1e308",
    "self.mask = self.mask * 0",
    "self.mask = np.ones_like(h)",
    "self.mask = np.ones_like(h) / (1 - self.p)",
    "self.mask = self.mask * (self.p == 0.5)",
    "self.mask = self.mask if self.p == 0.5 else np.ones_like(h)",
)
ARGUMENT = (
    "grad_output[...] = 0",
    "grad_output *= 1e-300",
    "grad_output[...] = np.nan",
    "grad_output.resize((0, 0), refcheck=False)",
)


def indented(statement, when=""):
    return f"        {when} {statement}" if when else f"        {statement}"


def tricks(layer):
    """Yield where each trick of a layer stands, and the trick."""
    yield from (("trick", indented(text)) for text in FORWARD)
    yield from (("trick", indented(FORWARD[2], when)) for when in TOLD)
    yield from (("argument", indented(text)) for text in ARGUMENT)
    if layer == "dropout":
        yield from (("output", indented(text, TOLD[0])) for text in OUTPUT)
        yield from (("output", indented(OUTPUT[0], when)) for when in TOLD[1:])


CASES = [
    pytest.param(layer, name, id=f"{layer}, {name}")
    for layer in BACKWARD
    for name in BACKWARD[layer]
]


@pytest.fixture(scope="module")
def graded(grading_process, unobserved):
    """A function that grades an answer, with a name that differs from graded cell to graded cell."""

    def grade(layer, name, place="trick", text="        pass"):
        template = (DROPOUT if layer == "dropout" else L2) + BOTH
        words = dict.fromkeys(("trick", "output", "argument"), "        pass") | {place: text}
        source = template
        for word, value in (words | {"backward": BACKWARD[layer][name]}).items():
            source = source.replace(f"{{{word}}}", value)
        cell = "dropout" if layer == "dropout" else "l2regularization"
        ast.parse(source)
        notebook = filled(unobserved.release, {cell: source})
        numbered(notebook)
        item = f"test_{layer}_backward"
        examined = grading_process.examine(unobserved, notebook, [item], whole=False, chance=0)
        return examined.items[0]

    return grade


def numbered(notebook):
    """Let `AT` be the number of graded cells before it, as a student's own cells can."""
    count = 0
    cells = []
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            count += 1
            own = type(cell)(cell_type="code", metadata={}, source=f"AT = {count}", outputs=[])
            own.execution_count = None
            own.id = f"at-{count}"
            cells.append(own)
        cells.append(cell)
    notebook.cells = cells


@pytest.mark.parametrize(("layer", "name"), CASES)
def test_no_trick_makes_a_wrong_backward_pass_worth_more(graded, layer, name):
    """It has at most the points of the same backward pass without the trick, and is never held."""
    plain = graded(layer, name)
    assert plain.points < plain.max_points
    gained = {}
    for place, text in tricks(layer):
        found = graded(layer, name, place, text)
        outcomes = {result.outcome for result in found.properties}
        if Outcome.NOT_RUN in outcomes or found.points > plain.points:
            gained[text.strip()] = found.points
    assert gained == {}
