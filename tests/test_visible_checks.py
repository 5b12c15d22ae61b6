"""The visible checks pass what is right, and answer each usual mistake with one sentence."""

import importlib
import random
import re
import sys
from collections.abc import Callable
from textwrap import indent
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from autograder.course.assignment import Assignment
from autograder.course.specimen import Specimen, variants
from tests.conftest import PROJECT

ASSIGNMENT = Assignment(PROJECT, "dropout_l2")
REFERENCE = "\n".join(ASSIGNMENT.reference.values())
REGION = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
CLASSES = {
    "check_dropout_forward": "Dropout",
    "check_dropout_backward": "Dropout",
    "check_l2_forward": "L2regularization",
    "check_l2_backward": "L2regularization",
}
LABELS = {"Dropout": "Dropout(p=0.3)", "L2regularization": "L2regularization(coefficient=0.3)"}
Define = Callable[[str], dict[str, Any]]

each_check = pytest.mark.parametrize("check", CLASSES)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, imported as a student does: from the notebook's folder."""
    monkeypatch.syspath_prepend(PROJECT / "source" / "dropout_l2")
    return importlib.import_module("visible_checks")


@pytest.fixture
def define(checks: ModuleType) -> Define:
    """A function that runs a solution's text as the notebook does, and returns its names."""

    def run(text: str) -> dict[str, Any]:
        layers = importlib.import_module("layers")
        names = {"np": np, "LayerWrapper": layers.LayerWrapper, "Linear": layers.Linear}
        exec(text, names)  # noqa: S102  # the solution is text in the notebook
        return names

    return run


@each_check
def test_reference_passes(checks, define, check, capsys):
    """The notebook's own solution passes, and each line that is printed says what is ok."""
    getattr(checks, check)(define(REFERENCE)[CLASSES[check]])
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.startswith(f"ok: {CLASSES[check]}(") for line in lines)


@pytest.mark.filterwarnings("ignore")  # one of the variants is talkative
@pytest.mark.parametrize(
    "variant", [pytest.param(variant, id=variant.name) for variant in variants(ASSIGNMENT)]
)
def test_variant_passes(checks, define, variant: Specimen):
    """Any right solution passes, however it draws and whatever it derives from."""
    names = define(variant.source)
    for check, name in CLASSES.items():
        if name in names:
            getattr(checks, check)(names[name])


@each_check
def test_float32_passes(checks, define, check):
    """A layer that computes in float32 is right to as many digits as that has."""
    text = """
        def __call__(self, x):
            return super().__call__(x).astype(np.float32)

        def backward(self, grad_output):
            return super().backward(grad_output.astype(np.float32)).astype(np.float32)
        """
    getattr(checks, check)(define(overridden(CLASSES[check], text))["Wrong"])


@each_check
def test_unsolved_stub_raises_not_implemented_error(checks, define, check):
    """A stub's own error passes through as it is."""
    with pytest.raises(NotImplementedError):
        getattr(checks, check)(
            define(REGION.sub("raise NotImplementedError()", REFERENCE))[CLASSES[check]]
        )


# The check that must fail, the sentence up to where, with # for any number, and what is wrong.
MISTAKES = {
    "mask on the input": (
        "check_dropout_forward",
        "y[0, #]=#, but should be # = h / (1 - p), or 0",
        """
        def __call__(self, x):
            return self.layer(x * (np.random.rand(*x.shape) > self.p) / (1 - self.p))
        """,
    ),
    "kept elements not scaled": (
        "check_dropout_forward",
        "y[#, #]=#, but should be # = h / (1 - p), or 0",
        """
        def __call__(self, x):
            h = self.layer(x)
            if self.training:
                h *= np.random.rand(*h.shape) > self.p
            return h
        """,
    ),
    "p taken for the probability of keeping": (
        "check_dropout_forward",
        "np.mean(y == 0)=#, but should be about p=0.3",
        """
        def __call__(self, x):
            h = self.layer(x)
            if self.training:
                h *= (np.random.rand(*h.shape) < self.p) / (1 - self.p)
            return h
        """,
    ),
    "dropped in evaluation too": (
        "check_dropout_forward",
        "y[0, #]=#, but should be # = layer(x), as training=False",
        """
        def __call__(self, x):
            self.training = True
            return super().__call__(x)
        """,
    ),
    "a batch of one loses its axis": (
        "check_dropout_forward",
        "y.shape=(5,), but should be (1, 5)",
        """
        def __call__(self, x):
            return super().__call__(x).squeeze()
        """,
    ),
    "a tensor comes back": (
        "check_dropout_forward",
        "type(y)=torch.Tensor, but should be numpy.ndarray",
        """
        from torch import tensor

        def __call__(self, x):
            return Wrong.tensor(super().__call__(x))
        """,
    ),
    "backward without the mask": (
        "check_dropout_backward",
        "grad_input[0, #]=#, but should be #",
        """
        def backward(self, grad_output):
            return self.layer.backward(grad_output)
        """,
    ),
    "backward not scaled": (
        "check_dropout_backward",
        "grad_input[#, #]=#, but should be #",
        """
        def backward(self, grad_output):
            return self.layer.backward(grad_output * (self.mask > 0))
        """,
    ),
    "backward stops at the wrapped layer's output": (
        "check_dropout_backward",
        "grad_input.shape=(1, 5), but should be (1, 4)",
        """
        def backward(self, grad_output):
            return grad_output * self.mask
        """,
    ),
    "backward returns nothing": (
        "check_dropout_backward",
        "type(grad_input)=NoneType, but should be numpy.ndarray",
        """
        def backward(self, grad_output):
            super().backward(grad_output)
        """,
    ),
    "penalty added to the output": (
        "check_l2_forward",
        "y[0, 0]=#, but should be # = layer(x), training=True",
        """
        def __call__(self, x):
            return super().__call__(x) + self.penalty()
        """,
    ),
    "bias in the penalty": (
        "check_l2_forward",
        "penalty=#, but should be #",
        """
        def penalty(self):
            return super().penalty() + self.coefficient * np.sum(self.bias ** 2)
        """,
    ),
    "a penalty for each output": (
        "check_l2_forward",
        "penalty.shape=(5,), but should be ()",
        """
        def penalty(self):
            return self.coefficient * np.sum(self.weights ** 2, axis=0)
        """,
    ),
    "coefficient * weights": (
        "check_l2_backward",
        "grads['weights'][0, 0]=#, but should be #",
        """
        def backward(self, grad_output):
            grad_input = self.layer.backward(grad_output)
            self.grads["weights"] += self.coefficient * self.weights
            return grad_input
        """,
    ),
    "bias decayed": (
        "check_l2_backward",
        "grads['bias'][0, 0]=#, but should be #",
        """
        def backward(self, grad_output):
            grad_input = super().backward(grad_output)
            self.grads["bias"] += 2 * self.coefficient * self.bias
            return grad_input
        """,
    ),
    "gradients of the parameters forgotten": (
        "check_l2_backward",
        "list(grads)=[], but should be ['weights', 'bias']",
        """
        def backward(self, grad_output):
            return grad_output @ self.weights.T
        """,
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_answered_with_one_sentence(checks, define, mistake):
    """A usual mistake fails, and the sentence names what was found, what should be, and where."""
    check, sentence, text = MISTAKES[mistake]
    name, method = CLASSES[check], re.findall(r"def (\w+)", text)[0]
    wrong = define(overridden(name, text))["Wrong"]
    with pytest.raises(AssertionError) as failed:
        getattr(checks, check)(wrong)
    expected = f"{sentence} [{LABELS[name]}.{method}]"
    assert re.fullmatch(re.escape(expected).replace(r"\#", r"-?[\d.]+"), str(failed.value))


USES_OF_TORCH = {
    "a global name": "x = torch.tensor(x).numpy()",
    "a global name of a part": "x = functional.relu(x)",
    "an import": "import torch; x = torch.tensor(x).numpy()",
    "an import of a part": "import torch.nn.functional as F; x = F.relu(x)",
    "an import from it": "from torch import tensor; x = tensor(x).numpy()",
    "an import from a part": "from torch.nn import functional; x = functional.relu(x)",
}


@pytest.mark.parametrize("loaded", [True, False], ids=["loaded", "not loaded"])
@pytest.mark.parametrize("use", USES_OF_TORCH)
@each_check
def test_torch_inside_a_layer_is_answered_with_one_sentence(
    checks, define, monkeypatch, check, use, loaded
):
    """PyTorch is found out however it is reached, and is itself again afterwards."""
    name, method = CLASSES[check], "backward" if "backward" in check else "__call__"
    text = f"""
        def {method}(self, x):
            {USES_OF_TORCH[use]}
            return super().{method}(x)
        """
    names = define(overridden(name, text))
    names.update(torch=torch, functional=torch.nn.functional)
    if not loaded:
        for module in [module for module in sys.modules if module.split(".")[0] == "torch"]:
            monkeypatch.delitem(sys.modules, module)
    modules = dict(sys.modules)

    with pytest.raises(AssertionError) as failed:
        getattr(checks, check)(names["Wrong"])
    assert str(failed.value) == (
        f"PyTorch is used inside {LABELS[name]}.{method}, "
        "but the graded layers must use NumPy and the standard library only"
    )
    assert (names["torch"], names["functional"]) == (torch, torch.nn.functional)
    assert sys.modules == modules


@each_check
def test_random_states_are_kept(checks, define, check):
    """What a student draws next does not depend on the checks that ran before."""
    numpy_state, python_state = repr(np.random.get_state()), random.getstate()
    getattr(checks, check)(define(REFERENCE)[CLASSES[check]])
    assert (repr(np.random.get_state()), random.getstate()) == (numpy_state, python_state)


def test_points_in_the_text_are_those_of_the_cells():
    """The table at the top of the notebook repeats the points, so it must repeat them rightly."""
    title = ASSIGNMENT.source.cells[0].source
    reported = {
        name: float(points) for name, points in re.findall(r"`(test_\w+)`.*\| (\S+) \|", title)
    }
    assert reported == {item.name: item.points for item in ASSIGNMENT.items}
    assert f"**{sum(reported.values())}**" in title


def overridden(name: str, text: str) -> str:
    """Return the reference with a class `Wrong` that overrides some of its methods."""
    body = "\n".join(line.removeprefix("        ") for line in text.splitlines())
    return f"{REFERENCE}\n\nclass Wrong({name}):\n{indent(body, '    ')}\n"
