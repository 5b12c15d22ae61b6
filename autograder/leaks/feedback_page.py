"""A page of feedback: its text, line by line, and its active content."""

from html.parser import HTMLParser

from autograder.text.sanitizer import ON_A_PAGE, PICTURE

INLINE = {"a", "abbr", "b", "code", "em", "i", "kbd", "small", "span", "strong", "sub", "sup", "u"}
OF_THE_TEMPLATE = {"html", "head", "meta", "title", "body", "main", "a", "h1", "h2"}
IN_ITS_HEAD = {"style"}
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "background", "xlink:href"}
GENERATOR = ("generator", "autograder feedback")  # in the head of the pages that we write


class FeedbackPage(HTMLParser):
    """The text and the active content of a page, without its styles.

    Attributes
    ----------
    lines : list of (int, str)
        The number of a line in the source, and the text that begins there, with single spaces.
    active : list of (int, str)
        The number of a line, and its active content.
    is_ours : bool
        Whether the page's head names this package as its generator.
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
        """Read a tag with its attributes."""
        if tag not in INLINE:
            self._flush()
        if tag == "body":
            self._in_head = False
        known = ON_A_PAGE | OF_THE_TEMPLATE | (IN_ITS_HEAD if self._in_head else set())
        if tag not in known:
            self._found(f"<{tag}>")
        found = dict(attrs)
        if self._in_head and (found.get("name"), found.get("content")) == GENERATOR:
            self.is_ours = True
        for name, value in attrs:
            if _acts(name, value or ""):
                self._found(f"<{tag} {name}={value}>")
            elif not self._in_head and name not in ("class", "src"):
                self.lines.append((self.getpos()[0], " ".join((value or "").split())))
        if tag in IN_ITS_HEAD:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Read the end of an element."""
        if tag not in INLINE:
            self._flush()
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Read a text."""
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
        """Read a comment: a page does not show it, but its source does."""
        for count, line in enumerate(data.split("\n")):
            self.lines.append((self.getpos()[0] + count, " ".join(line.split())))

    def _found(self, what: str) -> None:
        self.active.append((self.getpos()[0], what))

    def _flush(self) -> None:
        if text := " ".join(self._text.split()):
            self.lines.append((self._begin, text))
        self._text = ""


def _acts(name: str, value: str) -> bool:
    """Return whether an attribute could run or load something; links within the page do not."""
    if name.startswith("on") or (name == "http-equiv" and value.lower() == "refresh"):
        return True
    if name in ADDRESSES:
        return not (value.startswith("#") or PICTURE.fullmatch(value))
    return name in ("style", "srcset", "ping")
