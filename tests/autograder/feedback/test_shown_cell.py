"""A notebook's cells on the page: with their outputs, what the student wrote before the rest."""

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder.course.answer_file import file_cell
from autograder.feedback.output import Kind, Output
from autograder.feedback.shown_cell import output_html, shown_cells
from tests.autograder.support.tiny import claimed

PLENTY = 10**6
TEXT = Output(Kind.TEXT, "printed")


def show(*cells, outputs=(), given=(), room=PLENTY):
    return shown_cells(new_notebook(cells=[*cells]), [*outputs], frozenset(given), room)


def picture(size):
    return Output(Kind.PICTURE, f"data:image/png;base64,{'A' * size}")


def size(cells):
    return sum(len((cell.source + "".join(cell.outputs)).encode()) for cell in cells)


def test_each_kind_of_cell_is_shown():
    """Markdown as text, code with the kind of each part, anything else as it is."""
    text, code, raw = show(new_markdown_cell("*a*"), new_code_cell("if x: y"), new_raw_cell("<b>"))
    assert text.source == '<div class="prose"><p><em>a</em></p>\n</div>'
    assert code.source == '<pre><span class="k">if</span> x: y</pre>'
    assert raw.source == "<pre>&lt;b&gt;</pre>"


def test_outputs_belong_to_the_cell_of_the_same_text():
    """In their order, where several have it; to what was changed since belongs nothing."""
    handed_in = [("f()", [TEXT]), ("g()", [TEXT]), ("f()", [picture(8)])]
    cells = show(*map(new_code_cell, ["f()", "h()", "f()", "f()"]), outputs=handed_in)
    assert [len(cell.outputs) for cell in cells] == [1, 0, 1, 0]
    assert "printed" in cells[0].outputs[0]
    assert "<img" in cells[2].outputs[0]
    [text] = show(new_markdown_cell("f()"), outputs=handed_in)
    assert not text.outputs


def test_an_answer_is_known_as_one():
    """By what the release says of its cell, which grading has put right."""
    answer, graded, own = show(
        claimed("a = 1", solution=True, grade_id="a"),
        claimed("b", grade=True, grade_id="b"),
        new_code_cell("c"),
    )
    assert [(cell.is_answer, cell.name) for cell in (answer, graded, own)] == [
        (True, "a"),
        (False, "b"),
        (False, ""),
    ]


def test_what_a_student_wrote_comes_before_what_was_given():
    """Where there is not room for all: answers, cells of their own, the text of the release."""
    given, own, answer = "#g" * 300, "#o" * 300, "#a" * 300
    cells = [new_code_cell(given), new_code_cell(own), claimed(answer, solution=True, grade_id="a")]
    for room, shown in [(5000, 3), (2800, 2), (1700, 1), (500, 0)]:
        found = show(*cells, given=[given], room=room)
        assert [bool(cell.source) for cell in found] == [shown > 2, shown > 1, shown > 0]


def test_small_pictures_come_before_large_ones():
    """And texts before both; what is left out says what it is."""
    outputs = [("f()", [picture(1000), picture(100), TEXT])]
    [cell] = show(new_code_cell("f()"), outputs=outputs, room=2600)
    large, small, text = cell.outputs
    assert "<img" in small
    assert "printed" in text
    assert large == '<p class="left-out">Not shown: a picture of 1 kB, to keep this page small.</p>'


@pytest.mark.parametrize("room", [0, 1000, 10_000, 200_000])
def test_there_is_never_more_than_there_is_room_for(room):
    """However many cells and outputs there are, and however large."""
    sources = [f"x{n} = '{'é' * (n % 500)}'" for n in range(800)]
    outputs = [
        (source, [TEXT, picture(9000), Output(Kind.HTML, "<p>é" * 900)]) for source in sources
    ]
    cells = show(*map(new_code_cell, sources), outputs=outputs, room=room)
    assert size(cells) <= room


@pytest.mark.parametrize(
    ("output", "html"),
    [
        (Output(Kind.TEXT, "<b>"), "<pre>&lt;b&gt;</pre>"),
        (Output(Kind.TEXT, "a", "written to x"), "<p>Written to x:</p><pre>a</pre>"),
        (Output(Kind.ERROR, "<E>"), "<p>The cell ended with an error:</p><pre>&lt;E&gt;</pre>"),
        (Output(Kind.HTML, "<b onclick=f()>b</b><script>f()</script>"), '<div class="prose"><b>b</b></div>'),
        (Output(Kind.MARKDOWN, "*a*<script>f()</script>"), '<div class="prose"><p><em>a</em></p>\n</div>'),
        (Output(Kind.LEFT_OUT, "<x>"), '<p class="left-out">Not shown: &lt;x&gt;.</p>'),
        (Output(Kind.PICTURE, "data:image/png;base64,eA==", '<"Figure">'), '<img src="data:image/png;base64,eA==" alt="&lt;&quot;Figure&quot;&gt;">'),
        (Output(Kind.PICTURE, "data:image/png;base64,eA=="), '<img src="data:image/png;base64,eA==" alt="a picture without a description">'),
    ],
)  # fmt: skip
def test_an_output_does_nothing(output, html):
    """Whatever is in it."""
    assert output_html(output) == html


def test_a_formula_is_shown():
    """As MathML."""
    assert "<mfrac>" in output_html(Output(Kind.FORMULA, r"\frac{1}{2}"))


def test_code_is_shown_as_it_can_be_read():
    """What turns a line around is seen; long code is shown from both ends."""
    [turned, long] = show(new_code_cell("a = 1 \u202e# b"), new_code_cell("x" * 50_000))
    assert r"\u202e" in turned.source
    assert "\u202e" not in turned.source
    assert "30000 characters are left out" in BeautifulSoup(long.source, "html.parser").text


def test_a_file_is_the_students_and_has_its_path():
    """It is so even if a released cell has the same text. A file with a `grade_id` is an answer."""
    answer, own = show(
        file_cell("lay/one.py", "x = 1", "one"),
        file_cell("own.py", "y = 2"),
        given=["x = 1", "y = 2"],
    )
    assert (answer.name, answer.is_answer, answer.is_given) == ("lay/one.py", True, False)
    assert (own.name, own.is_answer, own.is_given) == ("own.py", False, False)
