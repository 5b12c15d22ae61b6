"""Renders a notebook's text without whatever could act in the browser of the one who reads it.

nbgrader shows a student's own Markdown to the TA, in the Formgrader. The configuration puts
`markdown_to_html` in the place of nbconvert's filter. The feedback page, which loads nothing from
anywhere, has the stricter `harmless`.
"""

import re
from typing import Any

import nh3
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

TAGS = nh3.ALLOWED_TAGS | {"section"}
ATTRIBUTES = nh3.ALLOWED_ATTRIBUTES | {
    "*": {"class", "id", "title", "lang"},
    "img": {"src", "alt", "width", "height"},
}
SCHEMES = {"http", "https", "mailto"}
PICTURES = "data:image/"  # what is embedded in the page itself; it can do nothing in an <img>

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
def markdown_to_html(context: Any, source: str) -> str:
    """Return the HTML of a cell's Markdown: text, tables, pictures, formulas; nothing that runs.

    Parameters
    ----------
    context : jinja2 context
        Of the page; it holds the cell, with its attachments.
    source : str
    """
    cell = context.get("cell", {})
    # the same as nbconvert's own filter, but for the links beside headings
    renderer = IPythonRenderer(
        escape=False, attachments=cell.get("attachments", {}), exclude_anchor_links=True
    )
    return nh3.clean(
        MarkdownWithMath(renderer=renderer).render(source),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_without_foreign_data,
        url_schemes=SCHEMES | {"data"},
    )


def _without_foreign_data(tag: str, attribute: str, value: str) -> str | None:
    """Drop `data:` addresses from all but pictures."""
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
