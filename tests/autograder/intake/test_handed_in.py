"""A handed-in file: its digest changes with it, and its data survive a round trip."""

import json
from dataclasses import replace

import nbformat
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake import skim
from autograder.intake.handed_in import HandedIn
from tests.autograder.support.tiny import RIGHT, handed_in

ANY = st.builds(HandedIn, st.binary(), st.lists(st.text()).map(tuple), st.text(), st.binary())
WHOLE = HandedIn(b"{}", ("one", "two"), "unreadable", b"2026-01-01")


@given(ANY)
def test_it_survives_json(whole):
    """Every byte reaches the grading process."""
    again = HandedIn.from_dict(json.loads(json.dumps(whole.to_dict())))
    assert again == whole
    assert again.digest == whole.digest


def test_of_a_large_file_what_is_read_is_sent():
    """Its digest is still that of the whole, and it reads the same."""
    cell = {"cell_type": "code", "source": "x", "metadata": {}, "outputs": ["a" * skim.SMALL]}
    mine = HandedIn(json.dumps({"cells": [cell], "nbformat": 4}).encode(), ("it was misnamed",))
    sent = mine.to_dict()
    assert len(sent["content"]) < 200
    again = HandedIn.from_dict(json.loads(json.dumps(sent)))
    assert again.read() == mine.read()
    assert again.digest == mine.digest != HandedIn(again.content, again.remarks).digest
    large = HandedIn(b" " * 2**21 + b"1", most=2**22)
    again = HandedIn.from_dict(large.to_dict())
    assert again.content == b""
    assert again.read() == large.read()
    assert "beside its outputs" in again.read()[1]["unreadable"]


@given(ANY, ANY)
def test_the_digest_is_the_same_for_the_same_alone(one, other):
    """By it a submission is skipped or graded."""
    assert (one.digest == other.digest) == (one == other)


def test_each_part_has_a_say_in_the_digest():
    """Another file, another remark, another reason, another time."""
    others = [
        replace(WHOLE, content=b"{ }"),
        replace(WHOLE, remarks=("one, two",)),
        replace(WHOLE, remarks=("two", "one")),
        replace(WHOLE, unreadable=""),
        replace(WHOLE, stamp=b""),
    ]
    assert len({one.digest for one in [WHOLE, *others]}) == 6


def test_a_notebook_is_read_with_what_was_found(tiny):
    """The remarks of the way to the file come before those of the file."""
    text = nbformat.writes(handed_in(tiny, RIGHT))
    mine = HandedIn(text.encode("utf-16"), ("it was misnamed",))
    notebook, found = mine.read()
    assert notebook.cells[2].source == RIGHT
    assert found["handed_in"] == mine.digest
    assert found["remarks"][0] == "it was misnamed"
    assert "UTF-8" in found["remarks"][1]
    assert "unreadable" not in found


def test_what_is_no_notebook_is_an_empty_one_with_the_reason():
    """So that the student reads it in the feedback."""
    notebook, found = HandedIn(b"%PDF-1.7", ("it was misnamed",)).read()
    assert notebook.cells == []
    assert "PDF" in found["unreadable"]
    assert found["remarks"] == ["it was misnamed"]


def test_what_could_not_be_opened_has_its_own_reason():
    """And not that the file is empty."""
    mine = HandedIn(unreadable="there is no notebook tiny.ipynb")
    assert mine.read()[1] == {
        "handed_in": mine.digest,
        "remarks": [],
        "unreadable": "there is no notebook tiny.ipynb",
    }
