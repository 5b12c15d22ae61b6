"""The file that counts as a notebook: the one of its name, or the newest of the assignment's."""

import json
import os

import nbformat
import pytest

from autograder.intake import notebook_choice
from autograder.intake.notebook_choice import VanishedError, content
from autograder.intake.notebook_reader import MAX_BYTES, UnreadableError
from tests.autograder.support.tiny import RIGHT, handed_in


@pytest.fixture
def folder(tiny):
    """A submission's folder, with nothing in it yet."""
    path = tiny.root / "submitted" / "ann" / "tiny"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def put(tiny, folder):
    """A function that puts a notebook with an answer into the folder."""

    def write(name, answer=RIGHT):
        (folder / name).parent.mkdir(exist_ok=True)
        nbformat.write(handed_in(tiny, answer), folder / name)

    return write


@pytest.fixture
def find(tiny, folder):
    """A function that returns the answer in the file that counts, and the remarks."""

    def read(most=MAX_BYTES):
        data, remarks = notebook_choice.find(
            folder / "tiny.ipynb", ["tiny.ipynb"], tiny.root / "source" / "tiny", most
        )
        return "".join(json.loads(data)["cells"][2]["source"]), remarks

    return read


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("tiny (1).ipynb", "`tiny (1).ipynb`"),
        ("TINY.IPYNB", "`TINY.IPYNB`"),
        ("tiny.ipynb.txt", "`tiny.ipynb.txt`"),
        ("work/tiny.ipynb", "`work/tiny.ipynb`"),
        ("a\nb.ipynb", r"`a\nb.ipynb`"),
    ],
)
def test_the_only_notebook_counts_whatever_its_name(put, find, name, shown):
    """A file of another name is graded, with a remark."""
    put(name)
    _, remarks = find()
    assert remarks == [f"the notebook should be tiny.ipynb, got {shown}: it was graded"]


def test_of_several_notebooks_the_newest_of_this_assignment_counts(folder, put, find):
    """Another assignment's notebook does not count, however new it is."""
    put("old.ipynb")
    put("new.ipynb", "# new")
    (folder / "other.ipynb").write_text('{"cells": []}')
    (folder / "broken.ipynb").write_text("{")
    for age, name in enumerate(("broken.ipynb", "other.ipynb", "new.ipynb", "old.ipynb")):
        os.utime(folder / name, (1e9 - age, 1e9 - age))
    source, [remark] = find()
    assert source == "# new"
    assert "`new.ipynb`, the newest of 4 notebooks" in remark


def test_the_right_name_wins(put, find):
    """Other notebooks beside it are remarked, and not graded."""
    put("tiny.ipynb")
    put("new.ipynb", "# new")
    source, remarks = find()
    assert source == RIGHT
    assert remarks == ["tiny.ipynb was graded, and no other notebook: `new.ipynb`"]


def test_a_hidden_copy_is_no_submission(put, find):
    """Files in Jupyter's hidden folders were not handed in."""
    put(".ipynb_checkpoints/tiny-checkpoint.ipynb")
    with pytest.raises(UnreadableError, match="there is no notebook tiny.ipynb: hand it in"):
        find()


def test_a_folder_that_is_gone_has_vanished(folder, find):
    """It is another case than an empty one."""
    folder.rmdir()
    with pytest.raises(VanishedError, match="collect it again"):
        find()


@pytest.mark.parametrize(
    "make",
    [
        os.mkfifo,
        os.mkdir,
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to(__file__),
    ],
)
def test_only_ordinary_files_are_opened(tmp_path, make):
    """A pipe, a folder or a link that comes between is not followed or waited for."""
    make(tmp_path / "x")
    with pytest.raises(UnreadableError, match="`x`"):
        content(tmp_path / "x")


def test_no_more_is_read_than_a_notebook_may_be_long(tmp_path):
    """A file without end is not read to its end."""
    with (tmp_path / "x").open("wb") as file:
        file.truncate(2**40)
    assert len(content(tmp_path / "x")) == MAX_BYTES + 1
    assert len(content(tmp_path / "x", 10)) == 11


def test_to_choose_no_more_is_read_than_one_file_may_have(put, find, folder):
    """Ten large files take no longer than one: the newest counts where none was found by then."""
    for number, name in enumerate(["old.ipynb", "new.ipynb"]):
        put(name)
        os.utime(folder / name, (number, number))
    (folder / "newest.ipynb").write_text(json.dumps({"cells": [{"source": "x"}] * 3}))
    assert "`new.ipynb`" in find()[1][0]
    size = (folder / "new.ipynb").stat().st_size
    assert "`newest.ipynb`" in find(size + 1)[1][0]
