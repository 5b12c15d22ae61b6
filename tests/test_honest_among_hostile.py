"""A class of 50 honest students has the same points and pages, with 10 hostile ones among them."""

import csv
import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from autograder.course.assignment import Assignment
from autograder.worker import tree
from tests.autograder.support.tiny import (
    HANGING,
    IDENTITY,
    IN_PLACE,
    RIGHT,
    THREE,
    handed_in,
    make_course,
)
from tests.breakages import notebook_file, other_files, size
from tests.conftest import PROJECT

HONEST = {f"honest{n:02}": f"{(RIGHT, IN_PLACE, IDENTITY, THREE)[n % 4]}# {n}\n" for n in range(50)}
CODE = {  # cells of hostile students, whose answers are right
    "forks": "import os\nwhile True:\n    os.fork()",
    "memory": "x = [bytearray(2**24) for _ in range(10**6)]",
    "files": "n = 0\nwhile True:\n    n += 1\n    open(str(n), 'w').close()",
    "folders": "import os\nwhile True:\n    os.mkdir('a')\n    os.chdir('a')",
    "output": "while True:\n    print('x' * 10**6)",
}
FILES = {
    "cells": size.BREAKAGES["many_cells"],
    "deep": other_files.BREAKAGES["folders_nested_deep"],
    "endless": size.BREAKAGES["endless_file"],
    "link": notebook_file.BREAKAGES["notebook_linked_to_another_students"],
}
COMMANDS = (
    ("autograder", "grade", "tiny"),
    ("nbgrader", "generate_feedback", "tiny"),
    ("nbgrader", "export"),
)


def run(root, *words):
    """Run a command; it may say by its exit code that somebody should look at a submission."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=root,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(root), "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=500,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout[-5000:]
    assert "Traceback" not in done.stdout


def write(assignment, student, answer, *sources):
    folder = assignment.root / "submitted" / student / "tiny"
    folder.mkdir(parents=True)
    if answer:
        nbformat.write(handed_in(assignment, answer, *sources), folder / "tiny.ipynb")
    return folder


def results(root):
    """Return each honest student's graded notebook, page and row in the table of grades."""
    with (root / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    return {
        student: (
            (root / "autograded" / student / "tiny" / "tiny.ipynb").read_text(encoding="utf-8"),
            (root / "feedback" / student / "tiny" / "tiny.html").read_text(encoding="utf-8"),
            rows[student],
        )
        for student in HONEST
    }


@pytest.fixture
def honest(tmp_path):
    """A course in which the honest students have handed in."""
    assignment = make_course(
        tmp_path / "alone", call_seconds=2, statement_seconds=2, submission_seconds=10
    )
    shutil.copy(PROJECT / "nbgrader_config.py", assignment.root)
    for student, answer in HONEST.items():
        write(assignment, student, answer)
    yield assignment
    for root in tmp_path.iterdir():
        tree.remove(
            root / "submitted"
        )  # pytest itself cannot remove folders nested by the thousand


def joined(assignment, root):
    """Copy a course, and let hostile students hand in there, too."""
    shutil.copytree(assignment.root, root)
    among = Assignment(root, "tiny")
    for student, source in CODE.items():
        write(among, f"a_{student}", RIGHT, source)
    for student, how in FILES.items():
        folder = write(among, f"x_{student}", "")
        if content := how.build(folder, handed_in(among, RIGHT)):
            (folder / "tiny.ipynb").write_text(content)
    write(among, "b_hangs", HANGING)
    return root


def grade(root):
    """Grade a course, and make its pages and its table."""
    for words in COMMANDS:
        run(root, *words)


def test_honest_students_do_not_notice_hostile_ones(honest):
    """Points, remarks, messages and pages are the same to the letter."""
    root = joined(honest, honest.root.parent / "among")
    for one in (honest.root, root):
        grade(one)
    alone, among = results(honest.root), results(root)
    assert len({row["score"] for _, _, row in alone.values()}) == 3
    for student, found in among.items():
        assert found == alone[student], student
