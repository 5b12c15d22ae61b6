"""Renders a notebook's text without anything that could act in the reader's browser.

nbgrader shows a student's own Markdown to the TA, in the Formgrader. The configuration puts
`MarkdownToHtml` in the place of nbconvert's filter. The feedback page, which loads nothing from
anywhere, has the stricter `harmless`.
"""

import re
from collections import Counter
from typing import Any

import nh3
from bs4 import BeautifulSoup
from bs4.element import Comment, PageElement, PreformattedString, Tag
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from traitlets.config import LoggingConfigurable

TAGS = nh3.ALLOWED_TAGS | {"font", "section", "tfoot"}
ATTRIBUTES = nh3.ALLOWED_ATTRIBUTES | {
    "*": {"align", "class", "dir", "height", "id", "lang", "style", "title", "valign", "width"},
    "a": {"href", "hreflang", "name", "rel", "target"},
    "details": {"open"},
    "font": {"color", "face", "size"},
    "ol": {"reversed", "start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", "summary"},
    "td": nh3.ALLOWED_ATTRIBUTES["td"] | {"bgcolor"},
    "th": nh3.ALLOWED_ATTRIBUTES["th"] | {"bgcolor"},
    "tr": nh3.ALLOWED_ATTRIBUTES["tr"] | {"bgcolor"},
}
BOX = {"checked", "class", "disabled", "type"}
SCHEMES = {"http", "https", "mailto"}
PICTURES = "data:image/"  # what is embedded in the page itself; it can do nothing in an <img>
STYLE = re.compile(  # of text: it neither moves to another place of the page nor loads anything
    r"(?:\s*(?:(?:background-)?color|font-(?:family|size|style|weight)|text-(?:align|decoration)"
    r"|vertical-align|(?:min-|max-)?(?:width|height)|line-height|list-style-type|float|clear"
    r"|(?:border|margin|padding)(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width))?)"
    r"\s*:(?!\s*-)[\w#%.,'\"\s]+(?:;|$))*\s*"
)

# fmt: off
MATHS = frozenset({
    "math", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom",
    "mprescripts", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup",
    "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
})
OF_MATHS = {
    "accent", "columnalign", "columnlines", "columnspacing", "display", "displaystyle", "fence",
    "form", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits",
    "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "width",
}
# fmt: on
ON_A_PAGE = (TAGS | MATHS) - {"a", "h1", "h2"}  # it names no address; its own headings come first
OF_TABLES = {"colspan", "rowspan", "scope"}
OF_A_PAGE = {
    "*": {"lang"},
    "img": {"src", "alt"},
    "span": {"class"},
    "td": OF_TABLES,
    "th": OF_TABLES,
    **dict.fromkeys(MATHS, OF_MATHS),
}
COLOURS = frozenset("cfkns")  # classes, of a listing's parts
PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/]+={0,2}")
IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')  # as nh3 writes it: with no quote in a value
OF_AN_IMAGE = re.compile(r' ([a-z]+)="([^"]*)"')


@pass_context
class MarkdownToHtml(LoggingConfigurable):
    """Makes the HTML of a cell's Markdown: nbconvert's own, unless something in it could act."""

    def __call__(self, context: Any, source: str) -> str:
        """Return the HTML: text, tables, pictures, formulas, links; nothing that runs.

        Parameters
        ----------
        context : jinja2 context
            Of the page; it holds the cell, with its attachments.
        source : str
        """
        assert isinstance(self.parent, HTMLExporter)
        return _inert(self.parent.markdown2html(context, source))


markdown_to_html = MarkdownToHtml  # its name in the settings of courses


def _inert(html: str) -> str:
    """Return HTML as nbconvert reads it if all of it is allowed, or else what is allowed of it."""
    read = BeautifulSoup(html, "html.parser")  # as nbconvert does with the whole page
    clean = nh3.clean(
        str(read),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_without_harm,
        link_rel=None,
        url_schemes=SCHEMES | {"data"},
    )
    return str(read) if _parts(read) <= _parts(BeautifulSoup(clean, "html.parser")) else clean


def _parts(html: BeautifulSoup) -> Counter[str]:
    """Count what a browser does not take as text, apart from what no browser acts on."""
    return Counter(
        f"<{node.name} {sorted(node.attrs.items())}>" if isinstance(node, Tag) else str(node)
        for node in html.descendants
        if isinstance(node, Tag | PreformattedString) and not _is_inert(node)
    )


def _is_inert(node: PageElement) -> bool:
    """Tell whether a node is the box of a task list, or a comment that holds no tag."""
    if isinstance(node, Tag):
        named = node.name == "input" and node.attrs.keys() <= BOX
        return named and node.get("type") == "checkbox" and "disabled" in node.attrs
    return isinstance(node, Comment) and not {*node} & {*"<>"}


def _without_harm(tag: str, attribute: str, value: str) -> str | None:
    """Drop `data:` addresses from all but pictures, and styles of more than text."""
    if attribute == "style":
        return value if STYLE.fullmatch(value) else None
    is_data = value.strip().lower().startswith("data:")
    if is_data and not (tag == "img" and value.lower().startswith(PICTURES)):
        return None
    return value


def harmless(html: str) -> str:
    """Return HTML with text, tables, formulas and embedded pictures, and nothing else.

    No address is left in it, and each picture has a text.
    """
    clean = nh3.clean(
        html,
        tags=set(ON_A_PAGE),
        attributes=OF_A_PAGE,
        attribute_filter=_of_ours,
        url_schemes={"data"},
    )
    return IMAGE.sub(_picture, clean)


def _of_ours(tag: str, attribute: str, value: str) -> str | None:
    """Drop what a page would load, and classes that are not a listing's."""
    if attribute == "src":
        return value if PICTURE.fullmatch(value) else None
    return value if attribute != "class" or value in COLOURS else None


def _picture(match: re.Match[str]) -> str:
    found = dict(OF_AN_IMAGE.findall(match[1]))
    text = " ".join(found.get("alt", "").split())
    if "src" not in found:
        return f"[picture: {text}]" if text else "[picture]"
    return f'<img src="{found["src"]}" alt="{text or "a picture without a description"}">'
