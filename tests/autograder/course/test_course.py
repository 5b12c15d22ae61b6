"""A course's folders: where nbgrader's settings put them, and whose they are."""

import pickle
from pathlib import Path

import pytest
from nbgrader.apps import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import default

from autograder.course.course import Course, Stage

STRUCTURES = {
    "usual": {},
    "assignments first": {"directory_structure": "{nbgrader_step}/{assignment_id}/{student_id}"},
    "students first": {"directory_structure": "{student_id}/{nbgrader_step}/{assignment_id}"},
    "one folder": {"directory_structure": "{nbgrader_step}/{assignment_id}-of-{student_id}"},
    "twice": {"directory_structure": "{nbgrader_step}/{student_id}/{student_id}.{assignment_id}"},
    "deeper": {"directory_structure": "2026/x[1]/{nbgrader_step}/{student_id}/a/{assignment_id}"},
    "renamed": {"submitted_directory": "eingang", "source_directory": "quelle/v2"},
    "with a slash": {"submitted_directory": "./submitted//", "source_directory": "source/"},
    "absolute": {"submitted_directory": "/{}/in", "source_directory": "/{}/src"},
    "beside it": {"submitted_directory": "../in", "source_directory": "../src"},
}
IDS = ("ann", "student-05", "a.b@u.edu", "20260105", "ö[1]*", "two words")


@pytest.fixture(params=STRUCTURES.values(), ids=STRUCTURES.keys())
def coursedir(request, tmp_path):
    """nbgrader's own object, for each structure."""
    elsewhere = str(tmp_path / "elsewhere").strip("/")
    settings = {name: text.replace("{}", elsewhere) for name, text in request.param.items()}
    return CourseDirectory(root=str(tmp_path / "course [2]"), **settings)


def test_the_defaults_are_nbgraders(tmp_path):
    """So a course without settings is the same to both."""
    coursedir = CourseDirectory(root=str(tmp_path))
    assert Course.of(coursedir) == Course(tmp_path)
    assert Course(tmp_path).exchange == default.Exchange().root
    app = ZipCollectApp()
    assert Course(tmp_path).downloaded_directory == app.downloaded_directory
    assert Course(tmp_path).collect_directory_structure == app.collect_directory_structure


@pytest.mark.parametrize("stage", Stage)
def test_a_folder_is_where_nbgrader_has_it(coursedir, stage):
    """For each stage, with any structure."""
    course = Course.of(coursedir)
    for student in (".", *IDS):
        theirs = coursedir.format_path(getattr(coursedir, stage), student, "tiny")
        assert course.folder(stage, "tiny", student) == Path(theirs)


def test_students_are_found_by_their_folders(coursedir):
    """Whatever their ids are made of; nobody has another assignment's folder, or another stage's."""
    course = Course.of(coursedir)
    folders = {student: course.folder(Stage.SUBMITTED, "tiny", student) for student in IDS}
    for folder in folders.values():
        folder.mkdir(parents=True)
    course.folder(Stage.SUBMITTED, "other", "bob").mkdir(parents=True)
    assert course.students(Stage.SUBMITTED, "tiny") == folders
    assert course.students(Stage.SUBMITTED, "other").keys() == {"bob"}
    assert course.students(Stage.FEEDBACK, "tiny") == {}


def test_a_path_identifies_its_student(coursedir):
    """The folder itself, and what lies in it."""
    course = Course.of(coursedir)
    for student in IDS:
        folder = course.folder(Stage.SUBMITTED, "tiny", student)
        for path in (folder, folder / "tiny.ipynb", folder / "data" / "x.csv"):
            assert course.whose(Stage.SUBMITTED, path) == (student, "tiny")
            assert course.whose(Stage.AUTOGRADED, path) is None
        assert course.student(Stage.SUBMITTED, "tiny", folder) == student
        assert course.student(Stage.SUBMITTED, "other", folder) == ""
    assert course.whose(Stage.SUBMITTED, course.root / "elsewhere") is None


def test_assignments_are_those_with_a_source(coursedir):
    """A file beside them is none."""
    course = Course.of(coursedir)
    for name in ("tiny", "ps 1"):
        course.folder(Stage.SOURCE, name).mkdir(parents=True)
    course.folder(Stage.SOURCE, "header.ipynb").touch()
    assert course.assignments() == ["ps 1", "tiny"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///grades.db", "sqlite:////srv/course/grades.db"),
        ("sqlite:///../grades.db?timeout=5", "sqlite:////srv/course/../grades.db?timeout=5"),
        ("sqlite:////var/grades.db", "sqlite:////var/grades.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://course@db/grades", "postgresql://course@db/grades"),
    ],
)
def test_a_relative_gradebook_lies_in_the_course(url, expected):
    """Whatever the working directory is."""
    assert Course.of(CourseDirectory(root="/srv/course", db_url=url)).db_url == expected


def test_a_course_travels(tmp_path):
    """As JSON, and pickled."""
    course = Course(tmp_path, "physics", groupshared=True, ignore=("*.tmp",))
    assert Course.from_dict(course.to_dict()) == course
    assert pickle.loads(pickle.dumps(course)) == course  # noqa: S301  # our own
    assert hash(course) == hash(Course.from_dict(course.to_dict()))


def test_a_copy_of_a_course_has_its_folders_in_the_copy():
    """Absolute ones too, if they lie in the course."""
    there = Path("/mnt/copy")
    course = Course(
        Path("/srv/course"), source_directory="/srv/course/src", release_directory="/srv/out"
    )
    course = Course(there, **course.layout())
    assert course.folder(Stage.SOURCE, "tiny") == there / "src" / "tiny"
    assert course.folder(Stage.RELEASE, "tiny") == Path("/srv/out/tiny")
    assert course.folder(Stage.SUBMITTED, "tiny", "ann") == there / "submitted" / "ann" / "tiny"


def test_what_nbgrader_ignores_is_no_file_of_the_course(tmp_path):
    """By the name of the file, or of a folder around it."""
    for name in ("a.py", "b.tmp", "old/c.py", "data/d.csv", ".hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = Course(tmp_path, ignore=("*.tmp", "old")).files(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        ".hidden",
        "a.py",
        "data/d.csv",
    ]


def test_a_path_is_shown_as_seen_from_the_course(tmp_path):
    """And as it is, if it lies elsewhere."""
    course = Course(tmp_path, submitted_directory="eingang", autograded_directory="/srv/graded")
    assert course.shown(course.folder(Stage.SUBMITTED, "tiny", "ann")) == "eingang/ann/tiny"
    assert course.shown(course.folder(Stage.AUTOGRADED, "tiny", "ann")) == "/srv/graded/ann/tiny"
