"""CSV as any program reads it: RFC 4180, and no text that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from autograder.files import whole_file

# what a spreadsheet passes over at a field's beginning, and what it takes there for a formula's: as
# a field's beginning counts what stands behind a semicolon, too, which separates fields elsewhere
BLANK = r"[\s\x00-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]*"
SIGN = "[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe63\ufe62\ufe66\ufe6b\u2212]"
FORMULA = re.compile(rf"{BLANK}{SIGN}|[\t\r\n]")
LATER = re.compile(rf"(?<=[;\t\r\n])(?={BLANK}{SIGN})")


def write(path: Path, lines: Iterable[Sequence[Any]], *, shared: bool = False) -> None:
    """Write lines of fields to a file, whole or not at all: see `whole_file.write`."""
    made = io.StringIO(newline="")
    csv.writer(made).writerows([field(value) for value in line] for line in lines)
    whole_file.write(path, made.getvalue(), shared=shared)


def field(value: Any) -> str:
    """Return a value as it is written: numbers exactly, and no text that would be a formula."""
    if value is None:
        return ""
    if isinstance(value, float):
        return exact(value)
    text = str(value)
    return guarded(text) if isinstance(value, str) else text


def exact(number: float) -> str:
    """Return the shortest decimal that is this number, never with an exponent."""
    text = repr(float(number))
    return f"{Decimal(text):f}" if "e" in text else text


def guarded(text: str) -> str:
    """Return a text with an apostrophe before each place where a formula would begin."""
    return f"'{rest}" if is_formula(rest := LATER.sub("'", text)) else rest


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would run a text, or could."""
    return FORMULA.match(text) is not None
