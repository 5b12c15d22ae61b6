"""Forbidden libraries in graded code: what uses one is found, and what only speaks of it is not."""

import pytest

from autograder.class_report.library_use import LibraryUse, library_uses
from autograder.course.specimen import mutants, variants
from autograder.course.submission import Submission

ANSWER = "class Dropout(LayerWrapper):\n    def __call__(self, x):\n        return {}\n"


def uses(text, *others, forbidden=("torch",)):
    """Return the lines of an answer that use a library."""
    return [use.line for use in library_uses({"dropout": text}, others, forbidden)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("import torch", [1]),
        ("import numpy as np\nimport torch.nn.functional as F\nF.dropout(1)", [2, 3]),
        ("from torch import nn\nnn.Dropout()", [1, 2]),
        ("from torch.nn.functional import dropout as drop\n\ndrop(1)", [1, 3]),
        ("def f(x):\n    import torch\n    return torch.rand(3)", [2, 3]),
        ("import math, torch", [1]),
        ("__import__('torch').rand(3)", [1]),
        ("import importlib\nimportlib.import_module('torch.nn')", [2]),
        ("try:\n    import torch\nexcept ImportError:\n    pass", [2]),
    ],
)
def test_what_uses_a_library_is_found(text, lines):
    """An import, under whatever name and wherever, and what comes of it."""
    assert uses(text) == lines


@pytest.mark.parametrize(
    "text",
    [
        "# import torch",
        "x = 'import torch'",
        '"""As torch.nn.Dropout does."""',
        "self.torch = 1",
        "x.torch()",
        "import torchlight",
        "from . import torch",
        "from .torch import nn",
        "import numpy as np\nnp.random.rand(3)",
        "torch",  # which nothing has imported
        "import torch(",  # no Python, so that it has defined nothing either
        "__import__(name)",
    ],
)
def test_what_only_speaks_of_it_is_not(text):
    """Comments, strings, docstrings, attributes and other libraries of a like name."""
    assert uses(text) == []


def test_what_another_cell_imports_may_be_used():
    """The line of the answer counts, and not the other cell's."""
    answer = ANSWER.format("F.dropout(x)")
    assert uses(answer, "import torch.nn.functional as F") == [3]
    assert uses(answer, "import functional as F") == []


def test_a_name_of_ones_own_is_not_the_other_cells():
    """Who has a variable of the same name uses no library."""
    assert uses("F = 3\nprint(F)", "import torch.nn.functional as F") == []
    assert uses("def f(torch):\n    return torch", "import torch") == []


def test_a_helper_elsewhere_may_use_it():
    """Through as many others as there are."""
    helper = "import torch\ndef mask(x):\n    return torch.rand(3)\n"
    through = "def drop(x):\n    return mask(x)\n"
    assert uses(ANSWER.format("drop(x)"), through, helper) == [3]
    assert uses(ANSWER.format("drop(x)"), through, "def mask(x):\n    return x") == []


def test_a_use_has_its_line():
    """The library, the cell, the line's number and its text."""
    text = ANSWER.format("torch.dropout(x)")
    assert library_uses({"dropout": text}, ["import torch"], ["torch"]) == [
        LibraryUse("torch", "dropout", 3, "return torch.dropout(x)")
    ]


def test_each_library_of_the_manifest_is_looked_for():
    """And no other."""
    assert uses("import jax\nimport torch", forbidden=("jax", "torch")) == [1, 2]
    assert uses("import jax", forbidden=()) == []


def test_lines_are_those_of_python():
    """A form feed or a separator within a text ends no line."""
    (use,) = library_uses({"l2": "x = 'a\x0cb\u2028c'\r\nimport torch"}, [], ["torch"])
    assert (use.line, use.code) == (2, "import torch")


@pytest.mark.parametrize("deep", ["-" * 200_000 + "1", "a" + ".b" * 100_000])
def test_code_too_deep_to_be_read_uses_nothing(deep):
    """It does not run either, and ends no report."""
    assert uses(deep, deep) == []


def test_no_specimen_is_suspected(assignment):
    """Not one of the right and wrong solutions uses PyTorch."""
    for one in (*variants(assignment), *mutants(assignment)):
        assert library_uses({one.grade_id: one.source}, [], ["torch"]) == []


def test_letters_that_python_reads_as_others_hide_nothing():
    """A name in wide letters is the same name to Python."""
    assert uses("import \uff54\uff4f\uff52\uff43\uff48") == [1]


def test_what_a_released_cell_imports_is_no_use_by_itself(assignment):
    """The notebook itself compares with PyTorch; only the answer that takes it uses it."""
    cells = Submission.from_notebook(assignment.release).cells
    others = [c.source for c in cells if c.kind == "code" and not c.solution]
    assert any("import torch" in text for text in others)
    assert uses(ANSWER.format("x"), *others) == []
    assert uses(ANSWER.format("torch.tensor(x)"), *others) == [3]
