"""A file is written whole, or what was there stays."""

import os
import threading
from pathlib import Path

import pytest

from autograder.files import whole_file


@pytest.fixture
def path(tmp_path):
    """A file with an earlier result."""
    path = tmp_path / "grades.csv"
    path.write_text("earlier, and longer than what comes")
    return path


def alone(path):
    return [*path.parent.iterdir()] == [path]


def test_a_text_takes_the_earlier_ones_place(path):
    """Nothing else stays in the folder."""
    whole_file.write(path, "later \ud800")
    assert path.read_bytes() == b"later \\ud800"
    assert alone(path)


def test_a_new_file_has_the_rights_that_any_new_file_has(tmp_path):
    """Those of the user's mask."""
    whole_file.write(tmp_path / "ours", "text")
    (tmp_path / "any").touch()
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "any").stat().st_mode


@pytest.mark.parametrize(("shared", "mode"), [(False, 0o640), (True, 0o660)])
def test_the_earlier_files_rights_stay(path, shared, mode):
    """The course's group gets its own besides, where the settings say so."""
    path.chmod(0o640)
    whole_file.write(path, "later", shared=shared)
    assert path.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("step", ["open", "chmod", "replace"])
def test_what_fails_leaves_the_earlier_text(path, monkeypatch, step):
    """A full disk, for instance."""
    original = getattr(Path, step)

    def fail(one, *args, **more):
        if step == "open":
            original(one, *args, **more).close()
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, step, fail)
        with pytest.raises(OSError, match="No space left"):
            whole_file.write(path, "later")
    assert path.read_text().startswith("earlier")
    assert alone(path)


def test_where_only_the_file_may_be_written_it_is(path, monkeypatch):
    """A folder of another owner, with a file of the group's."""

    def fail(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", fail)
    whole_file.write(path, "later")
    assert path.read_text() == "later"
    assert alone(path)


def test_a_link_is_followed(path, tmp_path):
    """It stays a link."""
    link = tmp_path / "link"
    link.symlink_to(path)
    whole_file.write(link, "later")
    assert link.is_symlink()
    assert path.read_text() == "later"


def test_what_is_no_ordinary_file_is_written_to(tmp_path):
    """A pipe, or a device, stays what it is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    whole_file.write(pipe, "later")
    reader.join(10)
    assert read == ["later"]
    assert pipe.is_fifo()
