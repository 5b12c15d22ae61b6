"""nbgrader's settings: from the course, the user's Jupyter folders, the command line."""

import logging
import os
from pathlib import Path

import pytest

from autograder.course.assignment import AssignmentError
from autograder.course.course import Course
from autograder.course.settings import course_in


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course's folder, and an empty folder of the user's own settings."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    for name in ("jupyter", "course", "home"):
        (tmp_path / name).mkdir()
    return tmp_path / "course"


def write(folder, *lines):
    text = "".join(f"c.{line}\n" for line in lines)
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{text}")


def test_without_settings_all_is_as_nbgrader_has_it(course):
    assert course_in(course) == Course(course)


def test_the_courses_own_file_counts(course):
    """All that a course knows of its folders may be said there."""
    write(
        course,
        "CourseDirectory.submitted_directory = 'eingang'",
        "CourseDirectory.directory_structure = '{nbgrader_step}/{assignment_id}/{student_id}'",
        "CourseDirectory.db_url = 'sqlite:///grades.db'",
        "CourseDirectory.ignore = ['*.tmp']",
        "CourseDirectory.groupshared = True",
        "CourseDirectory.student_id_exclude = 'bob,cem'",
        "Exchange.root = '/srv/exchange'",
        "ZipCollectApp.downloaded_directory = 'moodle'",
    )
    assert course_in(course) == Course(
        course,
        submitted_directory="eingang",
        directory_structure="{nbgrader_step}/{assignment_id}/{student_id}",
        db_url=f"sqlite:///{course}/grades.db",
        ignore=("*.tmp",),
        groupshared=True,
        student_id_exclude="bob,cem",
        exchange="/srv/exchange",
        downloaded_directory="moodle",
    )


def test_a_users_own_settings_count(course):
    """Their `CourseDirectory.root` too, with the settings that lie there."""
    home = course.parent / "home"
    write(
        course.parent / "jupyter",
        f"CourseDirectory.root = {str(course)!r}",
        "CourseDirectory.course_id = 'users'",
        "CourseDirectory.feedback_directory = 'users'",
    )
    write(course, "CourseDirectory.course_id = 'physics'")
    assert course_in(home) == Course(course, "physics", feedback_directory="users")


def test_the_command_line_takes_precedence(course):
    write(course, "CourseDirectory.root = '/srv/other'", "CourseDirectory.course_id = 'physics'")
    options = [f"--CourseDirectory.root={course}", "--CourseDirectory.course_id=chemistry"]
    assert course_in(course, options) == Course(course, "chemistry")


@pytest.mark.parametrize("line", ["CourseDirectory.root = = 1", "CourseDirectory.root = 1 / 0"])
def test_a_file_that_cannot_be_read_is_named(course, line):
    """nbgrader would go on without it, in other folders."""
    write(course, line)
    with pytest.raises(
        AssignmentError, match=f"cannot be read .*: mend {course}/nbgrader_config.py"
    ):
        course_in(course)


@pytest.mark.parametrize("value", ["groupshared=maybe", "assignment_id=a+b"])
def test_a_value_that_a_setting_cannot_have_is_named(course, value):
    with pytest.raises(AssignmentError, match="setting"):
        course_in(course, [f"--CourseDirectory.{value}"])


def test_a_misspelt_setting_is_logged(course):
    reported = []
    handler = logging.Handler()
    handler.emit = lambda record: reported.append(record.getMessage())
    write(course, "CourseDirectory.submited_directory = 'eingang'")
    course_in(course, (), handler)
    assert any("submited_directory" in text for text in reported)
    assert Path.cwd() != course


@pytest.mark.parametrize(
    "place",
    [
        "submitted/ann/ps1",
        "submitted/ann/ps1/data",
        "autograded/ann/ps1",
        "feedback/ann/ps1",
        "downloaded/ps1/extracted/ann",
    ],
)
@pytest.mark.parametrize("has_file", [True, False])
@pytest.mark.parametrize("where", ["the course", "Jupyter's folder"])
def test_no_settings_are_read_from_a_students_folder(
    course, tmp_path, monkeypatch, place, has_file, where
):
    """They are Python, and would be run as the grader."""
    if where == "the course":
        write(course)
    else:
        write(tmp_path / "jupyter", f"CourseDirectory.root = {str(course)!r}")
    monkeypatch.delenv("RUN", raising=False)
    folder = course / place
    folder.mkdir(parents=True)
    if has_file:
        (folder / "nbgrader_config.py").write_text("import os\nos.environ['RUN'] = 'as us'\n")
    with pytest.raises(AssignmentError, match=f"got {folder} .*: change to the course"):
        course_in(folder)
    assert "RUN" not in os.environ


def test_settings_are_read_in_the_other_folders_of_a_course(course):
    """An instructor works in the source's folder, too."""
    write(course, "CourseDirectory.submitted_directory = 'inbox'")
    for name in ("source/ps1", "submitted/ann/ps1"):
        (course / name).mkdir(parents=True)
        assert course_in(course / name).root == course / name
