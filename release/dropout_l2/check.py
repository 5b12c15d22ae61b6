"""Try your notebook before you hand it in: run `python check.py` in its folder.

A copy of the saved notebook is run from top to bottom in a fresh kernel, as *Restart and Run All*
does. You read what there is to fix, which visible checks pass, and which cells stop. Nothing is
written to your notebook. `from check import check; check("dropout_l2.ipynb")` does the same. That
all checks pass is a good sign, and no proof: the hidden tests look at more.
"""

import sys

if sys.version_info < (3, 10):  # before anything that an older Python does not understand
    raise SystemExit(
        f"Error: check.py needs Python 3.10 or newer, but this is Python {sys.version.split()[0]}: "
        "run it with the Python that runs your notebook, as in `python3.12 check.py`"
    )

import argparse
import ast
import hashlib
import io
import logging
import os
import re
import subprocess
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

SECONDS = 120.0  # for one cell
LENGTH = 700  # characters of an error
FAILED = ("AssertionError", "CheckFailed")  # their message says all
LATE = "NoEndInTime"  # the kind of error of a cell that does not end
RUNNING = "VISIBLE_CHECKS_RUNNING"  # in the kernel's environment: no check within a check
HIDDEN = "The hidden tests, which run after hand-in, look at more than the visible checks do."
PLACEHOLDERS = ("First Member", "Second Member", "Third Member", "*0000000*", "member@example.org")
ANEW = "take the released notebook anew, and copy your answers into it"
INSTALL = "install what the notebook needs, with `pip install -r requirements.txt`"
NO_FILE = "is missing beside the notebook"
UNWRITTEN = "NotImplementedError"
FIRST = "mend it first, since its checks need it"
NEEDED = "mend it, since a check needs what it defines"

Findings = dict[str, Any]
Cells = list[Any]  # nbformat's, each with its text and metadata
Progress = Callable[[int, int], None]


def check(notebook: str | Path = "", seconds: float = SECONDS) -> bool:
    """Print what there is to fix in a notebook, and return whether it can be handed in.

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
    path = Path(notebook or beside[0])
    with _Line(path.name) as show:
        findings = examine(path, seconds, show)
    print("\n".join(lines(findings)))
    return bool(findings["ready"])


def examine(
    path: Path, seconds: float = SECONDS, progress: Progress = lambda done, of: None
) -> Findings:
    """Run a copy of a notebook, and return what there is to fix in it.

    Parameters
    ----------
    path : Path
    seconds : float
        How long one cell may take.
    progress : callable
        Called with the number of cells that are done, and of all cells.

    Returns
    -------
    findings : dict
        Plain data: ``notebook``; ``ready``, whether all visible checks pass and nothing is missing;
        ``problems``, a list of {``where``, ``what``, ``remedy``}; ``checks``, a list of {``item``,
        ``passed``, ``message``, ``waits_for``}; ``errors``, the other cells that stop, a list of
        {``where``, ``message``, ``waits_for``}; ``remarks``, a list of what costs nothing. What
        waits for something else is fixed along with it.
    """
    findings: Findings = {"notebook": path.name, "ready": False, "problems": [], "checks": []}
    findings |= {"errors": [], "remarks": []}
    problems = findings["problems"]
    try:
        import nbformat

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it mends what it warns of
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
    problems += _invalid_files(path, released)
    problems += _to_be_written(_answers(path, notebook.cells, released))
    table = list(_placeholders(notebook.cells))
    _run(notebook, released, path.parent, seconds, progress, findings)
    seen = {one["item"] for one in findings["checks"]}
    findings["checks"] += [
        _check(name, "the cell is missing", f"cell `{name}`")
        for name in _known(released, "graded")
        if name not in seen
    ]
    if not findings["checks"]:
        problems.append(_problem(path.name, "has no graded cell", ANEW))
    problems += table  # the least of it
    findings["ready"] = not problems and all(one["passed"] for one in findings["checks"])
    return findings


def lines(findings: Findings) -> Iterator[str]:
    """Yield findings as a reader wants them: what is to be fixed first."""
    yield f"{findings['notebook']}: {headline(findings)}"
    for one in findings["problems"]:
        yield f"fix:     {one['where']}: {one['what']}: {one['remedy']}"
    for one in sorted(findings["checks"], key=lambda one: bool(one["passed"])):
        yield f"{verdict(one):8} {one['item']}: {one['message']}".removesuffix(": ")
    for one in findings["errors"]:
        yield f"{'waits:  ' if one['waits_for'] else 'stopped:'} {one['where']}: {one['message']}"
    for remark in findings["remarks"]:
        yield f"remark:  {remark}"
    yield HIDDEN


def headline(findings: Findings) -> str:
    """Return findings in a few words: an answer that cannot run first, then how much is to fix."""
    checks = findings["checks"]
    passed = sum(one["passed"] for one in checks)
    number = len(findings["problems"]) + sum(verdict(one) == "failed:" for one in checks)
    counted = f"{number} thing{'s' * (number != 1)} to fix, " if number else ""
    counted += f"{passed} of {len(checks)} visible checks pass"
    stops = [one for one in findings["problems"] if one["remedy"] == FIRST]
    return "; ".join([*(f"{one['where']}: {one['what']}" for one in stops[:1]), counted])


def verdict(found: Findings) -> str:
    """Return what is said of a check: that it passed, failed, or waits for something else."""
    return "passed:" if found["passed"] else "waits:" if found["waits_for"] else "failed:"


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


def _check(item: str, message: str, waits_for: str = "") -> Findings:
    message = _because(message, waits_for)
    return {"item": item, "passed": not message, "message": message, "waits_for": waits_for}


def _because(message: str, waits_for: str) -> str:
    return f"for {waits_for} ({message})" if waits_for else message


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
            yield _problem(inside, NO_FILE, remedy)
        elif inside not in released.get("answers", ()) and _digest(_text(file)) != expected:
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
                f"cell `{name}`", f"exists {count[name]} times", "keep one, and delete the others"
            )
    given = []
    for number, cell in enumerate(cells, start=1):
        claims = known.get(_name(cell))
        if claims and claims["role"] != "answer" and _digest(cell.source) != claims["digest"]:
            where = _where(number, cell)
            if claims["role"] == "graded":
                yield _problem(where, "is not as released, so its check shows nothing", ANEW)
            else:
                given.append(where)
    if given:
        remarks.append(f"changed, but graded as released: {', '.join(given)}")


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _answers(path: Path, cells: Cells, released: Findings) -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each answer: a cell, or a file beside the notebook."""
    for number, cell in enumerate(cells, start=1):
        if _is(cell, released, "answer"):
            yield _where(number, cell), cell.source
    for inside in released.get("answers", ()):
        if (path.parent / inside).is_file():
            yield inside, _text(path.parent / inside)


def _to_be_written(answers: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """Yield which parts of the answers are still the released stubs."""
    for where, text in answers:
        if not text.strip():
            yield _problem(where, "is empty", ANEW)
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue  # running it says so
        if names := list(_stubs(tree)):
            what = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} not written yet"
            yield _problem(where, what, f"write your code in the place of {UNWRITTEN}")


def _invalid_files(path: Path, released: Findings) -> Iterator[dict[str, str]]:
    """Yield which answers beside the notebook are no Python: no cell that imports them runs."""
    for inside in released.get("answers", ()):
        try:
            ast.parse(_text(path.parent / inside))
        except OSError:
            continue  # it is missing
        except (SyntaxError, ValueError) as error:
            message = re.sub(r"<unknown>, ", "", str(error))
            yield _problem(inside, _line(type(error).__name__, message), FIRST)


def _stubs(tree: ast.AST, path: str = "") -> Iterator[str]:
    """Yield the names of all functions that only raise NotImplementedError in the end."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            name = f"{path}{node.name}"
            last = node.body[-1]
            if isinstance(node, ast.FunctionDef) and isinstance(last, ast.Raise):
                error = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
                if isinstance(error, ast.Name) and error.id == UNWRITTEN:
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
                what = f"{len(left)} line{'s' * (len(left) > 1)} of your team's table as released"
                remedy = "fill in a line for each member, and delete the others"
                yield _problem(f"cell {number}", what, remedy)


def _run(
    notebook: Any,
    released: Findings,
    folder: Path,
    seconds: float,
    progress: Progress,
    findings: Findings,
) -> None:
    """Run the cells in a fresh kernel, each whether or not those before it have stopped."""
    ended, last = "", ""  # why no further cell runs, and the cell that is to blame
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
    log.disabled = True  # the findings say it
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
    places = [
        _where(*each) for each in enumerate(notebook.cells, start=1)
    ]  # as the reader sees them
    causes = _Causes(notebook.cells, places, released, findings["problems"])
    try:
        # what a kernel warns of itself is for those who run servers
        with client.setup_kernel(env={**os.environ, RUNNING: "1"}, stderr=subprocess.DEVNULL):
            for index, (where, cell) in enumerate(zip(places, notebook.cells, strict=True)):
                progress(index, len(notebook.cells))
                message = ""
                if _is(cell, released, "graded"):
                    message = f"not run, since {ended or 'it is no code cell any more'}"
                waits_for = last if ended else ""
                if cell.cell_type == "code" and not ended:
                    cell.outputs = []  # of an earlier run
                    try:
                        replies.clear()
                        client.execute_cell(cell, index)
                        message = _error(cell)
                        if replies and replies[-1]["content"].get("ename") == LATE:
                            late, message = late + 1, f"no end within {seconds:g} seconds"
                            ended = "the kernel does not answer any more" if late > 1 else ""
                            last = where if late == 1 else last
                        else:
                            late = 0
                    except DeadKernelError:
                        message = "the kernel ended here: exit(), os._exit(), or too much memory"
                        ended, last = f"the kernel ended in cell {index + 1}", where
                    waits_for = causes.of(message, index)
                    if message:
                        causes.stopped(cell, waits_for or where)
                _note(findings, released, where, cell, message, waits_for)
    except NoSuchKernel:
        findings["problems"].append(_problem("this Python", "ipykernel is not installed", INSTALL))
    _promote(findings)


class _Causes:
    """Where an error comes from, if it comes from another cell than the one that stops."""

    def __init__(
        self, cells: Cells, places: list[str], released: Findings, problems: list[dict[str, str]]
    ) -> None:
        code = [cell.source for cell in cells if cell.cell_type == "code"]
        self.defined = {name for source in code for name in _names(source)}
        self.lost: dict[str, str] = {}  # a name that a cell should have defined, and that cell
        self.absent = [
            one["where"] for one in problems if one["what"] in ("is missing", "is empty")
        ]
        self.files = [one["where"] for one in problems if one["what"] == NO_FILE]
        stubs = {one["where"]: one["what"] for one in problems if "not written yet" in one["what"]}
        self.unwritten = [number for number, where in enumerate(places) if where in stubs]
        self.unwritten_files = {file: what for file, what in stubs.items() if file not in places}
        self.broken_files = [one["where"] for one in problems if one["remedy"] == FIRST]
        self.places, self.cells = places, cells

    def stopped(self, cell: Any, where: str) -> None:
        """Take note of the names that a cell that stops may have left undefined."""
        for name in _names(cell.source):
            self.lost.setdefault(name, where)

    def of(self, message: str, index: int) -> str:
        """Return the cell or file that an error comes from; empty if it is the one that stops."""
        if message.startswith(UNWRITTEN):
            above = [number for number in self.unwritten if number < index]
            return self.places[above[-1]] if above else self._unwritten_file(index)
        if found := re.match(r"\w+Error: .*\(([\w.]+\.py), line \d+\)$", message):
            return next((file for file in self.broken_files if file.endswith(found[1])), "")
        if found := re.match(r"NameError: name '(\w+)' is not defined", message):
            name = found[1]
            absent = "" if name in self.defined or not self.absent else self.absent[0]
            return self.lost.get(name, absent)
        if found := re.match(r"ModuleNotFoundError: No module named '([\w.]+)'", message):
            given = found[1].replace(".", "/")
            return next((file for file in self.files if file.startswith(given)), "")
        return ""

    def _unwritten_file(self, index: int) -> str:
        """Return the unwritten file whose class a cell names; empty if there is none."""
        source = self.cells[index].source
        for file, what in self.unwritten_files.items():
            if any(re.search(rf"\b{name}\b", source) for name in re.findall(r"(\w+)\.", what)):
                return file
        return ""


def _names(source: str) -> set[str]:
    """Return the names that a cell defines, as far as an invalid one shows them."""
    source = re.sub(r"^%.*", "", source, flags=re.MULTILINE)
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        found = re.findall(r"^\s*(?:(?:class|def|import)\s+)?(\w+)\s*[=(:]", source, re.MULTILINE)
        return set(found)
    kinds = ast.ClassDef | ast.FunctionDef
    defined = {node.name for node in nodes if isinstance(node, kinds)}
    defined |= {n.asname or n.name.split(".")[0] for n in nodes if isinstance(n, ast.alias)}
    return defined | {
        n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def _promote(findings: Findings) -> None:
    """Make a problem of each cell for which a check waits, if that cell is none yet."""
    needed = {one["waits_for"] for one in findings["checks"]}
    known = {one["where"] for one in findings["problems"]}
    for one in findings["errors"]:
        if one["where"] in needed - known:
            findings["problems"].append(_problem(one["where"], one["message"], NEEDED))
    known = {one["where"] for one in findings["problems"]}
    findings["errors"] = [one for one in findings["errors"] if one["where"] not in known]


def _note(
    findings: Findings, released: Findings, where: str, cell: Any, message: str, waits_for: str
) -> None:
    """Note how a cell ended: a check, an answer that cannot run, or another one that stops."""
    problems, name = findings["problems"], _name(cell)
    if _is(cell, released, "graded"):
        if not message and any(one["where"] == where for one in problems):
            message, waits_for = "it is not as released", where
        if not message and not _has_code(cell):
            message = "the cell holds no code"
        findings["checks"] = [one for one in findings["checks"] if one["item"] != name]
        findings["checks"].append(_check(name, message, waits_for))
    elif message and _is(cell, released, "answer") and not waits_for:
        front = sum(one["remedy"] == FIRST for one in problems)
        problems.insert(front, _problem(where, message, FIRST))
    elif message and cell.cell_type == "code":
        message = _because(message, waits_for)
        findings["errors"].append({"where": where, "message": message, "waits_for": waits_for})


def _has_code(cell: Any) -> bool:
    """Return whether a cell does anything: a comment alone checks nothing."""
    try:
        return bool(ast.parse(cell.source).body)
    except (SyntaxError, ValueError):
        return bool(cell.source.strip())  # a magic


def _error(cell: Any) -> str:
    """Return the last line of the error in which a cell has ended; empty if it has not."""
    for output in cell.outputs:
        if output.output_type == "error":
            if output.ename in FAILED and output.evalue:
                return _line("", output.evalue)
            if output.ename == "NotWrittenError":  # the checks' own kind, with a shorter traceback
                return _line(UNWRITTEN, output.evalue)
            return _line(output.ename, output.evalue)
    return ""


def _line(kind: str, text: str) -> str:
    text = re.sub(r"\(\d+\.py, line", "(line", text)  # the kernel's own number of the cell
    line = ": ".join(part for part in (kind, " ".join(text.split())) if part)
    return line if len(line) <= LENGTH else f"{line[:LENGTH]} ..."


def _name(cell: Any) -> str:
    claims = cell.metadata.get("nbgrader")
    name = claims.get("grade_id") if isinstance(claims, dict) else None
    return name if isinstance(name, str) else ""


def _is(cell: Any, released: Findings, role: str) -> bool:
    """Return whether a cell has a role: as released, or, where that is not known, as it says."""
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
    where = f"cell {number} `{name}`" if name else f"cell {number}"
    return f"{where}, In [{cell.execution_count}]" if cell.get("execution_count") else where


def _digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def _shown(paths: list[Path]) -> str:
    return paths[0].name if paths else "NOTEBOOK"


class _Line:
    """A line on the terminal that says how far it is, from the first moment on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.on = sys.stdout if "ipykernel" in sys.modules else sys.stderr
        self.is_shown = "ipykernel" in sys.modules or self.on.isatty()

    def __enter__(self) -> Progress:
        self._write(f"{self.name}: starting Python")
        return self._show

    def _show(self, done: int, of: int) -> None:
        """Say which cell runs."""
        self._write(f"{self.name}: running cell {done + 1} of {of}")

    def __exit__(self, *_: object) -> None:
        self._write("")

    def _write(self, text: str) -> None:
        if self.is_shown:
            print(f"\r{text:60}", end="" if text else "\r", file=self.on, flush=True)


def main() -> None:
    """Read the command line, and check each notebook that it names."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # for terminals of any encoding
    parser = argparse.ArgumentParser(
        description="Try a notebook before you hand it in: a copy of it is run from top to bottom "
        "in a fresh kernel, and you read what there is to fix.",
        epilog="Exit code 0 if all visible checks pass and nothing is missing, else 1. " + HIDDEN,
    )
    parser.add_argument(
        "notebooks",
        nargs="*",
        metavar="NOTEBOOK",
        help="without it, the only one beside check.py",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=SECONDS,
        help="how long one cell may take (default: %(default)g)",
    )
    words = parser.parse_args()
    ready = [check(name, words.seconds) for name in words.notebooks or [""]]  # all of them
    sys.exit(not all(ready))


if __name__ == "__main__":
    main()
