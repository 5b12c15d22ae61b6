"""A folder filled by a student's code: its size is bounded, and it can be removed."""

import contextlib
import os
from pathlib import Path

import pytest

from autograder.worker import tree

SMALL = 2**20  # bytes


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    (tmp_path / "beside").write_text("kept")
    yield made
    assert (tmp_path / "beside").read_text() == "kept"


def nest(folder, depth, name="n" * 200):
    """Make folders nested deeper than any path can name; each has a file."""
    with contextlib.chdir(folder):
        for _ in range(depth):
            Path("file").touch()
            Path(name).mkdir()
            os.chdir(name)


@pytest.mark.parametrize("depth", [0, 1, 3000])
def test_what_is_nested_is_removed(folder, depth):
    """This needs no long path and no recursion."""
    nest(folder, depth)
    tree.remove(folder)
    assert not folder.exists()


def test_what_is_linked_stays(folder, tmp_path):
    """The link is removed, and its target is not touched."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("kept")
    (folder / "inner").mkdir()
    (folder / "inner/link").symlink_to(tmp_path / "outside")
    (folder / "link").symlink_to(tmp_path / "outside/file")
    tree.remove(folder)
    tree.remove(tmp_path / "no such thing")
    assert not folder.exists()
    assert (tmp_path / "outside/file").read_text() == "kept"


@pytest.mark.parametrize("kind", ["file", "link", "pipe"])
def test_what_stands_for_a_folder_is_removed(tmp_path, kind):
    """This holds for any kind of file."""
    path = tmp_path / "thing"
    {
        "file": path.touch,
        "link": lambda: path.symlink_to(tmp_path),
        "pipe": lambda: os.mkfifo(path),
    }[kind]()
    tree.remove(path)
    assert not os.path.lexists(path)


@pytest.mark.parametrize("mode", [0o000, 0o300, 0o500, 0o1777])
def test_what_nobody_may_list_is_removed(folder, mode):
    """Even its owner has no right to list it."""
    (folder / "inner/deeper").mkdir(parents=True)
    (folder / "inner/file").touch()
    (folder / "inner").chmod(mode)
    tree.remove(folder)
    assert not folder.exists()


@pytest.mark.parametrize("becomes", ["a folder", "a link", "nothing"])
def test_what_is_exchanged_meanwhile_ends_nothing(folder, tmp_path, monkeypatch, becomes):
    """A file that is exchanged between two steps is removed or left, but never followed."""
    (folder / "a").touch()
    (folder / "inner").mkdir()
    (folder / "inner/b").touch()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").touch()
    unlink = os.unlink

    def exchanged(name, *, dir_fd):
        if name in {"a", "b"}:
            unlink(name, dir_fd=dir_fd)
            if becomes == "a folder":
                os.mkdir(name, dir_fd=dir_fd)
                os.close(os.open(f"{name}/new", os.O_CREAT | os.O_WRONLY, dir_fd=dir_fd))
            elif becomes == "a link":
                os.symlink(tmp_path / "outside", name, dir_fd=dir_fd)
        unlink(name, dir_fd=dir_fd)

    monkeypatch.setattr(tree.os, "unlink", exchanged)
    tree.remove(folder)
    assert not folder.exists()
    assert (tmp_path / "outside/file").exists()


def test_a_folder_that_becomes_a_link_is_not_entered(folder, tmp_path, monkeypatch):
    """It is left, all else is removed, and another try removes it too."""
    for name in ("a", "b", "c"):
        (folder / name).mkdir()
        (folder / name / "file").touch()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").touch()
    rmdir = os.rmdir

    def exchanged(name, *, dir_fd):
        try:
            rmdir(name, dir_fd=dir_fd)
        except OSError:
            if name == "b":
                (folder / "b").rename(tmp_path / "moved")
                (folder / "b").symlink_to(tmp_path / "outside")
            raise

    with monkeypatch.context() as patch:
        patch.setattr(tree.os, "rmdir", exchanged)
        with pytest.raises(OSError):  # noqa: PT011  # which one differs by system
            tree.remove(folder)
    assert [path.name for path in folder.iterdir()] == ["b"]
    tree.remove(folder)
    assert not folder.exists()
    assert (tmp_path / "outside/file").exists()


def test_a_folder_that_is_moved_ends_the_removal(folder, tmp_path, monkeypatch):
    """If the way back leads to another folder, nothing there is removed."""
    (folder / "a/b").mkdir(parents=True)
    (folder / "a/b/file").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/file").touch()
    unlink = os.unlink

    def moved(name, *, dir_fd):
        unlink(name, dir_fd=dir_fd)
        (folder / "a/b").rename(tmp_path / "elsewhere/b")

    monkeypatch.setattr(tree.os, "unlink", moved)
    with pytest.raises(OSError, match="moved"):
        tree.remove(folder)
    assert (tmp_path / "elsewhere/file").exists()


def test_an_error_is_raised_after_everything_else_is_removed(folder, monkeypatch):
    """The other files are removed."""
    for name in ("a", "stays", "z"):
        (folder / "inner" / name).mkdir(parents=True)
    rmdir = os.rmdir

    def fails(name, *, dir_fd):
        if name == "stays":
            raise OSError(16, "Device or resource busy")
        rmdir(name, dir_fd=dir_fd)

    monkeypatch.setattr(tree.os, "rmdir", fails)
    with pytest.raises(OSError, match="busy"):
        tree.remove(folder)
    assert [path.name for path in (folder / "inner").iterdir()] == ["stays"]


def test_what_takes_too_long_is_left_for_another_try(folder):
    """The rest is left for the next try."""
    nest(folder, 3)
    with pytest.raises(TimeoutError, match="not all was removed in 0 seconds"):
        tree.remove(folder, 0)
    tree.remove(folder)
    assert not folder.exists()


def test_what_ordinary_code_writes_is_not_excessive(folder):
    """A missing folder is not excessive either."""
    nest(folder, 20)
    (folder / "large").write_bytes(bytes(SMALL // 2))
    assert not tree.is_excessive(folder, SMALL)
    assert not tree.is_excessive(folder / "none", SMALL)


def test_too_much_is_seen_wherever_it_lies(folder):
    """The bytes may be in one file, in many files, in folders, or below a very long path."""
    (folder / "large").write_bytes(bytes(2 * SMALL))
    assert tree.is_excessive(folder, SMALL)
    assert not tree.is_excessive(folder, 0)
    (folder / "large").unlink()
    for number in range(SMALL // tree.ENTRY):
        (folder / f"{number}").mkdir()
    assert tree.is_excessive(folder, SMALL)
    tree.remove(folder)
    folder.mkdir()
    nest(folder, 25)
    inner = os.open(folder, os.O_RDONLY)
    for _ in range(25):
        outer, inner = inner, os.open("n" * 200, os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    file = os.open("large", os.O_CREAT | os.O_WRONLY, dir_fd=inner)
    os.write(file, bytes(2 * SMALL))
    os.close(file)
    os.close(inner)
    assert tree.is_excessive(folder, SMALL)


def test_too_many_and_too_deep_are_seen_whatever_they_hold(folder, monkeypatch):
    """This holds too if the file system bounds the size."""
    nest(folder, tree.MAX_DEPTH)
    assert not tree.is_excessive(folder, 0)
    nest(folder, tree.MAX_DEPTH + 1, "m")
    assert tree.is_excessive(folder, 0)
    monkeypatch.setattr(tree, "MAX_DEPTH", 100)
    assert not tree.is_excessive(folder, 0)
    monkeypatch.setattr(tree, "MAX_ENTRIES", 20)
    assert tree.is_excessive(folder, 0)


def test_a_folder_that_grows_while_it_is_listed_is_seen(folder, monkeypatch):
    """The look ends, even while entries are added."""
    monkeypatch.setattr(tree, "MAX_ENTRIES", 20)
    scandir, made = os.scandir, []

    class Growing:
        def __init__(self, place):
            self.found = scandir(place)

        def __next__(self):
            made.append(len(made))
            assert len(made) < 1000, "it is listed without end"
            (folder / f"{len(made)}").touch()
            with scandir(folder) as found:
                return next(iter(found))

        def close(self):
            self.found.close()

    monkeypatch.setattr(tree.os, "scandir", Growing)
    assert tree.is_excessive(folder, 0)


@pytest.mark.parametrize("becomes", ["a file", "nothing"])
def test_what_is_exchanged_while_it_is_looked_at_is_not_excessive(folder, monkeypatch, becomes):
    """Code may remove its own files at any moment, and is not ended for it."""
    (folder / "a").mkdir()
    open_ = os.open

    def exchanging(path, *args, **kwargs):
        if path == "a":
            (folder / "a").rmdir()
            if becomes == "a file":
                (folder / "a").touch()
        return open_(path, *args, **kwargs)

    monkeypatch.setattr(tree.os, "open", exchanging)
    assert not tree.is_excessive(folder, SMALL)
    assert not (folder / "a").is_dir()


def test_what_cannot_be_listed_is_excessive(folder):
    """Its content is unknown; root can list any folder."""
    if os.geteuid() == 0:
        pytest.skip("a matter of an ordinary user: root lists any folder")
    (folder / "blind").mkdir(mode=0o300)
    assert tree.is_excessive(folder, SMALL)
