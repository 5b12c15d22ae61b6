"""The exchange's own files: a graded folder has each of them, and a key that is good stays."""

import pytest

from autograder.intake.exchange_files import MAX_SECRET, SECRET, STAMP, complete


def test_a_time_and_a_key_that_are_there_stay(tmp_path):
    """The student fetches the feedback with the key that the exchange has noted."""
    (tmp_path / STAMP).write_text("2026-01-01 10:00:00")
    (tmp_path / SECRET).write_text("a1b2c3\n")
    complete(tmp_path)
    assert (tmp_path / STAMP).read_text() == "2026-01-01 10:00:00"
    assert (tmp_path / SECRET).read_text() == "a1b2c3\n"


def test_missing_files_are_added(tmp_path):
    """The time is empty, and each folder gets a key of its own."""
    folders = [tmp_path / "ann", tmp_path / "bob"]
    for folder in folders:
        folder.mkdir()
        complete(folder)
        assert (folder / STAMP).read_text() == ""
    ann, bob = ((folder / SECRET).read_text() for folder in folders)
    assert ann != bob
    assert ann.isalnum()
    assert len(ann) <= MAX_SECRET


@pytest.mark.parametrize(
    "secret", ["", "../../etc", "a b", "a" * (MAX_SECRET + 1)], ids=["empty", "path", "two", "long"]
)
def test_a_key_that_cannot_be_a_key_is_replaced(tmp_path, secret):
    """nbgrader makes a file name of it."""
    (tmp_path / SECRET).write_text(secret)
    complete(tmp_path)
    assert (tmp_path / SECRET).read_text() != secret


def test_a_link_in_place_of_the_key_is_replaced(tmp_path):
    """Its target is not written to, even if it does not exist."""
    target = tmp_path / "elsewhere"
    (tmp_path / SECRET).symlink_to(target)
    complete(tmp_path)
    assert not (tmp_path / SECRET).is_symlink()
    assert not target.exists()
