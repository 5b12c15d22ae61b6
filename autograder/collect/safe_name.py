"""The names of files in archives: which files no student has written, and which names are safe."""

import re
import unicodedata
import zlib
from pathlib import PurePath, PurePosixPath

MAX_PART = 240  # bytes of a file's or folder's name; file systems allow 255
HEAD, TAIL = 140, 80  # bytes kept of a longer name: an LMS puts its numbers at either end
MAX_PATH = 1500  # bytes; systems allow 4096
MAX_PARTS = 16  # folders and file below one archive; five archives may be nested
OUTER = 3  # folders kept of a longer path
JUNK = {  # files that systems and programs add; in lower case
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
    """No file may have this name; the text says why."""


def is_junk(path: PurePath) -> bool:
    """Return whether a system or a program made a file, so that it is nobody's work."""
    names = [part.casefold() for part in path.parts]
    return any(name in JUNK or name.startswith(JUNK_BEGINNINGS) for name in names)


def safe_path(name: str) -> PurePosixPath:
    """Return a member's name as a relative path that any file system allows.

    Raises
    ------
    UnsafeNameError
        If the name leads out of the folder, or is empty.
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
    """Return the name of a file or folder, normalized and without unprintable characters."""
    text = "".join(_safe(character) for character in unicodedata.normalize("NFC", part))
    text = text.strip(" ").rstrip(". ") or "_"
    data = text.encode()
    if len(data) <= MAX_PART:
        return text
    middle = f"~{zlib.crc32(data):08x}~"  # another name may have the same head and tail
    return f"{data[:HEAD].decode(errors='ignore')}{middle}{data[-TAIL:].decode(errors='ignore')}"


def _safe(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return " "  # a no-break space, say
    return character if character.isprintable() and character not in UNSAFE else "_"
