"""A student's folder is written whole, or stays as it was."""

import contextlib
import os
from pathlib import Path

import pytest

from autograder.collect.placing import holds, place


@pytest.fixture
def new(tmp_path):
    path = tmp_path / "new"
    path.write_text("new")
    return path


def found(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()
    }


@pytest.mark.parametrize("before", [None, {"old.ipynb": "old", "sub/x": "old"}])
def test_a_folder_has_the_files_and_nothing_else(tmp_path, new, before):
    """Whatever was there before."""
    folder = tmp_path / "submitted" / "ann" / "lab"
    for name, text in (before or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    place(folder, {"lab.ipynb": new}, "2026-01-01 10:00:00")
    assert found(folder) == {"lab.ipynb": "new", "timestamp.txt": "2026-01-01 10:00:00"}
    assert [path.name for path in folder.parent.iterdir()] == ["lab"]


def test_what_was_nested_deep_is_replaced(tmp_path, new):
    """3000 folders, which no path names, go like any other."""
    folder = tmp_path / "submitted" / "ann" / "lab"
    folder.mkdir(parents=True)
    with contextlib.chdir(folder):
        for _ in range(3000):
            Path("inner").mkdir()
            os.chdir("inner")
    place(folder, {"lab.ipynb": new}, "")
    assert [path.name for path in folder.parent.iterdir()] == ["lab"]
    assert found(folder) == {"lab.ipynb": "new"}


@pytest.mark.parametrize("fails", ["copy", "rename"])
def test_what_cannot_be_written_leaves_all_as_before(tmp_path, new, monkeypatch, fails):
    """Nothing is deleted before the new one is whole, and in its place."""
    folder = tmp_path / "submitted" / "ann" / "lab"
    folder.mkdir(parents=True)
    (folder / "lab.ipynb").write_text("old")
    rename = Path.rename

    def fail(path, target):
        if path.name.endswith(".new"):
            raise OSError("gone")
        return rename(path, target)

    if fails == "rename":
        monkeypatch.setattr(Path, "rename", fail)
    source = tmp_path / "gone" if fails == "copy" else new
    with pytest.raises(OSError, match="gone"):
        place(folder, {"lab.ipynb": new, "other.ipynb": source}, "")
    assert found(folder.parent) == {"lab/lab.ipynb": "old"}


def test_the_same_is_known_again(tmp_path, new):
    """By its content."""
    folder = tmp_path / "lab"
    assert not holds(folder, {"lab.ipynb": new})
    place(folder, {"lab.ipynb": new}, "")
    assert holds(folder, {"lab.ipynb": new})
    (folder / "lab.ipynb").write_text("other")
    assert not holds(folder, {"lab.ipynb": new})


def test_the_courses_group_may_replace_what_is_shared(tmp_path, new):
    """The folder, those in it and the one around it, and each file."""
    folder = tmp_path / "submitted" / "ann" / "lab"
    place(folder, {"lab.ipynb": new, "sub/x": new}, "2026-01-01 10:00:00", shared=True)
    modes = {
        path: path.stat().st_mode & 0o7070 for path in (folder.parent, *folder.parent.rglob("*"))
    }
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o2070}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o060}
