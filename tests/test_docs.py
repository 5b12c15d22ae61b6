"""What the docs point at is there, and what was pictured for them is shown."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from traitlets.config import Configurable

from tests.conftest import PROJECT

PAGES = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").glob("*.md"))]
SCREENS = PROJECT / "docs" / "screens"
DEFINE_SETTINGS = (  # modules, nbgrader's and ours
    "nbgrader.apps",
    "autograder.class_run.nbgrader_plugins",
    "autograder.collect.exchange_collector",
    "autograder.gradebook.lms_export",
)
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
def test_anchors_are_headings(page):
    """Each link to a part of a page leads to a heading there."""
    links = [urlsplit(str(token.attrs.get("href") or "")) for token in tokens(page)]
    lost = [
        link.geturl()
        for link in links
        if link.fragment and not link.scheme
        if link.fragment not in headings((page.parent / link.path) if link.path else page)
    ]
    assert lost == []


def test_modules_of_the_architecture_are_there():
    """Each module and template that the page names exists."""
    named = re.findall(
        r"`([a-z_]+/[a-z_]+\.\w+)`", (PROJECT / "ARCHITECTURE.md").read_text("utf-8")
    )
    assert len(named) > 40
    assert [
        name
        for name in named
        if not any((folder / name).is_file() for folder in (PROJECT, PROJECT / "autograder"))
    ] == []


@each_page
def test_each_picture_says_in_words_what_it_shows(page):
    """Each picture has a text for readers who do not see it."""
    silent = [token.attrs["src"] for token in tokens(page) if image(token) and not token.content]
    silent += re.findall(r'<img (?!.*alt="[^"]).*>', page.read_text(encoding="utf-8"))
    assert silent == []


def test_every_screen_is_shown_somewhere():
    """No picture is made, and kept in the project, that nobody sees."""
    shown = {path for page in PAGES for path in targets(page)}
    assert [path.name for path in sorted(SCREENS.glob("*")) if path not in shown] == []


def test_screens_are_small():
    """All pictures of screens together stay below two megabytes."""
    assert 0 < sum(path.stat().st_size for path in SCREENS.glob("*.png")) < MAX_BYTES


@each_page
def test_settings_are_those_of_a_class(page):
    """Each setting that a page names, such as `c.Exchange.root`, is one of nbgrader's or ours."""
    for module in DEFINE_SETTINGS:
        import_module(module)
    classes = {one.__name__: one for one in subclasses(Configurable)}
    named = sorted(set(re.findall(r"\bc\.([A-Z]\w+)\.(\w+)", page.read_text(encoding="utf-8"))))
    assert [(kind, name) for kind, name in named if not hasattr(classes.get(kind), name)] == []


def subclasses(base: type) -> Iterator[type]:
    """Yield all classes that are derived from a class."""
    for one in base.__subclasses__():
        yield one
        yield from subclasses(one)


def targets(page: Path) -> Iterator[Path]:
    """Yield the local paths that a page links to or shows, without their anchors."""
    for token in tokens(page):
        address = urlsplit(str(token.attrs.get("src") or token.attrs.get("href") or ""))
        if address.path and not address.scheme:
            yield (page.parent / unquote(address.path)).resolve()
    for source in re.findall(r'<img src="([^"]+)"', page.read_text(encoding="utf-8")):
        yield (page.parent / source).resolve()


def headings(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in found}


def tokens(page: Path) -> Iterator[Token]:
    """Yield all that stands within the lines of a page."""
    for token in MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")):
        yield from token.children or []


def image(token: Token) -> bool:
    """Whether it is a picture."""
    return token.type == "image"
