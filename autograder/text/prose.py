"""Markdown as HTML for a page that loads nothing: formulas as MathML, addresses as text."""

from functools import lru_cache
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element
from mistune.util import striptags
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.text.listing import listing
from autograder.text.sanitizer import harmless
from autograder.text.time_budget import PICTURE

LONGEST_FORMULA = 2000
LOWEST = 6  # heading
BELOW = 2  # the page's own headings, by so many levels
SHOWN_ADDRESSES = ("http://", "https://", "mailto:")


@lru_cache(maxsize=128)  # a whole class shares the given texts
def prose(source: str) -> str:
    """Return Markdown as HTML that does nothing, whatever the Markdown contains.

    Call it within a `TimeBudget`: some texts take long, and deeply nested ones raise.
    """
    source = PICTURE.sub("", source)
    return harmless(MarkdownWithMath(renderer=_Renderer(escape=False)).render(source))


def formula(source: str, *, display: bool = False) -> str:
    """Return a formula as MathML; text that is no formula stays as it is."""
    if len(source) <= LONGEST_FORMULA:
        try:
            element = convert_to_element(source, display="block" if display else "inline")
            for part in element.iter():  # which are named by their numbers
                part.text = unescape(part.text or "")
            return tostring(element, encoding="unicode")
        except Exception:  # noqa: BLE001, S110  # each kind of fault has its own exception
            pass
    return f"<code>{escape(source)}</code>"


class _Renderer(IPythonRenderer):
    """Renders text for reading: addresses are text, so nothing leads away from the page."""

    def heading(self, text: str, level: int, **_attributes: Any) -> str:
        level = min(level + BELOW, LOWEST)
        return f"<h{level}>{text}</h{level}>\n"

    def block_code(self, code: str, info: str | None = None) -> str:
        language = (info or "").split()[:1]
        shown = listing(code) if language in (["python"], ["py"]) else escape(code)
        return f"<pre>{shown}</pre>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:  # as its own
        known = not url.startswith(SHOWN_ADDRESSES) or escape(url) in text
        return text if known else f"{text} ({escape(url)})"

    def image(self, text: str, url: str, title: str | None = None) -> str:  # as its own
        described = striptags(text).replace('"', "&quot;")
        return f'<img src="{escape(url)}" alt="{described}">'

    def inline_math(self, body: str) -> str:
        return formula(body)

    def block_math(self, body: str) -> str:
        return formula(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)
