"""A list of what was handed in names what it cannot read, and ends with all others."""

import logging
import os
import shutil

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory

from autograder.collect.exchange_list import GuardedList

STAMP = "2026-05-10 14:00:00.000000 UTC"


@pytest.fixture
def hand_in(tmp_path):
    """A function that hands in, and returns the folder."""

    def run(name):
        folder = tmp_path / "exchange" / "deep" / "inbound" / name
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_text("{}")
        (folder / "submission_secret.txt").write_text("5ec4e7")
        return folder

    return run


@pytest.fixture
def listed(tmp_path, caplog):
    """A function that lists; it returns the students, and the log."""

    def run():
        (tmp_path / "exchange").chmod(0o777)
        coursedir = CourseDirectory(root=str(tmp_path), course_id="deep")
        lister = GuardedList(
            coursedir=coursedir,
            authenticator=Authenticator(),
            inbound=True,
            root=str(tmp_path / "exchange"),
        )
        lister.log = logging.getLogger("list")
        caplog.set_level(logging.INFO, logger="list")
        return [info["student_id"] for info in lister.start()], caplog.text

    return run


def loop(folder):
    (folder / "tiny.ipynb").unlink()
    (folder / "tiny.ipynb").symlink_to("nowhere")
    (folder / "submission_secret.txt").unlink()


def pipe(folder):
    (folder / "tiny.ipynb").unlink()
    os.mkfifo(folder / "tiny.ipynb")
    (folder / "submission_secret.txt").unlink()


def folder_for_notebook(folder):
    (folder / "tiny.ipynb").unlink()
    (folder / "tiny.ipynb").mkdir()
    (folder / "submission_secret.txt").unlink()


def secret_of_bytes(folder):
    (folder / "submission_secret.txt").write_bytes(b"\xff\xfe")


def link(folder):
    shutil.move(folder, folder.parent.parent / "elsewhere")
    folder.symlink_to(folder.parent.parent / "elsewhere")


@pytest.mark.parametrize("breaks", [loop, pipe, folder_for_notebook, secret_of_bytes, link])
def test_what_cannot_be_read_is_named_and_not_listed(hand_in, listed, breaks):
    """nbgrader's own list ends at it, waits for ever, or follows it."""
    hand_in(f"ann+tiny+{STAMP}")
    breaks(hand_in(f"bob+tiny+{STAMP}"))
    students, reported = listed()
    assert students == ["ann"]
    assert f"bob+tiny+{STAMP} is not listed: " in reported


@pytest.mark.parametrize("name", ["x+tiny+garbage", "a+b+tiny+1", "+tiny+", "x\ny+tiny+\x1b[2J"])
def test_no_name_ends_the_list(hand_in, listed, name):
    """And none acts in a terminal."""
    hand_in(f"ann+tiny+{STAMP}")
    hand_in(name)
    students, reported = listed()
    assert "ann" in students
    assert "\x1b" not in reported
