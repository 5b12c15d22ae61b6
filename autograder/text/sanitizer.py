"""Renders a notebook's text without anything that could act in the reader's browser.

In the Formgrader, nbgrader shows a student's Markdown to the TA. The configuration replaces
nbconvert's filter by `MarkdownToHtml`. The feedback page loads nothing, so it uses the stricter
`harmless`.
"""

import re
from collections import Counter
from functools import lru_cache
from typing import Any

import nh3
from bs4 import BeautifulSoup
from bs4.element import Comment, PageElement, PreformattedString, Tag
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML, strip_files_prefix
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.token import STANDARD_TYPES
from traitlets.config import LoggingConfigurable

from autograder.text.plain_text import visible
from autograder.text.tex import is_ordinary
from autograder.text.time_budget import TimeBudget

BUDGET = "autograder_time"  # where a page's resources keep it
LONGEST_PLAIN = 100_000  # characters
UNTYPESET = (  # a class that MathJax keeps out of
    '<div class="tex2jax_ignore"><p class="left-out">Formulas are shown as they were written: one '
    "has a command that does more than make signs.</p>{}</div>"
)

TAGS = (nh3.ALLOWED_TAGS | {"font", "section", "tfoot"}) - {"area", "bdo", "map"}
ATTRIBUTES = nh3.ALLOWED_ATTRIBUTES | {
    "*": {"align", "class", "dir", "height", "id", "lang", "title", "valign", "width"},
    "a": {"href", "hreflang", "name", "rel", "target"},
    "details": {"open"},
    "font": {"color", "face", "size"},
    "ol": {"reversed", "start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", "summary"},
    "td": {"align", "bgcolor", "colspan", "rowspan", "style"},
    "th": {"align", "bgcolor", "colspan", "rowspan", "scope", "style"},
    "tr": {"bgcolor"},
}
# what Markdown itself makes, and the few that notebooks use; a page's others would dress a text up
# as a part of the page
CLASSES = {
    *STANDARD_TYPES.values(),  # parts of code
    *("alert", "alert-danger", "alert-info", "alert-success", "alert-warning"),
    *("anchor-link", "dataframe", "highlight", "jp-Mermaid", "mermaid"),
    *("task-list-item", "task-list-item-checkbox"),
}
NAMES = ("id", "name")
PREFIX = "user-content-"  # of a student's names, so that none is that of a page's field or variable
OF_A_CELL = re.compile(r"text-align: ?(?:left|center|right);?")  # as Markdown's own tables have it
LENGTHS = {"border", "cellpadding", "cellspacing", "colspan", "height", "rowspan", "size", "width"}
LENGTH = re.compile(r"[+-]?\d{1,4}(?:px|%)?")
BOX = {"checked", "class", "disabled", "type"}
SCHEMES = {"http", "https", "mailto"}
# A picture's address: elsewhere, or beside the notebook. Any other is a request to the staff's own
# server, such as the one that logs out.
PICTURE_ADDRESS = re.compile(
    r"data:image/.*|https?://(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#].*)?"
    r"|(?![/\\]|[^/]*:)(?!(?:.*[/\\])?(?:\.|%2e){2}(?:[/\\?#]|$)).*",
    re.IGNORECASE,
)

# A browser, and nh3, opens those again in each block that follows until they are closed.
FORMATTING = re.compile(
    r"<(/?)(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
MOST_OPENED = 100_000  # elements

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


class Made(str):
    """HTML that a filter of ours has made; no notebook holds a text of this type."""

    __slots__ = ()


@pass_context
class MarkdownToHtml(LoggingConfigurable):
    """Makes the HTML of a cell's Markdown: nbconvert's own, unless something in it could act."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        load()

    def __call__(self, context: Any, source: str) -> str:
        """Return the HTML: text, tables, pictures, formulas, links; nothing that runs.

        Text that is too long, takes too long or cannot be rendered is shown as it was written.

        Parameters
        ----------
        context : jinja2 context
            Of the page; it holds the cell, with its attachments.
        source : str
        """
        if isinstance(source, Made):
            return source
        exporter = self.parent
        assert isinstance(exporter, HTMLExporter)
        resources = context.get("resources", {})  # of this page alone
        budget: TimeBudget = resources.setdefault(BUDGET, TimeBudget())

        def make(text: str) -> str:
            # the template looks for files in the HTML, which takes long for some texts
            html = visible(strip_files_prefix(_inert(exporter.markdown2html(context, text))))
            return html if is_ordinary(html) else UNTYPESET.format(html)

        return budget.render(source, make, longest_plain=LONGEST_PLAIN)


@lru_cache(maxsize=1)
def load() -> None:
    """Load what renders Markdown and code, so that no page's time goes into it."""
    _inert(MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render("```python\na\n```"))
    Highlight2HTML()("a = 1")


markdown_to_html = MarkdownToHtml  # its name in the settings of courses


def _inert(html: str) -> str:
    """Return HTML as nbconvert reads it if all of it is allowed, or else its allowed parts."""
    read = BeautifulSoup(html, "html.parser")  # as nbconvert does with the whole page
    for tag in read.find_all(True):  # all tags
        if not _is_inert(tag):
            _leave_allowed(tag)
    _check_growth(str(read))
    clean = nh3.clean(
        str(read),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_allowed,
        link_rel=None,
        url_schemes=SCHEMES | {"data"},
    )
    return str(read) if _parts(read) <= _parts(BeautifulSoup(clean, "html.parser")) else clean


def _leave_allowed(tag: Tag) -> None:
    for name, value in list(tag.attrs.items()):
        known = " ".join(value) if isinstance(value, list) else str(value)
        if (left := _allowed(tag.name, name, known)) is None:
            del tag.attrs[name]
        elif left != known:
            tag.attrs[name] = left


def _parts(html: BeautifulSoup) -> Counter[str]:
    """Count what a browser does not take as text, apart from what no browser acts on."""
    return Counter(
        f"<{node.name} {sorted(node.attrs.items())}>" if isinstance(node, Tag) else str(node)
        for node in html.descendants
        if isinstance(node, Tag | PreformattedString) and not _is_inert(node)
    )


def _is_inert(node: PageElement) -> bool:
    """Return whether a node is the box of a task list, or a comment that holds no tag."""
    if isinstance(node, Tag):
        named = node.name == "input" and node.attrs.keys() <= BOX
        return named and node.get("type") == "checkbox" and "disabled" in node.attrs
    return isinstance(node, Comment) and not {*node} & {*"<>"}


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    """Return the allowed part of an attribute: prefixed names, known classes, safe addresses."""
    if attribute in NAMES:
        return _prefixed(value)
    if attribute == "style":
        return value if tag in ("td", "th") and OF_A_CELL.fullmatch(value) else None
    if attribute == "class":
        return " ".join(name for name in value.split() if name in CLASSES) or None
    if attribute in LENGTHS:
        return value if LENGTH.fullmatch(value.strip()) else None
    if attribute == "src":
        return value if PICTURE_ADDRESS.fullmatch(value.strip()) else None
    if attribute == "href" and value.startswith("#"):
        return f"#{_prefixed(value[1:])}"
    return None if value.strip().lower().startswith("data:") else value


def _prefixed(name: str) -> str:
    return name if not name or name.startswith(PREFIX) else PREFIX + name


def harmless(html: str) -> str:
    """Return HTML with text, tables, formulas and embedded pictures, and nothing else.

    It contains no address, and each picture has a text.

    Raises
    ------
    ValueError
        If a browser would make far more elements of it than it has tags.
    """
    _check_growth(html)
    clean = nh3.clean(
        html,
        tags=set(ON_A_PAGE),
        attributes=OF_A_PAGE,
        attribute_filter=_of_ours,
        url_schemes={"data"},
    )
    return visible(IMAGE.sub(_picture, clean))


def _check_growth(html: str) -> None:
    still_open: Counter[str] = Counter()
    most = 0
    for closes, name in FORMATTING.findall(html):
        still_open[name.lower()] += -1 if closes and still_open[name.lower()] else not closes
        most = max(most, still_open.total())
    if most * html.count("<") > MOST_OPENED:
        raise ValueError(f"{most} tags are open at once, in {html.count('<')} tags")


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
