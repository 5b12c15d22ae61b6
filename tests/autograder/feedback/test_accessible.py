"""Rendered text for those who read by ear or with the keyboard."""

import pytest

from autograder.feedback.accessible import Outline, reachable
from autograder.feedback.output import Kind, Output
from autograder.feedback.shown_cell import output_html
from autograder.text.prose import prose


def test_a_table_takes_the_focus():
    """So that a wide one can be scrolled with the keyboard; it has a name."""
    html = reachable(prose("| a | b |\n|---|---|\n| 1 | 2 |"))
    assert html.partition("<table")[0].endswith(
        '<div class="wide" role="group" tabindex="0" aria-label="Table">'
    )
    assert html.count("<div") == html.count("</div>") == html.count("</table></div>") == 1


def test_a_formula_of_its_own_takes_the_focus():
    """One within a line is no wider than the line."""
    assert reachable(prose("$$x^2$$")).count('<math tabindex="0" display="block"') == 1
    assert "tabindex" not in reachable(prose("a $x^2$ b"))
    assert "tabindex" in output_html(Output(Kind.FORMULA, "x^2"))


def test_an_empty_head_is_no_head():
    """It is an ordinary cell; a head with words stays one."""
    html = reachable('<table><tr><th></th><th scope="col"> </th><th>a</th></tr></table>')
    assert "<td></td><td></td><th>a</th>" in html


def test_a_formula_as_a_head_is_read_by_its_signs():
    """Beside words, it stays as it is."""
    html = reachable(prose("| $p$ | a $q$ |\n|---|---|\n| 1 | 2 |"))
    assert '<th><span class="unseen">p</span><math aria-hidden="true" display="inline">' in html
    assert '<th>a <math display="inline">' in html


@pytest.mark.parametrize(
    ("html", "fitted"),
    [
        ("<h4>a</h4><h3>b</h3><h4>c</h4>", "<h3>a</h3><h3>b</h3><h4>c</h4>"),
        ("<h6>a</h6><h6>b</h6>", "<h3>a</h3><h4>b</h4>"),
        ("<h3>a</h3><h6>b</h6><h3>c</h3>", "<h3>a</h3><h4>b</h4><h3>c</h3>"),
    ],
)
def test_headings_skip_no_level(html, fitted):
    """Those of one text follow those of the texts before it."""
    outline = Outline(2)
    assert outline.fitted(html) == fitted
    deepest = int(fitted[-2])
    assert outline.fitted("<p></p><h6>d</h6>") == f"<p></p><h{deepest + 1}>d</h{deepest + 1}>"
