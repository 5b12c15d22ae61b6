"""Scratch folders: removed with their process, or by the next one."""

import contextlib
import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.sandbox import scratch
from autograder.sandbox.scratch import PREFIX, Scratch, sweep
from autograder.worker import tree
from tests.conftest import PROJECT

OLD = (1.0, 1.0)
ENDS = """
import os, signal
from autograder.sandbox.scratch import Scratch
kept = Scratch()
(kept.path / "file").touch()
os.utime(kept.path, (1, 1))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_goes_with_all_that_is_in_it(place):
    """It exists within the block only."""
    with Scratch() as held:
        (held.path / "deep").mkdir()
        assert held.path.parent == place
    assert list(place.iterdir()) == []


def test_what_an_ended_process_left_is_removed_by_the_next(place):
    """Its lock has ended with it."""
    subprocess.run(
        [sys.executable, "-c", ENDS],
        env={**os.environ, "TMPDIR": str(place)},
        cwd=PROJECT,
        check=False,
    )
    [left] = place.iterdir()
    with Scratch() as held:
        assert list(place.iterdir()) == [held.path]
    assert not left.exists()


def test_what_is_held_or_new_or_not_ours_stays(place):
    """These are a folder in use, a new folder, other names and links."""
    held = Scratch()
    os.utime(held.path, OLD)
    new, notes, outside = (place / name for name in (f"{PREFIX}12345678", f"{PREFIX}notes", "o"))
    for folder in (new, notes, outside):
        folder.mkdir()
    (place / f"{PREFIX}abcdefgh").symlink_to(outside)
    os.utime(notes, OLD)
    before = set(place.iterdir())
    sweep(place)
    assert set(place.iterdir()) == before
    held.close()


def test_another_users_folder_stays(place, monkeypatch):
    """Only the user who made a folder removes it."""
    (place / f"{PREFIX}12345678").mkdir()
    os.utime(place / f"{PREFIX}12345678", OLD)
    with monkeypatch.context() as patch:
        patch.setattr(scratch.os, "geteuid", lambda: 54321)
        sweep(place)
    assert len(list(place.iterdir())) == 1
    sweep(place)
    assert list(place.iterdir()) == []


def test_what_is_nested_deep_keeps_no_run_from_starting(place):
    """3000 nested folders, with a path too long to name, are removed."""
    left = place / f"{PREFIX}12345678"
    left.mkdir()
    with contextlib.chdir(left):
        for _ in range(3000):
            Path("inner").mkdir()
            os.chdir("inner")
    os.utime(left, OLD)
    with Scratch() as held:
        assert list(place.iterdir()) == [held.path]


def test_what_cannot_be_removed_is_logged_and_left_for_the_next(place, monkeypatch, capsys):
    """Everything else is removed, and a run starts and ends as usual."""
    for name in ("12345678", "abcdefgh"):
        (place / f"{PREFIX}{name}").mkdir()
        os.utime(place / f"{PREFIX}{name}", OLD)
    rmdir = os.rmdir

    def fails(name, *, dir_fd):
        if name.endswith("12345678"):
            raise OSError(errno.EBUSY, "Device or resource busy")
        rmdir(name, dir_fd=dir_fd)

    with monkeypatch.context() as patch:
        patch.setattr(tree.os, "rmdir", fails)
        Scratch().close()
    assert list(place.iterdir()) == [place / f"{PREFIX}12345678"]
    reported = f"{place}/{PREFIX}12345678 could not be removed (Device or resource busy): "
    assert capsys.readouterr().err.startswith(reported)
    Scratch().close()
    assert list(place.iterdir()) == []
