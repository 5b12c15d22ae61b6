"""`check.py`, which students have beside their notebook: it tells each thing that is missing."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.assignment import Assignment
from autograder.report import Status
from autograder.submission import filled
from tests.conftest import PROJECT

ASSIGNMENT = Assignment(PROJECT, "dropout_l2")
RELEASE = PROJECT / "release" / "dropout_l2"
NOTEBOOK = "dropout_l2.ipynb"
CHECKS = [item.name for item in ASSIGNMENT.items]
QUICK = ("imports", "dropout", "l2regularization", *CHECKS)  # the cells that the checks need


@pytest.fixture(scope="module")
def module() -> ModuleType:
    """The module as a student's Python has it."""
    spec = importlib.util.spec_from_file_location("check", RELEASE / "check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The release's folder, with the reference's answers and the team filled in."""
    root = tmp_path / "dropout_l2"
    shutil.copytree(RELEASE, root, ignore=shutil.ignore_patterns("__pycache__"))
    notebook = filled(ASSIGNMENT.release, ASSIGNMENT.reference)
    notebook.cells[1].source = "### Team\n\n| Student 01 | 4711 | student-01@example.org |"
    nbformat.write(notebook, root / NOTEBOOK)
    return root


@pytest.fixture
def changed(folder, monkeypatch):
    """A function that lets another change the notebook, without what is slow to run in it."""

    def change(do):
        notebook = nbformat.read(folder / NOTEBOOK, as_version=4)
        for cell in notebook.cells:  # the cells stay, so that none is missing
            claims = cell.metadata.get("nbgrader")
            if claims and claims["grade_id"] not in QUICK:
                cell.source = ""
        do(notebook)
        for number, cell in enumerate(notebook.cells):
            cell.id = f"cell-{number}"  # as Jupyter sees to it
        nbformat.write(notebook, folder / NOTEBOOK)

    return change


def at(notebook, name):
    """Return the index of a cell by its `grade_id`."""
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    return names.index(name)


def told(findings):
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


def test_a_solved_notebook_is_ready(folder):
    """Everything passes, nothing else is told but that this is no proof, and the code is 0."""
    before = (folder / NOTEBOOK).read_bytes()
    done = run(folder)
    assert (done.returncode, done.stderr) == (0, "")
    first, *checks, last = done.stdout.splitlines()
    assert first == "dropout_l2.ipynb: 4 of 4 visible checks pass"
    assert checks == [f"passed:  {name}" for name in CHECKS]
    assert "hidden tests" in last
    assert (folder / NOTEBOOK).read_bytes() == before  # nothing is written to it


def test_the_release_is_told_what_is_missing(tmp_path):
    """Each stub by its method, the team's table, each check, each cell that stops; the code is 1."""
    root = tmp_path / "released"
    shutil.copytree(RELEASE, root, ignore=shutil.ignore_patterns("__pycache__"))
    done = run(root, NOTEBOOK)
    assert done.returncode == 1
    assert "0 of 4 visible checks pass, 3 things to mend" in done.stdout
    assert "`dropout`: Dropout.__call__, Dropout.backward are not written yet" in done.stdout
    assert re.search("`l2regularization`: .*penalty, .*backward are not written", done.stdout)
    assert "cell 2: 3 lines of your team's table as released" in done.stdout
    assert done.stdout.count("failed:  test_") == 4
    assert "stopped: cell 12 `dropout-example`, In [5]: NotImplementedError" in done.stdout


CHANGES = {
    "a cell is missing": (
        lambda nb: nb.cells.pop(at(nb, "test_l2_forward")),
        "cell `test_l2_forward`: is missing",
        {"test_l2_forward": "the cell is missing"},
    ),
    "an answer is missing": (
        lambda nb: nb.cells.pop(at(nb, "dropout")),
        "cell `dropout`: is missing",
        dict.fromkeys(
            ("test_dropout_forward", "test_dropout_backward"),
            "NameError: name 'Dropout' is not defined",
        ),
    ),
    "a cell is there twice": (
        lambda nb: nb.cells.insert(0, nbformat.from_dict(nb.cells[at(nb, "test_l2_forward")])),
        "cell `test_l2_forward`: is there 2 times",
        {},
    ),
    "a graded cell is changed": (
        lambda nb: nb.cells[at(nb, "test_l2_forward")].update(source="pass"),
        "cell 27 `test_l2_forward`: is not as released",
        {},
    ),
    "an answer is empty": (
        lambda nb: nb.cells[at(nb, "l2regularization")].update(source=" "),
        "cell 21 `l2regularization`: is empty",
        dict.fromkeys(
            ("test_l2_forward", "test_l2_backward"),
            "NameError: name 'L2regularization' is not defined",
        ),
    ),
    "one method is not written": (
        lambda nb: nb.cells[at(nb, "l2regularization")].update(
            source=ASSIGNMENT.reference["l2regularization"].replace(
                "return float(", "raise NotImplementedError()\n        return float("
            )[:-1]
            + "\n\n    def more(self):\n        raise NotImplementedError"
        ),
        "cell 21 `l2regularization`: L2regularization.more is not written yet",
        {"test_l2_forward": "NotImplementedError"},
    ),
    "the team's table is half filled in": (
        lambda nb: nb.cells[1].update(
            source="| Student 01 | 4711 | x@example.org |\n| *Second Member* | *0000000* | *s* |"
        ),
        "cell 2: 1 line of your team's table as released",
        {},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_missing_is_told(module, folder, changed, change):
    """Each thing by its place, with a remedy; then the notebook is not ready."""
    do, problem, failing = CHANGES[change]
    changed(do)
    findings = module.examine(folder / NOTEBOOK)
    assert any(line.startswith(problem) for line in told(findings)), told(findings)
    assert len(told(findings)) == 1
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
    assert told(module.examine(folder / "mine.ipynb")) == [
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
    assert "for grading it is put back" in findings["remarks"][0]


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
def test_torch_inside_a_layer_is_told(module, folder, changed, use):
    """In the visible checks' own words."""
    answer = ASSIGNMENT.reference["l2regularization"].replace(
        "return self.layer(x)", f"{use}\n        return self.layer(x)"
    )
    changed(
        lambda nb: nb.cells[at(nb, "l2regularization")].update(source=f"import torch\n{answer}")
    )
    failing = verdicts(module.examine(folder / NOTEBOOK))
    assert failing["test_l2_forward"].startswith("PyTorch is used inside L2regularization(")


def test_a_wrong_layer_is_told_in_the_visible_checks_words(module, folder, changed):
    """The message of the assertion, without its kind."""
    answer = ASSIGNMENT.reference["l2regularization"].replace("+ 2 * self", "+ self")
    changed(lambda nb: nb.cells[at(nb, "l2regularization")].update(source=answer))
    findings = module.examine(folder / NOTEBOOK)
    assert list(verdicts(findings)) == ["test_l2_backward"]
    assert verdicts(findings)["test_l2_backward"].startswith("grads['weights'][0, 0]=")
    assert not findings["ready"]


def test_cells_of_ones_own_may_stop(module, folder, changed):
    """Their number and the last line of their error are told; nothing of that costs a point."""
    changed(lambda nb: nb.cells.insert(3, new_code_cell("1 +")))
    findings = module.examine(folder / NOTEBOOK)
    (error,) = findings["errors"]
    assert error["where"] == "cell 4, In [2]"
    assert error["message"] == "SyntaxError: invalid syntax (line 1)"
    assert findings["ready"] is True


def test_a_cell_that_hangs_is_left_behind(module, folder, changed):
    """The others are run all the same."""
    changed(lambda nb: nb.cells.insert(3, new_code_cell("while True:\n    pass")))
    findings = module.examine(folder / NOTEBOOK, seconds=5)
    assert [one["message"] for one in findings["errors"]] == ["no end within 5 seconds"]
    assert verdicts(findings) == {}


def test_a_cell_that_nothing_ends_is_the_last(module, folder, changed):
    """What comes behind it is told not to have run."""
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    changed(lambda nb: nb.cells.insert(at(nb, "dropout"), new_code_cell(stubborn)))
    findings = module.examine(folder / NOTEBOOK, seconds=3)
    assert set(verdicts(findings).values()) == {
        "not run, since the kernel does not answer any more"
    }


def test_a_cell_that_ends_the_kernel_is_the_last(module, folder, changed):
    """What comes behind it is told not to have run."""
    changed(
        lambda nb: nb.cells.insert(
            at(nb, "l2regularization"), new_code_cell("__import__('os')._exit(1)")
        )
    )
    findings = module.examine(folder / NOTEBOOK)
    assert "the kernel ended here" in findings["errors"][0]["message"]
    reason = "not run, since the kernel ended in cell 21"
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
    """Its own claims tell which cells are graded, and it is said what cannot be seen."""
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
def test_a_file_that_is_no_notebook_is_told(module, tmp_path, content, what):
    """With a remedy, and without a traceback."""
    path = tmp_path / "x.ipynb"
    if content is not None:
        path.write_bytes(content)
    findings = module.examine(path)
    assert told(findings)[0].startswith(f"x.ipynb: {what}")
    assert findings["ready"] is False


def test_a_notebook_of_something_else_has_no_graded_cell(module, tmp_path):
    """It is not ready, although nothing fails."""
    nbformat.write(nbformat.v4.new_notebook(cells=[new_code_cell("1")]), tmp_path / "x.ipynb")
    findings = module.examine(tmp_path / "x.ipynb")
    assert told(findings) == ["x.ipynb: has no graded cell"]
    assert findings["ready"] is False


def test_findings_are_plain_data(module, folder, changed):
    """A script can read them."""
    changed(lambda nb: nb.cells.append(new_code_cell("1 / 0")))
    findings = module.examine(folder / NOTEBOOK)
    assert json.loads(json.dumps(findings)) == findings


@pytest.mark.parametrize("missing", ["nbformat", "nbclient", "jupyter_client.kernelspec"])
def test_what_is_not_installed_is_told(module, folder, monkeypatch, missing):
    """By its name, and how to install it."""
    monkeypatch.setitem(sys.modules, missing, None)
    findings = module.examine(folder / NOTEBOOK)
    assert any(
        f"{missing.split('.')[0]}" in line and "not installed" in line for line in told(findings)
    )
    assert "pip install -r requirements.txt" in findings["problems"][-1]["remedy"]


def test_in_a_worker_it_costs_nothing(grading_process):
    """A notebook that imports and calls it is graded as any other: what it needs is not there."""
    notebook = filled(ASSIGNMENT.release, ASSIGNMENT.reference)
    notebook.cells.append(new_code_cell("import check\ncheck.check('dropout_l2.ipynb')"))
    report = grading_process.grade(ASSIGNMENT, notebook)
    assert (report.points, report.status, report.remarks) == (3.0, Status.GRADED, ())
