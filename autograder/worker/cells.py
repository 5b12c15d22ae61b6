"""Runs a notebook's code cells statement by statement, so that no demonstration can cost a point.

A statement that raises is noted and passed over. One that never ends, or ends the process, is
found by the trusted side, which starts another worker that leaves it out.
"""

import ast
import re
import types
from collections.abc import Callable
from typing import Any, TypedDict

from autograder.worker.absent import Absent, policy

DEFINITIONS = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
)
BODY_MAGICS = re.compile(r"\A\s*%%(time|timeit|capture|prun|debug|python3?)\b.*\n")
MAX_REMARKS = 100
CELL_MAGIC = re.compile(r"\A\s*%%\w")
LINE_MAGIC = re.compile(r"^(?P<indent>[ \t]*)(?P<target>[\w, \t]+=[ \t]*)?[%!?].*$", re.MULTILINE)


class Cell(TypedDict):
    """A code cell as it arrives: its text, and whether it is the answer to a solution cell."""

    source: str
    answer: bool


class Remark(TypedDict):
    """A statement that was passed over: where it stands, and why."""

    cell: int
    line: int
    cause: str


class Notebook:
    """A notebook's namespace, filled by running its cells."""

    def __init__(self) -> None:
        self.module = types.ModuleType("__main__")
        self.module.__dict__.update(get_ipython=Absent("get_ipython"), display=Absent("display"))
        self.answers: dict[str, Any] = {}
        self.remarks: list[Remark] = []

    def __getitem__(self, name: str) -> Any:
        """Return what a name stands for, in the answers first.

        A later try-out of the same name elsewhere in the notebook does not replace the answer.
        """
        if name in self.answers:
            return self.answers[name]
        return self.module.__dict__[name]

    def run(
        self,
        cells: list[Cell],
        skip: set[tuple[int, int]],
        announce: Callable[[int, int], None],
        *,
        definitions_only: bool,
    ) -> None:
        """Run the cells in order.

        Parameters
        ----------
        cells : list of Cell
        skip : set of (cell, line)
            Statements to leave out.
        announce : callable
            Told (cell, line) before each statement.
        definitions_only : bool
            Leave out every statement that defines nothing.
        """
        for number, cell in enumerate(cells):
            try:
                tree = parse(cell["source"])
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                line = getattr(error, "lineno", None) or 0
                self._remark(
                    number, line, f"{type(error).__name__}: {getattr(error, 'msg', error)}"
                )
                continue
            future = [node for node in tree.body if _is_future_import(node)]
            before = dict(self.module.__dict__)
            for node in tree.body:
                if (number, node.lineno) in skip or (definitions_only and not _defines(node)):
                    continue
                announce(number, node.lineno)
                self._execute(node, future, number)
            if cell["answer"]:
                self.answers.update(
                    (name, value)
                    for name, value in self.module.__dict__.items()
                    if name not in before or value is not before[name]
                )

    def _execute(self, node: ast.stmt, future: list[ast.stmt], number: int) -> None:
        policy.strict_imports = isinstance(node, ast.Try)
        try:
            body = [*future, node] if node not in future else [node]
            code = compile(ast.Module(body, []), f"<cell {number}>", "exec", dont_inherit=True)
            exec(code, self.module.__dict__)  # noqa: S102  # this is what a worker is for
        except BaseException as error:  # noqa: BLE001  # a student's sys.exit() ends nothing either
            self._remark(number, node.lineno, describe(error))
        finally:
            policy.strict_imports = False

    def _remark(self, cell: int, line: int, cause: str) -> None:
        if len(self.remarks) < MAX_REMARKS:
            self.remarks.append({"cell": cell, "line": line, "cause": cause[:300]})


def parse(source: str) -> ast.Module:
    """Parse a cell, with IPython's magics and shell lines made harmless.

    Raises
    ------
    SyntaxError
    """
    if CELL_MAGIC.match(source):
        body = BODY_MAGICS.sub("\n", source, count=1)
        source = "" if body == source else body  # %%bash, %%html: nothing of Python in there
    try:
        return ast.parse(source)
    except SyntaxError:
        inert = LINE_MAGIC.sub(
            lambda line: line["indent"] + (line["target"] + "None" if line["target"] else "pass"),
            source,
        )
        return ast.parse(inert)


def describe(error: BaseException) -> str:
    """Return an exception's type and text, whatever its `__str__` does."""
    try:
        return f"{type(error).__name__}: {error}"[:300]
    except BaseException:  # noqa: BLE001  # a student's __str__ may raise anything
        return type(error).__name__


def _is_future_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _defines(node: ast.stmt) -> bool:
    return isinstance(node, DEFINITIONS) or (
        isinstance(node, (ast.If, ast.Try, ast.With))
        and any(isinstance(child, DEFINITIONS) for child in ast.walk(node))
    )
