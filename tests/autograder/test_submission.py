"""Submissions: any file is a notebook or an UnreadableError with a remedy, and claims are data."""

import io
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.submission import (
    MAX_NOTEBOOK,
    Cell,
    Submission,
    UnreadableError,
    filled,
    read_notebook,
)
from tests.autograder.conftest import claimed, notebook

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
    return read_notebook(io.StringIO(text))


def text_of(cells, nbformat_=4, minor=5, **more):
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": nbformat_, "nbformat_minor": minor, **more}
    )


def code(source, **more):
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "id": "a",
        **more,
    }


def test_a_notebook_is_read():
    """A notebook's cells come with their kind and text; lines in a list are joined."""
    cells = [
        code(["a = 1\n", "b = 2"]),
        {"cell_type": "raw", "source": "r", "metadata": {}, "id": "b"},
    ]
    submission = Submission.from_notebook(read(text_of(cells)))
    assert submission.cells == (Cell("code", "a = 1\nb = 2"), Cell("raw", "r"))


def test_a_notebook_may_start_with_a_byte_order_mark():
    """What some editors put in front of a file does not matter."""
    assert Submission.from_notebook(read("\ufeff" + text_of([code("x = 1")]))).cells == (
        Cell("code", "x = 1"),
    )
    with pytest.raises(UnreadableError, match="the file is empty"):
        read("\ufeff\n")


def test_an_old_notebook_is_read():
    """A notebook of format 3 is brought into the present one."""
    old = {
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {
                        "cell_type": "code",
                        "input": ["x = 1"],
                        "language": "python",
                        "metadata": {},
                        "outputs": [],
                        "prompt_number": 1,
                        "collapsed": False,
                    }
                ],
            }
        ],
    }
    assert Submission.from_notebook(read(json.dumps(old))).cells == (Cell("code", "x = 1"),)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # nbformat's word on identifiers
@pytest.mark.parametrize("change", [{"surplus": 1}, {"id": "a b!"}, {"id": 3}, {"outputs": [{}]}])
def test_a_notebook_that_is_not_quite_valid_is_read(change):
    """What nbformat itself puts up with is no reason to lose a submission."""
    cells = [code("x = 1"), code("x = 1"), code("x = 1", **change)]  # all of one id, too
    submission = Submission.from_notebook(read(text_of(cells)))
    assert submission.cells == (Cell("code", "x = 1"),) * 3


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "the file is empty"),
        (" \n\t", "the file is empty"),
        ('{"cells": [{"cell_type": "co', "the file is not valid JSON"),
        ("%PDF-1.7", "the file is not valid JSON"),
        ("[" * 100_000, "the file is not valid JSON"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "the file is not valid JSON"),
        ("[" * 900 + "]" * 900, "the file is JSON, but no notebook"),
        ("3", "the file is JSON, but no notebook"),
        ("[]", "the file is JSON, but no notebook"),
        ("{}", "the file is JSON, but no notebook"),
        (text_of([], nbformat_=10**1000), "the file is JSON, but no notebook"),
        (text_of([], nbformat_=99), "the file is JSON, but no notebook"),
        (text_of([], nbformat_="4"), "the file is JSON, but no notebook"),
        (text_of({"a": 1}), "the file is JSON, but no notebook"),
        (text_of(None), "the file is JSON, but no notebook"),
        (text_of([3]), "the file is JSON, but no notebook"),
        (text_of([{"cell_type": "code", "metadata": {}}]), "the file is JSON, but no notebook"),
        (text_of([code(None)]), "the file is JSON, but no notebook"),
        (text_of([code({"a": 1})]), "the file is JSON, but no notebook"),
        (text_of([code([1, 2])]), "the file is JSON, but no notebook"),
        (text_of([code("x", cell_type=3)]), "the file is JSON, but no notebook"),
    ],
    ids=lambda text: text[:40],
)
def test_what_is_no_notebook_is_unreadable(text, cause):
    """Each kind of broken file is an UnreadableError, which says what to do."""
    with pytest.raises(UnreadableError, match=cause) as caught:
        read(text)
    assert len(str(caught.value)) <= 500
    assert "hand in the notebook again" in str(caught.value) or len(str(caught.value)) == 500


def test_a_notebook_has_a_length():
    """A file over the limit is refused before it is parsed."""
    with pytest.raises(UnreadableError, match="clear the notebook's outputs and hand it in"):
        read(" " * (MAX_NOTEBOOK + 1))


def test_an_endless_file_is_not_read_to_its_end():
    """No more is read than a notebook may be long."""

    class Endless(io.TextIOBase):
        def read(self, size):
            return " " * size

    with pytest.raises(UnreadableError, match="the file must be shorter than"):
        read_notebook(Endless())


def test_a_file_in_another_encoding_is_unreadable():
    """Bytes that are no UTF-8 are told as such."""
    stream = io.TextIOWrapper(io.BytesIO('{"a": "é"}'.encode("latin-1")), encoding="utf-8")
    with pytest.raises(UnreadableError, match="not text in UTF-8 .* as Jupyter saves it"):
        read_notebook(stream)


def test_text_that_no_file_can_hold_is_noticed():
    """Half a character in a cell is dealt with here, not when the graded notebook is written."""
    try:
        found = read(text_of([code("x = 'HALF'")]).replace("HALF", r"\ud83d"))
    except UnreadableError:
        return
    nbformat.writes(found).encode()


@given(JSON)
def test_any_json_is_a_notebook_or_unreadable(data):
    """No JSON whatever raises another error."""
    try:
        read(json.dumps(data))
    except UnreadableError:
        return
    raise AssertionError("no such value is a notebook")


@given(JSON | st.fixed_dictionaries({"nbgrader": CLAIMS | JSON}), JSON)
def test_metadata_of_any_shape_are_data(metadata, top):
    """Claims that make no sense are no claims; nothing in the metadata raises."""
    cell = code("x = 1", metadata=metadata)
    data = json.loads(text_of([cell]))
    data["metadata"] = top
    try:
        submitted = read(json.dumps(data))
    except UnreadableError:
        return
    [found] = Submission.from_notebook(submitted).cells
    assert found.source == "x = 1"
    assert isinstance(found.grade_id, str)
    assert isinstance(found.points, float)
    assert {type(found.grade), type(found.solution)} == {bool}


@pytest.mark.parametrize("claims", [None, 3, [], {}, {"grade_id": 3}, {"grade_id": None}])
def test_a_cell_without_a_grade_id_claims_nothing(claims):
    """Without a `grade_id` that is text, no other claim counts."""
    if isinstance(claims, dict):
        claims = claims | {"grade": True, "points": 5}
    cell = new_code_cell("x", metadata={"nbgrader": claims})
    assert Submission.from_notebook(notebook(cell)).cells == (Cell("code", "x"),)


def test_claims_are_read():
    """A cell's claims are its `grade_id`, `grade`, `solution` and points."""
    cell = claimed("x", grade_id="a", grade=True, points=2)
    [found] = Submission.from_notebook(notebook(cell)).cells
    assert found == Cell("code", "x", "a", grade=True, solution=False, points=2.0)


def test_the_digest_depends_on_the_code_alone():
    """The same code gives the same digest; outputs, markdown, claims of points do not matter."""

    def digest(*cells):
        return Submission.from_notebook(notebook(*cells)).digest

    plain = digest(claimed("x", grade_id="a"))
    loud = claimed("x", grade_id="a", points=9, grade=True)
    loud.outputs = [nbformat.v4.new_output("stream", text="y")]
    assert digest(new_markdown_cell("text"), loud) == plain
    assert digest(claimed("x ", grade_id="a")) != plain
    assert digest(claimed("x", grade_id="b")) != plain
    assert digest(claimed("x", grade_id="a"), new_code_cell("")) != plain
    assert len(plain) == 64


def test_cells_are_filled_by_their_grade_id():
    """`filled` gives a copy with other texts; the notebook it came from stays as it is."""
    blank = notebook(claimed("stub", grade_id="a"), claimed("b", grade_id="b"), new_code_cell("c"))
    solved = filled(blank, {"a": "solution", "missing": "x"})
    assert [cell.source for cell in solved.cells] == ["solution", "b", "c"]
    assert [cell.source for cell in blank.cells] == ["stub", "b", "c"]
