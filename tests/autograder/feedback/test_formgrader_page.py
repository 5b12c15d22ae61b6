"""A submission's page in the Formgrader: it does nothing, it is small, and each score has its field."""

import html
import time

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import PyFileConfigLoader

from autograder.course.answer_file import file_cell
from autograder.feedback import formgrader_page, piece
from autograder.feedback.formgrader_page import ROOM, TAG, _ordinary
from tests.autograder.support.tiny import RIGHT, claimed
from tests.conftest import PROJECT

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture(scope="module")
def exporter():
    """The one that nbgrader's server makes of the course's settings."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(PROJECT)).load_config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    return HTMLExporter(config=config)


@pytest.fixture
def show(exporter):
    """A function that returns the page of cells beside an answer and a graded cell."""

    def made(*cells, names=None, **metadata):
        answer = claimed(RIGHT, solution=True, grade_id="scaler")
        graded = claimed("# hidden", grade=True, grade_id="test_scaler", points=2.0)
        graded.outputs = [display(text_html="<p>1.5 of 2 points</p>", text_plain="1.5")]
        notebook = new_notebook(cells=[*cells, answer, graded], metadata=metadata)
        known = {
            "index": 0, "total": 1, "base_url": "", "notebook_path": "x", "student": "ann",
            "first_name": None, "last_name": None,
        }  # fmt: skip
        page, _ = exporter.from_notebook_node(notebook, known | (names or {}))
        return BeautifulSoup(page, "html.parser")

    return made


def display(**data):
    return new_output("display_data", {k.replace("_", "/", 1): v for k, v in data.items()})


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def code(source="f()", *outputs, **more):
    return new_code_cell(source, outputs=[*outputs], **more)


def notebook_of(page):
    return page.select_one("#notebook-container")


def test_settings_that_are_read_twice_change_nothing(show, exporter, monkeypatch):
    """They name the preprocessor twice: the page is rendered once, and is the same."""
    text = new_markdown_cell("*a* and $b$ <b>c</b>", id="a")
    rendered = []

    def place(pieces, *room, **more):
        rendered.append(pieces)
        return piece.place(pieces, *room, **more)

    monkeypatch.setattr(formgrader_page, "place", place)
    once = notebook_of(show(text))
    count = len(rendered)
    monkeypatch.setattr(exporter, "_preprocessors", exporter._preprocessors * 2)
    twice = notebook_of(show(text))
    assert twice.get_text() == once.get_text()
    assert len(rendered) == 2 * count > 0


def test_an_ordinary_notebook_is_shown_as_nbgrader_shows_it(show):
    """Text, formulas, code in colours, a table, a picture, and the report of a graded cell."""
    page = notebook_of(
        show(
            new_markdown_cell("# A\n\n$\\frac{a}{b} \\leq \\sum_i w_i^2$ and **bold**"),
            code("import numpy as np", display(text_html="<table><tr><td>7</td></tr></table>")),
            code("plot()", display(image_png=PNG, text_plain="<Figure>"), printed("done")),
        )
    )
    assert page.h1.get_text().startswith("A")
    assert not page.select(".text_cell .tex2jax_ignore")
    assert page.select_one(".highlight .kn").get_text() == "import"
    assert page.td.get_text() == "7"
    assert page.img["src"] == f"data:image/png;base64,{PNG}"
    assert "done" in page.get_text()
    assert page.select_one(".nbgrader_cell .highlight")
    assert page.select_one("input.score")["id"] == "test_scaler"
    assert "1.5 of 2 points" in page.get_text()
    assert page.select_one("textarea")["id"] == "scaler-comment"


OVERLAY = '<div class="modal in" style="position: fixed; inset: 0">Log in<input></div><b id="test_scaler">'


@pytest.mark.parametrize(
    "cell",
    [
        code("f()", display(text_html=f"{OVERLAY}<script>f()</script><svg onload=f()>")),
        code("f()", display(application_javascript="f()", text_plain="x")),
        code("f()", display(**{"image_svg+xml": "<svg onload=f()><script>f()</script></svg>"})),
        code("f()", display(**{"application_vnd.jupyter.widget-view+json": {"model_id": "a"}})),
        code("f()", display(image_png='x" onerror="f()')),
        code("f()", new_output("display_data", {"image/png": PNG}, metadata={"image/png": {"width": "1 onerror=f()"}})),
        code("f()", new_output("display_data", {"text/html": "<script>f()</script>"}, metadata={"text/html": {"isolated": True}})),
        code("f()", display(text_markdown=OVERLAY)),
        code("f()", display(text_latex=r"$\style{position: fixed}{x}$")),
        code("f()", new_output("error", ename="E", evalue="", traceback=[OVERLAY])),
        code("f()", metadata={"tags": ["a modal in"], "transient": {"remove_source": True}}),
        code("f()", metadata={"nbgrader": {"grade": True, "grade_id": 'a"><script>f()</script>', "points": 1}}),
        code("f()", metadata={"magics_language": "a modal in"}),
        new_raw_cell(OVERLAY),
        new_markdown_cell(OVERLAY),
    ],
)  # fmt: skip
def test_nothing_of_a_notebook_acts(show, cell):
    """No output, no raw cell and no metadata is a part of the page, or hides one."""
    lexer = {"language_info": {"name": "a", "pygments_lexer": 'a" modal in'}}
    page = notebook_of(
        show(cell, widgets={"application/vnd.jupyter.widget-state+json": {}}, **lexer)
    )
    assert not page.select("script, svg, iframe, form, .modal, .in, [onload], [onerror]")
    assert len(page.select("#test_scaler")) == 1
    assert len(page.select("input.score")) == 1
    assert not [one for one in page.select("[style]") if "position" in one["style"]]
    assert "f()" in page.get_text() or "Log in" in page.get_text()


def test_names_are_no_markup(show):
    """A student may have chosen them in the LMS."""
    page = show(names={"last_name": "<b onclick=f()>", "first_name": "a\u202eb"})
    assert not page.select("nav b")
    assert r"<b onclick=f()>, a\u202eb" in page.nav.get_text()


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "cells",  # made in the test: each process that runs tests reads this module
    [
        lambda: [code("x = 1 # a\n" * 100_000)],
        lambda: [code("x = (1, 'a', None)\n" * 200) for _ in range(100)],
        lambda: [code(f"x{n} = 1") for n in range(3000)],
        lambda: [new_markdown_cell("a *b*\n\n" * 100_000)],
        lambda: [new_markdown_cell("# a") for _ in range(3000)],
        lambda: [new_raw_cell("a" * 15_000) for _ in range(100)],
        lambda: [code("f()", *[printed("a\n", ("stdout", "stderr")[n % 2]) for n in range(5000)])],
        lambda: [code("f()", printed("a" * 10**6))],
        lambda: [code("f()", display(text_html="<i>a</i>" * 10**5))],
        lambda: [code("f()", display(text_html="<div>" * 3000)) for _ in range(30)],
        lambda: [code("f()", display(text_html="<i>a</i>" * 2400)) for _ in range(30)],
        lambda: [code("f()", display(image_png="iVBORw0KGg" + "A" * 140_000)) for _ in range(60)],
        lambda: [new_markdown_cell("![a](attachment:a.png)", attachments={"a.png": {"image/png": "A" * 10**6}})],
        lambda: [new_markdown_cell("<div>" + "".join(f"<b title={n}>" for n in range(700)) + "<p>x" * 2000)],
    ],
)  # fmt: skip
def test_a_page_is_small_and_keeps_what_is_graded(show, cells):
    """Whatever comes before it; the rest is shown as it was written, or named in a sentence."""
    page = notebook_of(show(*cells()))
    tags = len(page.select("*"))
    pictures = sum(len(one["src"]) for one in page.select("img[src]"))
    assert len(str(page)) - pictures < 2 * ROOM
    assert pictures < 5_000_000
    assert tags < ROOM / TAG
    assert page.select(".left-out") or "left out here" in page.get_text()
    answer, graded = page.select(".nbgrader_cell")
    assert "class Scaler" in answer.get_text()
    assert graded.select("input.score")
    assert "1.5 of 2 points" in page.get_text()


def test_answers_get_the_time_first(show, monkeypatch):
    """What takes long in front of them is shown as it was written."""
    now = iter(range(10**6))  # seconds: each piece takes more than a page has
    monkeypatch.setattr(time, "process_time", lambda: next(now))
    page = notebook_of(show(code("x = 1"), new_markdown_cell("*a*")))
    assert page.select_one(".nbgrader_cell .highlight")
    code_cell, text = page.select(".input_area, .text_cell_render")[:2]
    for cell, written in ((code_cell, "x = 1"), (text, "*a*")):
        assert "Shown as it was written" in cell.get_text()
        assert cell.pre.get_text() == written


@pytest.mark.parametrize(
    "source", ["((((" * 4000, "f'{" * 6000, '"""' + 'a\\"' * 6000, "\\\n" * 9000]
)
def test_any_code_is_shown(show, source):
    """Whether its parts can be told apart in the time that there is, or not."""
    assert source[:500] in html.unescape(notebook_of(show(code(source))).get_text())


def test_no_part_of_a_cell_is_painted_outside_it(show):
    """The page's style sees to that, whatever a text or a formula is."""
    page = show(new_markdown_cell("a"))
    assert "contain: layout paint" in page.select_one("#notebook style").get_text()


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "<b>x", "text": "fine"},
        {"output_type": "execute_result", "execution_count": "<b>x", "data": {"text/plain": "1"}},
        {"output_type": "stream", "name": "stdout", "text": "\u202efine"},
        {"output_type": "display_data", "data": {"text/html": "<p>1</p>", "text/plain": "1"}},
        {"output_type": "stream", "name": "stdout", "text": "x" * 2000},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": [["<b>x"]]},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["x"] * 2000},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": 1},
        {"output_type": "display_data", "data": ["text/plain"]},
        {"output_type": "error", "ename": 1, "evalue": "", "traceback": ["x"]},
        {"output_type": "stream", "name": "stdout"},
    ],
)
def test_an_output_that_is_no_short_text_is_not_left_to_the_template(output):
    """The template escapes texts, and writes names and numbers as they are."""
    fine = {"output_type": "stream", "name": "stdout", "text": "fine\x1b[31m"}
    assert _ordinary(nbformat.from_dict({"outputs": [fine]})) is not None
    assert _ordinary(nbformat.from_dict({"outputs": [fine, output]})) is None


def test_a_file_is_shown_with_its_path(show):
    """A path is the student's own text, so it is no markup. An answer has a field for comments."""
    page = notebook_of(
        show(file_cell("lay/<b>one.py", "x = 1"), file_cell("two.py", "y = 2", "two"))
    )
    paths = [one.get_text() for one in page.select("p > code")]
    assert paths == ["lay/<b>one.py", "two.py"]
    assert [field["id"] for field in page.select("textarea.comment")] == [
        "two-comment",
        "scaler-comment",  # of the notebook's own answer
    ]
    assert "x = 1" in page.get_text()
    assert page.find("b") is None
