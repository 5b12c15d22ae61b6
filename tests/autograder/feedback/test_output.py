"""Outputs: whatever a notebook printed and drew is read as data, shortened, and made readable."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback.output import LARGEST, LONGEST, MOST, Kind, Output, read_outputs, readable
from autograder.intake.notebook_reader import UnreadableError

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 30).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + b"x" * 30).decode()


def read(*outputs, source="f()", **notebook):
    cells = [{"cell_type": "code", "source": source, "outputs": [*outputs]}]
    data = json.dumps({"cells": cells, "nbformat": 4, **notebook}).encode()
    [(found, shown)] = read_outputs(data)
    assert found == source
    return shown


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def display(**data):
    return {
        "output_type": "display_data",
        "data": {k.replace("_", "/"): v for k, v in data.items()},
    }


def test_what_was_printed_in_a_row_is_one_text():
    """With what was written to standard error apart."""
    found = read(stream(["a\n", "b\n"]), stream("c\n"), stream("oh", "stderr"), stream("d"))
    assert [(output.text, output.note) for output in found] == [
        ("a\nb\nc\n", ""),
        ("oh", "written to standard error"),
        ("d", ""),
    ]


def test_an_error_is_its_traceback():
    """Without colours; without a traceback, the error itself."""
    error = {
        "output_type": "error",
        "ename": "E",
        "evalue": "bad",
        "traceback": ["\x1b[31mE\x1b[0m", "x"],
    }
    assert read(error) == [Output(Kind.ERROR, "E\nx")]
    assert read({**error, "traceback": None}) == [Output(Kind.ERROR, "E: bad")]


@pytest.mark.parametrize(
    ("data", "output"),
    [
        ({"image_png": PNG, "text_plain": "<Figure>", "text_html": "<p>"}, Output(Kind.PICTURE, f"data:image/png;base64,{PNG}", "<Figure>")),
        ({"image_png": f"{PNG[:20]}\n{PNG[20:]}\n"}, Output(Kind.PICTURE, f"data:image/png;base64,{PNG}")),
        ({"image_jpeg": [JPEG]}, Output(Kind.PICTURE, f"data:image/jpeg;base64,{JPEG}")),
        ({"text_html": "<b>", "text_plain": "b"}, Output(Kind.HTML, "<b>")),
        ({"text_html": "x" * 30_000, "text_plain": "b"}, Output(Kind.TEXT, "b")),
        ({"text_markdown": "*b*", "text_plain": "b"}, Output(Kind.MARKDOWN, "*b*")),
        ({"text_latex": "$$x$$", "text_plain": "b"}, Output(Kind.FORMULA, "x")),
        ({"text_plain": "b"}, Output(Kind.TEXT, "b")),
        ({"image_png": f'{PNG}" onerror="f()', "text_plain": "b"}, Output(Kind.TEXT, "b")),
        ({"image_png": JPEG}, Output(Kind.LEFT_OUT, "an output of the kind image/png")),
        ({"image_png": PNG + "A" * LARGEST}, Output(Kind.LEFT_OUT, "a picture of 112 kB")),
        ({"image_svg+xml": "<svg>"}, Output(Kind.LEFT_OUT, "an output of the kind image/svg+xml")),
        ({"application_javascript": "f()"}, Output(Kind.LEFT_OUT, "an output of the kind application/javascript")),
        ({}, Output(Kind.LEFT_OUT, "an output of the kind display_data")),
    ],
)  # fmt: skip
def test_an_output_is_shown_in_the_best_way_that_is_harmless(data, output):
    """A picture of two kinds, a table, a formula, or text; of anything else, its kind."""
    assert read(display(**data)) == [output]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("10%\r50%\r100%\nnext\r\nlast", "100%\nnext\nlast"),
        ("a\x00b\x08c\u202ed\u2066e\u200b\x1b", r"a\x00b\x08c\u202ed\u2066e\u200b\x1b"),
        ("tab\there, é, ∑, 數, 🙂", "tab\there, é, ∑, 數, 🙂"),
    ],
)
def test_what_is_meant_for_a_terminal_is_not_shown(text, shown):
    """Colours, titles and lines written over; what else cannot be seen is shown by its number."""
    assert readable(text) == shown


def test_a_long_text_is_shortened():
    """To its beginning and its end, and it says by how much."""
    for size in (LONGEST + 500, 5_000_000):
        [output] = read(stream("a" * size))
        assert len(output.text) < LONGEST + 100
        assert f"{size - LONGEST} characters are left out" in output.text


def test_few_outputs_of_a_cell_are_shown():
    """It says how many there are more."""
    found = read(*[display(text_html=f"<p>{n}</p>") for n in range(MOST + 5)])
    assert len(found) == MOST + 1
    assert found[-1] == Output(Kind.LEFT_OUT, "5 more outputs of this cell")


def test_an_older_format_is_read():
    """Format 3 has inputs in worksheets, and its outputs have other names."""
    cell = {
        "cell_type": "code",
        "input": ["f()"],
        "outputs": [{"output_type": "pyout", "text": ["3"]}],
    }
    data = json.dumps({"worksheets": [{"cells": [cell]}], "nbformat": 3}).encode()
    assert read_outputs(data) == [("f()", [Output(Kind.TEXT, "3")])]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"PK\x03\x04"])
def test_a_file_that_is_no_notebook_has_no_outputs(data):
    """As grading finds, too."""
    with pytest.raises(UnreadableError):
        read_outputs(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["output_type", "data", "text", "name", "traceback", "text/html", "image/png", "ename"]),
        inner | st.sampled_from(["stream", "error", "display_data"]),
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(JSON, max_size=4), JSON, JSON)
def test_any_json_is_read(outputs, source, kind):
    """Whatever stands in the place of outputs, of a cell's text or of its kind."""
    cells = [
        {"cell_type": "code", "source": source, "outputs": outputs},
        {"cell_type": kind, "source": "", "outputs": source},
        kind,
    ]
    data = json.dumps({"cells": cells, "nbformat": 4}).encode()
    for text, found in read_outputs(data):
        assert isinstance(text, str)
        assert all(isinstance(output, Output) for output in found)
