"""Text as a person can read it: each character is visible, and the length is bounded.

Pages, terminal, logs and CSV files all use it for text that somebody else wrote.
"""

import re

# Characters without a shape: control characters, characters that change the direction of the text,
# and characters without width. Newline, tab and Windows' line end stay.
UNSEEN = re.compile(
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f"
    "\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    # joiners, which belong to Persian and to emoji, but to no two letters of Latin script
    "|(?<![^\x00-\u024f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\u024f])"
)


def visible(text: str) -> str:
    r"""Return a text in which each character is seen, or its number is, such as `\u202e`."""
    return text if text.isascii() and text.isprintable() else UNSEEN.sub(_number, text)


def printable(text: str) -> str:
    r"""Return a text as one line for a terminal or a log; it shows the end of a line as `\n`."""
    return visible(text).replace("\r\n", "\n").replace("\n", r"\n")


def cut(text: str, longest: int, more: int = 0) -> str:
    """Return a text, or the beginning and the end of a longer one.

    `more` characters have been left out of its middle before.
    """
    if len(text) <= longest:
        return text
    head, tail = longest * 3 // 4, longest // 4
    left_out = len(text) - head - tail + more
    return f"{text[:head]}\n[… {left_out} characters are left out here …]\n{text[-tail:]}"


def _number(match: re.Match[str]) -> str:
    return ascii(match[0])[1:-1] if match[0] != "\r" else r"\x0d"
