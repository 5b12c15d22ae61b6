"""nbgrader's own commands on a tiny class: released, graded by our plugins, exported."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.results.report import KEY, Report, Status
from tests.autograder.support.tiny import IDENTITY, IN_PLACE, RIGHT, SUITE, handed_in, make_course
from tests.conftest import PROJECT

pytestmark = pytest.mark.xdist_group("nbgrader")  # one class is graded for all of these

FIVES = RIGHT + "    def __init__(self, factor=5.0):\n        self.factor = factor\n"
BUG = '\n\ndef test_names(submission):\n    """It has a name."""\n    {2: "two"}[submission.Scaler().factor]\n'


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class graded by nbgrader's own commands: the course's folder, its scores and gradebook."""
    root = tmp_path_factory.mktemp("nbgrader")
    assignment = make_course(root, suites={"test_scaler.py": SUITE + BUG}, points=2.5)
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    shutil.rmtree(root / "release")
    nbgrader(root, "generate_assignment", "tiny")
    answers = {"right": RIGHT, "partly": IN_PLACE, "wrong": IDENTITY, "held": FIVES}
    texts = {
        student: nbformat.writes(handed_in(assignment, answer)).encode()
        for student, answer in answers.items()
    }
    texts |= {"broken": texts["right"][:200], "latin": '{"cells": "é"}'.encode("latin-1")}
    for student, text in texts.items():
        folder = root / "submitted" / student / "tiny"
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_bytes(text)
    nbgrader(root, "autograde", "tiny")
    nbgrader(root, "export")
    return root


def nbgrader(root, *words, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=root,
        env={
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(root),
            "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def test_a_class_is_exported_with_its_points(course):
    """Right, partly right and wrong submissions score what they earn; unreadable files score 0."""
    with (course / "grades.csv").open() as grades:
        scores = {row["student_id"]: row["score"] for row in csv.DictReader(grades)}
    assert scores == {
        "right": "2.5",
        "partly": "2.0",
        "wrong": "0.0",
        "broken": "0.0",
        "latin": "0.0",
        "held": "",
    }


def test_a_held_grade_waits_for_the_course_staff(course):
    """A fault of a suite leaves no score in the gradebook, and asks for a manual grade."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "deep_learning") as gradebook:
        found = {
            student: gradebook.find_grade("test_scaler", "tiny", "tiny", student)
            for student in ("right", "held", "broken")
        }
        marks = {s: (g.auto_score, bool(g.needs_manual_grade)) for s, g in found.items()}
    assert marks == {"right": (2.5, False), "held": (None, True), "broken": (0.0, False)}


@pytest.mark.parametrize(
    ("student", "status", "remark"),
    [
        ("right", Status.GRADED, ""),
        ("held", Status.HELD, ""),
        ("broken", Status.UNREADABLE, "the file is not valid JSON"),
        ("latin", Status.UNREADABLE, "the file is JSON, but no notebook"),
    ],
)
def test_a_graded_notebook_has_its_report(course, student, status, remark):
    """The graded notebook has status and reason, and is valid even for a broken file."""
    path = course / "autograded" / student / "tiny" / "tiny.ipynb"
    graded = nbformat.read(path, as_version=4)
    nbformat.validate(graded)
    report = Report.from_dict(graded.metadata[KEY])
    assert report.status is status
    assert any(remark in reported for reported in report.remarks) == bool(remark)


def test_a_suite_that_cannot_be_imported_changes_no_grade(course, tmp_path):
    """It is one error for the whole class, and the earlier grades stay."""
    root = tmp_path / "copy"
    shutil.copytree(course, root, symlinks=True)
    suite = root / "tests" / "hidden" / "tiny" / "test_scaler.py"
    suite.write_text(f"import no_such_module\n{suite.read_text()}")
    before = {path: path.read_bytes() for path in root.glob("autograded/*/*/*.ipynb")}
    reported = nbgrader(root, "autograde", "tiny", "--force", code=1)
    cause = "nothing was graded: tests/hidden/tiny/test_scaler.py, line 1: ModuleNotFoundError"
    assert len([line for line in reported.splitlines() if cause in line]) == 1
    assert {path: path.read_bytes() for path in root.glob("autograded/*/*/*.ipynb")} == before
