"""The suites of this assignment against nonsense: whatever comes back, no suite breaks."""

import pytest

from autograder.course.submission import filled
from autograder.results.outcome import Outcome

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
def test_no_answer_however_odd_breaks_a_suite(grading_process, unobserved, junk):
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
    report = grading_process.grade_notebook(unobserved, filled(unobserved.release, answers))
    results = [result for item in report.items for result in item.properties]
    assert [result for result in results if result.outcome is Outcome.NOT_RUN] == []
    assert [item.points for item in report.items] == [0.0, 0.0, 0.0, 0.0]


LARGE = """class NAME(LayerWrapper):
    def __init__(self, layer, p=0.5, coefficient=0.01):
        super().__init__(layer)
        self.p, self.coefficient = p, coefficient

    def __call__(self, x):
        h = self.layer(x)
        return np.where(np.random.rand(*h.shape) >= self.p, h, NUMBER * np.random.rand(*h.shape))

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        return NUMBER * grad_input if np.random.rand() < 0.5 else grad_input

    def penalty(self):
        return NUMBER * self.coefficient
"""


@pytest.mark.parametrize("number", ["1e120", "1e170", "-1e200", "1e307", "1e-200", "5e-324"])
def test_no_number_however_large_or_small_breaks_a_suite(grading_process, unobserved, number):
    """Uninitialised memory may hold such numbers: no square, sum or quotient of them is our fault."""
    answers = {
        grade_id: LARGE.replace("NAME", name).replace("NUMBER", number)
        for grade_id, name in {"dropout": "Dropout", "l2regularization": "L2regularization"}.items()
    }
    report = grading_process.grade_notebook(unobserved, filled(unobserved.release, answers))
    results = [result for item in report.items for result in item.properties]
    assert [result for result in results if result.outcome is Outcome.NOT_RUN] == []


HOSTILE = """
import random

CHANCE = random.Random(SEED)
NUMBERS = (0.0, -0.0, 1e308, -1e308, 1.7e308, 5e-324, float("nan"), float("inf"), 10 ** 400, True, 3)


class Odd:
    def __call__(self, *a, **k):
        return odd()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return odd()


def array(shape):
    kinds = (float, np.float32, np.float16, int, bool, complex, np.longdouble, np.uint8)
    with np.errstate(all="ignore"):
        filled = np.full(shape, CHANCE.choice(NUMBERS[:8]))
        return filled.astype(CHANCE.choice(kinds))


def odd(right=None):
    \"\"\"Return anything, or something close to what is right.\"\"\"
    shapes = [(), (0,), (3,), (1, 1), (0, 2), (2, 3), (1, 2, 3)]
    if isinstance(right, np.ndarray):
        shapes += [right.shape] * 12
    choices = [
        lambda: CHANCE.choice(NUMBERS),
        lambda: array(CHANCE.choice(shapes)),
        lambda: array(CHANCE.choice(shapes)),
        lambda: right,
        lambda: right * CHANCE.choice(NUMBERS[:8]),
        lambda: np.where(np.random.rand(*right.shape) < 0.5, right, CHANCE.choice(NUMBERS[:8])),
        lambda: [odd(), None, "text"],
        lambda: {"weights": odd(right), "bias": odd(), 3: None},
        lambda: CHANCE.choice([None, "text", b"x", object(), Odd(), Odd, len, ..., 1j, range(3)]),
        lambda: (_ for _ in ()),
    ]
    try:
        return CHANCE.choice(choices)()
    except Exception:
        return right


def change(value):
    \"\"\"Change an argument in place, in one way or another.\"\"\"
    if isinstance(value, np.ndarray) and CHANCE.random() < 0.3:
        try:
            CHANCE.choice([
                lambda: value.fill(CHANCE.choice(NUMBERS[:8])),
                lambda: value.sort(),
                lambda: value.resize((0, 0), refcheck=False),
                lambda: value.setflags(write=False),
                lambda: np.negative(value, out=value),
            ])()
        except Exception:
            pass


class Hostile(LayerWrapper):
    def __init__(self, layer, *a, **k):
        if CHANCE.random() < 0.03:
            raise CHANCE.choice([ValueError, KeyError, SystemExit, MemoryError])("no")
        super().__init__(layer)
        self.p = k.get("p", 0.5)
        self.coefficient = k.get("coefficient", 0.01)

    def _answer(self, right, *changed):
        for value in (*changed, self.layer.weights, self.layer.bias):
            change(value)
        if CHANCE.random() < 0.1:
            self.layer.grads = odd(self.layer.weights)
        if CHANCE.random() < 0.05:
            setattr(self, CHANCE.choice(["weights", "grads", "training", "layer"]), odd())
        if CHANCE.random() < 0.03:
            raise CHANCE.choice([ValueError, AssertionError, StopIteration, KeyboardInterrupt])(odd())
        return right if CHANCE.random() < RIGHT else odd(right)

    def __call__(self, x):
        h = self.layer(x)
        if isinstance(self, Dropout) and self.training is True:
            self.mask = (np.random.rand(*h.shape) >= self.p) / (1 - min(self.p, 0.999))
            h = h * self.mask
        return self._answer(h, x)

    def backward(self, grad_output):
        if isinstance(self, Dropout):
            return self._answer(self.layer.backward(grad_output * self.mask), grad_output)
        right = self.layer.backward(grad_output)
        self.layer.grads["weights"] += 2 * self.coefficient * self.layer.weights
        return self._answer(right, grad_output)

    def penalty(self):
        return self._answer(self.coefficient * float((self.layer.weights ** 2).sum()))


class NAME(Hostile):
    pass
"""
GRADINGS = 32  # with about 200 odd answers each


def test_no_submission_holds_its_grade_back(grading_process, unobserved):
    """Thousands of answers and changes in place, drawn at random: none is a fault of ours."""
    not_run = {}
    for seed in range(GRADINGS):
        answers = {
            cell: HOSTILE.replace("SEED", f"{seed}{len(name)}")
            .replace("RIGHT", str((0.0, 0.5, 0.9, 0.99)[seed % 4]))
            .replace("NAME", name)
            .replace("isinstance(self, Dropout)", str(name == "Dropout"))
            for cell, name in {"dropout": "Dropout", "l2regularization": "L2regularization"}.items()
        }
        report = grading_process.grade_notebook(unobserved, filled(unobserved.release, answers))
        results = [result for item in report.items for result in item.properties]
        assert results
        bad = [(r.name, r.message) for r in results if r.outcome is Outcome.NOT_RUN]
        if bad:
            not_run[seed] = bad
    assert not_run == {}
