"""The names of files in archives: which ones no student has written, and what is safe to write."""

import re
import unicodedata
import zlib
from pathlib import PurePath, PurePosixPath

MAX_PART = 240  # bytes of a file's name or a folder's, of the 255 that file systems take
HEAD, TAIL = 140, 80  # bytes that are kept of a longer one: an LMS has its numbers at either end
MAX_PATH = 1500  # bytes, of the 4096 that systems take
MAX_PARTS = 16  # folders, and the file, below one archive: five archives may lie in each other
OUTER = 3  # folders of a longer path that are kept
JUNK = {  # what systems and programs add; in lower case
    "__macosx", ".ds_store", ".appledouble", ".spotlight-v100", ".trashes", ".fseventsd",
    "@eadir", "@tmp", "#recycle", "$recycle.bin", "system volume information", "lost+found",
    "thumbs.db", "ehthumbs.db", "desktop.ini", ".directory",
    ".ipynb_checkpoints", "__pycache__", ".pytest_cache", ".git", ".svn", ".hg", ".idea", ".vscode",
    ".venv", "node_modules",
}  # fmt: skip
JUNK_BEGINNINGS = ("._", "~$", ".~lock.", ".nfs", ".fuse_hidden")
LEADS_OUT = re.compile(r"/|[A-Za-z]:/|(.*/)?\.\.(/.*)?$", re.DOTALL)
UNSAFE = set(':*?"<>|')


class UnsafeNameError(Exception):
    """A name that no file may have; the text says why."""


def is_junk(path: PurePath) -> bool:
    """Tell whether a file is a system's or a program's own, and nobody's work."""
    names = [part.casefold() for part in path.parts]
    return any(name in JUNK or name.startswith(JUNK_BEGINNINGS) for name in names)


def safe_path(name: str) -> PurePosixPath:
    """Return a member's name as a path below its folder that any file system takes.

    Raises
    ------
    UnsafeNameError
        If it leads out of the folder, or names nothing.
    """
    text = name.replace("\\", "/")  # as Windows writes them
    if LEADS_OUT.match(text):
        raise UnsafeNameError("its name leads out of the folder")
    parts = [safe_part(part) for part in PurePosixPath(text).parts]
    if not parts:
        raise UnsafeNameError("it has no name that a file may have")
    if len(parts) > MAX_PARTS or sum(len(part.encode()) + 1 for part in parts) > MAX_PATH:
        parts = [*parts[:OUTER], *parts[OUTER:][-1:]]
    return PurePosixPath(*parts)


def safe_part(part: str) -> str:
    """Return the name of a file or a folder in one normal form, without what is not printed."""
    text = "".join(_safe(character) for character in unicodedata.normalize("NFC", part))
    text = text.strip(" ").rstrip(". ") or "_"
    data = text.encode()
    if len(data) <= MAX_PART:
        return text
    middle = f"~{zlib.crc32(data):08x}~"  # others begin and end alike
    return f"{data[:HEAD].decode(errors='ignore')}{middle}{data[-TAIL:].decode(errors='ignore')}"


def _safe(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return " "  # a no-break space, say
    return character if character.isprintable() and character not in UNSAFE else "_"
