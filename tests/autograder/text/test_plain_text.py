"""Every character of a text can be seen, wherever the text is shown."""

import sys
import unicodedata

import pytest

from autograder.text.plain_text import cut, printable, visible

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # Unicode's categories


def test_no_character_without_a_shape_is_left():
    """Control characters, marks of direction, characters of no width, halves of pairs."""
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in UNSEEN and character not in "\n\t":
            shown = visible(f"a{character}b")
            assert shown.isascii(), hex(code)
            assert shown.isprintable(), hex(code)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("a\u202eb", r"a\u202eb"),
        ("a\u200bb\u3164", r"a\u200bb\u3164"),
        ("\U000e0041", r"\U000e0041"),
        ("a\u200db", r"a\u200db"),
        ("a\rb", r"a\x0db"),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_number(text, shown):
    """As Python writes it."""
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    ["a\tb\nc\r\nd", "می\u200cخواهم", "👩\u200d💻 ❤\ufe0f", "é 漢字 שלום", "क्\u200dष", "\xa0"],
)
def test_ordinary_text_stays_as_it_is(text):
    """In each language."""
    assert visible(text) == text


def test_a_line_is_one():
    """No name of a file makes another line in a log."""
    assert printable("a\nINFO b\r\nc") == r"a\nINFO b\nc"


def test_a_long_text_is_cut_in_the_middle():
    """It says how much is left out."""
    assert cut("abcdefgh", 4, more=10) == "abc\n[… 14 characters are left out here …]\nh"
    assert cut("abcd", 4) == "abcd"
