"""The folders of a run: each with the student whose it is, in the known spelling."""

import logging

import pytest

from autograder.course.course import Course
from autograder.intake.refusal import beside
from autograder.intake.student_folders import StudentFolders


@pytest.fixture
def folders(tmp_path):
    """A function that makes folders of students, and looks at those that a run has chosen."""
    (tmp_path / "roster.csv").write_text("id\nann\nbob\n")

    def look(*students, chosen=None, look_only=False):
        for student in students:
            folder_of(tmp_path, student).mkdir(parents=True, exist_ok=True)
        found = {folder_of(tmp_path, one): one for one in chosen or students}
        log = logging.getLogger("a run")
        return StudentFolders(
            Course(tmp_path), "tiny", found, {*students}, log, look_only=look_only
        )

    return look


def folder_of(root, student):
    return root / "submitted" / student / "tiny"


def test_known_and_unknown_students_keep_their_folders(tmp_path, folders):
    """A student whom neither the gradebook nor the roster knows is graded like the others."""
    found = folders("ann", "eve")
    assert found.students == {folder_of(tmp_path, one): one for one in ("ann", "eve")}
    assert found.student(folder_of(tmp_path, "eve")) == "eve"
    assert found.clashing == set()


def test_a_run_that_only_looks_knows_the_student_and_renames_nothing(tmp_path, folders):
    """So a dry run compares with the grade of the student whom the gradebook knows."""
    found = folders("ANN", look_only=True)
    assert found.students == {folder_of(tmp_path, "ANN"): "ANN"}
    assert found.student(folder_of(tmp_path, "ANN")) == "ann"
    assert [path.name for path in (tmp_path / "submitted").iterdir()] == ["ANN"]


def test_refused_files_move_with_the_folder(tmp_path, folders):
    """And the student's folder for another assignment stays where it is."""
    folder = folder_of(tmp_path, "ANN")
    for path in (beside(folder), folder.with_name("other")):
        path.mkdir(parents=True)
    found = folders("ANN")
    assert found.students == {folder_of(tmp_path, "ann"): "ann"}
    assert beside(folder_of(tmp_path, "ann")).is_dir()
    assert [path.name for path in folder.parent.iterdir()] == ["other"]


def test_two_folders_of_a_student_concern_the_runs_that_grade_the_student(
    tmp_path, folders, caplog
):
    """A run for another student neither logs them nor leaves anybody out."""
    found = folders("ann", "ANN", "bob", chosen=["bob"])
    assert (found.clashing, caplog.messages) == (set(), [])
    found = folders("ann", "ANN", "bob")
    assert found.clashing == {folder_of(tmp_path, "ANN")}
    [line] = caplog.messages
    assert line.startswith("submitted/ANN/tiny and submitted/ann/tiny must be one folder")


def test_a_folder_outside_of_submitted_has_no_student(tmp_path, folders):
    """To ask for one is a bug of ours."""
    with pytest.raises(AssertionError, match="should be a submission's folder"):
        folders("ann").student(tmp_path / "autograded" / "ann" / "tiny")
