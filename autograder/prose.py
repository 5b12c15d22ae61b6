"""Markdown as HTML for a page that loads nothing: formulas as MathML, addresses as text."""

import re
from functools import lru_cache
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element
from mistune.util import striptags
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.listing import listing
from autograder.sanitizer import harmless

LONGEST = 20_000  # characters: what is longer is shown as it was written
LONGEST_FORMULA = 2000
LOWEST = 6  # heading
BELOW = 2  # the page's own headings, by so many levels
LARGE_PICTURE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]{10000,}")
SHOWN_ADDRESSES = ("http://", "https://", "mailto:")


@lru_cache(maxsize=128)  # what is given is the same for a whole class
def prose(source: str) -> str:
    """Return Markdown as HTML that does nothing, whatever stands in it."""
    source = LARGE_PICTURE.sub("", source)
    if len(source) > LONGEST:
        return f"<pre>{escape(cut(source, LONGEST))}</pre>"
    try:
        html = MarkdownWithMath(renderer=_Renderer(escape=False)).render(source)
    except Exception:  # noqa: BLE001  # deeply nested text, for instance
        html = f"<pre>{escape(source)}</pre>"
    return harmless(html)


def formula(source: str, *, display: bool = False) -> str:
    """Return a formula as MathML, or as it was written where it is none."""
    if len(source) <= LONGEST_FORMULA:
        try:
            element = convert_to_element(source, display="block" if display else "inline")
            for part in element.iter():  # which are named by their numbers
                part.text = unescape(part.text or "")
            return tostring(element, encoding="unicode")
        except Exception:  # noqa: BLE001, S110  # each fault of a formula has an error of its own
            pass
    return f"<code>{escape(source)}</code>"


def cut(text: str, longest: int, more: int = 0) -> str:
    """Return a text, or the beginning and the end of a longer one.

    `more` characters have been left out of its middle before.
    """
    if len(text) <= longest:
        return text
    head, tail = longest * 3 // 4, longest // 4
    left_out = len(text) - head - tail + more
    return f"{text[:head]}\n[… {left_out} characters are left out here …]\n{text[-tail:]}"


class _Renderer(IPythonRenderer):
    """Renders what is to be read on the page, and nothing that leads away from it."""

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
