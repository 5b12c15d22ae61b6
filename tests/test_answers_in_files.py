"""The assignment with its answers in files: the same marks as in cells, whatever else is handed in."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from autograder.course.assignment import Assignment
from autograder.course.specimen import mutants, variants
from autograder.course.submission import Submission, filled
from autograder.grading.grader import grade
from tests.conftest import PROJECT

pytestmark = pytest.mark.xdist_group("answers_in_files")  # one course is graded for all of these

NAME = "dropout_l2_modules"
NOTEBOOK = f"{NAME}.ipynb"
EVERY = 25  # of the specimens, one is graded in both forms
COMMENT = "Well split."
HELPER = "import numpy as np\n\ndef kept(shape, p):\n    return np.random.rand(*shape) > p\n"


def run(root: Path, *words: str) -> str:
    """Run a command of Python's in a course's folder; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course that has the assignment in both forms, the second written by `autograder modules`."""
    root = tmp_path_factory.mktemp("modules")
    for folder in ("source", "release", *(f"tests/{kind}" for kind in ("hidden", "mutants"))):
        shutil.copytree(PROJECT / folder, root / folder)
    for folder in ("tests/variants", "tests/certificates"):
        shutil.copytree(PROJECT / folder, root / folder)
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    run(root, "autograder", "modules", "dropout_l2")
    run(root, "nbgrader", "generate_assignment", NAME)
    return root


@pytest.fixture(scope="module")
def forms(course):
    """The assignment with cells, and with files."""
    return Assignment(course, "dropout_l2"), Assignment(course, NAME)


def rewrite(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def in_a_subfolder(folder):
    inner = folder / "my work"
    paths = [*folder.iterdir()]
    inner.mkdir()
    for path in paths:
        path.rename(inner / path.name)


def with_helper(folder):
    (folder / "helper.py").write_text(HELPER)
    rewrite(folder / "layers/dropout.py", "import numpy as np", "import numpy as np\nimport helper")
    rewrite(
        folder / "layers/dropout.py",
        "np.random.rand(*h.shape) > self.p",
        "helper.kept(h.shape, self.p)",
    )


def right_only_in_a_package(folder):
    """Write a wrong class into the answer's file, and the right one where Python would find it."""
    path = folder / "layers/dropout/__init__.py"
    path.parent.mkdir()
    shutil.copy(folder / "layers/dropout.py", path)
    rewrite(folder / "layers/dropout.py", "return self", "return 0 * self")


def star_import(folder):
    """Write the class into a file of the student's own."""
    (folder / "layers/dropout.py").rename(folder / "layers/own.py")
    (folder / "layers/dropout.py").write_text("from .own import *\n")


def in_a_cell(folder):
    """Write the class into the notebook, and leave its file as released."""
    path = folder / "layers/dropout.py"
    text = path.read_text().partition("\n\n\n")[2]
    shutil.copy(folder.parents[2] / f"release/{NAME}/layers/dropout.py", path)
    notebook = nbformat.read(folder / NOTEBOOK, as_version=4)
    notebook.cells.append(new_code_cell(text))
    nbformat.write(notebook, folder / NOTEBOOK)


def linked(folder):
    path = folder / "layers/dropout.py"
    path.unlink()
    path.symlink_to(PROJECT / "README.md")


# what a student has done to a folder that was solved, the points, and a part of each remark
HAND_INS = {
    "solved": (lambda folder: None, 3.0, []),
    "untouched": (
        lambda folder: shutil.copytree(
            folder.parents[2] / f"release/{NAME}", folder, dirs_exist_ok=True
        ),
        0.0,
        [],
    ),
    "one-missing": (
        lambda folder: (folder / "layers/dropout.py").unlink(),
        1.5,
        ["`layers/dropout.py` is missing: it counts as not filled in"],
    ),
    "renamed": (
        lambda folder: (folder / "layers/dropout.py").rename(folder / "layers/Dropout.py"),
        3.0,
        ["`layers/Dropout.py` was graded as `layers/dropout.py`"],
    ),
    "in-a-subfolder": (
        in_a_subfolder,
        3.0,
        ["it was graded", "`my work/layers/dropout.py` was", "`my work/layers/l2regulariz"],
    ),
    "no-notebook": (
        lambda folder: (folder / NOTEBOOK).unlink(),
        3.0,
        ["only the files were graded: there is no notebook"],
    ),
    "broken-notebook": (
        lambda folder: (folder / NOTEBOOK).write_text("{"),
        3.0,
        ["only the files were graded: the file is not valid JSON"],
    ),
    "not-python": (
        lambda folder: rewrite(folder / "layers/dropout.py", "def backward", "de backward"),
        1.5,
        ["`layers/dropout.py`, line 68: SyntaxError"],
    ),
    "windows": (
        lambda folder: rewrite(folder / "layers/dropout.py", "\n", "\r\n"),
        3.0,
        [],
    ),
    "link": (linked, 1.5, ["it is a link", "`layers/dropout.py` is missing"]),
    "given-changed": (
        lambda folder: (folder / "layers/linear.py").write_text("raise SystemExit"),
        3.0,
        [],
    ),
    "hanging": (
        lambda folder: append(folder / "layers/dropout.py", "\nwhile True:\n    pass\n"),
        3.0,
        ["`layers/dropout.py`, line 91: skipped: it did not finish"],
    ),
    "own-module": (with_helper, 3.0, []),
    "package-of-that-name": (
        right_only_in_a_package,
        1.5,
        ["again in `layers/dropout/__init__.py`, which was not"],
    ),
    "strange-encoding": (
        lambda folder: (folder / "helper.py").write_text("# coding: undefined\n"),
        3.0,
        ["`helper.py` should be written in UTF-8"],
    ),
    "star-import": (
        star_import,
        3.0,
        [],
    ),
    "in-a-cell": (in_a_cell, 3.0, ["was graded as `layers/dropout.py`, which is not filled in"]),
}


@pytest.fixture(scope="module")
def students(course):
    """What `autograder status` says of each hand-in, after grading and feedback."""
    for student, (change, _, _) in HAND_INS.items():
        folder = course / "submitted" / student / NAME
        shutil.copytree(course / "release" / NAME, folder)
        for name in ("dropout", "l2regularization"):
            shutil.copy(course / f"source/{NAME}/layers/{name}.py", folder / "layers")
        change(folder)
    run(course, "autograder", "grade", NAME)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.find_comment("dropout", NAME, NAME, "own-module").manual_comment = COMMENT
        gradebook.db.commit()
    run(course, "nbgrader", "generate_feedback", NAME)
    found = json.loads(run(course, "autograder", "status", NAME, "--json"))
    return {one["student"]: one for one in found["students"]}


@pytest.mark.parametrize("student", HAND_INS)
def test_each_hand_in_has_its_points_and_remarks(students, student):
    """No honest work is lost, and each thing that is odd is named."""
    _, points, remarks = HAND_INS[student]
    assert sum(students[student]["points"].values()) == points
    found = students[student]["remarks"]
    assert len(found) == len(remarks), found
    for part, remark in zip(remarks, found, strict=True):
        assert part in remark


def test_the_instructors_solution_reaches_nobody(course, students):
    """A graded folder and the feedback have the student's own files, or none."""
    for stage in ("release", "autograded/one-missing", "feedback/one-missing", "autograded/link"):
        for path in (course / stage).rglob("dropout.py"):
            assert "BEGIN SOLUTION" not in path.read_text(), path
    own = course / f"autograded/own-module/{NAME}/layers/dropout.py"
    assert "helper.kept" in own.read_text()


def test_the_feedback_shows_the_files(course, students):
    """It shows each answer, and each module of the student's own, with its path.

    A comment that a grader wrote in the Formgrader stands under the answer's path.
    """
    page = (course / f"feedback/own-module/{NAME}/{NAME}.html").read_text()
    text = re.sub(r"<[^>]+>", "", page)
    for words in ("Your answer: layers/dropout.py", "Code: helper.py", "helper.kept"):
        assert words in text
    assert f"layers/dropout.py{COMMENT}" in text


def test_the_same_solutions_have_the_same_marks_in_both_forms(forms):
    """A sample of mutants and variants has the same points and the same named mistakes."""
    by_form = [{one.name: one for one in (*mutants(form), *variants(form))} for form in forms]
    names = [*by_form[0]][::EVERY]
    assert len(names) > 10
    for name in names:
        reports = []
        for form, specimens in zip(forms, by_form, strict=True):
            answers = form.reference | {specimens[name].grade_id: specimens[name].source}
            reports.append(grade(form, Submission.from_notebook(filled(form.release, answers))))
        # of the properties of a criterion, chance decides which ones see a mistake
        seen = [[(i.name, i.points, i.diagnosis) for i in report.items] for report in reports]
        assert seen[0] == seen[1], name


def test_the_check_at_home_looks_into_the_files(course, tmp_path):
    """It names each file that is not written yet, and each that is no Python."""
    folder = tmp_path / "home"
    shutil.copytree(course / "release" / NAME, folder)
    notebook = nbformat.read(folder / NOTEBOOK, as_version=4)
    shown = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") in KEPT]
    notebook.cells = shown
    notebook.metadata["released"]["cells"] = {
        name: one for name, one in notebook.metadata["released"]["cells"].items() if name in KEPT
    }
    nbformat.write(notebook, folder / NOTEBOOK)
    text = check(folder)
    for words in (
        "fix:     layers/dropout.py: Dropout.__call__, Dropout.backward are not written yet",
        "waits:   test_dropout_forward: for layers/dropout.py (NotImplementedError",
        "waits:   test_l2_forward: for layers/l2regularization.py (NotImplementedError",
    ):
        assert words in text
    append(folder / "layers/l2regularization.py", "\ndef broken(:\n")
    text = check(folder)
    assert (
        ": layers/l2regularization.py: SyntaxError: invalid syntax (line " in text.splitlines()[0]
    )
    assert "waits:   test_dropout_forward: for layers/l2regularization.py (NameError" in text


KEPT = ("imports", "test_dropout_forward", "test_l2_forward")


def check(folder):
    """Return what the students' own check prints."""
    done = subprocess.run(
        [sys.executable, "check.py", NOTEBOOK],
        cwd=folder, env={**os.environ, "PYTHONPATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout
