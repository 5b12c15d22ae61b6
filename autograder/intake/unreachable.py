"""Finds code that grading cannot reach: under a magic that does not run it, or in another file.

Without these remarks, a student would see only that a class is missing.
"""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from autograder.code.magic import CellCode
from autograder.code.normal_form import parsed
from autograder.code.stub import LARGEST, defined, stub_of
from autograder.course.assignment import Assignment
from autograder.course.submission import Cell, Submission
from autograder.text.wording import one_line

IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]", re.MULTILINE)
FEW = 3  # lines of a cell that remarks name
MOST = 100  # remarks
LONGEST = 80  # characters of a student's text in a remark
WRITES = {"writefile", "file"}
SHOWS = {"html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG"}
SCRIPTS = {
    *("bash", "sh", "script", "system", "sx", "!", "cmd", "powershell", "perl", "ruby", "pypy"),
    *("python", "python2", "python3"),
}
PYTHON = {
    "time": "takes no code in its own line",
    "timeit": "keeps nothing of what the cell defines",
}


def remarks(assignment: Assignment, submission: Submission) -> list[str]:
    """Return a remark on each place of a restored notebook with unreachable code."""
    wanted = {name for stub in assignment.stubs.values() for name in stub_of(stub).names}
    known = {path.split("/")[0].removesuffix(".py") for path in assignment.given}
    known |= {cell.file.split("/")[0].removesuffix(".py") for cell in submission.cells if cell.file}
    known |= {*sys.stdlib_module_names, "numpy", *assignment.forbidden}
    cells = [
        (cell, code, title)
        for cell, code, title in zip(
            submission.cells, submission.codes, submission.titles, strict=True
        )
        if cell.kind == "code" and not cell.grade and not cell.locked
    ]
    found = []
    for cell, code, title in cells:
        found += [
            f"{title}: `{_shown(line)}` reads code from a file, which grading does not do: import "
            "the file, or copy that code into the notebook"
            for line in code.files[:FEW]
        ]
        if code.magic and _matters(cell, code, wanted, cells):
            found.append(f"{title}: {_reason(code.magic)}")
        found += [f"{title}: {text}" for text in _own_files(known, cell, code, wanted)]
    return found[:MOST]


def _shown(text: str) -> str:
    """Return a student's text for a remark."""
    return one_line(text)[:LONGEST].replace("`", "'")


def _matters(
    cell: Cell, code: CellCode, wanted: set[str], cells: list[tuple[Cell, CellCode, str]]
) -> bool:
    """Return whether a cell that does not run may hold a part of an answer."""
    name = _name(code.magic)
    names = defined(code.body)
    if cell.solution or wanted & names or name not in {*WRITES, *SHOWS, *SCRIPTS, *PYTHON}:
        return True
    module = code.magic.split()[-1].rpartition("/")[2].removesuffix(".py")
    used = {*names, module} if name in WRITES else names
    return any(
        re.search(rf"\b{re.escape(one)}\b", other.python)
        for one in used
        for asking, other, _ in cells
        if asking.solution or one == module
    )


def _name(magic: str) -> str:
    return magic.removeprefix("%%").partition(" ")[0]


def _reason(magic: str) -> str:
    name = _name(magic)
    if name in PYTHON:
        why = PYTHON[name]
    elif name in WRITES:
        why = "writes the cell to a file and does not run it"
    elif name in SHOWS:
        why = "shows the cell and does not run it"
    elif name in SCRIPTS:
        why = "gives the cell to another program"
    else:
        why = "is not known to grading, which has IPython's own magics only"
    shown = _shown(magic)
    return f"`{shown}` {why}, so nothing in this cell is defined: delete that line if it is code"


def _own_files(known: set[str], cell: Cell, code: CellCode, wanted: set[str]) -> Iterator[str]:
    """Yield a remark on each name that an answer imports from an unknown module."""
    small = len(code.python) <= LARGEST
    tree = parsed(code.python) if small and IMPORT.search(code.python) else None
    if tree is None:
        return
    imported: dict[str, str] = {}  # the modules, by the name in the notebook
    for node in tree.body:  # not in `try`, which handles a missing module
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported |= {alias.asname or alias.name: node.module for alias in node.names}
        elif isinstance(node, ast.Import):
            imported |= {alias.asname or alias.name: alias.name for alias in node.names}
    needed = {name for name in imported if name in wanted}
    if cell.solution:
        classes = [n for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)]
        used = {n.id for one in classes for n in ast.walk(one) if isinstance(n, ast.Name)}
        needed |= imported.keys() & used
        if "*" in imported:
            needed.add("*")
    for name in sorted(needed):
        module = imported[name]
        library = module.partition(".")[0]
        if library not in known and not _is_installed(library):
            what = "everything" if name == "*" else f"`{_shown(name)}`"
            yield (
                f"{what} comes from `{_shown(module)}`, which grading does not have: if it is a "
                "file of your own, hand it in beside the notebook"
            )


def _is_installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except (ImportError, ValueError):
        return False
