"""What was collected: a list for the staff, and remarks that belong to one content alone."""

import csv

import pytest

from autograder import collected
from autograder.collected import Line


def test_the_list_has_what_was_refused_first(tmp_path):
    """Each file with its reason; a name that is a formula is none."""
    lines = [
        Line("a", "ann", "lab.ipynb", "2026-01-01 10:00:00", "late"),
        Line("=b", refused="it is no notebook"),
    ]
    collected.write(tmp_path, lines, {})
    with (tmp_path / "collected.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[1] == ["'=b", "", "", "", "", "it is no notebook"]
    assert rows[2] == ["a", "ann", "lab.ipynb", "2026-01-01 10:00:00", "late", ""]


def test_a_remark_belongs_to_one_content(tmp_path):
    """What was handed in anew has none, and neither has another student's."""
    line = Line("a", "ann", "lab.ipynb", remark="late")
    collected.write(tmp_path, [line], {"a": collected.digest(b"1")})
    assert collected.remarks(tmp_path, "ann", b"1") == ["late"]
    assert collected.remarks(tmp_path, "ann", b"2") == []
    assert collected.remarks(tmp_path, "ben", b"1") == []


@pytest.mark.parametrize("text", ["", "[]", '{"ann": []}', '{"ann": null}', "{", "\xff"])
def test_what_is_no_record_has_no_remarks(tmp_path, text):
    """Nothing keeps a submission from being graded."""
    assert collected.remarks(tmp_path, "ann", b"1") == []
    (tmp_path / "collected.json").write_text(text, encoding="latin-1")
    assert collected.remarks(tmp_path, "ann", b"1") == []
