"""Reports: data and back without loss, readable text, and safe HTML."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.results.outcome import Diagnosis, ItemResult, Outcome, PropertyResult
from autograder.results.report import KEY, Report, Status, report_in
from tests.autograder.support.results import BROKEN, FAILED, GATE, PASSED, report


def test_a_report_survives_json():
    """A report in a notebook's metadata is read back equal."""
    whole = report(
        PASSED, FAILED, BROKEN, GATE, status=Status.HELD, remarks=["one", "two"], advice=["a", "b"]
    )
    assert Report.from_dict(json.loads(json.dumps(whole.to_dict()))) == whole


@given(
    st.builds(
        Report,
        st.sampled_from(Status),
        st.lists(
            st.builds(
                ItemResult,
                st.text(),
                st.floats(0, 100),
                st.lists(st.builds(PropertyResult), max_size=3).map(tuple),
                st.lists(st.builds(Diagnosis), max_size=2).map(tuple),
            ),
            max_size=3,
        ).map(tuple),
        st.lists(st.text()).map(tuple),
        st.integers(0, 2**64),
        st.text(),
    )
)
def test_any_report_survives_json(whole):
    """No text, number or outcome is lost or changes its type."""
    again = Report.from_dict(json.loads(json.dumps(whole.to_dict())))
    assert again == whole
    assert [type(p.outcome) for i in again.items for p in i.properties] == [
        Outcome for item in whole.items for _ in item.properties
    ]


def test_a_cause_is_the_remarks_and_what_broke():
    """The staff reads the cause of a held grade once; the student does not."""
    whole = report(PASSED, BROKEN, BROKEN, remarks=["one", "two", "one"], status=Status.HELD)
    assert whole.cause == "one; two; KeyError: 'secret'"
    assert report(PASSED).cause == ""


def test_items_are_found_by_name():
    """An item's result is found by its name."""
    assert report(FAILED).item("test_item").properties == (FAILED,)


def test_points_are_the_sum_unless_one_is_held_back():
    """The sum of only some items would look like a grade."""
    assert report(PASSED, FAILED).points == 2.0  # of 1 and 2
    assert report(PASSED, BROKEN).points is None
    assert Report(Status.GRADED, ()).points == 0


def test_a_graded_notebook_holds_its_report(tmp_path):
    """It is written with the notebook, and has the digest of what was handed in."""
    whole = replace(report(PASSED, FAILED), handed_in="abc")
    path = tmp_path / "tiny.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {KEY: whole.to_dict()}}))
    assert report_in(path) == whole


def test_a_report_of_an_earlier_release_names_nothing_handed_in():
    """So such a submission is graded again, once."""
    data = report(PASSED).to_dict()
    del data["handed_in"]
    assert Report.from_dict(data).handed_in == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "\0",
        "[]",
        "{}",
        '{"metadata": 1}',
        '{"metadata": {}}',
        '{"metadata": {"autograder": {"remarks": []}}}',
        '{"metadata": {"autograder": {"status": "?", "items": []}}}',
    ],
)
def test_half_a_notebook_holds_no_report(tmp_path, text):
    """A missing report means that it is not graded yet."""
    path = tmp_path / "tiny.ipynb"
    assert report_in(path) is None
    path.write_text(text)
    assert report_in(path) is None
    assert report_in(tmp_path) is None
