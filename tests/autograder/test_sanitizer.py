"""What a student writes in Markdown is shown, and does nothing."""

from html.parser import HTMLParser

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from traitlets.config import Config

from autograder.sanitizer import ON_A_PAGE, harmless

PIXEL = "data:image/png;base64,iVBORw0KGgo="


FILTER = "autograder.sanitizer.MarkdownToHtml"


def page(source, markdown=FILTER, settings=None, **cell):
    """Return the body of the page that nbconvert makes with the course's setting."""
    config = Config({"HTMLExporter": {"template_name": "basic", **(settings or {})}})
    if markdown:
        config.HTMLExporter.filters.update({"markdown2html": markdown})
    notebook = new_notebook(cells=[new_markdown_cell(source, id="a", **cell)])
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
        '<h1 id="Dropout">Dropout<a class="anchor-link" href="#Dropout">¶</a></h1>',
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


ORDINARY = [
    "# A & B\n\n**bold** and `x < y`, ~~s~~\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n\n* a\n  * b\n\n> q\n\n---",
    "$a < b$ and $$\\sum_i w_i^2$$\n\n\\begin{align}a&=b\\\\c&=d\\end{align}\n\n$$\nm<b>n\n$$\n\na<b",
    '[torch](https://pytorch.org "t") <https://x.org> ![a](x.png) ![b](attachment:m.png)',
    "```python\nif a < b:\n    pass\n```\n\n```\nplain <x>\n```\n\n    indented\n\n```mermaid\ngraph TD;\n```",
    "- [ ] to do\n- [x] done\n\nline  \nbreak<br>&nbsp;&copy; &lt; é<hr>",
    "<!-- a note of mine -->\n<details open><summary>s</summary>t</details>",
    "<table style='border: 1px solid black' border=1><tr><th align=left>1<td>2</table>",
    "<div class='alert alert-info' align='center'>hi <b>x</b></div>\n\n<center>y</center>",
    '<font color=red>x</font> <span style="color:#f00; font-weight: bold">y</span><kbd>K</kbd>',
    "<a name=x></a><a href=#x target=_blank rel=noopener>go</a> <b>not closed",
    "<img src=a.png width=200 style='float: right; width: 50%; margin-left: 10px'/>",
]


@pytest.mark.parametrize("source", ORDINARY)
def test_ordinary_text_is_shown_as_nbconvert_shows_it(source):
    """To the letter."""
    attachments = {"m.png": {"image/png": "iVBORw0KGgo="}}
    assert page(source, attachments=attachments) == page(source, None, attachments=attachments)


def test_the_settings_for_nbconvert_hold():
    """Links beside headings, for instance, are as the user wants them."""
    settings = {"anchor_link_text": "#"}
    assert page("# A", settings=settings) == page("# A", None, settings) != page("# A")


@pytest.mark.parametrize(
    "source",
    [
        '<a href="https://example.org" href="javascript:alert(1)">which one?</a>',
        "<!--><script>alert(1)</script>-->",
        "<!--<p>--><p onclick=alert(1)>x",
        "<input type=checkbox disabled autofocus onfocus=alert(1)>",
        "<input type=password>",
        '<b style="background: url(https://example.org)">x</b>',
        '<b style="margin-top: -500px">x</b>',
        '<b style="color: red; position: absolute">x</b>',
        "<image src=x onerror=alert(1)>",
        '<p title="',
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
        "<?php <img src=x onerror=alert(1)> ?>",
        "<textarea><img src=x onerror=alert(1)></textarea><title><b></title>",
    ],
)
def test_no_two_parsers_are_played_off(source):
    """What one parser takes for text, and a browser for a tag, is not shown as it was written."""
    found = BeautifulSoup(page(source), "html5lib")  # as a browser reads it
    for tag in found.find_all(True):  # all tags
        assert tag.name not in {"script", "svg", "style", "input", "noscript", "textarea"}
        assert not [name for name in tag.attrs if name.startswith("on") or name == "style"]
        assert not str(tag.get("href", "")).startswith("javascript:")


def test_the_page_after_a_cell_stays_itself():
    """No quote, tag or comment that a student leaves open swallows what follows."""
    for source in ('<p title="', "<!-- ", "<a href='", "<div><div><b>", "</div></div></div>"):
        found = BeautifulSoup(page(source), "html5lib")
        assert len(found.select("body > div.cell")) == 1, source
        assert not found.select("div.cell ~ *"), source


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
