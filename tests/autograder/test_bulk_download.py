"""The names that Moodle and Canvas give: whose a file is, whatever the student's own name is."""

from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.bulk_download import attempt, origin


@pytest.mark.parametrize(
    ("path", "name", "number", "file"),
    [
        ("dl/Ann Ä_1234567_assignsubmission_file_/x.ipynb", "Ann Ä", "1234567", "x.ipynb"),
        ("dl/Ann Ä_1234567_assignsubmission_file/x.ipynb", "Ann Ä", "1234567", "x.ipynb"),
        ("dl/Ann_1_assignsubmission_file_/sub/deep/x.ipynb", "Ann", "1", "x.ipynb"),
        ("Ann_1_assignsubmission_file_my_x.ipynb", "Ann", "1", "my_x.ipynb"),
        ("Group 7_42_assignsubmission_file_/x.ipynb", "Group 7", "42", "x.ipynb"),
        ("Default group_assignsubmission_file/x.ipynb", "Default group", "", "x.ipynb"),
        ("A_1_assignsubmission_file_/b_2_assignsubmission_file_/x.ipynb", "A", "1", "x.ipynb"),
        ("A_1_assignsubmission_file_/b_2_3_x.ipynb", "A", "1", "b_2_3_x.ipynb"),
        ("محمد علي_77_assignsubmission_file_/x.ipynb", "محمد علي", "77", "x.ipynb"),
    ],
)
def test_moodles_names_are_known(path, name, number, file):
    """Folders with and without the last underscore, flat files, groups, any script."""
    found = origin(PurePath(path))
    assert (found.lms, found.name, found.number, found.file) == ("Moodle", name, number, file)


@pytest.mark.parametrize(
    ("path", "name", "number", "upload", "file", "late"),
    [
        ("s/leeann_12345_67890_x.ipynb", "leeann", "12345", 67890, "x.ipynb", False),
        ("s/leeann_LATE_12345_67890_x-2.ipynb", "leeann", "12345", 67890, "x-2.ipynb", True),
        ("äöü_1_2_my_3_4_x.ipynb", "äöü", "1", 2, "my_3_4_x.ipynb", False),
        ("a_b_c_1_2_x.ipynb", "a_b_c", "1", 2, "x.ipynb", False),
        ("anon_aB3xY_2_x.ipynb", "", "anon_aB3xY", 2, "x.ipynb", False),
        ("LATE_anon_aB3xY_2_x.ipynb", "", "anon_aB3xY", 2, "x.ipynb", True),
        ("leeann_1_2_work/sub/x.ipynb", "leeann", "1", 2, "x.ipynb", False),
    ],
)
def test_canvas_names_are_known(path, name, number, upload, file, late):
    """Late marks, anonymous students, what was unpacked from an archive of theirs."""
    found = origin(PurePath(path))
    assert (found.lms, found.name, found.number) == ("Canvas", name, number)
    assert (found.upload, found.file, found.is_late) == (upload, file, late)


@pytest.mark.parametrize("path", ["x.ipynb", "ann/x.ipynb", "a_1_x.ipynb", "1234567/x.ipynb"])
def test_other_names_tell_nobody(path):
    """What no LMS has written is not guessed at."""
    assert origin(PurePath(path)) is None


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("lab.ipynb", ("lab.ipynb", 0)),
        ("lab-2.ipynb", ("lab.ipynb", 2)),
        ("LAB-12.IPYNB", ("lab.ipynb", 12)),
        ("lab (3).ipynb", ("lab.ipynb", 3)),
        ("lab-Copy1.ipynb", ("lab.ipynb", 1)),
        ("lab.ipynb.txt", ("lab.ipynb", 0)),
        ("lab-4.ipynb.json", ("lab.ipynb", 4)),
        ("week-1.ipynb", ("week-1.ipynb", 0)),
        ("week-1-3.ipynb", ("week-1.ipynb", 3)),
        ("mine.ipynb", ("mine.ipynb", 0)),
        ("mine-7.ipynb", ("mine.ipynb", 7)),
        ("-2.ipynb", ("-2.ipynb", 0)),
    ],
)
def test_attempts_are_counted_as_canvas_does(file, expected):
    """An assignment's own name may end like one."""
    assert attempt(file, ["lab.ipynb", "week-1.ipynb"]) == expected


@given(st.text(min_size=1).filter(lambda text: text.strip("/.")))
def test_any_name_is_taken(text):
    """No name is an error."""
    origin(PurePath(f"x/{text}"))
    attempt(text, ["lab.ipynb"])


@pytest.mark.parametrize("piece", ["_1", "_", "LATE_", "1_", "-1", "_assignsubmission_", "(1)"])
def test_long_names_take_no_time(piece):
    """A name may be as long as a file's may be."""
    origin(PurePath(piece * 200))
    attempt(piece * 200, ["lab.ipynb"])
