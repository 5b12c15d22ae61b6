"""Absent libraries: they do nothing around graded code, and fail if a number depends on them."""

import math
import operator
import sys

import numpy as np
import pytest

from autograder.worker.absent import AbsentFinder, NotAvailableError, policy
from autograder.worker.cells import Notebook


@pytest.fixture(autouse=True)
def absent_libraries(monkeypatch):
    """Graded code is refused `nolib`, but not `plotlib`; no such libraries exist."""
    monkeypatch.setattr(policy, "forbidden", frozenset({"nolib"}))
    monkeypatch.setattr(policy, "grading", False)
    monkeypatch.setattr(policy, "strict_imports", False)
    before = set(sys.modules)
    finder = AbsentFinder()
    sys.meta_path.append(finder)
    yield
    sys.meta_path.remove(finder)
    for name in set(sys.modules) - before:
        del sys.modules[name]


def run(source):
    """Run a cell and return its notebook."""
    notebook = Notebook()
    notebook.run(
        [{"source": source, "role": "own"}],
        set(),
        lambda cell, line: None,
        definitions_only=False,
    )
    return notebook


@pytest.mark.parametrize(
    "source",
    [
        "import nolib",
        "import nolib.nn as nn, nolib.nn.functional as F",
        "from nolib import nn, Tensor",
        "from nolib.utils.data import DataLoader\nDataLoader([1, 2], shuffle=True)",
        "from plotlib import pyplot as plt\nfig, ax = plt, plt\nplt.plot([1, 2], label='a')",
        "import plotlib\nplotlib.rcParams['size'] = 3\nplotlib.style = 1",
        "import nolib\nnet = nolib.nn.Linear(2, 3)\nnet.weight.data[:] = 0\nnet(1).sum().backward()",
        "import nolib\nwith nolib.no_grad() as context:\n    pass",
        "import nolib\nfor batch in nolib.loader():\n    raise ValueError",
        "import nolib\nif nolib.cuda.is_available():\n    raise ValueError",
        "import nolib\nprint(nolib.x, f'{nolib.x:.3f} {nolib.x!r}', len(nolib.x))",
        "import nolib\nisinstance(3, nolib.Tensor)",
    ],
)
def test_using_an_absent_library_does_nothing(source):
    """Imports, calls, attributes, items, loops and contexts of an absent library do nothing."""
    assert run(source).remarks == []


def test_a_class_with_an_absent_base_is_a_plain_class():
    """A subclass of an absent class keeps its own methods."""
    notebook = run(
        "import nolib\nclass Net(nolib.nn.Module, dict):\n    def one(self):\n        return 1"
    )
    assert notebook.remarks == []
    assert notebook["Net"].__bases__ == (dict,)
    assert notebook["Net"]().one() == 1


def test_a_decorator_of_an_absent_library_is_inert():
    """A definition under an absent decorator works, with and without arguments."""
    source = "import nolib\n@nolib.jit\ndef f(): pass\n@nolib.no_grad()\ndef g(): pass"
    assert run(source).remarks == []


@pytest.mark.parametrize(
    "annotation",
    [
        "nolib.Tensor",
        "list[nolib.Tensor]",
        "nolib.Tensor[int]",
        "nolib.Tensor | None",
        "np.ndarray | nolib.Tensor",
        "Optional[nolib.Tensor]",
    ],
)
def test_annotations_may_name_an_absent_library(annotation):
    """A function whose annotation names an absent type is defined and works."""
    notebook = run(
        "import nolib\nimport numpy as np\nfrom typing import Optional\n"
        f"def f(x: {annotation}) -> {annotation}:\n    return x"
    )
    assert notebook.remarks == []
    assert notebook["f"](3) == 3


@pytest.fixture
def value():
    """Return a value that comes from an absent library."""
    return run("import plotlib\nvalue = plotlib.tensor([1.0]).mean()")["value"]


@pytest.mark.parametrize(
    "operation",
    [
        operator.add,
        operator.sub,
        operator.mul,
        operator.matmul,
        operator.truediv,
        operator.floordiv,
        operator.mod,
        operator.pow,
        operator.lt,
        operator.le,
        operator.gt,
        operator.ge,
    ],
)
@pytest.mark.parametrize("other", [2, 0.5, np.ones(3)], ids=["int", "float", "array"])
def test_arithmetic_with_an_absent_value_names_its_library(value, operation, other):
    """A number that depends on an absent library, on either side, is an error that names it."""
    for pair in ((value, other), (other, value)):
        with pytest.raises(NotAvailableError, match="plotlib.tensor.mean is needed"):
            operation(*pair)


@pytest.mark.parametrize(
    "convert",
    [
        np.asarray,
        np.array,
        lambda value: np.array(value, dtype=float),
        lambda value: np.array(value, copy=True),
        float,
        int,
        math.sqrt,
        round,
        operator.neg,
        operator.abs,
        operator.index,
        operator.invert,
    ],
)
def test_an_absent_value_is_no_number(value, convert):
    """Converting an absent value to a number or an array is an error that names the library."""
    with pytest.raises(NotAvailableError, match="plotlib.tensor.mean is needed"):
        convert(value)


@pytest.mark.parametrize(
    "use",
    [
        "nolib.tensor",
        "nolib.tensor(x)",
        "nn.functional",
        "nn.Dropout(p=0.5)",
        "nn.x.y(x)",
        "setattr(nn.x, 'y', 1)",
        "isinstance(x, nn.Tensor)",
        "layer.weight",
        "layer(x)",
        "setattr(layer, 'weight', x)",
        "isinstance(x, Tensor)",
    ],
)
def test_graded_code_may_not_touch_a_forbidden_library(use):
    """While graded code answers, any use of a forbidden library is an error that names it."""
    before = (
        "import nolib\nimport nolib.nn as nn\nfrom nolib import Tensor\nlayer = nn.Linear(2, 3)"
    )
    notebook = run(f"{before}\nx = 1\ndef graded():\n    return {use}")
    notebook["graded"]()  # while the cells run it is inert
    policy.grading = True
    with pytest.raises(NotAvailableError, match=r"^nolib\S* is used, but nolib is not allowed"):
        notebook["graded"]()


def test_an_import_within_graded_code_is_refused_when_used():
    """A forbidden library imported inside a method is refused like one imported at the top."""
    notebook = run("def graded():\n    from nolib import tensor\n    return tensor([1])")
    policy.grading = True
    with pytest.raises(NotAvailableError, match="use NumPy"):
        notebook["graded"]()


def test_graded_code_may_touch_other_absent_libraries():
    """A plot within a graded method does nothing: only a value needed for the result is an error."""
    notebook = run("import plotlib\ndef graded():\n    plotlib.plot([1])\n    return 1")
    policy.grading = True
    assert notebook["graded"]() == 1


def test_a_guarded_import_sees_a_real_import_error():
    """`try: import ...` reaches its `except ImportError`; later imports succeed again."""
    notebook = run(
        "try:\n    import nolib\n    have = True\nexcept ImportError:\n    have = False\nimport nolib"
    )
    assert notebook.remarks == []
    assert notebook["have"] is False


@pytest.mark.parametrize(
    "statement",
    [
        "import numpy.nonsense",
        "from numpy import nonsense",
        "import os.nonsense",
        "import email.nonsense",
        "import winreg",  # which the standard library has elsewhere
    ],
)
def test_a_misspelt_name_of_a_real_library_is_an_error(statement):
    """A submodule that an existing library does not have is an error as usual."""
    [remark] = run(statement).remarks
    assert remark["cause"].startswith(("ModuleNotFoundError: ", "ImportError: "))


def test_attributes_that_python_looks_for_are_missing():
    """An absent value does not follow Python's and NumPy's protocols by accident."""
    value = run("import nolib\nvalue = nolib.x")["value"]
    assert not hasattr(value, "__fspath__")
    assert not hasattr(value, "__array_interface__")
