"""What a student writes in Markdown is shown, and does nothing."""

from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from traitlets.config import Config

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
