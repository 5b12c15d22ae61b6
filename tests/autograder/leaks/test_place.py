"""Places: each line of a file, with the words that say where it stands."""

import json
import os

import pytest
from nbformat import writes
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.leaks.place import places_in, texts_in

MOST = 10**6  # bytes
PICTURE = {"image/png": "iVBORw0KGgo="}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "ann"
    folder.mkdir()
    return folder


def notebook(source, *outputs, **metadata):
    cell = new_code_cell(source, outputs=list(outputs), metadata=metadata)
    return writes(new_notebook(cells=[cell]))


def test_a_text_has_numbered_lines(folder):
    """Blanks within a line are single, and a byte that is not UTF-8 stops nothing."""
    path = folder / "notes.txt"
    path.write_bytes(b"one\n\n  two   words\xff\n")
    assert places_in(path) == [("line 1", "one"), ("line 2", ""), ("line 3", "two words\ufffd")]


def test_a_notebook_has_cells_outputs_and_metadata(folder):
    """A cell has its `grade_id`, and each line of its source a number; pictures have no lines."""
    path = folder / "tiny.ipynb"
    shown = new_output("display_data", {"text/plain": "a  figure", **PICTURE})
    path.write_text(notebook("x = 1\nx +  1", shown, nbgrader={"grade_id": "scaler"}))
    found = places_in(path)
    assert found[:2] == [
        ("cell 1 `scaler`, line 1", "x = 1"),
        ("cell 1 `scaler`, line 2", "x + 1"),
    ]
    assert ("cell 1 `scaler`, outputs", "a figure") in found
    assert ("cell 1 `scaler`, metadata", "scaler") in found
    assert ("metadata", "nbformat") in found
    assert not any(PICTURE["image/png"] in line for _, line in found)


def test_a_cell_without_a_name_has_its_number_alone(folder):
    """Cells are counted from 1."""
    path = folder / "tiny.ipynb"
    path.write_text(json.dumps({"cells": [{"source": "a"}, {"source": ["b\n", "c"]}]}))
    assert places_in(path) == [
        ("cell 1, line 1", "a"),
        ("cell 2, line 1", "b"),
        ("cell 2, line 2", "c"),
    ]


def test_a_students_folder_has_sources_outputs_and_files(folder):
    """A page counts by the text that it shows, and each file is named."""
    printed = new_output("stream", name="stdout", text="0.125")
    (folder / "a.ipynb").write_text(notebook("x", printed))
    (folder / "b.html").write_text("<p>read <b>me</b></p><style>p { color: red }</style>")
    (folder / "c.py").write_text("y = 2")
    found = [
        (path.name, where, " ".join(text.split())) for path, where, text in texts_in(folder, MOST)
    ]
    assert found == [
        ("a.ipynb", "cell 1", "x"),
        ("a.ipynb", "outputs of code cell 1", "0.125"),
        ("b.html", "", "read me"),
        ("c.py", "", "y = 2"),
    ]


def test_a_students_folder_has_files_that_cannot_be_read(folder):
    """A damaged notebook, a link and a pipe are left out, and the other files are searched."""
    (folder / "a.ipynb").write_text("{")
    (folder / "b.py").symlink_to("/etc/hostname")
    os.mkfifo(folder / "c.py")
    (folder / "d.py").write_text("z")
    assert [path.name for path, _, _ in texts_in(folder, MOST)] == ["d.py"]


def test_a_large_folder_is_searched_up_to_a_size(folder):
    """A file that does not fit is left out; a later one that fits is searched."""
    for name, size in (("a", 6), ("b", 6), ("c", 4), ("d", 1)):
        (folder / name).write_text("x" * size)
    assert [path.name for path, _, _ in texts_in(folder, 10)] == ["a", "c"]
