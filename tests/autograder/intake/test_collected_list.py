"""The list of collected files: for the staff, with remarks and with files that were left out."""

import csv
import json

import pytest

from autograder.intake import collected_list
from autograder.intake.collected_list import Line


def listed(folder):
    with (folder / "collected.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_the_list_has_what_was_left_out_first(tmp_path):
    """Each file with its reason; a name that is a formula is none."""
    lines = [
        Line("a", "ann", "lab.ipynb", "2026-01-01 10:00:00", "late"),
        Line("b", "ann", refused="an older attempt"),
        Line("=c", refused="it is no notebook", is_left_out=True),
    ]
    collected_list.add(tmp_path, lines)
    assert listed(tmp_path)[1:] == [
        ["'=c", "", "", "", "", "it is no notebook", "yes"],
        ["b", "ann", "", "", "", "an older attempt", ""],
        ["a", "ann", "lab.ipynb", "2026-01-01 10:00:00", "late", "", ""],
    ]


def test_a_remark_belongs_to_one_content(tmp_path):
    """A new submission has no remarks, and neither has another student's."""
    line = Line("a", "ann", "lab.ipynb", remark="late", digest=collected_list.digest(b"1"))
    collected_list.add(tmp_path, [line])
    assert collected_list.remarks(tmp_path, "ann", b"1") == ["late"]
    assert collected_list.remarks(tmp_path, "ann", b"2") == []
    assert collected_list.remarks(tmp_path, "ben", b"1") == []


ANN = Line("c1/a", "ann", "lab.ipynb", remark="Canvas marks it as late", digest="1")
BEN = Line("c1/b.pdf", "ben", refused="it is no notebook", is_left_out=True, name="b.pdf")
NOBODY = Line("c1/x", refused="its name identifies no student", is_left_out=True)


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        ([Line("c2/c", "cem", "lab.ipynb")], {ANN, BEN, NOBODY}),
        ([Line("c2/a", "ann", "lab.ipynb", digest="2")], {BEN, NOBODY}),
        ([Line("c2/a", "ann", refused="ann has handed in this before")], {ANN, BEN, NOBODY}),
        ([Line("c2/b", "ben", "lab.ipynb")], {ANN, NOBODY}),
        ([Line("c2/b.7z", "ben", refused="a 7-Zip archive", is_left_out=True)], {ANN, NOBODY}),
        ([Line("c1/x", "cem", "lab.ipynb")], {ANN, BEN}),
        ([], {ANN, BEN, NOBODY}),
    ],
)
def test_a_second_download_keeps_what_the_first_one_recorded(tmp_path, later, kept):
    """Until it has a file of the same student, or finds the owner of a file."""
    collected_list.add(tmp_path, [ANN, BEN, NOBODY])
    collected_list.add(tmp_path, later)
    assert {*collected_list.read(tmp_path)} == kept | {*later}
    assert len(listed(tmp_path)) == len(kept | {*later}) + 1


def test_what_was_left_out_is_said_in_words(tmp_path):
    """By student; a file that is no loss is not logged."""
    rar = "it is a RAR archive"
    no_notebook = {"refused": "it is no notebook", "is_left_out": True}
    collected_list.add(
        tmp_path,
        [
            ANN,
            Line("a", "ann", refused="an older attempt"),
            *(Line(name, "ben", name=name, **no_notebook) for name in ("report.pdf", "b.txt")),
            Line("w.rar", "ben", refused=rar, is_left_out=True, name="w.rar"),
            *(Line(f"{n}", "cem", name=f"{n}", **no_notebook) for n in range(7)),
        ],
    )
    assert collected_list.left_out(tmp_path) == {
        "ben": "report.pdf, b.txt, no notebook; w.rar: it is a RAR archive",
        "cem": "0, 1, 2, 3, 4 and 2 more, no notebook",
    }


def test_the_record_of_an_earlier_release_is_read(tmp_path):
    """It had remarks alone, and they stay."""
    old = {"ann": {collected_list.digest(b"1"): "late"}}
    (tmp_path / "collected.json").write_text(json.dumps(old))
    collected_list.add(tmp_path, [BEN])
    assert collected_list.remarks(tmp_path, "ann", b"1") == ["late"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"ann": []}', '{"ann": null}', "{", "\xff", '{"lines": [1]}', '{"lines": [{}]}'],
)
def test_what_is_no_record_has_no_remarks(tmp_path, text):
    """Nothing keeps a submission from being graded."""
    assert collected_list.remarks(tmp_path, "ann", b"1") == []
    (tmp_path / "collected.json").write_text(text, encoding="latin-1")
    assert collected_list.remarks(tmp_path, "ann", b"1") == []
    assert collected_list.left_out(tmp_path) == {}
