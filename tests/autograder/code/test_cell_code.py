"""Cell code: what Jupyter would define is what is defined, and no cell holds up the grader."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from autograder.code import cell_code
from autograder.code.cell_code import codes_of
from tests.autograder.support.ipython_shell import simple
from tests.autograder.worker.conftest import run

F = "def f():\n    return 7"
ASYNC = "import asyncio\nasync def g():\n    await asyncio.sleep(0)\n    return 4"
NOTEBOOKS = {
    "plain": ["x = 1\ny = 2"],
    "indented by blanks": ["    x = 1\n    if x:\n        y = 2"],
    "indented by a tab": ["\tx = 1\n\tif x:\n\t\ty = 2"],
    "indented, a comment first": ["    # mine\n    class A:\n        pass\n    x = 1"],
    "indented, blank lines first": ["\n  \n    x = 1\n\n    y = 2\n"],
    "indented helper": ["    def h(a):\n        return a + 1", "x = h(1)"],
    "indented unevenly": ["    x = 1\n  y = 2"],
    "indented comment over plain code": ["    # a comment\nx = 1"],
    "python prompts": [">>> x = 1\n>>> for i in range(3):\n...     x += i\n>>> y = x"],
    "python prompts, indented": ["    >>> x = 1\n    >>> y = 2"],
    "prompts in a docstring": ['def h():\n    """Say.\n\n    >>> h()\n    3\n    """\n    return 3\nx = h()'],
    "ipython prompts": ["In [3]: x = 1\n   ...: y = x + 1\n   ...: def h():\n   ...:     return y"],
    "ipython prompt before a magic": ["In [12]: %time x = 3"],
    "annotation like a prompt": ["In: dict = {}\nIn[3]: int = 4\nx = In"],
    "help behind": [F, "f?\nx = 1\nf??"],
    "help in front": ["?print\n??len\nx = 1"],
    "help with a wildcard": ["import os\nos.*path*?\nx = 1"],
    "question marks in text": ["x = 'why?'\n# why?\ny = '''\nwhy?\n'''"],
    "time": [F, "%time x = f()\ny = 2"],
    "time of a value": [F, "x = %time f()"],
    "time of a block in a line": ["%time for i in range(3): x = i"],
    "time in a block": ["if True:\n    %time x = 1\n    y = 2"],
    "time with an option": ["%time --no-raise-error x = 1"],
    "time of magics": ["%time %time x = 1"],
    "timed cell": ["%%time\n\nx = 1\n%time y = 2"],
    "timed cell, indented": ["    %%time\n    x = 1"],
    "timed cell with a statement": ["%%time x = 1\ny = 2"],
    "timed cell of one magic": ["%%time\n%%capture out\nx = 1"],
    "timeit keeps nothing": ["y = 1\n%timeit -n 1 -r 1 x = 1", "%%timeit -n 1 -r 1\nz = 1"],
    "captured cell": ["%%capture\nx = 1\nprint(x)"],
    "captured by a name": ["%%capture --no-stderr out\nx = 1\nprint(x)"],
    "captured, with a semicolon": ["%%capture out\nx = 1\nx;"],
    "profiled": [F, "%prun -q x = f()", "%%prun -q y = 1\nz = f()", "%prun -l 10 -s cumulative w = 1"],
    "automagic": ["time x = 1", "load_ext autoreload", "cd .", "y = 2"],
    "shell": ["!echo a\nx = 1\n!echo \\\n    b\ny = 2", "!echo it's (\nz = 3"],
    "shell's output": ["x, files = 1, 2\nfiles = !echo a\nfiles = 'b'", "!!echo a"],
    "shell in a block": ["for i in range(2):\n    !echo {i}\n    x = i"],
    "system": ["%system echo a", "%sx echo a", "%%sx\necho a", "x = 1"],
    "extensions": ["%load_ext autoreload\n%autoreload 2\nx = 1", "%precision 3\ny = 2"],
    "script": ["%%bash\nx=1\necho $x", "%%script cat\nx = 1", "y = 1"],
    "python in a process of its own": ["%%python3\nx = 1", "y = 2"],
    "shown": ["%%html\n<b>x</b>", "%%javascript\nvar x = 1", "%%latex\n$x$", "%%markdown\n# x", "y = 1"],
    "written to a file": ["%%writefile own_file.py\nx = 1", "y = 2"],
    "unknown": ["%%nonsense\nx = 1", "%nonsense x = 1", "y = 1"],
    "await": [ASYNC, "x = await g()\ny = [await g() for _ in range(2)]"],
    "await a context": ["class C:\n    async def __aenter__(self): return 3\n    async def __aexit__(self, *a): pass", "async with C() as x:\n    y = x"],
    "await many": [ASYNC, "x = await asyncio.gather(g(), g())\nasync for i in asyncio.as_completed([]): pass"],
    "future import": ["from __future__ import annotations", "def h(a: missing):\n    return 1", "x = h(2)"],
    "magics as text": ["x = '''\n%time y = 1\n!ls\n?\n'''\nrest = (7\n% 4)"],
    "magics in a call": ["x = max(1,\n!2)", "y = 1"],
    "exported magics": ["get_ipython().run_line_magic('time', 'x = 1')\nget_ipython().run_cell_magic('time', '', 'y = 2\\n')"],
    "quoted calls": [F, "/f\n", ",print a b\nx = 1", ";print a b"],
    "windows lines": ["x = 1\r\n%time y = 2\r\nif x:\r\n    z = 3\r\n"],
    "old macintosh lines": ["x = 1\ry = 2\r"],
    "form feed": ["x = 1\n\x0cy = 2", "\x0c%time z = 3"],
    "byte order mark": ["\ufeffx = 1", "y = 2"],
    "no-break space": ["x =\u00a01", "y = 2"],
    "tabs and blanks": ["if True:\n\tx = 1\n        y = 1", "z = 2"],
    "nothing": ["", " \n", "# x = 1", "?", "%", "%%", "!"],
}  # fmt: skip


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """What IPython's shell defines, by the names of the notebooks."""
    folder = tmp_path_factory.mktemp("ipython")
    done = subprocess.run(
        [sys.executable, Path(__file__).parents[1] / "support" / "ipython_shell.py"],
        input=json.dumps(list(NOTEBOOKS.values())),
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "IPYTHONDIR": str(folder), "HOME": str(folder)},
        timeout=120,
        check=True,
    )
    return dict(zip(NOTEBOOKS, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_jupyter_defines_is_defined(jupyter, name):
    """The same names as in IPython's own shell, and the same numbers and texts."""
    notebook = run(*(code.python for code in codes_of(NOTEBOOKS[name])))
    ours = json.loads(json.dumps(simple(notebook.module.__dict__)))
    assert ours == jupyter[name], notebook.remarks


def test_a_cell_of_plain_python_needs_no_ipython():
    """It is left as it is, without what takes half a second to import."""
    code = "import sys\nfrom autograder.code.cell_code import codes_of\nx = 'a = %d ?' % 3\n"
    code += "source = open(sys.argv[1]).read()\nassert codes_of([source])[0].python == source\n"
    code += "print('IPython' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, cell_code.__file__], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("%load_ext x\n!ls \\\n  -l\nfirst = 1\n\nlast = 2\n", {"first": 4, "last": 6}),
        ("\n\n%%time\nfirst = 1\n\n!ls\nlast = 2", {"first": 4, "last": 7}),
        ("%%capture out\n%time first = 1", {"first": 2, "out": 3}),
        ("\n    first = f(1,\n      2)\n    last = 2", {"first": 2, "last": 4}),
        ("%%prun -q first = 1\nlast = 2", {"first": 1, "last": 2}),
    ],
)
def test_lines_keep_their_numbers(source, lines):
    """A remark names the line that the student sees."""
    [code] = codes_of([source])
    names = [node for node in ast.walk(ast.parse(code.python)) if isinstance(node, ast.Name)]
    found = {node.id: node.lineno for node in names if isinstance(node.ctx, ast.Store)}
    assert found == lines


@pytest.mark.parametrize(
    ("source", "magic", "body"),
    [
        ("%%bash\nls", "%%bash", "ls"),
        ("%%timeit -n 1\nx = 1", "%%timeit -n 1", "x = 1"),
        ("%%time\n%%writefile a.py\nx = 1", "%%writefile a.py", "x = 1"),
        ("%%time x = 1\ny = 2", "%%time x = 1", "y = 2"),
    ],
)
def test_what_is_not_run_is_kept_with_its_magic(source, magic, body):
    """Nothing of it is Python; the first line and what follows it are known."""
    [code] = codes_of([source])
    assert (code.python.strip(), code.magic, code.body.strip()) == ("", magic, body)


def test_lines_that_read_a_file_are_known():
    """`%run` and `%load` are named, wherever they stand; what they would read is not there."""
    [code] = codes_of(["%run -i own.py\nif True:\n    %load other.py\n%time %run third.py\nx = 1"])
    assert set(code.files) == {"%run -i own.py", "%load other.py", "%run third.py"}


HOSTILE = {
    "shell lines": "!\n" * 60_000,
    "shell lines with a quotation mark": "!'\n" * 40_000,
    "quotation marks": ("!" + '"' + '\\"' * 1000 + "\n") * 60,
    "a line of quotation marks": '!"' + '\\"' * 60_000,
    "triple quotation marks": ">>> " + "'''" * 40_000,
    "a word before a question mark": "x" * 120_000 + "?",
    "words before question marks": ("x" * 2000 + " ?\n") * 100,
    "brackets": "%x\n" + "(" * 100_000,
    "deep": "%time " + "-" * 100_000 + "1",
    "nested timings": "%time " * 18_000 + "x = 1",
    "nested cells": "%%time\n" * 15_000 + "x = 1",
    "large": "%time x = 1\n" + "y = 1\n" * 500_000,
    "indented": " x = 1\n" * 18_000,
    "deeper and deeper": "\n".join(" " * n + "if x:" for n in range(600)),
    "many statements": "%x\n" + "[],[],;" * 18_000,
    "prompts": "In [1]: x\n" * 11_000,
    "dots": "%x\n" + "." * 100_000,
    "null": "%x\0\n%y",
    "half a character": "%x \ud800\n",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_no_cell_holds_up_the_grader(monkeypatch, source):
    """All cells of a notebook together have a limited number of tokens, whatever they are."""
    monkeypatch.setattr(cell_code, "WORK", 30_000)
    manager = cell_code._manager()
    transform, passed = manager.do_one_token_transform, []

    def counting(lines):
        passed.append(len(re.findall(r"\w+|[^\w ]", "".join(lines))))
        assert not any(len(line) > 50_000 and line.endswith("?\n") for line in lines)
        return transform(lines)

    monkeypatch.setattr(manager, "do_one_token_transform", counting)
    codes = codes_of([source] * 3)
    assert sum(passed) <= 30_000
    assert all(isinstance(code.python, str) for code in codes)


def test_a_cell_that_cannot_be_transformed_stays_as_it_is(monkeypatch):
    """Where IPython itself fails, the worker says what is wrong with the text."""
    fails = Mock(side_effect=AssertionError)
    monkeypatch.setattr(cell_code._manager(), "do_one_token_transform", fails)
    assert [code.python for code in codes_of(["%time x = 1"])] == ["%time x = 1"]
    fails.assert_called_once()
