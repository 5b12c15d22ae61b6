"""Whose a file is: from outside in, the first part of its path that names anybody decides."""

from pathlib import PurePath

import pytest

from autograder.collect.owner import NobodyError, Owners
from autograder.collect.safe_name import safe_path
from autograder.course.roster import Person, Roster

PEOPLE = Roster(
    [
        Person("ann", "Ann", "Ä", lms_user_id="1001", participant="5001", email="ann@u.edu"),
        Person("bob", "Bob", "Builder", lms_user_id="12", participant="5002"),
        Person("s-07", lms_user_id="20260105", matriculation_number="1234.567"),
    ]
)


@pytest.fixture
def owners():
    return Owners(PEOPLE, ["dropout_l2.ipynb"])


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("m/ann/20251005_102345_dropout_l2.ipynb", "ann"),
        ("m/ANN/x.ipynb", "ann"),
        ("m/ann@u.edu/x.ipynb", "ann"),
        ("m/1234567/x.ipynb", "s-07"),
        ("m/ann.ipynb", "ann"),
        ("m/ann_dropout_l2.ipynb", "ann"),
        ("m/dropout_l2-ann.ipynb.txt", "ann"),
        ("m/s-07_dropout_l2.tar.gz", "s-07"),
        ("m/20260105_102345_x.ipynb", "s-07"),
        ("m/Participant 5001_5001_assignsubmission_file_/x.ipynb", "ann"),
        ("m/Group 3_5001_assignsubmission_file_/x.ipynb", "5001"),
    ],
)
def test_a_known_id_wins_over_a_guess(owners, path, student):
    """However it is written, and with the notebook's name beside it; numbers of the LMS, too."""
    assert owners.of(PurePath(path)).student == student


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("m/ann/bobbuilder_12_99_dropout_l2.ipynb", "ann"),
        ("m/ann/bob/dropout_l2.ipynb", "ann"),
        ("m/eve_3_4_work.zip/bob/dropout_l2.ipynb", "3"),
        ("m/eve_3_4_work.zip/bobbuilder_12_99_dropout_l2.ipynb", "3"),
        ("m/Eve_9_assignsubmission_file_/Bob Builder_5002_assignsubmission_file_/x.ipynb", "9"),
        ("m/Eve_9_assignsubmission_file_/bob.ipynb", "9"),
    ],
)
def test_below_the_first_name_no_other_is_read(owners, path, student):
    """Nobody hands in for somebody else by a file's name."""
    owners.extracted(PurePath("m/eve_3_4_work.zip"), "eve_3_4_work.zip")
    assert owners.of(PurePath(path)).student == student


@pytest.mark.parametrize(
    "path", ["m/x.ipynb", "m/20250105_102345_x.ipynb", "m/hw_20250105_102345_x.ipynb", "m/dropout_l2.ipynb"]
)  # fmt: skip
def test_a_date_is_nobody(owners, path):
    """No student is made up."""
    with pytest.raises(NobodyError, match="its name identifies no student"):
        owners.of(PurePath(path))


@pytest.mark.parametrize(
    ("path", "file", "upload"),
    [
        ("m/ann/sub/x.ipynb", "x.ipynb", "sub"),
        ("m/ann/x.ipynb", "x.ipynb", "x.ipynb"),
        ("m/aann_1001_5_x.ipynb", "x.ipynb", "x.ipynb"),
        ("m/aann_1001_5_work/sub/x.ipynb", "x.ipynb", "work.tar.gz"),
        ("m/aann_1001_5_work.tar.gz", "work.tar.gz", "work.tar.gz"),
        ("m/Ann Ä_5001_assignsubmission_file_/w~2/x.ipynb", "x.ipynb", "w.ZIP"),
    ],
)
def test_what_was_uploaded_is_known(owners, path, file, upload):
    """It is the archive in which a file lies, under the name that the student gave it."""
    owners.extracted(PurePath("m/aann_1001_5_work"), "aann_1001_5_work.tar.gz")
    owners.extracted(PurePath("m/Ann Ä_5001_assignsubmission_file_/w~2"), "w.ZIP")
    owner = owners.of(PurePath(path))
    assert (owner.student, owner.file, owner.upload) == ("ann", file, upload)


def test_a_folder_of_an_archive_has_the_archives_name(owners):
    """Whatever it had to be called."""
    owners.extracted(PurePath("ann~2"), "ann.zip")
    assert owners.of(PurePath("ann~2/x.ipynb")).student == "ann"


def test_a_lone_wrapper_is_found(owners):
    """A download whose name has numbers in it, unless anybody has them, or others lie beside it."""
    lone = PurePath("DL_2026_1_X")
    assert owners.lone_guess(PurePath(), ["DL_2026_1_X", "notes"]) == lone
    assert owners.lone_guess(PurePath(), ["DL_2026_1_X", "eve_3_4_x"]) is None
    assert owners.lone_guess(PurePath(), ["bobbuilder_12_4_x"]) is None
    assert owners.lone_guess(PurePath(), ["Ann_1_assignsubmission_file_"]) is None
    path = lone / "aann_1001_5_x.ipynb"
    assert owners.of(path).student == "2026"
    owners.ignore_name(lone)
    assert owners.of(path).student == "ann"


@pytest.mark.parametrize(
    "name",
    [
        "ก" * 75 + "_5001_assignsubmission_file_/tiny.ipynb",
        "ก" * 100 + "_5001_assignsubmission_file_/tiny.ipynb",
        f"aann_1001_5_{'x' * 300}.ipynb",
    ],
)
def test_a_long_name_still_names_its_student(owners, name):
    """An LMS writes its number before what a student wrote, or behind it."""
    assert owners.of(PurePath("m", safe_path(name))).student in ("ann", "5001")
