"""Recognizes archives by their file names."""

import re
from collections.abc import Collection
from pathlib import Path

ENDINGS = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".xz", ".txz")
OTHERS = {  # Python cannot open them
    ".rar": "RAR", ".7z": "7-Zip", ".zst": "Zstandard", ".tzst": "Zstandard", ".lzh": "LZH",
    ".ace": "ACE", ".cab": "CAB", ".arj": "ARJ", ".sit": "StuffIt", ".sitx": "StuffIt",
    ".lzma": "LZMA",
}  # fmt: skip
PIECE = re.compile(r"\.(zip|7z|rar)\.\d{2,3}$|\.[zr]\d\d$|\.part\d+\.rar$", re.IGNORECASE)


def is_archive(name: str, endings: Collection[str] = (*ENDINGS, *OTHERS)) -> bool:
    """Return whether a file of this name is an archive, or a part of one."""
    return Path(name).suffix.lower() in endings or PIECE.search(name) is not None


def stem(name: str) -> str:
    """Return nbgrader's name for the folder of an archive's files."""
    short = name.removesuffix(Path(name).suffix)
    return (short[:-4] if short.lower().endswith(".tar") else short) or "archive"
