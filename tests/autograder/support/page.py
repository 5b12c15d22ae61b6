"""A page of feedback as a browser reads it, and what holds of each such page."""

import html5lib

from autograder.text.sanitizer import ON_A_PAGE, PICTURE

LIMIT = 300_000  # bytes of any page
ELEMENTS = ON_A_PAGE | {"html", "head", "meta", "title", "style", "body", "main", "a", "h1", "h2"}


class Page:
    """A page as a browser reads it; whoever makes one has it looked through."""

    def __init__(self, html):
        self.html = html
        self.tree = html5lib.parse(html, namespaceHTMLElements=False)
        self.elements = [
            (str(e.tag).rpartition("}")[2], e) for e in self.tree.iter() if isinstance(e.tag, str)
        ]
        self.body = self.tree.find("body")
        self.assert_nothing_acts()
        self.assert_it_can_be_read_aloud()

    @property
    def text(self):
        return " ".join("".join(self.body.itertext()).split())

    def all(self, *tags):
        return [e for tag, e in self.elements if tag in tags]

    def section(self, name):
        """Return the text of an item's section."""
        [found] = [
            e
            for e in self.all("section")
            for heading in (e.find("h2"), e.find("h3"))
            if heading is not None and "".join(heading.itertext()).split(":")[0] == name
        ]
        return " ".join("".join(found.itertext()).split())

    def assert_nothing_acts(self):
        """No script, handler, address, frame or form, and nothing is loaded."""
        assert {tag for tag, _ in self.elements} <= ELEMENTS
        assert len(self.all("style")) == 1
        for tag, element in self.elements:
            for name, value in element.attrib.items():
                assert not name.startswith("on"), (tag, name)
                assert name not in ("style", "srcset", "action", "background"), (tag, name)
                if name in ("href", "src", "data", "poster"):
                    assert (tag, value[:1]) == ("a", "#") or (
                        tag == "img" and PICTURE.fullmatch(value)
                    )
                elif name not in ("xmlns", "alt"):  # a text
                    assert "javascript:" not in value
                    assert "//" not in value
        assert len(self.html.encode()) < LIMIT

    def assert_it_can_be_read_aloud(self):
        """It has a language and a title; its headings, tables, pictures and links make sense."""
        assert self.tree.get("lang") == "en"
        assert "".join(self.all("title")[0].itertext()).startswith("Feedback")
        assert len(self.all("h1")) == len(self.all("main")) == 1
        ids = [e.get("id") for _, e in self.elements if e.get("id")]
        assert len(ids) == len(set(ids))
        for _, element in self.elements:
            if label := element.get("aria-labelledby"):
                assert label in ids
        for link in self.all("a"):
            assert link.get("href")[1:] in ids
            assert "".join(link.itertext()).strip()
        for picture in self.all("img"):
            assert picture.get("alt")
        for table in self.all("table"):
            ours = table.get("class") == "map"
            assert all(th.get("scope") in ("row", "col") for th in table.iter("th") if ours)
