"""`check.py`, which students have beside their notebook: it names each thing that is missing."""

import ast
import contextlib
import importlib.util
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course.assignment import Assignment
from autograder.course.submission import filled
from autograder.results.report import Status
from tests.conftest import PROJECT
from tests.test_locks import OLDEST_OF_STUDENTS
from tests.warm_kernel import warm_kernels

ASSIGNMENT = Assignment(PROJECT, "dropout_l2")
RELEASE = PROJECT / "release" / "dropout_l2"
NOTEBOOK = "dropout_l2.ipynb"
CHECKS = [item.name for item in ASSIGNMENT.items]
# the cells that the checks need, and one that needs an answer
QUICK = ("imports", "dropout", "dropout-example", "l2regularization", *CHECKS)
CHANGED_BY_STUDENTS = ("try-p", "try-coefficient")  # cells without a name; they need slow ones
NUMBER = {cell.id: number for number, cell in enumerate(ASSIGNMENT.release.cells, start=1)}
DROPOUT = f"cell {NUMBER['dropout-stub']} `dropout`"
L2 = f"cell {NUMBER['l2regularization-stub']} `l2regularization`"
L2_FORWARD = f"cell {NUMBER['test-l2-forward']} `test_l2_forward`"
TEAM = f"cell {NUMBER['team']}"


@pytest.fixture(scope="module")
def module() -> Iterator[ModuleType]:
    """The module as a student's Python has it; its kernels are forked.

    Tests that run `python check.py` start a kernel as a student does.
    """
    spec = importlib.util.spec_from_file_location("check", RELEASE / "check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with warm_kernels():
        yield module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The release's folder, with the reference's answers and the team filled in."""
    root = tmp_path / "dropout_l2"
    shutil.copytree(RELEASE, root, ignore=shutil.ignore_patterns("__pycache__"))
    notebook = filled(ASSIGNMENT.release, ASSIGNMENT.reference)
    notebook.cells[
        NUMBER["team"] - 1
    ].source = "### Team\n\n| Student 01 | 4711 | student-01@example.org |"
    nbformat.write(notebook, root / NOTEBOOK)
    return root


@pytest.fixture
def changed(folder, monkeypatch):
    """A function that lets another change the notebook, without what is slow to run in it."""

    def change(do):
        notebook = nbformat.read(folder / NOTEBOOK, as_version=4)
        leave_out_the_slow(notebook)
        do(notebook)
        for number, cell in enumerate(notebook.cells):
            cell.id = f"cell-{number}"  # as Jupyter sees to it
        nbformat.write(notebook, folder / NOTEBOOK)

    return change


def leave_out_the_slow(notebook):
    """Empty the given cells that the checks do not need: they stay, so that none is missing."""
    for cell in notebook.cells:
        claims = cell.metadata.get("nbgrader")
        if claims["grade_id"] not in QUICK if claims else cell.id in CHANGED_BY_STUDENTS:
            cell.source = ""


def at(notebook, name):
    """Return the index of a cell by its `grade_id`."""
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    return names.index(name)


def problems(findings):
    return [f"{one['where']}: {one['what']}" for one in findings["problems"]]


def verdicts(findings):
    return {one["item"]: one["message"] for one in findings["checks"] if not one["passed"]}


def run(folder, *words):
    """Run `python check.py` in a folder, as students do."""
    return subprocess.run(
        [sys.executable, "check.py", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_solved_notebook_is_ready(folder, changed):
    """Everything passes, the last line says that this is no proof, and the exit code is 0."""
    changed(lambda notebook: None)
    before = (folder / NOTEBOOK).read_bytes()
    done = run(folder)
    assert (done.returncode, done.stderr) == (0, "")
    reported = done.stdout.splitlines()
    emptied = [line for line in reported if "graded as released" in line]
    first, *checks, last = [line for line in reported if line not in emptied]
    assert len(emptied) == 1
    assert first == "dropout_l2.ipynb: 4 of 4 visible checks pass"
    assert checks == [f"passed:  {name}" for name in CHECKS]
    assert "hidden tests" in last
    assert (folder / NOTEBOOK).read_bytes() == before  # nothing is written to it


def test_the_unsolved_release_lacks_its_answers(tmp_path):
    """Each stub by its method, the team's table, each check, each cell that stops; the code is 1."""
    root = tmp_path / "released"
    shutil.copytree(RELEASE, root, ignore=shutil.ignore_patterns("__pycache__"))
    notebook = nbformat.read(root / NOTEBOOK, as_version=4)
    leave_out_the_slow(notebook)
    nbformat.write(notebook, root / NOTEBOOK)
    done = run(root, NOTEBOOK)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{NOTEBOOK}: 3 things to fix, 0 of 4 visible checks pass\n")
    assert done.stdout.count("fix: ") == 3
    assert "`dropout`: Dropout.__call__, Dropout.backward are not written yet" in done.stdout
    assert re.search("`l2regularization`: .*penalty, .*backward are not written", done.stdout)
    assert f"{TEAM}: 3 lines of your team's table as released" in done.stdout
    assert done.stdout.count("waits:   test_") == 4
    example = f"cell {NUMBER['dropout-example']} `dropout-example`"
    waits = f"waits:   {example}: for {DROPOUT} (NotImplementedError)"
    assert waits in done.stdout
    assert "stopped:" not in done.stdout


CHANGES = {
    "a cell is missing": (
        lambda nb: nb.cells.pop(at(nb, "test_l2_forward")),
        "cell `test_l2_forward`: is missing",
        {"test_l2_forward": "for cell `test_l2_forward` (the cell is missing)"},
    ),
    "an answer is missing": (
        lambda nb: nb.cells.pop(at(nb, "dropout")),
        "cell `dropout`: is missing",
        dict.fromkeys(
            ("test_dropout_forward", "test_dropout_backward"),
            "for cell `dropout` (NameError: name 'Dropout' is not defined)",
        ),
    ),
    "a cell is there twice": (
        lambda nb: nb.cells.insert(0, nbformat.from_dict(nb.cells[at(nb, "test_l2_forward")])),
        "cell `test_l2_forward`: exists 2 times",
        {},
    ),
    "a graded cell is changed": (
        lambda nb: nb.cells[at(nb, "test_l2_forward")].update(source="pass"),
        f"{L2_FORWARD}: is not as released",
        {"test_l2_forward": f"for {L2_FORWARD} (it is not as released)"},
    ),
    "an answer is empty": (
        lambda nb: nb.cells[at(nb, "l2regularization")].update(source=" "),
        f"{L2}: is empty",
        dict.fromkeys(
            ("test_l2_forward", "test_l2_backward"),
            f"for {L2} (NameError: name 'L2regularization' is not defined)",
        ),
    ),
    "one method is not written": (
        lambda nb: nb.cells[at(nb, "l2regularization")].update(
            source=ASSIGNMENT.reference["l2regularization"].replace(
                "return float(", "raise NotImplementedError()\n        return float("
            )[:-1]
            + "\n\n    def more(self):\n        raise NotImplementedError"
        ),
        f"{L2}: L2regularization.more is not written yet",
        {
            "test_l2_forward": f"for {L2} (NotImplementedError: "
            "L2regularization.penalty is not written yet)"
        },
    ),
    "the team's table is half filled in": (
        lambda nb: nb.cells[NUMBER["team"] - 1].update(
            source="| Student 01 | 4711 | x@example.org |\n| *Second Member* | *0000000* | *s* |"
        ),
        f"{TEAM}: 1 line of your team's table as released",
        {},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_missing_part_is_a_problem(module, folder, changed, change):
    """Each thing by its place, with a remedy; then the notebook is not ready."""
    do, problem, failing = CHANGES[change]
    changed(do)
    findings = module.examine(folder / NOTEBOOK)
    assert any(line.startswith(problem) for line in problems(findings)), problems(findings)
    assert len(problems(findings)) == 1
    assert all(one["remedy"] for one in findings["problems"])
    assert verdicts(findings) == failing
    assert findings["ready"] is False


def test_given_files_and_the_notebooks_name_are_looked_at(module, folder, changed):
    """One that is missing, one that is changed, and a name under which it is not looked for."""
    changed(lambda notebook: None)
    (folder / "losses" / "mse.py").unlink()
    with (folder / "model" / "model.py").open("a") as file:
        file.write("\nWIDTH = 3\n")
    (folder / NOTEBOOK).rename(folder / "mine.ipynb")
    assert problems(module.examine(folder / "mine.ipynb")) == [
        "mine.ipynb: the file's name should be dropout_l2.ipynb",
        "losses/mse.py: is missing beside the notebook",
        "model/model.py: is not as released",
    ]


def test_other_line_ends_and_a_changed_given_cell_cost_nothing(module, folder, changed):
    """Windows writes other line ends; a given cell is put back, and that is a remark."""
    changed(lambda notebook: None)
    path = folder / "model" / "model.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    findings = module.examine(folder / NOTEBOOK)
    assert findings["ready"] is True
    changed_cells = [one for one in findings["remarks"] if "graded as released" in one]
    assert len(changed_cells) == 1  # however many they are
    assert "`digits`" in changed_cells[0]


def test_a_graded_cell_that_does_not_run_does_not_pass(module, folder, changed):
    """Neither by a tag, nor as a text: a check that nobody has seen pass fails."""

    def hide(notebook):
        notebook.cells[at(notebook, "test_l2_backward")].metadata.tags = ["skip-execution"]
        index = at(notebook, "test_dropout_backward")
        metadata = notebook.cells[index].metadata
        source = notebook.cells[index].source
        notebook.cells[index] = new_markdown_cell(source, metadata=metadata)
        wrong = ASSIGNMENT.reference["l2regularization"].replace("+ 2 * self", "+ self")
        notebook.cells[at(notebook, "l2regularization")].source = wrong

    changed(hide)
    failing = verdicts(module.examine(folder / NOTEBOOK))
    assert list(failing) == ["test_dropout_backward", "test_l2_backward"]
    assert failing["test_dropout_backward"] == "not run, since it is no code cell any more"


def test_outputs_of_an_earlier_run_do_not_count(module, folder, changed):
    """A cell that is empty now has no error."""

    def keep(notebook):
        error = nbformat.v4.new_output("error", ename="KeyError", evalue="x", traceback=[])
        notebook.cells.append(new_code_cell("", outputs=[error]))

    changed(keep)
    assert module.examine(folder / NOTEBOOK)["errors"] == []


@pytest.mark.parametrize("use", ["torch.tensor(1.0)", "__import__('torch').tensor(1.0)"])
def test_torch_inside_a_layer_is_a_failed_check(module, folder, changed, use):
    """In the visible checks' own words."""
    answer = ASSIGNMENT.reference["l2regularization"].replace(
        "return self.layer(x)", f"{use}\n        return self.layer(x)"
    )
    changed(
        lambda nb: nb.cells[at(nb, "l2regularization")].update(source=f"import torch\n{answer}")
    )
    failing = verdicts(module.examine(folder / NOTEBOOK))
    assert failing["test_l2_forward"].startswith("PyTorch is used inside L2regularization(")


def test_a_wrong_layer_has_the_message_of_the_visible_check(module, folder, changed):
    """The message of the assertion, without its kind."""
    answer = ASSIGNMENT.reference["l2regularization"].replace("+ 2 * self", "+ self")
    changed(lambda nb: nb.cells[at(nb, "l2regularization")].update(source=answer))
    findings = module.examine(folder / NOTEBOOK)
    assert list(verdicts(findings)) == ["test_l2_backward"]
    message = verdicts(findings)["test_l2_backward"]
    assert message.startswith("L2regularization(coefficient=0.2).backward: grads['weights']=[[")
    assert "the derivative of w ** 2 is 2 * w" in message
    assert message.endswith("])")  # nothing is cut off
    assert not findings["ready"]


def test_cells_of_ones_own_may_stop(module, folder, changed):
    """Each is shown with its number and the last line of its error; it costs no point."""
    changed(lambda nb: nb.cells.insert(3, new_code_cell("1 +")))
    findings = module.examine(folder / NOTEBOOK)
    (error,) = findings["errors"]
    assert error["where"] == "cell 4"
    assert error["message"] == "SyntaxError: invalid syntax (line 1)"
    assert findings["ready"] is True


def test_a_cell_that_hangs_is_left_behind(module, folder, changed):
    """The others are run all the same."""
    changed(lambda nb: nb.cells.insert(3, new_code_cell("while True:\n    pass")))
    findings = module.examine(folder / NOTEBOOK, seconds=3)
    assert [one["message"] for one in findings["errors"]] == ["no end within 3 seconds"]
    assert verdicts(findings) == {}


def test_a_cell_that_nothing_ends_is_the_last(module, folder, changed):
    """The cells after it are listed as not run."""
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    changed(lambda nb: nb.cells.insert(at(nb, "dropout"), new_code_cell(stubborn)))
    findings = module.examine(folder / NOTEBOOK, seconds=2)
    assert set(verdicts(findings).values()) == {
        f"for cell {NUMBER['dropout-stub']} (not run, since the kernel does not answer any more)"
    }


def test_a_cell_that_ends_the_kernel_is_the_last(module, folder, changed):
    """The cells after it are listed as not run."""
    changed(
        lambda nb: nb.cells.insert(
            at(nb, "l2regularization"), new_code_cell("__import__('os')._exit(1)")
        )
    )
    findings = module.examine(folder / NOTEBOOK)
    where = f"cell {NUMBER['l2regularization-stub']}"  # of the cell inserted before it
    assert problems(findings)[0].startswith(f"{where}: the kernel ended here")
    reason = f"for {where} (not run, since the kernel ended in {where})"
    assert verdicts(findings) == {"test_l2_forward": reason, "test_l2_backward": reason}


def test_a_notebook_that_checks_itself_ends(module, folder, changed):
    """A check within a check does nothing."""
    changed(
        lambda nb: nb.cells.append(
            new_code_cell("from check import check\nassert check('x.ipynb')")
        )
    )
    findings = module.examine(folder / NOTEBOOK)
    assert (findings["errors"], findings["ready"]) == ([], True)


@pytest.mark.parametrize("imprint", [None, 3, {"cells": 3}, {"notebook": "x", "cells": {"a": 1}}])
def test_a_notebook_without_the_releases_imprint_is_run(module, folder, changed, imprint):
    """Its own metadata says which cells are graded, and a remark says what was not checked."""
    changed(lambda nb: nb.metadata.update(released=imprint))
    findings = module.examine(folder / NOTEBOOK)
    assert [one["item"] for one in findings["checks"]] == CHECKS
    assert findings["ready"] is True
    assert "missing cells and files are not seen" in findings["remarks"][0]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"{", "is no notebook that can be read"),
        (b"[]", "is no notebook that can be read"),
        (b"\xff", "is no notebook that can be read"),
        (None, "cannot be opened (No such file or directory)"),
    ],
)
def test_a_file_that_is_no_notebook_is_a_problem(module, tmp_path, content, what):
    """With a remedy, and without a traceback."""
    path = tmp_path / "x.ipynb"
    if content is not None:
        path.write_bytes(content)
    findings = module.examine(path)
    assert problems(findings)[0].startswith(f"x.ipynb: {what}")
    assert findings["ready"] is False


def test_a_notebook_of_something_else_has_no_graded_cell(module, tmp_path):
    """It is not ready, although nothing fails."""
    nbformat.write(nbformat.v4.new_notebook(cells=[new_code_cell("1")]), tmp_path / "x.ipynb")
    findings = module.examine(tmp_path / "x.ipynb")
    assert problems(findings) == ["x.ipynb: has no graded cell"]
    assert findings["ready"] is False


def test_findings_are_plain_data(module, folder, changed):
    """A script can read them."""
    changed(lambda nb: nb.cells.append(new_code_cell("1 / 0")))
    findings = module.examine(folder / NOTEBOOK)
    assert json.loads(json.dumps(findings)) == findings


@pytest.mark.parametrize("missing", ["nbformat", "nbclient", "jupyter_client.kernelspec"])
def test_a_package_that_is_not_installed_is_a_problem(module, folder, monkeypatch, missing):
    """By its name, and how to install it."""
    monkeypatch.setitem(sys.modules, missing, None)
    findings = module.examine(folder / NOTEBOOK)
    assert any(
        f"{missing.split('.')[0]}" in line and "not installed" in line
        for line in problems(findings)
    )
    assert "pip install -r requirements.txt" in findings["problems"][-1]["remedy"]


def test_in_a_worker_it_costs_nothing(grading_process):
    """A notebook that imports and calls it is graded as any other: what it needs is not there."""
    notebook = filled(ASSIGNMENT.release, ASSIGNMENT.reference)
    notebook.cells.append(new_code_cell("import check\ncheck.check('dropout_l2.ipynb')"))
    report = grading_process.grade_notebook(ASSIGNMENT, notebook)
    assert (report.points, report.status, report.remarks) == (3.0, Status.GRADED, ())


ROOTS = {
    "a syntax error in an answer": (
        lambda nb: nb.cells[at(nb, "dropout")].update(
            source=ASSIGNMENT.reference["dropout"].replace(
                "(self, grad_output:", "(self,, grad_output:"
            )
        ),
        DROPOUT,
        "SyntaxError: invalid syntax (line",
        2,
    ),
    "an import that fails": (
        lambda nb: nb.cells[at(nb, "imports")].update(
            source="import no_such_library\n" + nb.cells[at(nb, "imports")].source
        ),
        f"cell {NUMBER['imports']} `imports`",
        "ModuleNotFoundError: No module named 'no_such_library'",
        4,
    ),
    "a helper of one's own": (
        lambda nb: (
            nb.cells.insert(at(nb, "dropout"), new_code_cell("def helper(x):\n    return x +")),
            nb.cells[at(nb, "dropout")].update(
                source="DOUBLE = helper(2)\n" + ASSIGNMENT.reference["dropout"]
            ),
        ),
        f"cell {NUMBER['dropout-stub']}",
        "SyntaxError: invalid syntax (line 2)",
        2,
    ),
}


@pytest.mark.parametrize("root", ROOTS)
def test_what_follows_from_an_error_waits_for_it(module, folder, changed, root):
    """There is one thing to fix, and it is named first; the checks say which cell they wait for."""
    do, where, what, waiting = ROOTS[root]
    changed(do)
    findings = module.examine(folder / NOTEBOOK)
    assert [one["where"] for one in findings["problems"]] == [where]
    assert findings["problems"][0]["what"].startswith(what)
    failed = [one for one in findings["checks"] if not one["passed"]]
    assert [one["waits_for"] for one in failed] == [where] * waiting
    assert "1 thing to fix, " in module.headline(findings)
    assert sum(line.startswith(("fix:", "failed:")) for line in module.lines(findings)) == 1
    assert findings["ready"] is False


def test_an_answer_that_cannot_run_is_the_headline(module, folder, changed):
    """The first line names the cell and the error; the count comes after it."""
    changed(ROOTS["a syntax error in an answer"][0])
    first, second, *_ = module.lines(module.examine(folder / NOTEBOOK))
    assert first.startswith(f"{NOTEBOOK}: {DROPOUT}: SyntaxError: invalid syntax (line")
    assert first.endswith("; 1 thing to fix, 2 of 4 visible checks pass")
    assert second.startswith(f"fix:     {DROPOUT}: SyntaxError")


@pytest.mark.parametrize("imprint", [True, False])
def test_a_graded_cell_without_code_does_not_pass(module, folder, changed, imprint):
    """A comment checks nothing, whether the release is known or not."""

    def comment(notebook):
        notebook.cells[at(notebook, "test_l2_forward")].source = "# looks fine to me"
        if not imprint:
            del notebook.metadata["released"]

    changed(comment)
    findings = module.examine(folder / NOTEBOOK)
    assert list(verdicts(findings)) == ["test_l2_forward"]
    assert "1 thing to fix, 3 of 4 visible checks pass" in module.headline(findings)


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 9, 18)])
def test_an_older_python_reads_which_one_is_needed(version):
    """One sentence, although what follows is no Python of that age."""
    text = (RELEASE / "check.py").read_text(encoding="utf-8")
    assert ast.parse(text, feature_version=version[:2])
    number = ".".join(map(str, version))
    as_if = f"import sys; sys.version_info, sys.version = {version}, '{number} (main)'\n"
    code = f"{as_if}exec(compile(open({str(RELEASE / 'check.py')!r}).read(), 'check.py', 'exec'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        f"Error: check.py needs Python {OLDEST_OF_STUDENTS} or newer, but this is Python {number}: "
        "run it with "
    )
    assert done.stderr.count("\n") == 1


def test_help_says_what_it_does(folder):
    """And runs nothing."""
    done = run(folder, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Try a notebook before you hand it in" in done.stdout
    assert "--seconds" in done.stdout


def test_an_option_that_is_not_known_runs_nothing(folder):
    """It is no notebook's name."""
    done = run(folder, "--strict")
    assert done.returncode == 2
    assert "unrecognized arguments: --strict" in done.stderr


def test_a_terminal_shows_at_once_that_it_works(folder, changed):
    """Before anything is loaded, then each cell; nothing of it is left in front of the findings."""
    changed(lambda notebook: None)
    seen, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "check.py"], cwd=folder, stdout=terminal, stderr=terminal
    ) as process:
        os.close(terminal)
        shown = b""
        with contextlib.suppress(OSError):  # the terminal's end
            while part := os.read(seen, 2**16):
                shown += part
    os.close(seen)
    assert process.returncode == 0
    first, *rest = shown.decode().split("\r")
    assert first == ""
    assert rest[0].rstrip() == f"{NOTEBOOK}: starting Python"
    assert rest[1].startswith(f"{NOTEBOOK}: running cell 1 of ")
    assert f"{NOTEBOOK}: 4 of 4 visible checks pass" in rest
