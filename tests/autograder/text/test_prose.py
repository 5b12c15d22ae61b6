"""Markdown on the page: read as it was written, without addresses, and it does nothing."""

import html5lib
import pytest

from autograder.text.prose import formula, prose

PIXEL = "data:image/png;base64,iVBORw0KGgo="


def elements(html):
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return [(str(e.tag).rpartition("}")[2], e) for e in tree.find("body").iter()][1:]


def tags(html):
    return [tag for tag, _ in elements(html)]


def text(html):
    return "".join(html5lib.parse(html, namespaceHTMLElements=False).itertext())


def test_text_is_shown_as_it_was_written():
    """Emphasis, lists, tables and code keep their form."""
    html = prose("**bold**, `x < y`\n\n- one\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n> said")
    assert {"strong", "code", "ul", "li", "table", "th", "td", "blockquote"} <= {*tags(html)}
    assert "x < y" in text(html)


def test_headings_stand_below_those_of_the_page():
    """Whose own are the first two: a reader who goes from heading to heading is not lost."""
    assert tags(prose("# a\n\n## b\n\n###### c")) == ["h3", "h4", "h6"]
    assert tags(prose("<h1>a</h1><h2>b</h2><h3>c</h3>")) == ["h3"]


def test_formulas_become_mathml():
    """In the line and on their own, without a script."""
    html = prose("$a < b$\n\n$$\\frac{1}{2}$$\n\n\\begin{align}x &= 1\\end{align}")
    found = [e for tag, e in elements(html) if tag == "math"]
    assert [e.get("display") for e in found] == ["inline", "block", "block"]
    assert "mfrac" in tags(html)
    assert text(prose("$a < \\varepsilon$")).strip() == "a<ε"


@pytest.mark.parametrize(
    "source",
    [r"\frac{", "^" * 500, r"\left(" * 300, "x" * 3000, r"\begin{align}"],
)
def test_what_is_no_formula_stays_as_it_was_written(source):
    """Nothing in a formula is an error of ours, and it can still be read."""
    assert text(formula(source)) == source


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "x<y", "</math><img src=x>"])
def test_text_in_a_formula_is_text(words):
    """What stands in `\\text{}` is shown, and is no markup."""
    html = prose(f"before $a \\text{{{words}}}$ after")
    assert {*tags(html)} <= {"p", "math", "mrow", "mi", "mtext", "mo", "code"}
    assert text(html).endswith(" after\n")


@pytest.mark.parametrize(
    "source",
    [
        r"$\href{javascript:alert(1)}{x}$",
        r"$\style{position:fixed}{x}$",
        r"$\class{skip}{x}$",
        r"$\cssId{main}{x}$",
    ],
)
def test_a_formula_has_no_attribute_that_acts(source):
    """Addresses, styles and classes are dropped."""
    for _, element in elements(prose(source)):
        assert not {"href", "style", "class", "id"} & {*element.attrib}


def test_addresses_are_text():
    """A link is shown with where it leads; a picture from elsewhere, by its description."""
    html = prose("[here](https://example.org/a) <https://example.org/b> ![a mask](https://x.org/y)")
    assert text(html).strip() == (
        "here (https://example.org/a) https://example.org/b [picture: a mask]"
    )
    assert tags(html) == ["p"]
    assert text(prose("[here](javascript:alert(1)) [top](#top)")).strip() == "here top"


@pytest.mark.parametrize(
    ("source", "alt"),
    [
        (f'![a "mask"]({PIXEL})', 'a "mask"'),
        (f"![]({PIXEL})", "a picture without a description"),
        (f'<img src="{PIXEL}" alt="m" onerror="x">', "m"),
    ],
)
def test_embedded_pictures_are_shown_with_their_description(source, alt):
    """A picture without one says so."""
    [(_, image)] = [(tag, e) for tag, e in elements(prose(source)) if tag == "img"]
    assert image.attrib == {"src": PIXEL, "alt": alt}


@pytest.mark.parametrize(
    "source",
    [
        "<img>",
        "<img src=x alt='a > b'>",
        '<img src="data:image/svg+xml;base64,eA==">',
        '<img src="data:text/html;base64,eA==">',
        '<img src="data:image/png;base64,$x$">',
        f"![x](data:image/png;base64,{'A' * 20_000})",
        "![x](attachment-x.png)",
    ],
)
def test_other_pictures_are_not_there(source):
    """From elsewhere, of other kinds, or too large: at most their description is."""
    assert "img" not in tags(prose(source))
