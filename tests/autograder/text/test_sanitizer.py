"""What a student writes in Markdown is shown, and does nothing."""

import itertools
import time
from html.parser import HTMLParser

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from traitlets.config import Config

from autograder.text import time_budget
from autograder.text.sanitizer import ON_A_PAGE, harmless

pytestmark = pytest.mark.unmeasured

PIXEL = "data:image/png;base64,iVBORw0KGgo="


UNKNOWN = [  # commands in formulas that do more than make signs
    r"$\style{position: fixed}{x}$",
    r"$\class{modal}{x}$ and $y$",
    r"$$\href{javascript:f()}{x}$$",
    r"\begin{align}\rule{99em}{99em}\end{align}",
    r"$\hspace{-99em} x$",
    r"$a \\\def\frac{x}$",
    r"$\st<!-- a -->yle{x}{y}$",
    r"\\(\require{x}\\)",
    "&#36;&#92;newcommand{x}{y}&#36;",
    r"$\raise99em{x}\cssId{a}{x}\bbox[99em]{x}\kern-99em$",
]
KNOWN = [
    r"$\frac{\partial L}{\partial w} = \sum_{i=1}^N \lVert x_i \rVert_2^2 \cdot \mathbb{E}[\hat{y}]$",
    r"\begin{bmatrix} a & b \\c & d \end{bmatrix} $\text{if } x \geq 0, \; \left( \sqrt{2} \right)$",
    r"`$\style{x}{y}$` and $z$",
    r"a path, C:\temp\style",
]


FILTER = "autograder.text.sanitizer.MarkdownToHtml"


def page(source, markdown=FILTER, settings=None, **cell):
    """Return the body of the page that nbconvert makes with the course's setting."""
    config = Config({"HTMLExporter": {"template_name": "basic", **(settings or {})}})
    if markdown:
        config.HTMLExporter.filters.update({"markdown2html": markdown})
    notebook = new_notebook(cells=[new_markdown_cell(source, id="a", **cell)])
    nbformat.validate(notebook)
    html, _ = HTMLExporter(config=config).from_notebook_node(notebook)
    return html


def rendered(html):
    """Return what of a page is made from a cell's Markdown."""
    [cell] = BeautifulSoup(html, "html.parser").select(".text_cell_render")
    return cell.decode_contents()


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
        '<h1 id="user-content-Dropout">Dropout<a class="anchor-link" href="#user-content-Dropout">',
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
    "<table border=1><tr><th align=left>1<td>2</table>",
    "<div class='alert alert-info' align='center'>hi <b>x</b></div>\n\n<center>y</center>",
    "<font color=red>x</font> <span>y</span><kbd>K</kbd>",
    "<a name=x></a><a href=#x target=_blank rel=noopener>go</a> <b>not closed",
    "<img src=a.png width=200 alt=x/> ![b](figures/b.png) ![c](https://example.org/c.png)",
    "سلام می\u200cخواهم 👩\u200d💻",
]


@pytest.mark.parametrize("source", ORDINARY)
def test_ordinary_text_is_shown_as_nbconvert_shows_it(source):
    """To the letter, but for the prefix of names."""
    attachments = {"m.png": {"image/png": "iVBORw0KGgo="}}
    ours = rendered(page(source, attachments=attachments))
    assert ours.replace("user-content-", "") == rendered(
        page(source, None, attachments=attachments)
    )


def test_the_settings_for_nbconvert_hold():
    """Links beside headings, for instance, are as the user wants them."""
    settings = {"anchor_link_text": "#"}
    assert page("# A", settings=settings) == page("# A").replace("¶", "#")


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


@pytest.mark.parametrize("source", UNKNOWN)
def test_a_formula_only_makes_signs(source):
    """MathJax leaves alone a text with a command that could draw, define or lead elsewhere."""
    [kept] = BeautifulSoup(rendered(page(source)), "html.parser").select(".tex2jax_ignore")
    assert "Formulas are shown as they were written" in kept.get_text()


@pytest.mark.parametrize("source", KNOWN)
def test_ordinary_formulas_are_typeset(source):
    """Those of the commands that notebooks use; what is no formula does not count."""
    assert "tex2jax_ignore" not in page(source)


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


@pytest.mark.parametrize("before", ["<p>", "<div>", "</b>" * 500 + "<p>", "<p>" + "</i>" * 500])
def test_no_text_grows(before):
    """A browser opens 700 tags anew in each of 2000 paragraphs: 20 kB would be 10 MB."""
    source = before + "".join(f"<b title={n}>" for n in range(700)) + "<p>x" * 2000
    with pytest.raises(ValueError, match="tags are open at once"):
        harmless(source)
    assert "Shown as it was written" in page(source[:19_999])


def test_a_table_of_numbers_stays():
    """As data frames are shown."""
    html = '<table border="1"><thead><tr><th colspan="2">a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
    assert harmless(html) == html.replace(' border="1"', "")


@pytest.mark.parametrize(
    "source",
    [
        '<div class="modal modal-backdrop in tabbable">Log in</div>',
        '<b class="alert navbar-fixed-top">x</b>',
        '<b id="test_tiny" class="score">x</b>',
        "# test_tiny",
        "# test_tiny-comment",
        "# MathJax",
        '<a name="statusmessage"></a>',
        '<p style="color: red">x</p>',
        "<td headers=test_tiny>x</td>",
        '<label for="test_tiny">x</label>',
        '<button popovertarget="x">x</button><p popover id=x>y</p>',
        "<p contenteditable autofocus tabindex=1 accesskey=s draggable=true>x</p>",
        '<img name="cookie" src="a.png" usemap="#m"><map name=m><area href=x></map>',
        '<form id="forms" name="forms"><input id=x form=forms></form>',
        '<p data-toggle="modal" data-target="#x" data-link="x" role=dialog aria-hidden=true>x</p>',
        "<hr width=99999 size=99999>",
        "<bdo dir=rtl>x</bdo>",
        "<dialog open>x</dialog><svg id=x></svg><object name=x></object>",
    ],
)
def test_a_text_is_no_part_of_the_page(source):
    """Its names have a prefix, it has no style, and no class that a page of the staff's uses."""
    for tag, attributes in Elements(rendered(page(source))).elements:
        assert {*(attributes.get("class") or "").split()} <= {"alert", "anchor-link"}
        assert all(
            attributes[n].startswith("user-content-") for n in ("id", "name") if n in attributes
        )
        assert attributes.keys() <= {"alt", "class", "href", "id", "name", "src"}
        assert tag in {"a", "b", "div", "h1", "hr", "img", "p", "td"}


@pytest.mark.parametrize(
    "address",
    [
        "/logout",
        "../../../logout",
        "a/../%2e./logout",
        "//localhost/logout",
        "\\logout",
        "http://localhost:8888/logout",
        "http://127.0.0.1/logout",
        "https://example.org@localhost/logout",
        "file:///etc/passwd",
    ],
)
def test_no_picture_asks_the_server_of_the_staff(address):
    """A picture is loaded without a click, and some of Jupyter's addresses do something."""
    shown = page(f'<img alt="m" src="{address}">')
    assert "<img" in shown
    assert not [attributes for _, attributes in Elements(shown).elements if "src" in attributes]


def test_links_within_a_text_lead_where_they_did():
    """The prefix is that of the heading, too."""
    found = Elements(rendered(page("# A b\n\n[see](#A-b) [top](#)"))).elements
    names = [attributes["id"] for _, attributes in found if "id" in attributes]
    links = [attributes["href"] for _, attributes in found if "href" in attributes]
    assert links == [f"#{names[0]}", f"#{names[0]}", "#"]


# each takes seconds, or more where it is longer
SLOW = [
    "\\\\(" * 6000,
    "\\\\[" * 6000,
    "\\begin{a}" * 2000,
    "[" * 19_000,
    "# a\n" * 5000,
]
if BeautifulSoup("<a <a ", "html.parser").get_text():  # newer Pythons read unfinished tags once
    SLOW.append("<div>\n" + "<a " * 6000)


@pytest.mark.parametrize("source", [*SLOW, "a" * 30_000], ids=lambda source: source[:4])
def test_what_takes_long_is_shown_as_it_was_written(source, monkeypatch):
    """Whether it is long, or of the texts whose time grows with the square of their length."""
    monkeypatch.setattr(time_budget, "OF_A_PIECE", 0.1)  # a fast machine needs half a second
    shown = page(source)
    [text] = BeautifulSoup(shown, "html.parser").select(".text_cell_render > pre")
    assert text.get_text() == source


def test_what_cannot_be_rendered_is_shown_as_it_was_written():
    """A picture that is not attached would end the page, in the Formgrader, with an error."""
    shown = page("![x](attachment:nowhere.png) <b>")
    assert "<pre>![x](attachment:nowhere.png) &lt;b&gt;</pre>" in shown
    assert "Shown as it was written" in shown


def test_a_page_has_one_budget(monkeypatch):
    """Many cells that each take less than too long do not make a page take long."""
    now = itertools.count(step=0.3)  # seconds that each look at the clock finds gone
    monkeypatch.setattr(time, "process_time", lambda: next(now))
    cells = [new_markdown_cell("# a", id=f"a{n}") for n in range(20)]
    html, _ = HTMLExporter(
        config=Config(
            {"HTMLExporter": {"template_name": "basic", "filters": {"markdown2html": FILTER}}}
        )
    ).from_notebook_node(new_notebook(cells=cells))
    ways = [
        "pre" if cell.pre else "h1"
        for cell in BeautifulSoup(html, "html.parser").select("div.cell")
    ]
    assert ways[0] == "h1"
    assert ways[-1] == "pre"


def test_what_cannot_be_seen_is_made_visible():
    """A text says in the Formgrader what it says in the file."""
    shown = page("total &#x202e;3 of 0\u200b &#8203;")
    assert r"total \u202e3 of 0\u200b \u200b" in shown
