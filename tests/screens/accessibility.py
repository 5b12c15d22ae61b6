"""What bars people from a page, by axe-core: nothing should."""

from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

WIDTHS = (390, 1400)  # of a phone and of a desk
SCHEMES = {  # all rules in one; in the other, what can differ
    "light": {"resultTypes": ["violations"]},
    "dark": {"runOnly": ["color-contrast"], "resultTypes": ["violations"]},
}
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"
# what is not shown is not judged, but takes most of the time
REMOVE = "document.querySelectorAll('details > :not(summary)').forEach(e => e.remove())"


def barriers(browser: Browser, path: Path, *, unfolded: bool = False) -> Iterator[str]:
    """Yield what axe-core finds on a page at each width and in each scheme, and what overflows."""
    axe = Axe()
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 844})
        page.goto(path.as_uri())
        page.evaluate(UNFOLD if unfolded else REMOVE)
        across = page.evaluate("document.documentElement.scrollWidth")
        if across > width:
            yield f"{path.name} at {width} px: it is {across} px wide"
        for scheme, options in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            for found in axe.run(page, options=options).response["violations"]:
                first = found["nodes"][0]["html"]
                yield f"{path.name} at {width} px, {scheme}: {found['help']}: {first:.200}"
        page.close()
