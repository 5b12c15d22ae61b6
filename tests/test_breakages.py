"""What students hand in by mistake or on purpose, through nbgrader's own commands, all in one class.

Every student has an old grade of full marks in the gradebook: whatever they hand in, it must not stay.
"""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from nbgrader.api import Gradebook

from autograder.course.assignment import Assignment
from autograder.gradebook.class_record import read_class
from autograder.worker import tree
from tests.autograder.support.tiny import RIGHT, handed_in, make_course
from tests.breakages import (
    cells,
    content,
    notebook_file,
    notebook_format,
    other_files,
    size,
    unbroken,
)
from tests.breakages.breakage import FULL, GRADED
from tests.conftest import PROJECT

pytestmark = pytest.mark.xdist_group("breakages")  # one class is graded for all of these

CORPUS = (unbroken, content, notebook_format, cells, size, notebook_file, other_files)
BREAKAGES = {name: how for module in CORPUS for name, how in module.BREAKAGES.items()}


class Class(NamedTuple):
    """A graded class: its folder, and what was printed."""

    root: Path
    printed: str

    def look(self) -> dict[str, Any]:
        """Return each student's entry in the ledger."""
        assignment = Assignment(self.root, "tiny")
        url = f"sqlite:///{self.root / 'gradebook.db'}"
        return {record.student: record.entry for record in read_class(assignment, url).records}


def nbgrader(root, *words):
    return command(root, "nbgrader", *words)


def command(root, *words):
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=root,
        env={
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(root),
            "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class after one `nbgrader autograde`."""
    root = tmp_path_factory.mktemp("breakages")
    assignment = make_course(root)
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    shutil.rmtree(root / "release")
    nbgrader(root, "generate_assignment", "tiny")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "deep_learning") as gradebook:
        for student in BREAKAGES:
            gradebook.add_student(student)
            gradebook.add_submission("tiny", student)
            gradebook.find_grade("test_scaler", "tiny", "tiny", student).auto_score = FULL
        gradebook.db.commit()
    for student, how in BREAKAGES.items():
        folder = root / "submitted" / student / "tiny"
        folder.mkdir(parents=True)
        content = how.build(folder, handed_in(assignment, RIGHT))
        if content is not None:
            content = content.encode() if isinstance(content, str) else content
            (folder / "tiny.ipynb").write_bytes(content)
    yield Class(root, nbgrader(root, "autograde", "tiny"))
    tree.remove(root / "submitted")  # pytest itself cannot remove folders nested by the thousand


@pytest.fixture(scope="module")
def first_look(graded):
    return graded.look()


@pytest.fixture(scope="module")
def table(graded):
    """What `nbgrader export` writes, by student."""
    nbgrader(graded.root, "export")
    with (graded.root / "grades.csv").open(newline="") as grades:
        return {row["student_id"]: row for row in csv.DictReader(grades)}


@pytest.mark.parametrize("student", BREAKAGES)
def test_each_is_graded_or_has_a_reason(first_look, student):
    """What can be graded is graded; all else ends in a status with its cause and a next step."""
    expected, entry = BREAKAGES[student], first_look[student]
    found = (entry.status, entry.points["test_scaler"], entry.cause)
    assert found[:2] == (expected.status, expected.points), found
    assert expected.remark in entry.cause
    assert bool(entry.cause) == bool(entry.next_step) == (expected.status is not GRADED), found


@pytest.mark.parametrize("student", BREAKAGES)
def test_each_is_exported(table, student):
    """The export has the points, the status, the cause and the next step."""
    expected, row = BREAKAGES[student], table[student]
    assert (row["status"], float(row["score"])) == (expected.status, expected.points)
    assert float(row["test_scaler"]) == expected.points
    assert expected.remark in row["cause"]


@pytest.mark.parametrize("student", BREAKAGES)
def test_the_log_names_each(graded, student):
    """The log names the student, the status and the cause."""
    expected = BREAKAGES[student]
    lines = [line for line in graded.printed.splitlines() if f" {student}: " in line]
    assert any(f"of 2 points, {expected.status}" in line for line in lines)
    assert any(expected.remark in line for line in lines)


def test_only_the_assignments_files_are_left_beside_the_graded_notebook(graded):
    """No file of a student's shadows a module for a TA, or is published with the feedback."""
    left = {
        path.relative_to(folder).as_posix()
        for folder in graded.root.glob("autograded/*/tiny")
        for path in folder.rglob("*")
    }
    assert left == {"tiny.ipynb", "scaling.py", "timestamp.txt", "submission_secret.txt"}


def test_nothing_that_was_set_aside_is_lost(graded):
    """A refused thing lies in `.refused`, as it was."""
    places = graded.root / "submitted"
    assert (places / "pipe_beside_it/tiny/.refused/pipe").is_fifo()
    assert (places / "links_beside_it/tiny/.refused/deep/etc").readlink() == Path("/etc")
    assert (places / "timestamp_garbage/tiny/.refused/timestamp.txt").read_text().startswith("yes")


def test_each_has_a_feedback_page(graded):
    """A page can be made of each, and shows the status, and no file of the student's own."""
    nbgrader(graded.root, "generate_feedback", "tiny")
    pages = {path.parent.parent.name: path for path in graded.root.glob("feedback/*/tiny/*.html")}
    assert set(pages) == set(BREAKAGES)
    assert "Status: could not be read." in pages["empty"].read_text(encoding="utf-8")
    assert "the file is empty" in pages["empty"].read_text(encoding="utf-8")


def test_grading_again_says_the_same(graded, first_look):
    """With `autograder grade --force` each student gets the same points, status and remarks."""
    command(graded.root, "autograder", "grade", "tiny", "--force")
    assert graded.look() == first_look
