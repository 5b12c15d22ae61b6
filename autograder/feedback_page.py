"""A page of feedback, read for its text, line by line, and for what acts in a browser."""

import re
from html.parser import HTMLParser

from nbconvert.exporters import HTMLExporter

from autograder.sanitizer import PICTURES, SCHEMES, TAGS

INLINE = {"a", "abbr", "b", "code", "em", "i", "kbd", "small", "span", "strong", "sub", "sup", "u"}
OF_THE_TEMPLATE = {"html", "head", "meta", "title", "body", "main"}
IN_ITS_HEAD = {"style", "script"}
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "background", "xlink:href"}
ACTIVE_STYLE = re.compile(r"url\s*\(|expression|position|@import", re.IGNORECASE)
HEADING = re.compile(r"\(Score: -?[\d.]+ / [\d.]+\)$")  # of nbgrader's own template


class FeedbackPage(HTMLParser):
    """What a page shows and says, without its styles and the template's own scripts.

    Parameters
    ----------
    source : str

    Attributes
    ----------
    lines : list of (int, str)
        The number of a line in the source, and the text that begins there, with single spaces.
    active : list of (int, str)
        The number of a line, and what could act there.
    is_ours : bool
        Whether it has the heading of nbgrader's feedback.
    """

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[int, str]] = []
        self.active: list[tuple[int, str]] = []
        self.is_ours = False
        self._in_head = True
        self._open: list[str] = []
        self._begin, self._text = 1, ""
        self.feed(source)
        self.close()
        self._flush()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag, and what its attributes say."""
        if tag not in INLINE:
            self._flush()
        if tag == "body":
            self._in_head = False
        known = TAGS | OF_THE_TEMPLATE | (IN_ITS_HEAD if self._in_head else set())
        if tag not in known or (tag == "script" and not _is_mathjax(dict(attrs))):
            self._found(f"<{tag}>")
        for name, value in attrs:
            if _acts(tag, name, value or ""):
                self._found(f"<{tag} {name}={value}>")
            elif not self._in_head and name not in ("class", "style"):
                self.lines.append((self.getpos()[0], " ".join((value or "").split())))
        if tag in (*IN_ITS_HEAD, "h4"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        if tag == "h4" and HEADING.search(self._text.strip()):
            self.is_ours = True
        if tag not in INLINE:
            self._flush()
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if self._in_head and self._open and self._open[-1] in IN_ITS_HEAD:
            return
        number = self.getpos()[0]
        for count, line in enumerate(data.split("\n")):
            if count:
                self._flush()
            if not self._text:
                self._begin = number + count
            self._text += line

    def handle_comment(self, data: str) -> None:
        """Take a comment: nobody sees it, but anybody can read it."""
        for count, line in enumerate(data.split("\n")):
            self.lines.append((self.getpos()[0] + count, " ".join(line.split())))

    def _found(self, what: str) -> None:
        self.active.append((self.getpos()[0], what))

    def _flush(self) -> None:
        if text := " ".join(self._text.split()):
            self.lines.append((self._begin, text))
        self._text = ""


def _is_mathjax(attributes: dict[str, str | None]) -> bool:
    """Tell whether a script is the template's own, which shows formulas."""
    address = attributes.get("src")
    if address is None:
        return attributes.get("type") == "text/x-mathjax-config"
    ours = HTMLExporter.class_traits()["mathjax_url"].default_value
    return address.startswith(ours.partition("?")[0])


def _acts(tag: str, name: str, value: str) -> bool:
    if name.startswith("on") or (name == "http-equiv" and value.lower() == "refresh"):
        return True
    if name == "style":
        return bool(ACTIVE_STYLE.search(value))
    if name in ADDRESSES and not (tag == "script" and _is_mathjax({name: value})):
        bare = re.sub(r"[\x00-\x20]", "", value).lower()
        scheme = re.match(r"([^/?#:]*):", bare)
        harmless = scheme is None or scheme[1] in SCHEMES or bare.startswith(PICTURES)
        return not harmless
    return False
