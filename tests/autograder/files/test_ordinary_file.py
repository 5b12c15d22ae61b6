"""Ordinary files: any other kind of file is refused in words that name the kind."""

import os

import pytest

from autograder.files.ordinary_file import FOLDER, NO_FILE, RefusedError, opened


def test_an_ordinary_file_is_opened(tmp_path):
    """Its descriptor reads the content."""
    (tmp_path / "a").write_bytes(b"one")
    with opened(tmp_path / "a") as descriptor:
        assert os.read(descriptor, 10) == b"one"


@pytest.mark.parametrize(("make", "why"), [(os.mkfifo, NO_FILE), (os.mkdir, FOLDER)])
def test_a_file_of_another_kind_is_named_as_what_it_is(tmp_path, make, why):
    """A pipe that nobody writes to does not make the reader wait."""
    make(tmp_path / "a")
    with pytest.raises(RefusedError) as refused, opened(tmp_path / "a"):
        pass
    assert str(refused.value) == why
