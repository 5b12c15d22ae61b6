"""Any bytes are read as text, and any text can be written to a file again."""

import pytest

from autograder.intake.decoding import decoded, writable


@pytest.mark.parametrize(
    ("data", "encoding", "text", "found"),
    [
        ("ä".encode(), "utf-8", "ä", "utf-8"),
        (b"\x93\xe4\x94", "utf-8", "“ä”", "cp1252"),
        (b"\x81\xe4", "utf-8", "\x81ä", "latin-1"),
        (b"a", "no-such-encoding", "a", "cp1252"),
        (b"a", "undefined", "a", "cp1252"),  # an encoding of Python's in which no byte is valid
        (b"-99", "punycode", "-99", "cp1252"),
        (b"a-", "punycode", "a-", "cp1252"),  # an encoding of host names, as is the next one
        (b"xn--4ca", "IDNA", "xn--4ca", "cp1252"),
        (b"a", "rot13", "a", "cp1252"),  # one of texts, not of bytes
    ],
)
def test_the_first_encoding_that_fits_is_taken(data, encoding, text, found):
    """The expected one comes first, then Windows's, then one in which all bytes are valid."""
    assert decoded(data, encoding) == (text, found)


def test_a_writable_text_has_no_null_and_no_half_character():
    """The rest of the text stays."""
    assert writable("a\0b\ud83dc") == "ab?c"
    assert writable("ä\U0001f600") == "ä\U0001f600"
