"""`autograder grade`: what it refuses, what it does not change, and how it ends."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from autograder.sandbox import probe
from tests.autograder.support.tiny import IDENTITY
from tests.left_behind import rows


@pytest.mark.parametrize("folder", ["e\x1b[2Jve\r", "[red]eve", os.fsdecode(b"e\xffve")])
@pytest.mark.parametrize("words", [[], ["--dry-run"]], ids=" ".join)
def test_no_students_folder_moves_the_cursor(course, grade, folder, words):
    """Control characters in a name are not printed, and the class is graded."""
    course.hand_in(folder, IDENTITY)
    ran = grade(*words)
    assert ran.code in (0, 1)
    assert "4 submissions" in ran.out
    assert not re.search("[\x1b\r\udcff]", ran.out)
    if folder.startswith("["):
        assert folder in ran.out


@pytest.mark.parametrize("words", [[], ["--dry-run"]], ids=" ".join)
def test_a_name_that_no_gradebook_can_hold_is_an_error_for_its_student(course, grade, words):
    """The others are graded."""
    course.hand_in(os.fsdecode(b"e\xffve"))
    ran = grade(*words)
    assert ran.code == 1
    assert r"e\udcffve: the folder must have a name in UTF-8: rename it" in ran.out
    assert re.search("4 submissions: 3 (graded, 1 failed|would be graded)", ran.out)


def test_nothing_is_graded_where_code_cannot_be_confined(course, grade, monkeypatch):
    """Unless that is allowed, in words; each grade says so."""
    probe.reached.cache_clear()
    monkeypatch.setattr(probe, "breach", lambda layers: "a worker could fork")
    try:
        ran = grade()
        assert ran.code == 1
        assert "a worker could fork" in ran.err
        assert not (course.root / "autograded").exists()
        assert grade("--allow-no-isolation").code == 0
        course.set("c.GradeCells.allow_no_isolation = True")
        assert grade("--force").code == 0
    finally:
        probe.reached.cache_clear()


def test_an_error_before_the_run_is_printed_once(course, grade, monkeypatch):
    """On the standard error, where other errors are."""
    full = shutil.disk_usage("/")._replace(free=2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    ran = grade()
    assert ran.code == 1
    assert ran.err.count("make room, and grade again") == 1
    assert ran.out == ""


def test_a_student_that_was_meant_is_suggested(course, grade):
    """Of those who have handed in; nothing is graded."""
    ran = grade("--student", "bbo")
    assert ran.code == 1
    assert "has none of bbo (did you mean bob?): see submitted/" in ran.err
    assert not (course.root / "autograded").exists()


def test_the_gradebook_may_be_another(course, grade):
    """The one of the settings is left as it is."""
    shutil.copy("gradebook.db", "other.db")
    before = rows(course.root / "gradebook.db")
    assert grade("--db", "sqlite:///other.db").code == 0
    assert rows(course.root / "gradebook.db") == before
    assert len(rows(course.root / "other.db")["submitted_assignment"]) == 3


SLOW = {"nbgrader", "pytest", "torch"}
IMPORTED = "import sys, autograder.commands.grade; print(*sys.modules)"


def test_a_process_is_started_before_anything_slow_is_imported():
    """The first import starts the first process, which takes the longest."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    )
    assert SLOW & {*done.stdout.split()} == set()
