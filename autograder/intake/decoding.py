"""The text in a file of a student's, in whichever encoding it was written."""

import codecs
from contextlib import suppress

OF_HOST_NAMES = {"punycode", "idna"}  # no files have them, and a long text takes them seconds
LIKELY = "cp1252"  # Windows's, in which nearly every byte is valid
LAST = "latin-1"  # in which every byte is valid


def decoded(data: bytes, encoding: str) -> tuple[str, str]:
    """Return a file's text, and the encoding in which it was read.

    Parameters
    ----------
    data : bytes
    encoding : str
        The one that it should have.
    """
    for one in (encoding, LIKELY):
        with suppress(UnicodeError, LookupError):
            if codecs.lookup(one).name not in OF_HOST_NAMES:
                return data.decode(one), one
    return data.decode(LAST), LAST


def writable(text: str) -> str:
    """Return a text without what no file can have: null characters, halves of surrogate pairs."""
    return text.replace("\0", "").encode(errors="replace").decode()
