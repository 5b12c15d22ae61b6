"""Runs a notebook's code cells statement by statement, so that no demonstration can cost a point.

A statement that raises is noted, and the next one runs. The trusted side finds a statement that
never ends, or ends the process, and starts another worker that skips it. A Python file beside the
notebook is run in the same way when it is first imported.
"""

import __future__

import ast
import inspect
import re
import types
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

from autograder.worker.absent import Absent, policy
from autograder.worker.file_modules import FileModules
from autograder.worker.given import is_package, module_name

DEFINITIONS = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
)
MAX_REMARKS = 100
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
FUTURES = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}


class Cell(TypedDict):
    """A code cell, or a file beside the notebook: its text and its role.

    "answer": a solution cell that the student has filled in. "stub": a solution cell that is still
    empty. "given": a cell as it was released. "own": every other cell.
    """

    source: str
    role: Literal["answer", "stub", "given", "own"]
    file: NotRequired[str]  # its path
    names: NotRequired[list[str]]  # that such an answer defines


class Remark(TypedDict):
    """A statement that failed: where it is, and why."""

    cell: int
    line: int
    cause: str


class Run(NamedTuple):
    """How cells are run: see `Notebook.run`."""

    skip: set[tuple[int, int]]
    announce: Callable[[int, int], None]
    definitions_only: bool


class Notebook:
    """A notebook's namespace, filled by running its cells."""

    def __init__(self) -> None:
        self.module = types.ModuleType("__main__")
        self.module.__dict__.update(get_ipython=Absent("get_ipython"), display=Absent("display"))
        self.answers: dict[str, Any] = {}
        self.given: dict[str, Any] = {}
        self.remarks: list[Remark] = []
        self._at: dict[str, dict[str, Any]] = {}  # by graded cell, the values of names there
        self._at_end: dict[str, Any] = {}
        self._stubs: dict[str, Any] = {}
        self._loop: Any = None  # for statements with `await`
        self._features = 0  # flags of the imports from `__future__`
        self._answering: set[str] = set()  # names of answers, and of values computed with them
        self._files: dict[str, tuple[int, Cell]] = {}  # by the module's name, with the number
        self._undefined: dict[str, str] = {}  # names that an answer's file should define: the file
        self._invalid: list[tuple[str, str]] = []  # the texts of cells that are no Python, and why
        self._run = Run(set(), lambda cell, line: None, definitions_only=False)

    def __getitem__(self, name: str) -> Any:
        """Return the value of a name: from the answers, the given cells, or the other cells.

        So a later `from torch.nn import Dropout, Linear` in another cell replaces no answer.
        """
        for names in (self.answers, self.given, self.module.__dict__):
            if name in names and name not in self._undefined:
                return names[name]
        raise NameError(self._why_undefined(name))

    def _why_undefined(self, name: str) -> str:
        """Return the error for a name that is not defined: first of all, its cell is no Python."""
        where = self._undefined.get(name, "the notebook")
        definition = re.compile(rf"^[ \t]*(?:class|def)[ \t]+{re.escape(name)}\b", re.MULTILINE)
        causes = [cause for source, cause in self._invalid if definition.search(source)]
        return ": ".join([f"{name} is not defined in {where}", *causes[-1:]])

    def run(
        self,
        cells: list[Cell],
        skip: set[tuple[int, int]],
        announce: Callable[[int, int], None],
        *,
        definitions_only: bool,
        graded: dict[str, int] | None = None,
        first: int = 0,
    ) -> None:
        """Run the cells in order.

        Parameters
        ----------
        cells : list of Cell
        skip : set of (cell, line)
            Statements to skip.
        announce : callable
            Called with the cell and the line of each statement before it runs.
        definitions_only : bool
            Whether to skip every statement that defines nothing.
        graded : dict of str to int, optional
            By the name of each graded cell, the number of the cell that follows it.
        first : int
            The number of the first of these cells: this many cells have been run before.
        """
        self._run = Run(skip, announce, definitions_only)
        numbered = [*enumerate(cells, start=first)]
        self._files = _modules(numbered)
        if self._files:
            paths = [cell["file"] for _, cell in self._files.values()]
            FileModules(paths, self._run_file).install()
        for number, cell in numbered:
            self._note(number, graded or {})
            if "file" in cell:
                if cell["role"] != "own":
                    self._import(number, cell["file"])
                continue
            before = dict(self.module.__dict__)
            self._features = self._run_statements(number, cell, self.module, self._features)
            new = {
                name: value
                for name, value in self.module.__dict__.items()
                if name not in before or value is not before[name]
            }
            if cell["role"] == "answer":
                self.answers.update(new)
            if cell["role"] == "given":
                self.given.update(new)
            if cell["role"] == "stub":  # it does not replace what earlier cells defined
                self.module.__dict__.update((n, before[n]) for n in new if n in before)
                self._stubs.update(new)
            if cell["role"] in {"answer", "stub"}:
                self._answering |= set(new)
        self._note(first + len(cells), graded or {})
        self._at_end = dict(self.module.__dict__)

    def enter(self, graded: str) -> None:
        """Give names the values that they had at a graded cell."""
        self.module.__dict__.update(self._at_end)
        self.module.__dict__.update(self._at.get(graded, {}))

    def _run_statements(
        self, number: int, cell: Cell, module: types.ModuleType, features: int
    ) -> int:
        """Run a cell's statements in a module; return the flags of its `__future__` imports."""
        name = f"<file {cell['file']}>" if "file" in cell else f"<cell {number}>"
        try:
            statements = compiled(name, cell["source"], features)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 0
            cause = f"{type(error).__name__}: {getattr(error, 'msg', error)}"
            self._remark(number, line, cause)
            self._invalid.append((cell["source"], f"{cause} (line {line})"))
            return features
        for statement in statements:
            node = statement.node
            if (number, node.lineno) in self._run.skip:
                continue
            if self._run.definitions_only and not _defines(node):
                continue
            if cell["role"] == "given" and self._demonstrates(statement):
                continue
            self._run.announce(number, node.lineno)
            self._execute(statement, number, module)
        return features_of((one.node for one in statements), features)

    def _import(self, number: int, path: str) -> None:
        """Import an answer's file, and with it the package that it belongs to."""
        text = f"__import__({module_name(path)!r})"
        for statement in compiled(f"<cell {number}>", text, 0):
            self._execute(statement, number, types.ModuleType("importing"))

    def _run_file(self, module: types.ModuleType) -> None:
        """Run a file as its module, and take an answer's names from it."""
        number, cell = self._files[module.__name__]
        self._run_statements(number, cell, module, features=0)
        wanted = cell.get("names", [])
        found = {name: vars(module)[name] for name in wanted if name in vars(module)}
        (self.answers if cell["role"] == "answer" else self._stubs).update(found)
        self._answering |= set(wanted)
        for name in wanted:
            if name not in found:  # the given modules import it
                setattr(module, name, Absent(name))
                self._undefined[name] = cell["file"]

    def _note(self, number: int, graded: dict[str, int]) -> None:
        """Note the values of names for each graded cell that stands before this cell."""
        for name in (name for name, place in graded.items() if place == number):
            self._at[name] = {
                name: value
                for name, value in self.module.__dict__.items()
                if value is not self._stubs.get(name)
            }

    def _demonstrates(self, statement: "Statement") -> bool:
        """Return whether a given statement only demonstrates answers, so that grading skips it.

        So an answer that hangs or ends the process does not do so before it is graded.
        """
        if self._answering.isdisjoint(statement.names):
            return False
        if isinstance(statement.node, (ast.FunctionDef, ast.ClassDef)):
            self._answering.add(statement.node.name)  # defining it is harmless, using it is not
            return False
        self._answering |= statement.stores
        return True

    def _execute(self, statement: "Statement", number: int, module: types.ModuleType) -> None:
        outer = policy.strict_imports  # of a statement that imports this one's file
        policy.strict_imports = isinstance(statement.node, ast.Try)
        try:
            if isinstance(statement.code, BaseException):
                raise statement.code
            value = eval(statement.code, module.__dict__)  # noqa: S307  # running a student's code is what a worker is for
            if statement.code.co_flags & inspect.CO_COROUTINE:
                self._wait_for(value)
        except BaseException as error:  # noqa: BLE001  # a student's sys.exit() ends nothing either
            self._remark(number, statement.node.lineno, describe(error))
        finally:
            policy.strict_imports = outer

    def _wait_for(self, coroutine: Any) -> None:
        """Run a statement with `await`, as Jupyter does."""
        import asyncio

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(coroutine)

    def _remark(self, cell: int, line: int, cause: str) -> None:
        if len(self.remarks) < MAX_REMARKS:
            self.remarks.append({"cell": cell, "line": line, "cause": cause[:300]})


def _modules(numbered: Iterable[tuple[int, Cell]]) -> dict[str, tuple[int, Cell]]:
    """Return the file of each module, with its number.

    Several may have one name, such as `a.py` and `a/__init__.py`. Answers take precedence, then
    packages, as they do in Python.
    """
    files = [(number, cell) for number, cell in numbered if "file" in cell]
    files.sort(key=lambda one: (one[1]["role"] == "own", not is_package(one[1]["file"])))
    return {module_name(cell["file"]): (number, cell) for number, cell in reversed(files)}


class Statement(NamedTuple):
    """A statement of a cell."""

    node: ast.stmt
    code: types.CodeType | BaseException  # the error, if it cannot be compiled
    names: frozenset[str]  # all names in it
    stores: frozenset[str]  # the names that it binds


@cache  # so that the template compiles the given cells once
def compiled(name: str, source: str, features: int, /) -> list[Statement]:
    """Return a cell's statements.

    Parameters
    ----------
    name : str
        For tracebacks: "<cell 3>", or "<file layers/dropout.py>".
    source : str
    features : int
        The flags of what `from __future__ import` has brought in before.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        If the cell cannot be parsed.
    """
    body = ast.parse(source).body
    flags = features_of(body, features) | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return [_statement(node, flags, name) for node in body]


def features_of(body: Iterable[ast.stmt], features: int) -> int:
    """Return the flags of some features and of those that statements import."""
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                features |= FUTURES.get(alias.name, 0)
    return features


def _statement(node: ast.stmt, flags: int, file: str) -> Statement:
    code: types.CodeType | BaseException
    try:
        code = compile(ast.Module([node], []), file, "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        code = error
    names = [child for child in ast.walk(node) if isinstance(child, ast.Name)]
    stores = frozenset(name.id for name in names if isinstance(name.ctx, ast.Store))
    return Statement(node, code, frozenset(name.id for name in names), stores)


def describe(error: BaseException) -> str:
    """Return an exception's type and text, even if its `__str__` raises.

    Memory addresses are left out: they differ from run to run and do not help a student.
    """
    try:
        return ADDRESS.sub("", f"{type(error).__name__}: {error}"[:300])
    except BaseException:  # noqa: BLE001  # a student's __str__ may raise anything
        return type(error).__name__


def _defines(node: ast.stmt) -> bool:
    return isinstance(node, DEFINITIONS) or (
        isinstance(node, (ast.If, ast.Try, ast.With))
        and any(isinstance(child, DEFINITIONS) for child in ast.walk(node))
    )
