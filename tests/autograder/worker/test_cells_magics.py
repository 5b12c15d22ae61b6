"""IPython's own lines in a cell: harmless, and harmless to what stands around them."""

import ast

import pytest

from autograder.worker.cells import parse
from tests.autograder.worker.conftest import run

MAGICS = {
    "line magic": "%matplotlib inline\nx = 1",
    "line magic in a block": "if True:\n    %load_ext autoreload\n    x = 1",
    "block of a magic alone": "for _ in range(2):\n    %time f()\nx = 1",
    "assigned line magic": "y = %timeit -o 1\nx = 1 if y is None else 2",
    "shell": "!pip install torch\nx = 1",
    "assigned shell": "files = !ls -l\nx = 1 if files is None else 2",
    "assigned twice": "a, b = 1, 2\nfiles = !ls\nx = a",
    "help in front": "?print\nx = 1",
    "help behind": "print?\nx = 1",
    "more help behind": "import os\nos.path??\nx = 1",
    "shell over two lines": "!pip install \\\n    torch\nx = 1",
    "modulo at the start of a line": "%matplotlib inline\nx = (7\n     % 3)",
}


@pytest.mark.parametrize("source", MAGICS.values(), ids=MAGICS)
def test_magics_and_shell_lines_are_harmless(source):
    """IPython's own lines are inert, and the Python around them runs."""
    notebook = run(source)
    assert notebook.remarks == []
    assert notebook["x"] == 1


@pytest.mark.parametrize(
    "magic", ["time", "timeit -n 1", "capture out", "prun", "debug", "python3"]
)
def test_the_body_of_a_python_cell_magic_runs(magic):
    """A cell under `%%time` and the like is run as if the first line were not there."""
    notebook = run(f"%%{magic}\n\nx = 1\ny = missing")
    assert notebook["x"] == 1
    assert [remark["line"] for remark in notebook.remarks] == [4]


@pytest.mark.parametrize("magic", ["bash", "html", "writefile a.py", "javascript", "timex"])
def test_the_body_of_another_cell_magic_is_dropped(magic):
    """A cell of another language, or for a file, is left out without a remark."""
    notebook = run(f"%%{magic}\nx = 1")
    assert notebook.remarks == []
    with pytest.raises(KeyError):
        notebook["x"]


def test_text_that_looks_like_a_magic_is_left_alone():
    """In a cell that is plain Python, no line of a string is touched."""
    source = 'text = """\n%matplotlib inline\n!ls\n?\n"""\nrest = (7\n% 4)'
    notebook = run(source)
    assert notebook["text"] == "\n%matplotlib inline\n!ls\n?\n"
    assert notebook["rest"] == 3


def test_lines_keep_their_numbers():
    """Making a magic harmless moves no line: a remark names the line that the student sees."""
    tree = parse("%load_ext x\n!ls \\\n  -l\nfirst = 1\n\nsecond = 2\n")
    assert [node.lineno for node in tree.body if isinstance(node, ast.Assign)] == [4, 6]
