"""An ordinary assignment beside one with hidden suites is what it is in a course of stock nbgrader's.

Two courses hold the same `ps1`, and the same is done with it by the same commands: one has nbgrader's
own settings, and one has ours and the tiny assignment besides.
"""

import csv
import difflib
import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.autograder.support.tiny import RIGHT, handed_in, make_course
from tests.conftest import PROJECT
from tests.left_behind import rows
from tests.ordinary import SETTINGS

pytestmark = pytest.mark.xdist_group("mixed_course")  # both courses are graded for all of these

STOCK = """
c = get_config()
c.CourseDirectory.course_id = "deep_learning"
c.CourseDirectory.solution_directory = "reference_solution"
"""
RANDOM = {  # what differs from run to run or by design, and what stands in its place
    "user-content-": "",  # of the names in a text, so that none is that of a page's field
    r"\b[0-9a-f]{32}\b": "ID",
    r'(?<="id": ")[0-9a-f]{8}(?=")': "ID",
    r"(?<=cell-id=)[0-9a-f]{8}": "ID",
    r"ipykernel_\d+/\d+": "KERNEL",
    r"0x[0-9a-f]{8,}": "ADDRESS",
    r"\d{4}-\d\d-\d\dT[\d:.]+Z": "TIME",
}
FOLDERS = ("release", "downloaded", "submitted", "autograded", "feedback", "shown")


@pytest.fixture(scope="module")
def courses(tmp_path_factory, empty_gradebook):
    """Both courses, in which all is done: stock nbgrader's and ours, with what was logged."""
    base = tmp_path_factory.mktemp("mixed")
    roots = {name: base / name for name in ("stock", "ours")}
    assignment = make_course(roots["ours"])
    folder = roots["ours"] / "submitted" / "ann" / "tiny"
    folder.mkdir(parents=True)
    nbformat.write(handed_in(assignment, RIGHT), folder / "tiny.ipynb")
    roots["stock"].mkdir()
    settings = {"stock": STOCK, "ours": (PROJECT / "nbgrader_config.py").read_text()}
    running = {}
    for name, root in roots.items():
        (root / "nbgrader_config.py").write_text(settings[name] + SETTINGS)
        shutil.copy(empty_gradebook, root)
        running[name] = subprocess.Popen(
            [sys.executable, "-m", "tests.ordinary", str(root), *(["tiny"] * (name == "ours"))],
            cwd=PROJECT,
            env=os.environ | {"JUPYTER_CONFIG_DIR": str(base / "nothing")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    logged = {}
    for name, process in running.items():
        logged[name], _ = process.communicate(timeout=300)
        assert process.returncode == 0, logged[name]
    return roots, logged


def files(root, folder):
    """Return the files of a folder, each with its permissions, and without what is random in it."""
    found = {}
    for path in sorted((root / folder).rglob("*")):
        inside = path.relative_to(root)
        if path.is_file() and "tiny" not in inside.parts and path.suffix != ".zip":
            text = path.read_text(encoding="utf-8").replace(str(root), "")
            for pattern, name in RANDOM.items():
                text = re.sub(pattern, name, text)
            found[str(inside)] = [oct(path.stat().st_mode), *text.splitlines()]
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_and_page_is_the_same(courses, folder):
    """Releases, what was collected, graded notebooks, feedback, and the Formgrader's own pages."""
    stock, ours = (files(root, folder) for root in courses[0].values())
    assert stock
    assert list(ours) == list(stock)
    for name, lines in stock.items():
        assert not list(difflib.unified_diff(lines, ours[name], "stock", "ours", n=1)), name


def test_every_table_of_the_gradebook_is_the_same(courses, tmp_path):
    """Row by row, once our assignment is taken out of a copy."""
    stock, ours = (root / "gradebook.db" for root in courses[0].values())
    copy = tmp_path / "gradebook.db"
    shutil.copy(ours, copy)
    with Gradebook(f"sqlite:///{copy}", "deep_learning") as gradebook:
        gradebook.remove_assignment("tiny")
    found = rows(copy)
    for table, wanted in rows(stock).items():
        masked = [
            [re.sub(r"ipykernel_\d+/\d+", "", row) for row in some]
            for some in (found[table], wanted)
        ]
        assert masked[0] == masked[1], table


def test_the_commands_end_alike(courses):
    """With the same exit codes: one student's file is no notebook, which ends a run with 1."""
    stock, ours = (json.loads((root / "codes.json").read_text()) for root in courses[0].values())
    assert ours == stock
    assert set(stock) == {0, 1}


def test_the_exported_numbers_are_the_same(courses):
    """In nbgrader's columns: our own stand behind them, as do the rows of our assignment."""
    stock, ours = (
        list(csv.DictReader((root / "grades.csv").read_text().splitlines()))
        for root in courses[0].values()
    )
    assert [
        {name: row[name] for name in stock[0]} for row in ours if row["assignment"] == "ps1"
    ] == stock
    assert {row["assignment"] for row in ours} == {"ps1", "tiny"}


def test_all_kinds_of_work_are_compared(courses):
    """Otherwise the comparison would say little."""
    root = courses[0]["stock"]
    tables = {name: " ".join(found) for name, found in rows(root / "gradebook.db").items()}
    assert "late_submission_penalty: 5.5" in tables["submitted_notebook"]
    for said in ("manual_score: 1.5", "extra_credit: 0.25", "auto_score: 2.0", "auto_score: 0.5"):
        assert said in tables["grade"]
    assert "'No response.'" in tables["comment"]
    graded = " ".join(str(text) for text in files(root, "autograded").values())
    for said in (
        "ZeroDivisionError",
        "Output truncated",
        "test-double was not handed in",
        "a student's",
    ):
        assert said in graded, said
    feedback = files(root, "feedback")
    assert sorted(name.split("/")[1] for name in feedback if name.endswith(".html")) == [
        "ann", "ann", "bob", "cem",
    ]  # fmt: skip


def test_ours_is_graded_beside_it(courses):
    """By its hidden suites, in isolation, in the same gradebook; the log says what is not isolated."""
    roots, logged = courses
    with Gradebook(f"sqlite:///{roots['ours'] / 'gradebook.db'}", "deep_learning") as gradebook:
        assert gradebook.find_submission("tiny", "ann").score == 2.0
    assert "Not graded yet" not in (roots["ours"] / "feedback/ann/tiny/tiny.html").read_text()
    reported = [line for line in logged["ours"].splitlines() if "without isolation" in line]
    assert len(reported) == 3  # one line each time that ps1 is graded
    assert all("ps1 has no hidden suites" in line for line in reported)
    assert "isolation" not in logged["stock"]
