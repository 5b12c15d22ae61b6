"""CSV: numbers exactly, RFC 4180, and nothing in it that a spreadsheet would run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.files import spreadsheet


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        ("", ""),
        (2.0, "2.0"),
        (-0.5, "-0.5"),
        (1 / 3, "0.3333333333333333"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (3, "3"),
        ("3", "3"),
        ("a-b=c", "a-b=c"),
        ("O'Neill", "O'Neill"),
        ("    Points Possible", "    Points Possible"),
    ],
)
def test_values_are_written_as_they_are(value, written):
    """Numbers have no exponent, unknown values are empty, harmless text is not touched."""
    assert spreadsheet.field(value) == written


@pytest.mark.parametrize("sign", "=+-@＝＋－＠−")
@pytest.mark.parametrize(
    "before", ["", " ", "\t", "\r\n", "\u00a0", "\u3000", "\u200b", "\ufeff \u202e"]
)
def test_no_text_is_a_formula(before, sign):
    """Whatever a spreadsheet passes over before the sign, full-width signs as well."""
    text = f"{before}{sign}1+cmd|' /C calc'!A0"
    written = spreadsheet.field(text)
    assert written[0] == "'"
    assert written.replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("separator", [";", "\t", "\n", "; "])
def test_no_later_field_is_a_formula(separator):
    """A spreadsheet that separates fields by semicolons reads quotes within a line as text."""
    assert spreadsheet.field(f"x{separator}=1") == f"x{separator[0]}'{separator[1:]}=1"


@given(st.lists(st.text(), min_size=1))
def test_lines_are_read_back_by_any_reader(tmp_path_factory, texts):
    """Quotes, commas, line breaks, any character: what was written is what is read."""
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    texts = [text.replace("\0", "") for text in texts]
    spreadsheet.write(path, [texts, texts])
    content = path.read_bytes().decode()
    assert content.endswith("\r\n")
    read = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    assert read == 2 * [[spreadsheet.field(text) for text in texts]]
    assert not any(spreadsheet.is_formula(text) for line in read for text in line)
