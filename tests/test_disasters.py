"""What happens to a course in the middle of a run: each is an error with a remedy; nothing is lost."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing

import nbformat
import pytest

from tests.autograder.support.tiny import RIGHT, handed_in, make_course
from tests.conftest import PROJECT
from tests.test_kill import Course

pytestmark = pytest.mark.xdist_group("disasters")
CLASS = ["ann", "bob", "cleo"]
COMMAND = ["autograde", "tiny", "--force"]
SLOW = "import time\ntime.sleep(30)"
SCORES = """
    SELECT student_id, auto_score FROM grade JOIN submitted_notebook
    ON submitted_notebook.id = grade.notebook_id JOIN submitted_assignment
    ON submitted_assignment.id = submitted_notebook.assignment_id ORDER BY 1
"""


class Class(Course):
    """A class in which the second waits for a second."""

    def hand_in(self, answers=None, time=""):
        for student in CLASS:
            folder = self.root / "submitted" / student / "tiny"
            folder.mkdir(parents=True, exist_ok=True)
            notebook = handed_in(self.assignment, RIGHT, *([SLOW] if student == "bob" else []))
            nbformat.write(notebook, folder / "tiny.ipynb")

    def scores(self):
        with closing(sqlite3.connect(self.root / "gradebook.db")) as gradebook:
            return dict(gradebook.execute(SCORES).fetchall())

    def until_second(self):
        """Start to grade the class, and return the process once it grades the second student."""
        process = self.start(*COMMAND)
        deadline = time.monotonic() + 60
        while not any("Autograding" in line and "bob" in line for line in list(process.lines)):
            assert process.poll() is None, "".join(process.lines)
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return process

    def finish(self, process):
        code = process.wait(120)
        process.reader.join(10)
        assert self.left() == []
        return code, "".join(process.lines)

    def check_all_can_be_graded(self):
        self.run("autograde", "tiny")
        assert self.scores() == dict.fromkeys(CLASS, 2.0)


def run(words):
    """Run one of root's own commands, if it is there."""
    return subprocess.run(["/usr/bin/env", *words], capture_output=True, check=False)


def made(root):
    make_course(root, statement_seconds=1)
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    course = Class(root)
    course.hand_in()
    return course


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = made(tmp_path_factory.mktemp("disasters") / "course")
    course.run(*COMMAND)
    return course


@pytest.fixture
def course(graded, tmp_path):
    shutil.copytree(graded.root, tmp_path / "course")
    return Class(tmp_path / "course")


@pytest.fixture
def small_disk(graded, tmp_path):
    """The course on a small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=70m", "tmpfs", str(place)]
    if os.geteuid() != 0 or run(words).returncode:
        pytest.skip("only root can mount a small disk, and not in every container")
    shutil.copytree(graded.root, place / "course")
    yield Class(place / "course")
    run(["umount", "-l", str(place)])


def test_a_disk_that_gets_full_loses_nothing(small_disk):
    """The run ends with an error that says so; with room again, the same command finishes it."""
    process = small_disk.until_second()
    filler = small_disk.root / "filler"
    with filler.open("wb", buffering=0) as file:
        while process.poll() is None:  # whatever the grader removes does not help it
            with contextlib.suppress(OSError):
                file.write(bytes(2**16))
                continue
            time.sleep(0.001)
    code, printed = small_disk.finish(process)
    assert code == 1, printed[-3000:]
    assert "make room" in printed, printed[-3000:]
    assert small_disk.scores()["ann"] == 2.0
    assert set(small_disk.scores().values()) <= {2.0, None}
    filler.unlink()
    small_disk.check_all_can_be_graded()


def test_a_gradebook_that_is_locked_for_a_while_is_waited_for(course):
    """Another program may write for some seconds."""
    process = course.until_second()
    with closing(sqlite3.connect(course.root / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(8)
        other.execute("COMMIT")
    code, printed = course.finish(process)
    assert code == 0, printed[-3000:]
    assert course.scores() == dict.fromkeys(CLASS, 2.0)


def test_a_gradebook_that_stays_locked_loses_nothing(course):
    """The error says what to do; the same command finishes the class."""
    config = course.root / "nbgrader_config.py"
    text = config.read_text()
    config.write_text(text + "\nfrom autograder.course import gradebook\ngradebook.WAITING = 0.5\n")
    process = course.until_second()
    with closing(sqlite3.connect(course.root / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        code, printed = course.finish(process)
        other.execute("COMMIT")
    assert code == 1, printed[-3000:]
    assert "close what else is using it" in printed, printed[-3000:]
    config.write_text(text)
    course.check_all_can_be_graded()


def test_a_submission_that_vanishes_loses_nothing(course):
    """The others are graded, and it is once it is there again."""
    process = course.until_second()
    away = course.root / "away"
    (course.root / "submitted" / "cleo").rename(away)
    code, printed = course.finish(process)
    assert code == 1, printed[-3000:]
    assert "collect it again" in printed
    assert course.scores()["bob"] == 2.0
    away.rename(course.root / "submitted" / "cleo")
    course.check_all_can_be_graded()


def test_a_gradebook_that_cannot_be_written_to_is_noticed(course):
    """Nothing is changed."""
    gradebook = course.root / "gradebook.db"
    gradebook.chmod(0o444)
    words = ["chattr", "+i", str(gradebook)]
    if os.geteuid() == 0 and run(words).returncode:
        pytest.skip("root may write to any file here")
    before = (course.root / "gradebook.db").read_bytes()
    try:
        code, printed = course.finish(course.start(*COMMAND))
    finally:
        if os.geteuid() == 0:
            run(["chattr", "-i", str(gradebook)])
    assert code == 1, printed[-3000:]
    assert f"may not write to {gradebook}: run `chmod" in printed
    assert (course.root / "gradebook.db").read_bytes() == before
    assert len(list(course.root.glob("autograded/*/tiny/tiny.ipynb"))) == len(CLASS)
