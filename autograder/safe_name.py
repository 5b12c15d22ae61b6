"""The names of files in archives: which ones no student has written, and what is safe to write."""

import re
import unicodedata
import zlib
from pathlib import PurePath, PurePosixPath

MAX_PART = 200  # bytes of a file's name or a folder's, of the 255 that file systems take
MAX_PARTS = 20  # folders within each other; what lies deeper is put into the last
MAX_ENDING = 20  # characters that are kept of a name that is cut
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
    return PurePosixPath(*parts[: MAX_PARTS - 1], *parts[MAX_PARTS - 1 :][-1:])


def safe_part(part: str) -> str:
    """Return the name of a file or a folder in one normal form, without what is not printed."""
    text = "".join(_safe(character) for character in unicodedata.normalize("NFC", part))
    text = text.strip(" ").rstrip(". ") or "_"
    if len(text.encode()) <= MAX_PART:
        return text
    stem, ending = _split(text)
    ending = f"~{zlib.crc32(part.encode(errors='replace')):08x}{ending}"  # others begin alike
    return stem.encode()[: MAX_PART - len(ending.encode())].decode(errors="ignore") + ending


def _safe(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return " "  # a no-break space, say
    return character if character.isprintable() and character not in UNSAFE else "_"


def _split(name: str) -> tuple[str, str]:
    """Return a name's beginning and its endings: a notebook's is not always the last."""
    found = re.search(r"(\.\w{1,8}){1,2}$", name[-MAX_ENDING:])
    ending = found[0] if found else ""
    return name.removesuffix(ending), ending
