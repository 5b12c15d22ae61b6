"""The browser that shows the screens, and the pictures that are taken of them."""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

WAIT = 60_000  # milliseconds for whatever should be seen, on a busy machine
SIZE = {"width": 1200, "height": 760}
COLOURS = 255
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--no-sandbox",  # it shows our own pages only, also to root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def installed() -> str:
    """Return where the system's own Chromium lies, or nothing."""
    return next(filter(None, map(shutil.which, NAMES)), "")


def require() -> None:
    """Skip the test where there is no Chromium; fail there if `CI=true`."""
    if not installed():
        reason = "no Chromium was found: `apt-get install chromium`, or as your system installs it"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless browser, with a new profile."""
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=OPTIONS)
        yield browser
        browser.close()


def new_page(browser: Browser) -> Page:
    """Return a page of a person of its own, which reaches this machine only."""
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
    context.set_default_timeout(WAIT)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.route(lambda address: "//127.0.0.1" not in address, lambda route: route.abort())
    return context.new_page()


class Pictures:
    """The folder in which the pictures go: $SCREENS if that is set, else one of the test's."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.environ.get("SCREENS") or folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def take(self, page: Page, name: str) -> Path:
        """Write what the page shows as a small PNG."""
        shown = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
        path = self.folder / f"{name}.png"
        shown.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        return path
