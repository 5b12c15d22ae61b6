"""A file without its outputs, removed as bytes, is the same notebook."""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake import skim
from autograder.intake.notebook_reader import read_notebook
from autograder.intake.skim import DROPPED, skimmed

TEXTS = st.text(max_size=8) | st.sampled_from(
    ['"outputs": [', '\\"outputs": [{', "]}", "\\", '"', "outputs", '{"widgets": {']
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS | st.sampled_from(DROPPED), inner, max_size=3)
    ),
    max_leaves=10,
)


@pytest.fixture(autouse=True)
def _all_is_worth_it(monkeypatch):
    monkeypatch.setattr(skim, "SMALL", 0)


def without(value):
    """Return a value without the lists and objects that are dropped by their names."""
    if isinstance(value, list):
        return [without(each) for each in value]
    if isinstance(value, dict):
        return {
            key: 0 if key in DROPPED and isinstance(each, list | dict) else without(each)
            for key, each in value.items()
        }
    return value


@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_all_else_is_as_it_was(value, indent, ascii_only):
    """In any JSON, however it is laid out; a text that looks like outputs is a text."""
    data = json.dumps({"top": value}, indent=indent, ensure_ascii=ascii_only).encode()
    left = skimmed(data)
    assert json.loads(left) == without({"top": value})
    assert left.count(b"\n") == data.count(b"\n")  # an error names the right line


@pytest.mark.parametrize(
    "data",
    [
        b'{"outputs": [',
        b'{"outputs": [[]',
        b'{"outputs": ["cut off',
        b'{"outputs": ["cut off\\',
        b'{"outputs": "text"}',
        b"no JSON",
        b"",
        '{"outputs": []}'.encode("utf-16"),
    ],
)
def test_what_is_cut_off_or_not_json_stays(data):
    """The reader says what is wrong with it."""
    assert skimmed(data) == data


@pytest.mark.parametrize("limit", ["MAX_KEYS", "MAX_BRACKETS"])
def test_the_work_is_bounded(monkeypatch, limit):
    """Beyond it, the rest stays, and is refused where it is large."""
    monkeypatch.setattr(skim, limit, 8)
    data = json.dumps({"cells": [{"outputs": [[]]}] * 20}).encode()
    assert skimmed(data).count(b"outputs") == 20
    assert 1 <= skimmed(data).count(b'"outputs": 0') <= 8


@pytest.mark.parametrize("kept", ["x", "é", "😀"])
def test_one_character_beyond_the_usual_ones_costs_no_memory(kept):
    """All of a file would take four times its size, several times over, for one emoji in it."""
    cell = {"cell_type": "code", "source": f"'{kept}'", "metadata": {}}
    outputs = [{"output_type": "stream", "text": "a" * 2**24 + "😀"}]
    data = json.dumps({"cells": [cell | {"outputs": outputs}]}, ensure_ascii=False).encode()
    tracemalloc.start()
    try:
        notebook, remarks = read_notebook(data)
        assert tracemalloc.get_traced_memory()[1] < len(data)
    finally:
        tracemalloc.stop()
    assert notebook.cells[0].source == f"'{kept}'"
    assert len(remarks) == 1  # of the format, which is missing
