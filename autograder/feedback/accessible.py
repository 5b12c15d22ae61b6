"""Changes rendered text so that it can be read by ear and reached with the keyboard."""

import re

HEADING = re.compile(r"<(?P<end>/?)h(?P<level>[1-6])>")
EMPTY_HEAD = re.compile(r"<th(?:\s[^>]*)?>\s*</th>")
FORMULA_HEAD = re.compile(r"(?P<begin><th[^>]*>)\s*(?P<formula><math.*?</math>)\s*</th>")
CAN_BE_SCROLLED = {
    "<table": '<div class="wide" role="group" tabindex="0" aria-label="Table"><table',
    "</table>": "</table></div>",
    '<math display="block"': '<math tabindex="0" display="block"',
}


def reachable(html: str) -> str:
    """Return sanitized HTML in which what can be scrolled takes the focus, and table heads speak.

    Readers by ear often hear nothing of a formula in a head, so they get its signs.
    """
    html = FORMULA_HEAD.sub(_with_signs, EMPTY_HEAD.sub("<td></td>", html))
    for element, reached in CAN_BE_SCROLLED.items():
        html = html.replace(element, reached)
    return html


def _with_signs(head: re.Match[str]) -> str:
    signs = " ".join(re.sub("<[^>]*>", " ", head["formula"]).split())
    hidden = head["formula"].replace("<math", '<math aria-hidden="true"', 1)
    return f'{head["begin"]}<span class="unseen">{signs}</span>{hidden}</th>'


class Outline:
    """The headings of a page from top to bottom: none skips a level.

    Parameters
    ----------
    level : int
        Of the heading above.
    """

    def __init__(self, level: int) -> None:
        self.level = level

    def fitted(self, html: str) -> str:
        """Return sanitized HTML whose headings follow those before; its length stays the same."""
        return HEADING.sub(self._raised, html)

    def _raised(self, tag: re.Match[str]) -> str:
        if not tag["end"]:
            self.level = min(int(tag["level"]), self.level + 1)
        return f"<{tag['end']}h{self.level}>"
