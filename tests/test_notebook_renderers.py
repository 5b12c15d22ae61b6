"""The release reads alike in JupyterLab, VS Code and Colab: it uses only what all of them show.

JupyterLab and Colab render Markdown with marked and formulas with MathJax; VS Code uses
markdown-it and KaTeX. Each list below holds what all of them know. A new entry needs a look at the
release in each of them.
"""

import re

import nbformat
import pytest
from markdown_it import MarkdownIt

from autograder.course.assignment import Assignment
from tests.conftest import PROJECT

RELEASE = Assignment(PROJECT, "dropout_l2").release
EXECUTED = nbformat.read(
    PROJECT / "reference_solution" / "dropout_l2" / "dropout_l2.ipynb", as_version=4
)
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")

BLOCKS = {"heading", "paragraph", "bullet_list", "ordered_list", "list_item", "blockquote"}
TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
WORDS = {"text", "softbreak", "code_inline", "strong", "em", "link"}
HTML = re.compile(r"<details>\n<summary>[^<>`*$]+</summary>\n|</details>\n?")
OUTPUTS = {"text/plain", "image/png"}
COMMANDS = set(
    re.findall(
        r"\\\w+",
        r"""
        \Big \Rightarrow \approx \begin \big \cdot \end \eta \frac \ge \hat \in \lVert \leftarrow \log
        \lvert \mathbb \mathcal \mid \odot \operatorname \partial \pm \qquad \quad \rVert \rvert \sigma
        \sim \sqrt \sum \tau \text \tfrac \to \top \underbrace \varepsilon
        """,
    )
)

each_text = pytest.mark.parametrize(
    "text",
    [
        pytest.param(cell.source, id=cell.id)
        for cell in RELEASE.cells
        if cell.cell_type == "markdown"
    ],
)


def formulas(text: str) -> list[str]:
    """Return the formulas of a text, with their dollar signs."""
    return FORMULA.findall(CODE.sub("", text))


@each_text
def test_markdown_has_only_constructs_that_each_program_shows(text):
    """There are no pictures, attachments, footnotes, fences or inline HTML."""
    tokens = MarkdownIt("commonmark").enable("table").parse(FORMULA.sub("formula", text))
    parts = [part for token in tokens for part in [token, *(token.children or [])]]
    used = {re.sub(r"_(open|close)$", "", part.type) for part in parts}
    assert used <= {*BLOCKS, *TABLES, *WORDS, "inline", "html_block"}


@each_text
def test_html_only_folds(text):
    """Each block of HTML is a bare `details` with its summary, or its end.

    An empty line after it lets the programs read what follows as Markdown.
    """
    tokens = MarkdownIt("commonmark").parse(text)
    blocks = [token.content for token in tokens if token.type == "html_block"]
    assert [block for block in blocks if not HTML.fullmatch(block)] == []
    assert text.count("<details>") == text.count("</details>") == len(blocks) / 2


@each_text
def test_formulas_stand_where_each_program_finds_them(text):
    """Two dollar signs have a line of their own, and one touches its formula and no digit."""
    displayed = [formula for formula in formulas(text) if formula.startswith("$$")]
    assert [line for line in text.splitlines() if "$$" in line and line != "$$"] == []
    assert [formula for formula in displayed if "\n\n" in formula] == []
    in_the_line = [formula for formula in formulas(text) if formula not in displayed]
    assert [formula for formula in in_the_line if not re.fullmatch(r"\$\S(.*\S)?\$", formula)] == []
    assert re.findall(r"\$\d", CODE.sub("", FORMULA.sub("\N{BULLET}$", text))) == []
    assert re.findall(r"\\[()\[\]]|\\begin", CODE.sub("", FORMULA.sub("", text))) == []


@each_text
def test_formulas_have_only_commands_that_katex_and_mathjax_know(text):
    """The one environment is `pmatrix`, and no bar could end the cell of a table."""
    for formula in formulas(text):
        assert set(re.findall(r"\\[a-zA-Z]+", formula)) <= COMMANDS
        assert set(re.findall(r"\\(?:begin|end)\{(\w+)\}", formula)) <= {"pmatrix"}
        assert "|" not in formula


def test_outputs_are_pictures_and_text():
    """No cell answers with HTML, a widget or a script, which some programs leave out."""
    outputs = [output for cell in EXECUTED.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} <= {"stream", "display_data"}
    assert {kind for output in outputs for kind in output.get("data", {})} == OUTPUTS
