"""Python files in a download are collected, each to its place beside the notebook."""

import pytest

from tests.autograder.support.download import JULY, JUNE, archive, zipped
from tests.autograder.support.tiny import in_files

NB = ("1", JULY)
PY = ("2", JULY)


@pytest.fixture
def paths(archives, collect):
    """A function that collects an archive of some files; returns each taken file but the stamps."""

    def run(files):
        archive(archives / "m.zip", files)
        taken = collect()[0]
        return {path: text for path, text in taken.items() if not path.endswith(".txt")}

    return run


def test_folders_of_a_hand_in_stay(paths):
    """Files beside the notebook keep their paths. Given modules and figures are not taken."""
    assert paths({
        "Ann Ä_1234567_assignsubmission_file_/homework/tiny.ipynb": NB,
        "Ann Ä_1234567_assignsubmission_file_/homework/helpers/mask.py": PY,
        "Ann Ä_1234567_assignsubmission_file_/homework/scaling.py": PY,
        "Ann Ä_1234567_assignsubmission_file_/homework/figure.png": PY,
    }) == {"ann/tiny/tiny.ipynb": "1", "ann/tiny/helpers/mask.py": "2"}  # fmt: skip


def test_files_that_an_lms_has_put_side_by_side_find_their_places(tiny, paths):
    """The answer's name decides; of several attempts, the newest is taken."""
    in_files(tiny)
    assert paths({
        "aann_1001_5_tiny.ipynb": NB,
        "aann_1001_6_scaler.py": ("old", JULY),
        "aann_1001_7_scaler-1.py": ("new", JUNE),
        "aann_1001_8_mine.py": PY,
    }) == {"ann/tiny/tiny.ipynb": "1", "ann/tiny/scaler.py": "new", "ann/tiny/mine.py": "2"}  # fmt: skip


def test_answers_are_collected_without_a_notebook(tiny, paths):
    """Where the answers are files, they are what is graded."""
    in_files(tiny)
    files = {"Cem Cee_55_assignsubmission_file_scaler.py": PY}
    assert paths(files) == {"cem/tiny/scaler.py": "2"}


def test_a_zip_with_the_whole_folder_is_collected(tiny, archives, paths):
    """Students upload such files to Moodle."""
    in_files(tiny)
    whole = zipped({"tiny/tiny.ipynb": NB, "tiny/scaler.py": PY})
    files = {"Ann Ä_1234567_assignsubmission_file_/tiny.zip": (whole, JULY)}
    assert paths(files) == {"ann/tiny/tiny.ipynb": "1", "ann/tiny/scaler.py": "2"}


def test_without_answers_in_files_python_alone_is_no_submission(archives, collect):
    """The file is listed with the reason, as before."""
    archive(archives / "m.zip", {"Cem Cee_55_assignsubmission_file_scaler.py": PY})
    taken, refused, *_ = collect()
    assert taken == {}
    assert refused["Cem Cee_55_assignsubmission_file_scaler.py"] == "it is no notebook"
