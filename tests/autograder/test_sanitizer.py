"""What a student writes in Markdown is shown, and does nothing."""

from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from traitlets.config import Config

from autograder.sanitizer import ON_A_PAGE, harmless

PIXEL = "data:image/png;base64,iVBORw0KGgo="


def page(source, **cell):
    """Return the body of the page that nbconvert makes with the course's setting."""
    config = Config()
    config.HTMLExporter.filters = {"markdown2html": "autograder.sanitizer.markdown_to_html"}
    config.HTMLExporter.template_name = "basic"
    notebook = new_notebook(cells=[new_markdown_cell(source, **cell)])
    nbformat.validate(notebook)
    html, _ = HTMLExporter(config=config).from_notebook_node(notebook)
    return html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        '<img src="javascript:alert(1)">',
        "[here](javascript:alert(1))",
        '<a href="data:text/html,<script>alert(1)</script>">here</a>',
        "[here](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        '<iframe src="https://example.org"></iframe>',
        '<svg onload="alert(1)"></svg>',
        '<form action="https://example.org"><input name="password"></form>',
        '<div style="position: fixed; inset: 0">alert(1)</div>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<meta http-equiv="refresh" content="0; url=https://example.org">',
        '<base href="https://example.org">',
        "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
        '<div onclick="alert(1)">text</div>',
        "<!--<script>-->alert(1)<!--</script>-->",
        '![x](x "a\\" onerror=\\"alert(1)")',
    ],
)
def test_nothing_that_acts_is_left(source):
    """No script, no frame, no form, no style, no handler and no address that runs."""
    found = Elements(page(source))
    acting = {"script", "iframe", "svg", "math", "form", "input", "link", "meta", "base", "style"}
    assert not acting & {tag for tag, _ in found.elements}
    for _, attributes in found.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("href", "src"):
            address = (attributes.get(name) or "").lower()
            assert not address.startswith(("javascript:", "data:text", "vbscript:"))


class Elements(HTMLParser):
    """The elements of a page, as a browser reads it."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


def test_text_is_shown_as_it_was_written():
    """Headings, tables, code, formulas, links and pictures stay."""
    html = page(
        "# Dropout\n\n**bold** and `x < y`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "$a < b$ and $$\\sum_i w_i^2$$\n\n[torch](https://pytorch.org)\n\n"
        f"![]({PIXEL})\n\n```python\nif a < b:\n    pass\n```\n\n<details><summary>s</summary>t</details>"
    )
    for part in (
        "<h1>Dropout</h1>",
        "<strong>bold</strong>",
        "<code>x &lt; y</code>",
        "<table>",
        "$a &lt; b$",
        "\\sum_i w_i^2",
        'href="https://pytorch.org"',
        f'src="{PIXEL}"',
        "<summary>s</summary>",
        "highlight",
    ):
        assert part in html, part


def test_attached_pictures_are_shown():
    """A picture that the notebook carries in itself stays where it is."""
    attachments = {"mask.png": {"image/png": "iVBORw0KGgo="}}
    assert f'src="{PIXEL}"' in page("![mask](attachment:mask.png)", attachments=attachments)


@pytest.mark.parametrize(
    "html",
    [
        '<table style="position: fixed"><tr><td onclick="f()" id="x">1</td></tr></table>',
        "<style>p { color: red }</style><p>1</p>",
        "<svg><script>f()</script><p>1</p></svg>",
        '<a href="https://example.org">1</a>',
        '<p class="skip unseen" id="notebook"><span class="skip">1</span></p>',
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=f()&gt;">',
        '<img src="https://example.org/a.png" srcset="https://example.org/b.png">1',
        '<video poster="https://example.org/a.png"></video>1',
        '<link href="https://example.org">1',
        '<object data="x"></object><embed src="x"><iframe srcdoc="1"></iframe>1',
        "<form action=x><input></form>1",
        "<details open ontoggle=f()><summary>1</summary></details>",
    ],
)
def test_harmless_html_names_no_address_and_no_style(html):
    """A page's own classes and places are its own, and it loads nothing."""
    found = Elements(harmless(html)).elements
    assert {tag for tag, _ in found} <= ON_A_PAGE
    assert {name for _, attributes in found for name in attributes} <= {"src", "alt", "open"}
    assert not any("http" in str(attributes) for _, attributes in found)


def test_a_table_of_numbers_stays():
    """As data frames are shown."""
    html = '<table border="1"><thead><tr><th colspan="2">a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
    assert harmless(html) == html.replace(' border="1"', "")
