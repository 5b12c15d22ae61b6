"""The Python files beside a notebook: which are read, in which order, and as what text."""

import os

import pytest

from autograder.course.assignment import Assignment
from autograder.intake.handed_in import PythonFile
from autograder.intake.python_files import MAX_BYTES, MAX_FILES, find
from tests.autograder.support.tiny import in_files


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "submitted/ann/tiny"
    place.mkdir(parents=True)
    return place


@pytest.fixture
def assignment(tiny) -> Assignment:
    return in_files(tiny)


def write(folder, **texts):
    """Write files, named with `__` for `/`, each newer than the one before."""
    for age, (name, text) in enumerate(texts.items()):
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.utime(path, (age, age))


def test_answers_come_first_then_the_others_by_age(folder, assignment):
    """Only an answer in its own place has a `grade_id`; given modules are not read."""
    write(folder, b="2", deep__a="3", scaler="1", scaling="given")
    files, remarks = find(folder, assignment)
    assert files == (
        PythonFile("scaler.py", "1", "scaler"),
        PythonFile("b.py", "2"),
        PythonFile("deep/a.py", "3"),
    )
    assert remarks == []


def test_what_tools_leave_is_not_read(folder, assignment):
    """Environments, caches, checkpoints and other hidden files are skipped."""
    write(folder, venv__lib__a="", site__b="")
    write(folder / "site-packages", a="")
    write(folder / "__pycache__", a="")
    write(folder / ".ipynb_checkpoints", scaler="old")
    (folder / "venv/pyvenv.cfg").touch()
    assert [file.path for file in find(folder, assignment)[0]] == ["site/b.py"]


@pytest.mark.parametrize(
    ("data", "text", "remark"),
    [
        (b"a = 1\r\nb = 2\rc", "a = 1\nb = 2\nc", ""),
        ("ä".encode("utf-8-sig"), "ä", ""),
        (
            "ä".encode("utf-16"),
            "ä",
            "`scaler.py` should be written in UTF-8: it was read as utf-16",
        ),
        (b"# coding: latin-1\n\xe4", "# coding: latin-1\nä", "it was read as iso-8859-1"),
        (b"\xe4", "ä", "it was read as cp1252"),
        (b"\x81", "\x81", "it was read as latin-1"),
        (b"# coding: nonsense\n1", "# coding: nonsense\n1", ""),
        (b"# coding: undefined\n1", "# coding: undefined\n1", "it was read as cp1252"),
        (b"a\0b", "ab", "`scaler.py`: null characters, which no Python code has, were left out"),
    ],
)
def test_any_bytes_are_read_as_text(folder, assignment, data, text, remark):
    """A remark names an encoding that is not the usual one."""
    write(folder, scaler=data)
    [file], remarks = find(folder, assignment)
    assert file.text == text
    assert "; ".join(remarks).endswith(remark)
    assert bool(remarks) == bool(remark)


def test_links_are_not_followed(folder, assignment, tmp_path):
    """A link is no file of the student's."""
    (tmp_path / "secret.py").write_text("secret")
    (folder / "scaler.py").symlink_to(tmp_path / "secret.py")
    assert find(folder, assignment) == ((), [])


def test_an_answer_that_is_too_large_is_named(folder, assignment):
    """The other files are read all the same."""
    write(folder, scaler=b"#" * (MAX_BYTES + 1), b="2")
    files, remarks = find(folder, assignment)
    assert [file.path for file in files] == ["b.py"]
    assert remarks == ["`scaler.py` is larger than 128 KiB: shorten it"]


@pytest.mark.parametrize("path", ["a\nb.py", "a\udcff.py", f"{'x' * 100}/{'y' * 110}.py"])
def test_no_name_of_a_file_breaks_anything(folder, assignment, path):
    """A name that cannot be shown or written is no module's name; the file is counted."""
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text("x = 1")
    files, [remark] = find(folder, assignment)
    assert files == ()
    assert remark.startswith("1 Python file beside the notebook was not read")


def test_too_many_files_are_counted(folder, assignment):
    """One remark tells how many were not read."""
    write(folder, scaler="1", **{f"m{n}": "" for n in range(MAX_FILES + 2)})
    files, remarks = find(folder, assignment)
    assert len(files) == MAX_FILES
    assert files[0].path == "scaler.py"
    assert len(remarks) == 1
    assert remarks[0].startswith("3 Python files beside the notebook were not read")


def test_files_that_were_set_aside_are_found(folder, assignment):
    """The intake moves the files of a folder that has too many of them."""
    write(folder / ".refused", scaler="1")
    assert find(folder, assignment)[0] == (PythonFile("scaler.py", "1", "scaler"),)
