"""Writes CSV files that any program reads (RFC 4180), without text that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from autograder.files import whole_file

# characters that a spreadsheet skips at a field's beginning, and those that begin a formula there;
# text after a semicolon counts as a field's beginning, too: some countries separate fields with it
BLANK = r"[\s\x00-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]*"
SIGN = "[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe63\ufe62\ufe66\ufe6b\u2212]"
FORMULA = re.compile(rf"{BLANK}{SIGN}|[\t\r\n]")
LATER = re.compile(rf"(?<=[;\t\r\n])(?={BLANK}{SIGN})")


def write(path: Path, lines: Iterable[Sequence[Any]], *, shared: bool = False) -> None:
    """Write lines of fields to a file, completely or not at all: see `whole_file.write`."""
    made = io.StringIO(newline="")
    csv.writer(made).writerows([field(value) for value in line] for line in lines)
    whole_file.write(path, made.getvalue(), shared=shared)


def field(value: Any) -> str:
    """Return a value as text for CSV: numbers exactly, and no text as a formula."""
    if value is None:
        return ""
    if isinstance(value, float):
        return exact(value)
    text = str(value)
    return guarded(text) if isinstance(value, str) else text


def exact(number: float) -> str:
    """Return the shortest decimal of a number, without an exponent."""
    text = repr(float(number))
    return f"{Decimal(text):f}" if "e" in text else text


def guarded(text: str) -> str:
    """Return a text with an apostrophe wherever a formula would begin."""
    return f"'{rest}" if is_formula(rest := LATER.sub("'", text)) else rest


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet could run a text."""
    return FORMULA.match(text) is not None
