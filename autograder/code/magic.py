"""Replaces IPython's magics by the Python that they run.

IPython's transformer turns `%time y = f(x)` into a call of `get_ipython().run_line_magic`. Here
that call is replaced by `y = f(x)`, the code that Jupyter runs.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from autograder.code.normal_form import parsed

WORDS = 8  # options before a statement, at most
RUNNING = {"time", "prun", "debug", "memit"}  # they run the code behind them, or below
QUIET = {"", "-n", "--no-raise-error"}  # what may stand behind %%time
FILES = {"run", "load", "loadpy"}  # they read code from a file
PYLAB = (
    "import numpy; import numpy as np; import matplotlib; "
    "from matplotlib import pyplot, pyplot as plt; from numpy import *"
)
# a cell of one line may have these without their %
AUTOMATIC = {
    *("time", "timeit", "prun", "run", "load", "pip", "conda", "mamba", "uv", "matplotlib", "cd"),
    *("pylab", "load_ext", "reload_ext", "autoreload", "config", "ls", "cat", "mkdir", "rm", "cp"),
    *("mv", "env", "set_env", "who", "whos", "reset", "store", "precision", "xmode"),
}


@dataclass(frozen=True)
class CellCode:
    """A code cell as Jupyter runs it.

    Parameters
    ----------
    python : str
        What it runs as Python; each line has the number that it has in the cell.
    magic : str
        The first line, such as "%%bash", if Jupyter does not run the rest as Python because of it.
    body : str
        The rest.
    files : tuple of str
        The lines that read code from a file, such as "%run layers.py".
    """

    python: str
    magic: str = ""
    body: str = ""
    files: tuple[str, ...] = ()


Read = Callable[[str], CellCode]  # returns the code of a text that a magic runs


class _Magic(NamedTuple):
    """A statement that calls a magic."""

    statement: ast.Expr | ast.Assign
    name: str
    line: str  # behind the name
    body: str | None  # below it; None if it is no cell magic

    @property
    def shown(self) -> str:
        """The magic's line as students write it."""
        return f"{'%' if self.body is None else '%%'}{self.name} {self.line}".rstrip()


def automatic(source: str) -> str:
    """Return a cell of one line with the % that IPython puts before it; empty for other cells."""
    line = source.strip()
    is_magic = line.partition(" ")[0] in AUTOMATIC and not {"\n", "\r"} & set(line)
    return f"%{line}" if is_magic else ""


def spell_out(python: str, read: Read) -> CellCode:
    """Replace calls of magics by the code that they run.

    Parameters
    ----------
    python : str
        A cell as IPython's transformer returns it.
    read : callable
        Returns the `CellCode` of a text that a magic runs.
    """
    tree = parsed(python) if "get_ipython" in python else None
    if tree is None:
        return CellCode(python)
    magics = sorted(_magics(tree), key=lambda one: one.statement.lineno)
    if len(tree.body) == 1 and magics and magics[0].body is not None:
        return _under(magics[0], tree.body[0].lineno, read)
    files = [one.shown for one in magics if one.name in FILES]
    lines = python.encode().splitlines(keepends=True)
    for one in reversed(magics):  # so that the places of those before stay right
        inner = _run_by(one, read)
        if inner is not None:
            files += inner.files
            _replace(lines, one.statement, inner.python)
    spelled = b"".join(lines).decode()
    return CellCode(spelled if parsed(spelled) else python, files=tuple(files))


def _under(one: _Magic, number: int, read: Read) -> CellCode:
    """Return the code below a cell magic, with blank lines before it, so that line numbers stay."""
    body = one.body or ""
    if one.name not in RUNNING | {"capture"} or (
        one.name == "time" and one.line.strip() not in QUIET
    ):
        return CellCode("", one.shown, body)
    inner = read(body)
    first = ""
    if one.name == "prun" and one.line:
        first = _statement(one.line, read).python
    last = ""
    if one.name == "capture" and not body.rstrip().endswith(";"):
        name = next((word for word in one.line.split() if word.isidentifier()), "")
        last = f"\n{name} = get_ipython()" if name else ""
    before = "\n" * (number - 1)
    python = f"{before}{first.rstrip()}\n{inner.python.rstrip()}{last}\n"
    return CellCode(python, inner.magic, inner.body, inner.files)


def _run_by(one: _Magic, read: Read) -> CellCode | None:
    """Return the code that a magic runs among other statements, if it runs any that can be read."""
    if one.name == "pylab":
        return CellCode(PYLAB)
    if one.name not in RUNNING:
        return None
    inner = _statement(one.line, read) if one.body is None else read(one.body)
    return inner if inner.python.strip() else None


def _statement(line: str, read: Read) -> CellCode:
    """Return the code behind a magic's options; empty if none can be read."""
    words = line.split(" ")
    for number in range(min(len(words), WORDS) if line.startswith("-") else 1):
        code = read(" ".join(words[number:]))
        if code.python.strip() and parsed(code.python):
            return code
    return CellCode("")


def _replace(lines: list[bytes], statement: ast.Expr | ast.Assign, python: str) -> None:
    """Replace a statement, or the value that it assigns, by other code."""
    body = ast.parse(python).body
    node: ast.stmt | ast.expr = statement
    if isinstance(statement, ast.Assign):
        if isinstance(body[0], ast.Expr) and len(body) == 1:
            node, python = statement.value, f"({ast.unparse(body[0])})"
        else:
            targets = " = ".join(map(ast.unparse, statement.targets))
            python = f"{python.rstrip()}; {targets} = None"
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    rest = lines[last][node.end_col_offset :]
    lines[first] = lines[first][: node.col_offset] + python.strip().encode() + rest
    lines[first + 1 : last + 1] = [b"\n"] * (last - first)


def _magics(tree: ast.Module) -> Iterator[_Magic]:
    """Yield the statements of a cell that call a magic."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Expr, ast.Assign)) and isinstance(node.value, ast.Call):
            called = node.value.func
            words = [arg.value for arg in node.value.args if isinstance(arg, ast.Constant)]
            if not isinstance(called, ast.Attribute) or not _is_shell(called.value):
                continue
            match called.attr, words:
                case "run_line_magic", [str(name), str(line)]:
                    yield _Magic(node, name, line, None)
                case "magic", [str(whole)]:  # as older notebooks were exported
                    name, _, line = whole.partition(" ")
                    yield _Magic(node, name, line, None)
                case "run_cell_magic", [str(name), str(line), str(body)]:
                    yield _Magic(node, name, line, body)


def _is_shell(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "get_ipython"
    )
