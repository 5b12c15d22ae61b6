"""A class goes all the way in courses whose folders are not where nbgrader has them by default.

Each course is the same to its commands: what the settings say counts, wherever they stand.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.apps import AutogradeApp, ExportApp, GenerateFeedbackApp, NbGrader, ZipCollectApp
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Application

from autograder import cli
from autograder.class_run import nbgrader_plugins
from autograder.course.assignment import Assignment
from autograder.course.course import Course, Stage
from autograder.course.settings import course_in
from tests.autograder.support.one_process import grade_here
from tests.autograder.support.tiny import (
    IDENTITY,
    RIGHT,
    SOLVED,
    handed_in,
    make_course,
    tiny_notebook,
)
from tests.conftest import PROJECT

RENAMED = {
    "source_directory": "quelle/v2",
    "release_directory": "ausgabe",
    "solution_directory": "loesung/",
    "submitted_directory": "./eingang/",
    "autograded_directory": "bewertet",
    "feedback_directory": "rueck/meldung",
    "db_url": "sqlite:///noten.db",
    "course_id": "physik",
}
ELSEWHERE = {
    stage.value: f"/{{}}/{stage.name.lower()}" for stage in Stage if stage is not Stage.SOLUTION
} | {
    "directory_structure": "{{nbgrader_step}}/{{assignment_id}}/{{student_id}}",
    "db_url": "sqlite:////{}/g.db",
}
STUDENTS_FIRST = {"directory_structure": "{{student_id}}/{{nbgrader_step}}/{{assignment_id}}"}
COURSES = {
    "renamed": (RENAMED, "file"),
    "absolute, assignments first": (ELSEWHERE, "file"),
    "students first": (STUDENTS_FIRST, "file"),
    "a user's own settings": (RENAMED | {"db_url": "sqlite:////{}/g.db"}, "user"),
    "the command line": (RENAMED, "command line"),
}
DIGITS = {"1234567": RIGHT, "1234568": IDENTITY}


class Class:
    """A course with two students' hand-ins as Moodle gives them, and the commands on it."""

    def __init__(self, root, settings, where, process):
        self.root, self.process, self.options = root, process, []
        elsewhere = str(root.parent / "disk").strip("/")
        settings = {name: text.format(elsewhere) for name, text in settings.items()}
        lines = [f"c.CourseDirectory.{name} = {value!r}" for name, value in settings.items()]
        self.here = root
        if where == "user":  # who works in a folder of their own
            self.here = root.parent / "home"
            lines.append(f"c.CourseDirectory.root = {str(root)!r}")
        elif where == "command line":
            self.options = [f"--CourseDirectory.{name}={value}" for name, value in settings.items()]
            lines = []
        folder = root.parent / "jupyter" if where == "user" else root
        for made in (self.here, folder, root.parent / "disk"):
            made.mkdir(parents=True, exist_ok=True)
        ours = (PROJECT / "nbgrader_config.py").read_text(encoding="utf-8")
        (folder / "nbgrader_config.py").write_text("\n".join([ours, *lines, ""]))
        self.course = course_in(self.here, self.options)
        self.assignment = Assignment(self.course, "tiny")

    def make(self):
        usual = Assignment(make_course(self.root).root, "tiny")
        for stage in (Stage.SOURCE, Stage.RELEASE):
            place = self.course.folder(stage, "tiny")
            place.parent.mkdir(parents=True, exist_ok=True)
            if place != usual.folder(stage):
                shutil.move(usual.folder(stage), place)
                usual.folder(stage).parent.rmdir()
        solution = self.course.folder(Stage.SOLUTION, "tiny")
        solution.mkdir(parents=True)
        nbformat.write(tiny_notebook(SOLVED), solution / "tiny.ipynb")
        archive = self.course.downloaded("tiny") / "archive"
        archive.mkdir(parents=True)
        for number, answer in DIGITS.items():
            file = archive / f"Somebody_{number}_assignsubmission_file_tiny.ipynb"
            nbformat.write(handed_in(self.assignment, answer), file)

    def nbgrader(self, app, *words):
        Application.clear_instance()
        running = app.instance()
        running.initialize([*words, *self.options])
        try:
            running.start()
        except SystemExit as end:  # with which some of nbgrader's commands end
            assert not end.code
        running.reset()
        Application.clear_instance()

    def press(self, student):
        """Press the Formgrader's button for a student."""
        app = NbGrader()
        app.initialize(self.options)
        return NbGraderAPI(app.coursedir, parent=app).autograde("tiny", student, force=True)

    def run(self, command, *words):
        """Run one of our commands; return its exit code and its output."""
        words = [command, "tiny", *words, *self.options]
        result = CliRunner().invoke(cli.commands, words)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result.exit_code, result.stdout

    def grade(self, *words):
        return grade_here(None, self.process, *words, *self.options).output

    def points(self):
        _, text = self.run("status", "--json")
        return {one["student"]: one["total"] for one in json.loads(text)["students"]}


@pytest.fixture(params=COURSES.values(), ids=COURSES.keys())
def a_class(request, tmp_path, monkeypatch, grading_process, empty_gradebook):
    settings, where = request.param
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setattr(nbgrader_plugins, "grading_process", lambda **_: grading_process)
    found = Class(tmp_path / "course", settings, where, grading_process)
    found.make()
    shutil.copy(empty_gradebook, found.course.db_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(found.course.db_url.removeprefix("sqlite:///"))) as gradebook:
        gradebook.execute("DELETE FROM course")
        gradebook.commit()
    monkeypatch.chdir(found.here)
    yield found
    Application.clear_instance()


def test_a_class_goes_all_the_way(a_class):
    """Collected, graded, shown, exported, looked through and graded again by nbgrader."""
    course = a_class.course
    a_class.nbgrader(ZipCollectApp, "tiny")
    assert course.students(Stage.SUBMITTED, "tiny").keys() == DIGITS.keys()
    reported = a_class.grade()
    assert "2 submissions: 2 graded" in reported, reported
    assert course.students(Stage.AUTOGRADED, "tiny").keys() == DIGITS.keys()
    assert a_class.points() == {"1234567": 2.0, "1234568": 0.0}
    a_class.nbgrader(GenerateFeedbackApp, "tiny")
    assert course.students(Stage.FEEDBACK, "tiny").keys() == DIGITS.keys()
    a_class.nbgrader(ExportApp)
    assert (a_class.here / "grades.csv").read_text().count("graded") == 2
    code, text = a_class.run("report", "--json")
    assert (code, json.loads(text)["submissions"]) == (0, 2)
    code, text = a_class.run("teams", "--json")
    teams = [team["submission_of"] for team in json.loads(text)["teams"]]
    assert (code, teams) == (0, [*DIGITS])
    a_class.nbgrader(AutogradeApp, "tiny", "--force", "--student='1234568'")
    assert a_class.press("1234567")["success"]
    assert a_class.points() == {"1234567": 2.0, "1234568": 0.0}
    assert not {path.name for path in a_class.root.iterdir()} & unused(course)


def unused(course):
    """Return the names that nothing in the course's folder may have: nbgrader's unused defaults."""
    used = {course.folder(stage, "tiny") for stage in Stage} | {Path(course.db_url[10:])}
    names = {path.relative_to(course.root).parts[0] for path in used if course.root in path.parents}
    return {*map(Course(course.root).__getattribute__, Stage), "gradebook.db"} - names


def test_leaks_finds_what_is_planted(a_class):
    """In the release and in a student's feedback, wherever they lie; in a text, by their names."""
    course = a_class.course
    code, text = a_class.run("leaks", "--json")
    assert (code, json.loads(text)["finds"]) == (0, [])
    folders = [
        course.folder(Stage.SUBMITTED, "tiny", "7654321"),
        course.folder(Stage.FEEDBACK, "tiny", "7654321"),
    ]
    for folder in folders:
        folder.mkdir(parents=True)
    release = course.folder(Stage.RELEASE, "tiny") / "notes.txt"
    mention = course.shown(folders[0])
    release.write_text(f"return self.factor * x\nsee {mention} there\n")
    (folders[1] / "more.txt").write_text("nothing of ours\n")
    code, text = a_class.run("leaks", "--json")
    found = json.loads(text)["finds"]
    assert code == 1
    reported = {(find["path"], find["what"].partition(",")[0]) for find in found}
    where = course.shown(release)
    kind = "a path of a machine" if mention.startswith("/") else "a path of the course"
    assert (where, "a line of the solution") in reported
    assert (where, kind) in reported
    assert (
        course.shown(folders[1] / "more.txt"),
        "a file that is not part of the feedback",
    ) in reported
    assert course.shown(course.folder(Stage.SOURCE, "tiny")) in found[0]["remedy"]


def test_another_students_work_is_not_run_by_check(a_class):
    """What lies among the hand-ins runs where it is confined, whatever that folder is called."""
    folder = a_class.course.folder(Stage.SUBMITTED, "tiny", "1234567")
    folder.mkdir(parents=True)
    nbformat.write(handed_in(a_class.assignment, RIGHT), folder / "tiny.ipynb")
    result = CliRunner().invoke(
        cli.commands, ["check", str(folder / "tiny.ipynb"), *a_class.options], standalone_mode=False
    )
    assert "was handed in, and would run with your own rights" in str(result.exception)
