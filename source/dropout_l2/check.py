"""Try your notebook before you hand it in: run `python check.py` in its folder.

A copy of the saved notebook is run from top to bottom in a fresh kernel, as *Restart and Run All*
does, and you are told what is missing, which visible check fails, and which cells stop. Nothing is
written to your notebook. `from check import check; check("dropout_l2.ipynb")` does the same. That
all checks pass is a good sign, and no proof: the hidden tests look at more.
"""

import ast
import hashlib
import io
import logging
import os
import re
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SECONDS = 120  # for one cell
LENGTH = 300  # characters of an error
LATE = "NoEndInTime"  # the kind of error that stands for it
RUNNING = "VISIBLE_CHECKS_RUNNING"  # in the kernel's environment: no check within a check
HIDDEN = "The hidden tests, which run after hand-in, look at more than the visible checks do."
PLACEHOLDERS = ("First Member", "Second Member", "Third Member", "*0000000*", "member@example.org")
ANEW = "take the released notebook anew, and copy your answers into it"
INSTALL = "install what the notebook needs, with `pip install -r requirements.txt`"

Findings = dict[str, Any]
Cells = list[Any]  # nbformat's, each with its text and metadata


def check(notebook: str | Path = "", seconds: float = SECONDS) -> bool:
    """Print what is missing in a notebook, and tell whether it can be handed in.

    Parameters
    ----------
    notebook : str or Path
        The notebook's file; without it, the only one beside this module.
    seconds : float
        How long one cell may take.

    Returns
    -------
    ready : bool
        Whether all visible checks pass and nothing is missing.
    """
    if os.environ.get(RUNNING):
        print("check: this notebook is being checked already")
        return True
    beside = sorted(Path(__file__).parent.glob("*.ipynb"))
    if not notebook and len(beside) != 1:
        raise SystemExit(f"name the notebook, as in `python check.py {_shown(beside)}`")
    findings = examine(Path(notebook or beside[0]), seconds)
    print("\n".join(lines(findings)))
    return bool(findings["ready"])


def examine(
    path: Path, seconds: float = SECONDS, tell: Callable[[int, int], None] = lambda done, of: None
) -> Findings:
    """Run a copy of a notebook, and return what is missing in it.

    Parameters
    ----------
    path : Path
    seconds : float
        How long one cell may take.
    tell : callable
        Told how many cells of how many are done.

    Returns
    -------
    findings : dict
        Plain data: ``notebook``; ``ready``, whether all visible checks pass and nothing is missing;
        ``problems``, a list of {``where``, ``what``, ``remedy``}; ``checks``, a list of {``item``,
        ``passed``, ``message``}; ``errors``, the other cells that stop, a list of {``where``,
        ``message``}; ``remarks``, a list of what costs nothing.
    """
    findings: Findings = {"notebook": path.name, "ready": False, "problems": [], "checks": []}
    findings |= {"errors": [], "remarks": []}
    problems = findings["problems"]
    try:
        import nbformat

        with warnings.catch_warnings(action="ignore"):  # it mends what it warns of
            notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except ImportError as error:
        problems.append(_problem("this Python", f"{error.name} is not installed", INSTALL))
        return findings
    except OSError as error:
        problems.append(
            _problem(
                path.name, f"cannot be opened ({error.strerror})", "look at its name and its folder"
            )
        )
        return findings
    except Exception as error:  # noqa: BLE001  # whatever else is no notebook
        what = f"is no notebook that can be read ({_line(type(error).__name__, str(error))})"
        problems.append(_problem(path.name, what, "open it in Jupyter and save it again"))
        return findings
    released = _released(notebook)
    if not released:
        remark = "the notebook does not say what was released: missing cells and files are not seen"
        findings["remarks"].append(remark)
    problems += _missing_files(path, released)
    problems += _cells_amiss(notebook.cells, released, findings["remarks"])
    problems += _to_be_written(notebook.cells, released)
    problems += _placeholders(notebook.cells)
    _run(notebook, released, path.parent, seconds, tell, findings)
    seen = {one["item"] for one in findings["checks"]}
    findings["checks"] += [
        {"item": name, "passed": False, "message": "the cell is missing"}
        for name in _known(released, "graded")
        if name not in seen
    ]
    if not findings["checks"]:
        problems.append(_problem(path.name, "has no graded cell", ANEW))
    findings["ready"] = not problems and all(one["passed"] for one in findings["checks"])
    return findings


def lines(findings: Findings) -> Iterator[str]:
    """Yield findings as a reader wants them: what is missing first."""
    checks = findings["checks"]
    yield f"{findings['notebook']}: {headline(findings)}"
    for one in findings["problems"]:
        yield f"missing: {one['where']}: {one['what']}: {one['remedy']}"
    for one in checks:
        told = f": {one['message']}" if one["message"] else ""
        yield f"{'passed' if one['passed'] else 'failed'}:  {one['item']}{told}"
    for one in findings["errors"]:
        yield f"stopped: {one['where']}: {one['message']}"
    for remark in findings["remarks"]:
        yield f"remark:  {remark}"
    yield HIDDEN


def headline(findings: Findings) -> str:
    """Return findings in a few words."""
    passed = sum(one["passed"] for one in findings["checks"])
    told = f"{passed} of {len(findings['checks'])} visible checks pass"
    problems = len(findings["problems"])
    return f"{told}, {problems} thing{'s' * (problems != 1)} to mend" if problems else told


def _released(notebook: Any) -> Findings:
    """Return what was released, as the notebook's metadata say; empty if they do not."""
    released = notebook.metadata.get("released")
    try:
        assert isinstance(released["notebook"], str)
        assert all({"role", "digest"} <= set(claims) for claims in released["cells"].values())
        assert all(isinstance(digest, str) for digest in released["files"].values())
    except (AssertionError, AttributeError, KeyError, TypeError):
        return {}
    return dict(released)


def _problem(where: str, what: str, remedy: str) -> dict[str, str]:
    return {"where": where, "what": what, "remedy": remedy}


def _missing_files(path: Path, released: Findings) -> Iterator[dict[str, str]]:
    """Yield what is wrong with the notebook's name, and with the given modules beside it."""
    name = released.get("notebook", path.name)
    if path.name != name:
        yield _problem(
            path.name, f"the file's name should be {name}", "rename it before you hand it in"
        )
    for inside, expected in released.get("files", {}).items():
        file = path.parent / inside
        if not file.is_file():
            remedy = "copy it from the released folder"
            yield _problem(inside, "is missing beside the notebook", remedy)
        elif _digest(file.read_text(encoding="utf-8", errors="replace")) != expected:
            yield _problem(
                inside, "is not as released", "grading uses the released one: copy that one again"
            )


def _cells_amiss(cells: Cells, released: Findings, remarks: list[str]) -> Iterator[dict[str, str]]:
    """Yield which of the released cells are missing, there more than once, or changed."""
    known = released.get("cells", {})
    count = Counter(map(_name, cells))
    for name in known:
        if not count[name]:
            yield _problem(f"cell `{name}`", "is missing", ANEW)
        elif count[name] > 1:
            yield _problem(
                f"cell `{name}`", f"is there {count[name]} times", "keep one, and delete the others"
            )
    for number, cell in enumerate(cells, start=1):
        claims = known.get(_name(cell))
        if claims and claims["role"] != "answer" and _digest(cell.source) != claims["digest"]:
            where = _where(number, cell)
            if claims["role"] == "graded":
                yield _problem(where, "is not as released, so its check may say anything", ANEW)
            else:
                remarks.append(f"{where} is not as released: for grading it is put back")


def _to_be_written(cells: Cells, released: Findings) -> Iterator[dict[str, str]]:
    """Yield which parts of the answers are still the released stubs."""
    for number, cell in enumerate(cells, start=1):
        if not _is(cell, released, "answer"):
            continue
        where = _where(number, cell)
        if not cell.source.strip():
            yield _problem(where, "is empty", ANEW)
        try:
            tree = ast.parse(cell.source)
        except (SyntaxError, ValueError):
            continue  # which running it will tell
        if names := list(_stubs(tree)):
            told = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} not written yet"
            yield _problem(where, told, "write your code in the place of NotImplementedError")


def _stubs(tree: ast.AST, path: str = "") -> Iterator[str]:
    """Yield the names of all functions that only raise NotImplementedError in the end."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            name = f"{path}{node.name}"
            last = node.body[-1]
            if isinstance(node, ast.FunctionDef) and isinstance(last, ast.Raise):
                error = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
                if isinstance(error, ast.Name) and error.id == "NotImplementedError":
                    yield name
            yield from _stubs(node, f"{name}.")


def _placeholders(cells: Cells) -> Iterator[dict[str, str]]:
    """Yield where the team's table still holds what was released in it."""
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type == "markdown":
            left = [
                line for line in cell.source.splitlines() if any(p in line for p in PLACEHOLDERS)
            ]
            if left:
                told = f"{len(left)} line{'s' * (len(left) > 1)} of your team's table as released"
                remedy = "fill in a line for each member, and delete the others"
                yield _problem(f"cell {number}", told, remedy)


def _run(
    notebook: Any,
    released: Findings,
    folder: Path,
    seconds: float,
    tell: Callable[[int, int], None],
    findings: Findings,
) -> None:
    """Run the cells in a fresh kernel, each whether or not those before it have stopped."""
    ended = ""  # why no further cell runs
    try:
        from jupyter_client.kernelspec import NoSuchKernel
        from nbclient import NotebookClient
        from nbclient.exceptions import DeadKernelError
    except ImportError as error:
        findings["problems"].append(
            _problem("this Python", f"{error.name} is not installed", INSTALL)
        )
        return
    replies: list[Any] = []
    log = logging.getLogger("check")
    log.disabled = True  # all is told in the end
    client = NotebookClient(
        notebook,
        kernel_name="python3",  # of this Python, whatever the notebook names
        timeout=seconds,
        interrupt_on_timeout=True,
        error_on_timeout={"ename": LATE, "evalue": "", "traceback": []},
        on_cell_executed=lambda execute_reply, **_: replies.append(execute_reply),
        allow_errors=True,
        skip_cells_with_tag="",  # none
        log=log,
        resources={"metadata": {"path": str(folder.resolve())}},
    )
    late = 0  # cells in a row
    try:
        # what a kernel warns of itself is for whoever runs servers
        with client.setup_kernel(env={**os.environ, RUNNING: "1"}, stderr=subprocess.DEVNULL):
            for index, cell in enumerate(notebook.cells):
                message = ""
                if _is(cell, released, "graded"):
                    message = f"not run, since {ended or 'it is no code cell any more'}"
                if cell.cell_type == "code" and not ended:
                    cell.outputs = []  # of an earlier run
                    try:
                        replies.clear()
                        client.execute_cell(cell, index)
                        message = _error(cell)
                        if replies and replies[-1]["content"].get("ename") == LATE:
                            late, message = late + 1, f"no end within {seconds:g} seconds"
                            ended = "the kernel does not answer any more" if late > 1 else ""
                        else:
                            late = 0
                    except DeadKernelError:
                        message = "the kernel ended here: exit(), os._exit(), or too much memory"
                        ended = f"the kernel ended in cell {index + 1}"
                _note(findings, released, index + 1, cell, message)
                tell(index + 1, len(notebook.cells))
    except NoSuchKernel:
        findings["problems"].append(_problem("this Python", "ipykernel is not installed", INSTALL))


def _note(findings: Findings, released: Findings, number: int, cell: Any, message: str) -> None:
    """Note what became of a cell: a check, or another one that has stopped."""
    if _is(cell, released, "graded"):
        findings["checks"] = [one for one in findings["checks"] if one["item"] != _name(cell)]
        findings["checks"].append({"item": _name(cell), "passed": not message, "message": message})
    elif message and cell.cell_type == "code":
        findings["errors"].append({"where": _where(number, cell), "message": message})


def _error(cell: Any) -> str:
    """Return the last line of the error in which a cell has ended; empty if it has not."""
    for output in cell.outputs:
        if output.output_type == "error":
            if output.ename == "AssertionError" and output.evalue:
                return _line("", output.evalue)
            return _line(output.ename, output.evalue)
    return ""


def _line(kind: str, text: str) -> str:
    text = re.sub(r"\(\d+\.py, line", "(line", text)  # the kernel's own number of the cell
    told = ": ".join(part for part in (kind, " ".join(text.split())) if part)
    return told if len(told) <= LENGTH else f"{told[:LENGTH]} ..."


def _name(cell: Any) -> str:
    claims = cell.metadata.get("nbgrader")
    name = claims.get("grade_id") if isinstance(claims, dict) else None
    return name if isinstance(name, str) else ""


def _is(cell: Any, released: Findings, role: str) -> bool:
    """Tell whether a cell has a role: as released, or, where that is not known, as it says."""
    name = _name(cell)
    if name and not released:
        claims = cell.metadata["nbgrader"]
        kind = "answer" if claims.get("solution") else "graded" if claims.get("grade") else "given"
        return kind == role
    return bool(name) and name in _known(released, role)


def _known(released: Findings, role: str) -> list[str]:
    return [name for name, claims in released.get("cells", {}).items() if claims["role"] == role]


def _where(number: int, cell: Any) -> str:
    name = _name(cell)
    told = f"cell {number} `{name}`" if name else f"cell {number}"
    return f"{told}, In [{cell.execution_count}]" if cell.get("execution_count") else told


def _digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def _shown(paths: list[Path]) -> str:
    return paths[0].name if paths else "NOTEBOOK"


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # in whatever terminal this is
    ready = [check(name) for name in sys.argv[1:] or [""]]  # all of them, whatever the first says
    sys.exit(not all(ready))
