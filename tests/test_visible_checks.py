"""The visible checks pass what is right, and answer each usual mistake with one sentence."""

import importlib
import linecache
import random
import re
import sys
import tomllib
from collections.abc import Callable
from textwrap import dedent, indent
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from autograder.course.assignment import Assignment
from autograder.course.specimen import Specimen, mutants, variants
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
LABELS = {
    "check_dropout_forward": "Dropout(p=0.2)",
    "check_dropout_backward": "Dropout(p=0.6)",
    "check_l2_forward": "L2regularization(coefficient=0.2)",
    "check_l2_backward": "L2regularization(coefficient=0.2)",
}
Define = Callable[..., dict[str, Any]]
LONGEST = 700  # characters: check.py shows as many

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
        linecache.cache["a cell"] = (len(text), None, text.splitlines(keepends=True), "a cell")
        layers = importlib.import_module("layers")
        names = {"np": np, "LayerWrapper": layers.LayerWrapper, "Linear": layers.Linear}
        exec(compile(text, "a cell", "exec"), names)  # noqa: S102  # it is text in the notebook
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
def test_unsolved_stub_raises_not_implemented_error(checks, define, check):
    """The message names the method; nothing else is said of a stub."""
    with pytest.raises(NotImplementedError, match=rf"^{CLASSES[check]}\.\w+ is not written yet$"):
        getattr(checks, check)(
            define(REGION.sub("raise NotImplementedError()", REFERENCE))[CLASSES[check]]
        )


def test_stub_that_a_written_method_calls_is_named(checks, define):
    """It is `penalty` that is not written, and not the `backward` that calls it."""
    text = """
        def penalty(self):
            raise NotImplementedError()

        def backward(self, grad_output):
            return super().backward(grad_output) + self.penalty()
        """
    with pytest.raises(NotImplementedError, match=r"^Wrong\.penalty is not written yet$"):
        checks.check_l2_backward(define(overridden("L2regularization", text))["Wrong"])


MISTAKES = tomllib.loads((PROJECT / "tests" / "visible_mistakes.toml").read_text(encoding="utf-8"))


SEEDS = range(2)  # of the masks that a layer draws: what is said must not depend on them


@pytest.mark.filterwarnings("ignore")  # some of them divide by zero
@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_answered_with_one_line(checks, define, mistake):
    """A usual mistake fails, and the line names what was found, what should be, and why."""
    check, says, code = (MISTAKES[mistake][key] for key in ("check", "says", "code"))
    wrong = define(overridden(CLASSES[check], code))["Wrong"]
    for seed in SEEDS:
        np.random.seed(seed)
        with pytest.raises(AssertionError) as failed:
            getattr(checks, check)(wrong)
        assert says in str(failed.value)
        assert MISTAKES[mistake].get("without", "\n") not in str(failed.value)
        assert_is_one_line(failed.value, f"{CLASSES[check]}|Wrong")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mistake", [name for name in MISTAKES if "passes" in MISTAKES[name]])
def test_mistake_of_the_forward_pass_is_not_held_against_backward(checks, define, mistake):
    """A backward pass that is right for the mask of a wrong forward pass passes."""
    check, passes, code = (MISTAKES[mistake][key] for key in ("check", "passes", "code"))
    wrong = define(overridden(CLASSES[check], code))["Wrong"]
    for seed in SEEDS:
        np.random.seed(seed)
        getattr(checks, passes)(wrong)


A_TENTH = sorted(mutants(ASSIGNMENT), key=lambda mutant: mutant.name)[::10]  # all take minutes


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mutant", [pytest.param(each, id=each.name) for each in A_TENTH])
def test_any_mistake_is_shown_without_the_checks_own_code(checks, define, mutant: Specimen):
    """A known mistake passes a check, or Jupyter shows one line, and nothing of the checks."""
    names = define(mutant.source)
    for check, name in CLASSES.items():
        if name not in names:
            continue
        try:
            getattr(checks, check)(names[name])
        except (AssertionError, NotImplementedError) as failed:
            assert_is_one_line(failed, name)


def test_the_line_of_a_students_cell_is_quoted(checks, define):
    """An error within a layer is shown with the line of the cell that led to it."""
    text = overridden("L2regularization", MISTAKES["before the wrapped layer's backward"]["code"])
    with pytest.raises(AssertionError) as failed:
        checks.check_l2_backward(define(text)["Wrong"])
    line = 'self.grads["weights"] += 2 * self.coefficient * self.weights'
    assert f"stops with KeyError: 'weights' in the line `{line}`" in str(failed.value)


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
        f"PyTorch is used inside {LABELS[check]}.{method}, "
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


def assert_is_one_line(failed: Exception, pattern: str) -> None:
    """Raise AssertionError unless Jupyter shows one short line that names the class."""
    (line,) = failed._render_traceback_()
    assert line.endswith(str(failed))
    assert "\n" not in line
    assert len(line) < LONGEST
    assert re.search(pattern, line)


def overridden(name: str, text: str) -> str:
    """Return the reference with a class `Wrong` that overrides some of its methods."""
    return f"{REFERENCE}\n\nclass Wrong({name}):\n{indent(dedent(text), '    ')}\n"
