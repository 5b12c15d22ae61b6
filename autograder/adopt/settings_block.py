"""Our lines at the end of a course's `nbgrader_config.py`: found, added and removed.

They are added and removed as bytes, so that a file in any encoding keeps all its other bytes. One
line break separates them from the text before, whether that ends in a line break or not. So
removing them with this line break restores the file.
"""

import re
from dataclasses import dataclass

LINES = (
    "# >>> autograder init >>> (`autograder init --remove` removes these lines)",
    "try:",
    "    from autograder.adopt.extension import configure",
    "except ImportError:  # else nbgrader would skip this file, and grade without hidden tests",
    '    raise SystemExit("Error: this course needs nbgrader-autograder: install it") from None',
    "",
    "configure(get_config())",
    "# <<< autograder init <<<",
)
FOUND = re.compile(
    rb"""(?P<separator>\r?\n)?
    ^[#][ ]>>>[ ]autograder[ ]init[ ]>>>
    (?:(?!^[#][ ]>>>[ ]autograder[ ]init[ ]>>>).)*?
    ^[#][ ]<<<[ ]autograder[ ]init[ ]<<<[^\n]*(?:\n|\Z)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


@dataclass(frozen=True)
class SettingsBlock:
    """The lines in one file's content.

    Parameters
    ----------
    content : bytes or None
        Of `nbgrader_config.py`; None if there is no such file.
    """

    content: bytes | None

    @property
    def lines(self) -> list[str]:
        """The lines that the file has between our marks, with the marks; empty without them."""
        found = FOUND.search(self.content or b"")
        return found[0].decode(errors="replace").strip().splitlines() if found else []

    @property
    def is_current(self) -> bool:
        """Whether the lines are those that `added` adds."""
        return self.lines == [*LINES]

    def added(self) -> bytes:
        """Return the content with our lines at its end; earlier ones are removed."""
        rest = self.removed()
        newline = b"\r\n" if b"\r\n" in (rest or b"") else b"\n"
        text = "".join(f"{line}\n" for line in LINES).encode().replace(b"\n", newline)
        return text if rest is None else rest + newline + text

    def removed(self) -> bytes | None:
        """Return the content without our lines; None if the file was made for them."""
        found = FOUND.search(self.content or b"")
        if self.content is None or not found:
            return self.content
        before, after = self.content[: found.start()], self.content[found.end() :]
        if after and before and not before.endswith(b"\n"):
            before += found["separator"] or b""  # else two lines would become one
        return before + after if before or after or found["separator"] else None
