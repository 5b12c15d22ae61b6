"""What bars people from a page, by axe-core: nothing should."""

from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

WIDTHS = (390, 1400)  # of a phone and of a desk
SCHEMES = ("light", "dark")
# the contrast alone depends on the scheme, and takes by far the most time
ALL_BUT_CONTRAST = {
    "rules": {"color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"
# what is not shown is not judged, but takes most of the time
REMOVE = "document.querySelectorAll('details > :not(summary)').forEach(e => e.remove())"
# of words that look alike, within what looks alike, the first ones are left: their contrast is the
# same. axe-core does not judge a single letter
THIN = """() => {
    const looks = new Map([[null, '']]), first = new Map()
    const look = e => {
        if (!looks.has(e)) {
            const {color, backgroundColor, fill, font} = getComputedStyle(e)
            const own = [e.tagName, e.getAttribute('class'), color, backgroundColor, fill, font]
            looks.set(e, [look(e.parentElement), ...own].join())
        }
        return looks.get(e)
    }
    const again = e => {
        if (e.children.length) return false
        const seen = look(e) + Math.min(e.textContent.trim().length, 2)
        if (!first.has(seen)) first.set(seen, e)
        return first.get(seen) !== e
    }
    for (let found = [null]; found.length; found.forEach(e => e?.remove()))
        found = [...document.body.querySelectorAll('*')].filter(again)
}"""


def barriers(browser: Browser, path: Path, *, unfolded: bool = False) -> Iterator[str]:
    """Yield what axe-core finds on a page at each width and in each scheme, and what overflows."""
    axe = Axe()
    page = browser.new_page()

    def found(options: dict[str, object]) -> Iterator[str]:
        for barrier in axe.run(page, options=options).response["violations"]:
            yield f"{barrier['help']}: {barrier['nodes'][0]['html']:.200}"

    page.goto(path.as_uri())
    page.evaluate(UNFOLD if unfolded else REMOVE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        across = page.evaluate("document.documentElement.scrollWidth")
        if across > width:
            yield f"{path.name} at {width} px: it is {across} px wide"
        yield from (f"{path.name} at {width} px: {words}" for words in found(ALL_BUT_CONTRAST))
    page.evaluate(THIN)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            yield from (
                f"{path.name} at {width} px, {scheme}: {words}" for words in found(CONTRAST)
            )
    page.close()
