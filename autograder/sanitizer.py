"""Renders a notebook's text without whatever could act in the browser of the one who reads it.

nbgrader shows a student's own Markdown to the TA, in the Formgrader, and in the feedback page. The
configuration puts this in the place of nbconvert's filter, for both.
"""

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
