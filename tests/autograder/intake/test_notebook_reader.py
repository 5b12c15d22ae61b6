"""The reader: any file is a notebook or an UnreadableError with a remedy, and only cells are read."""

import json
import random
import time

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.submission import Cell, Submission
from autograder.intake import notebook_reader
from autograder.intake.notebook_reader import (
    ExcessError,
    UnreadableError,
    check_excess,
    read_notebook,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
# whatever the claims are, most of them under nbgrader's own names
CLAIMS = st.fixed_dictionaries(
    {},
    optional={
        "grade_id": st.just("dropout") | JSON,
        "grade": JSON,
        "solution": JSON,
        "points": st.just(10**400) | JSON,
        "schema_version": JSON,
    },
)


def read(text):
    """Return the cells of a notebook's text, and the remarks."""
    found, remarks = read_notebook(text.encode() if isinstance(text, str) else text)
    nbformat.validate(found)
    nbformat.writes(found).encode()
    return Submission.from_notebook(found).cells, remarks


def text_of(cells, **more):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more)


def code(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], **more}


ONE = (Cell("code", "x = 'é'"),)
WHOLE = json.dumps(json.loads(text_of([code("x = 'é'")])), ensure_ascii=False)


def test_a_notebook_is_read():
    """A notebook's cells come with their kind and text; lines in a list are joined."""
    cells = [code(["a = 1\n", "b = 2"]), {"cell_type": "raw", "source": "r"}]
    assert read(text_of(cells)) == ((Cell("code", "a = 1\nb = 2"), Cell("raw", "r")), [])


@pytest.mark.parametrize(
    ("encoding", "remark"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("latin-1", "cp1252"),
        ("cp1252", "cp1252"),
    ],
)
def test_a_file_in_any_encoding_is_read(encoding, remark):
    """Other encodings than UTF-8 are read with a remark; a byte order mark does not matter."""
    told = [f"the file should be written in UTF-8: it was read as {remark}"] if remark else []
    assert read(WHOLE.encode(encoding)) == (ONE, told)


def test_bytes_of_no_encoding_are_read():
    """Where a byte means nothing to anyone, the rest is still read."""
    cells, [remark] = read(text_of([code("x")]).encode().replace(b"x", b"\x81"))
    assert cells == (Cell("code", "\x81"),)
    assert remark.endswith("it was read as latin-1")


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, None),
        ({"nbformat_minor": 0}, None),
        ({"nbformat_minor": 99}, None),
        ({"nbformat_minor": "x"}, None),
        ({"metadata": None}, None),
        ({"nbformat": 5}, "5"),
        ({"nbformat": 99}, "99"),
        ({"nbformat": "4"}, "'4'"),
        ({"nbformat": None}, "None"),
        ({"nbformat": True}, "True"),
        ({"nbformat": {"a": 1}}, "{'a': 1.0}"),
        ({"nbformat": float("nan")}, "nan"),
        ({"nbformat": 10**4000}, "inf"),
    ],
)
def test_what_a_notebook_says_of_its_format_does_not_matter(changes, shown):
    """The cells of any format are read; an unknown format gets a remark."""
    told = f"the notebook's format (nbformat) should be 4, got {shown}: read as such"
    assert read(text_of([code("x")], **changes)) == (
        (Cell("code", "x"),),
        [told] if shown else [],
    )


def test_a_notebook_of_format_3_is_read():
    """Cells in worksheets count, and their text is their input."""
    sheets = [
        {"cells": [{"cell_type": "code", "input": ["a\n", "b"], "language": "python"}]},
        {"cells": [{"cell_type": "heading", "level": 1, "source": "Title"}]},
        {"cells": 3},
        4,
    ]
    text = json.dumps({"worksheets": sheets, "nbformat": 3, "metadata": {"name": ""}})
    assert read(text) == ((Cell("code", "a\nb"), Cell("markdown", "Title")), [])


@pytest.mark.parametrize(
    "change",
    [
        {"surplus": 1},
        {"id": 3},
        {"outputs": "x"},
        {"outputs": [{"data": 1}]},
        {"execution_count": "x"},
        {"attachments": 3},
        {"metadata": None},
        {"metadata": {"tags": 3, "nbgrader": [1]}},
    ],
)
def test_what_is_not_valid_in_a_cell_does_not_matter(change):
    """No part of a cell but its kind, text and claims is looked at."""
    assert read(text_of([code("x", **change)])) == ((Cell("code", "x"),), [])


@pytest.mark.parametrize("cell", [3, None, [], "x", {"source": 3}, {"source": ["x", 1]}])
def test_a_cell_that_is_none_is_passed_over(cell):
    """It is remarked, and the others are read."""
    told = "cell 1 has no text, and was not read"
    assert read(text_of([cell, code("x")])) == ((Cell("code", "x"),), [told])


def test_outputs_are_dropped_unread():
    """A notebook of 60 MB of outputs is read in seconds, and none of them is kept."""
    lines = ["0.123456, 0.234567, [1, 2], {3}\n"] * 1_800_000
    text = text_of([code("x", outputs=[{"text": lines}])])
    assert len(text) > 60e6
    start = time.monotonic()
    found, remarks = read_notebook(text.encode())
    assert time.monotonic() - start < 30
    assert found.cells[0].outputs == []
    assert remarks == []
    assert notebook_reader._dropped([("outputs", lines), ("source", "x")]) == {"source": "x"}


def test_json_that_is_not_standard_is_read():
    """Numbers without end, raw line breaks in a text, and text behind the end lose nothing."""
    text = text_of([code("xSPACEy")], a=float("nan"), b=float("-inf")).replace("SPACE", "\t")
    cells, remarks = read(text[:-1] + ', "c": ' + "9" * 9999 + "} and more")
    assert cells == (Cell("code", "x\ty"),)
    assert remarks == ["the file goes on after the notebook's end: the rest was not read"]


def test_text_that_no_file_or_python_can_hold_is_mended():
    """Half a character becomes a question mark, and null characters are left out."""
    text = text_of([code("a\0b HALF"), {"cell_type": "markdown", "source": "\0"}])
    assert read(text.replace("HALF", r"\ud83d")) == (
        (Cell("code", "ab ?"), Cell("markdown", "")),
        ["cell 1: null characters, which no Python code has, were left out"],
    )


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "the file is empty"),
        (b" \n\t", "the file is empty"),
        (b"\xff\xfe", "the file is empty"),
        (b"\xef\xbb\xbf\n", "the file is empty"),
        (b"\0" * 100, "the file is empty"),
        (b'{"cells": [{"cell_type": "co', "the file is not valid JSON"),
        (b"import numpy", "the file is not valid JSON"),
        (b"[" * 100_000, "the file is not valid JSON"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "the file is not valid JSON"),
        (b"%PDF-1.7", "the file is a PDF, and no notebook"),
        (b"PK\x03\x04", "the file is a zip archive, and no notebook"),
        (b"\x1f\x8b\x08", "the file is a gzip archive, and no notebook"),
        (b"<!DOCTYPE html>", "the file is a web page, and no notebook"),
        (b"3", "the file is JSON, but no notebook"),
        (b"[]", "the file is JSON, but no notebook"),
        (b"{}", "the file is JSON, but no notebook"),
        (b'{"cells": {"a": 1}}', "the file is JSON, but no notebook"),
        (b'{"cells": null, "worksheets": 3}', "the file is JSON, but no notebook"),
    ],
)
def test_what_is_no_notebook_is_unreadable(content, cause):
    """Each kind of broken file is an UnreadableError, which says what to do."""
    with pytest.raises(UnreadableError, match=cause) as caught:
        read_notebook(content)
    assert str(caught.value).endswith(": hand in the notebook again, as Jupyter saves it")


def test_what_git_could_not_merge_is_told_as_such():
    """The marks of a conflict are a cause of their own, with its own remedy."""
    with pytest.raises(UnreadableError, match="settle which one counts"):
        read_notebook(b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n")


def test_a_file_has_a_size():
    """A file over the limit is refused before it is decoded."""
    with pytest.raises(UnreadableError, match="clear the notebook's outputs and hand it in"):
        read_notebook(b" " * (notebook_reader.MAX_BYTES + 1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_is_read_of_a_file_has_a_size(encoding):
    """A large file is one of outputs, in UTF-8; any other is refused before it is decoded."""
    most = 2**23  # four times what may be beside the outputs
    outputs = text_of([code("x", outputs=["a" * 2**21])]).encode(encoding)
    if encoding == "utf-8":
        assert read_notebook(outputs, most)[0].cells[0].source == "x"
    else:
        with pytest.raises(UnreadableError, match="less than 2 MiB beside its outputs"):
            read_notebook(outputs, most)
    with pytest.raises(UnreadableError, match="less than 2 MiB beside its outputs"):
        read_notebook(text_of([code("x" * 2**21)]).encode(encoding), most)


@pytest.mark.parametrize("text", ["é", "\\ud83d"])
def test_outputs_that_take_much_memory_are_not_read(text):
    """Each of their characters would take several bytes."""
    whole = text_of([code("x", outputs=["aSOME" * 100])])
    most = 2 * len(whole)
    assert len(notebook_reader.read_cells(whole.encode(), dict, most)) == 1
    with pytest.raises(UnreadableError, match="to have its outputs shown"):
        notebook_reader.read_cells(whole.replace("SOME", text).encode(), dict, most)


@pytest.mark.parametrize("part", [b"[],", b"1,", b'{"a":{}},'])
def test_a_file_has_a_number_of_values(part):
    """A small file that would fill the memory is refused before it is parsed."""
    with pytest.raises(UnreadableError, match="must hold fewer than 2000000 values"):
        read_notebook(b"[" + part * 2_000_001 + b"1]")


def test_a_notebook_has_a_number_of_cells(monkeypatch):
    """Further cells are left out, with a remark."""
    monkeypatch.setattr(notebook_reader, "MAX_CELLS", 2)
    cells, remarks = read(text_of([code("a"), code("b"), code("c")]))
    assert cells == (Cell("code", "a"), Cell("code", "b"))
    assert remarks == ["the notebook has 3 cells, the first 2 were read"]


def test_the_largest_cells_are_left_out(monkeypatch):
    """Of code that no worker could take, and of text that no page could show, the rest is kept."""
    monkeypatch.setattr(notebook_reader, "MAX_CODE", 20)
    monkeypatch.setattr(notebook_reader, "MAX_TEXT", 20)
    text = {"cell_type": "markdown", "source": "t" * 30}
    cells, remarks = read(text_of([code("a" * 10), code("b" * 30), text, code("é")]))
    assert [cell.source for cell in cells] == ["a" * 10, "", "", "é"]
    assert remarks == [
        "a code cell of 30 characters was left out: all of them together may have 20",
        "a markdown cell of 30 characters was left out: all of them together may have 20",
    ]


@given(JSON)
def test_any_json_is_a_notebook_or_unreadable(data):
    """No JSON raises another error."""
    try:
        read(json.dumps(data))
    except UnreadableError:
        return
    raise AssertionError("no such value is a notebook")


@given(st.lists(JSON, max_size=3), st.dictionaries(st.sampled_from(["nbformat", "metadata"]), JSON))
def test_any_cells_make_a_notebook(cells, more):
    """With any cells and metadata, the notebook is valid and keeps the valid cell."""
    found, _ = read(text_of([*cells, code("x")], **more))
    assert found[-1] == Cell("code", "x")


@given(JSON | st.fixed_dictionaries({"nbgrader": CLAIMS | JSON}))
def test_metadata_of_any_shape_are_data(metadata):
    """Claims that make no sense are no claims; nothing in the metadata raises."""
    [found], _ = read(text_of([code("x = 1", metadata=metadata)]))
    assert found.source == "x = 1"
    assert isinstance(found.grade_id, str)
    assert isinstance(found.points, float)
    assert {type(found.grade), type(found.solution)} == {bool}


def test_broken_bytes_are_a_notebook_or_unreadable():
    """Bytes changed, cut and inserted at random never raise another error."""
    chance = random.Random(7)  # noqa: S311  # no secrets
    whole = text_of([code("x = 1", metadata={"nbgrader": {"grade_id": "a"}})]).encode()
    for _ in range(3000):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(broken))
            broken[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        try:
            read(bytes(broken))
        except UnreadableError as error:
            assert "hand" in str(error)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([code("a")] * 1001, "at most 1000 cells, got 1001"),
        ([code("a", outputs=[{"data": {}}] * 30_000)], "at most 50000 parts, got 60004"),
        ([code("a" * 2**25)], "less than 32 MiB beside its outputs"),
        ([code("a", tags=[[]] * 400_000)], "fewer than 2000000 values"),
    ],
    ids=["cells", "outputs", "text", "values"],
)
def test_nbgrader_itself_reads_no_notebook_in_excess(cells, told):
    """It would take seconds for each of them, and for each page."""
    with pytest.raises(ExcessError, match=told):
        check_excess(text_of(cells).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"no notebook",
        text_of([code("a")] * 1000).encode(),
        text_of([code("{" * 60_000, outputs=[{"text": '\\"{' * 60_000}])]).encode(),
        text_of([code("a", outputs=["é" * 2**22])]).encode(),
    ],
    ids=["another file", "cells", "braces", "outputs"],
)
def test_nbgrader_itself_reads_all_others(data):
    """It has its own words for what is no notebook."""
    check_excess(data)
