"""What the docs point at is there, and what was pictured for them is shown."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.conftest import PROJECT

PAGES = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").glob("*.md"))]
SCREENS = PROJECT / "docs" / "screens"
MAX_BYTES = 2_000_000  # of all pictures of screens: they come with each clone
each_page = pytest.mark.parametrize(
    "page", [pytest.param(page, id=str(page.relative_to(PROJECT))) for page in PAGES]
)


@each_page
def test_local_links_and_pictures_are_there(page):
    """Each path that a page links to or shows is one of the project's files or folders."""
    missing = [path for path in targets(page) if not path.exists()]
    assert missing == []


@each_page
def test_each_picture_says_in_words_what_it_shows(page):
    """Whoever sees no pictures reads a text in the place of each."""
    silent = [token.attrs["src"] for token in tokens(page) if image(token) and not token.content]
    assert silent == []


def test_every_screen_is_shown_somewhere():
    """No picture is made, and kept in the project, that nobody sees."""
    shown = {path for page in PAGES for path in targets(page)}
    assert [path.name for path in sorted(SCREENS.glob("*")) if path not in shown] == []


def test_screens_are_small():
    """All pictures of screens together stay below two megabytes."""
    assert 0 < sum(path.stat().st_size for path in SCREENS.glob("*.png")) < MAX_BYTES


def targets(page: Path) -> Iterator[Path]:
    """Yield the local paths that a page links to or shows, without their anchors."""
    for token in tokens(page):
        address = urlsplit(str(token.attrs.get("src") or token.attrs.get("href") or ""))
        if address.path and not address.scheme:
            yield (page.parent / unquote(address.path)).resolve()


def tokens(page: Path) -> Iterator[Token]:
    """Yield all that stands within the lines of a page."""
    for token in MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")):
        yield from token.children or []


def image(token: Token) -> bool:
    """Whether it is a picture."""
    return token.type == "image"
