"""The names that Moodle and Canvas give: whose a file is, whatever the student's own name is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.collect.lms_file_names import attempt, origin


@pytest.mark.parametrize(
    ("part", "name", "number", "file"),
    [
        ("Ann Ä_1234567_assignsubmission_file_/", "Ann Ä", "1234567", ""),
        ("Ann Ä_1234567_assignsubmission_file/", "Ann Ä", "1234567", ""),
        ("Ann_1_assignsubmission_onlinetext_/", "Ann", "1", ""),
        ("Ann_1_assignsubmission_file_my_x.ipynb", "Ann", "1", "my_x.ipynb"),
        ("Group 7_42_assignsubmission_file_/", "Group 7", "42", ""),
        ("Default group_assignsubmission_file/", "Default group", "", ""),
        ("محمد علي_77_assignsubmission_file_/", "محمد علي", "77", ""),
        ("B_2_assignsubmission_file__1_assignsubmission_file_/", "B_2_assignsubmission_file_", "1", ""),
        ("A_1_assignsubmission_file_b_2_assignsubmission_file_x", "A", "1", "b_2_assignsubmission_file_x"),
    ],
)  # fmt: skip
def test_moodles_names_are_known(part, name, number, file):
    """Folders with and without the last underscore, flat files, groups, any script.

    What a student has called themselves comes first, and what they called a file comes last.
    """
    found = origin(part.strip("/"), is_file=not part.endswith("/"))
    assert (found.lms, found.name, found.number, found.file) == ("Moodle", name, number, file)
    assert found.is_plausible


@pytest.mark.parametrize(
    ("part", "name", "number", "upload", "file", "late"),
    [
        ("leeann_12345_67890_x.ipynb", "leeann", "12345", 67890, "x.ipynb", False),
        ("leeann_LATE_12345_67890_x-2.ipynb", "leeann", "12345", 67890, "x-2.ipynb", True),
        ("äöü_1_2_my_3_4_x.ipynb", "äöü", "1", 2, "my_3_4_x.ipynb", False),
        ("a_b_c_1_2_x.ipynb", "a_b_c", "1", 2, "x.ipynb", False),
        ("anon_aB3xY_2_x.ipynb", "", "anon_aB3xY", 2, "x.ipynb", False),
        ("LATE_anon_aB3xY_2_x.ipynb", "", "anon_aB3xY", 2, "x.ipynb", True),
    ],
)
def test_canvas_names_are_known(part, name, number, upload, file, late):
    """Late marks, anonymous students."""
    found = origin(part, is_file=True)
    assert (found.lms, found.name, found.number) == ("Canvas", name, number)
    assert (found.upload, found.file, found.is_late) == (upload, file, late)
    assert found.is_plausible


@pytest.mark.parametrize("part", ["20260105_102345_x.ipynb", "hw_20260105_102345_x.ipynb", "1_2_x"])
def test_names_that_only_look_like_canvas_are_recognised(part):
    """A date is no number of a student's, and a number comes behind a name."""
    assert not origin(part, is_file=True).is_plausible


@pytest.mark.parametrize("part", ["x.ipynb", "ann", "a_1_x.ipynb", "1234567"])
@pytest.mark.parametrize("is_file", [True, False])
def test_other_names_name_no_student(part, is_file):
    """What no LMS has written is not guessed at."""
    assert origin(part, is_file=is_file) is None


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


@given(st.text(min_size=1))
def test_any_name_is_taken(text):
    """No name is an error."""
    for is_file in (True, False):
        origin(text, is_file=is_file)
    attempt(text, ["lab.ipynb"])


@pytest.mark.parametrize("piece", ["_1", "_", "LATE_", "1_", "-1", "_assignsubmission_", "(1)"])
def test_long_names_take_no_time(piece):
    """A name may be as long as a file's may be."""
    for is_file in (True, False):
        origin(piece * 200, is_file=is_file)
    attempt(piece * 200, ["lab.ipynb"])
