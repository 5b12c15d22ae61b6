"""The gradebook: each fault is an error with a remedy, and without the password."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import nbgrader
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import OperationalError

from autograder import cli
from autograder.course import gradebook as gradebook_module
from autograder.course.gradebook import check, check_writable, file_of, is_there, trouble
from tests.autograder.commands.test_class_grading import snapshot


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("sqlite:///gradebook.db", False),
        ("sqlite:////course/gradebook.db?timeout=60", False),
        ("postgresql://user@host/course", True),
        ("postgresql+psycopg://user@host/course", True),
        ("postgresql+psycopg://user@/course?host=/run", True),
    ],
)
def test_a_file_is_no_server(url, found):
    """Any address but SQLite's is that of a server."""
    assert (file_of(url) is None) is found


def test_a_server_that_does_not_answer_is_an_error_with_the_cause():
    """The error names the address without its password, and the remedy."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(NbGraderException) as error:
        check_writable("postgresql+psycopg://me:sesame@127.0.0.1:1/course")
    reported = str(error.value)
    assert reported.startswith("postgresql+psycopg://me:***@127.0.0.1:1/course must be a gradebook")
    assert "see that its server is running" in reported
    assert "sesame" not in reported
    assert "\n" not in reported


def test_without_a_driver_the_extra_is_named(monkeypatch):
    """Without the package that speaks to a server, an error says what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(
        NbGraderException, match=r"pip install 'nbgrader-autograder\[postgres\]'"
    ) as error:
        is_there("postgresql+psycopg://me:sesame@host/course")
    assert "sesame" not in str(error.value)


@pytest.mark.parametrize("url", ["me:sesame@host", "postgresql:/me:sesame@host"])
def test_an_invalid_address_is_an_error(url):
    """A text that is no address is not repeated: there may be a password in it."""
    with pytest.raises(NbGraderException, match="must be like") as error:
        is_there(url)
    assert "sesame" not in str(error.value)


def test_an_unknown_kind_of_database_is_an_error():
    """The error says it in words."""
    with pytest.raises(NbGraderException, match="nonsense"):
        is_there("nonsense://me:sesame@host/course")


@pytest.mark.parametrize(
    ("reported", "remedy"),
    [("database or disk is full", "make room"), ("database is locked", "close what else")],
)
def test_trouble_with_the_gradebook_comes_with_the_remedy(reported, remedy):
    """In the words of the one who has to do something."""
    error = OperationalError("INSERT", {}, sqlite3.OperationalError(reported))
    assert remedy in trouble(error)


# ---- what is no gradebook, or not this course's: one error, its remedy works, nothing is touched

OLD = Path(nbgrader.__file__).parent / "tests" / "apps" / "files" / "gradebook.db"  # nbgrader 0.4's


def run(path, *statements):
    with closing(sqlite3.connect(path)) as file, file:
        for statement in statements:
            file.execute(statement)


def text_file(path):
    path.write_text("not a gradebook")


def folder(path):
    path.unlink()
    path.mkdir()


def empty(path):
    path.write_bytes(b"")


def cut(path):
    path.write_bytes(path.read_bytes()[:5000])


def of_another_program(path):
    path.unlink()
    run(path, "CREATE TABLE songs (name)")


def older(path):
    shutil.copy(OLD, path)


def without_lms_ids(path):
    run(
        path,
        "ALTER TABLE student DROP COLUMN lms_user_id",
        "UPDATE alembic_version SET version_num = '167914646830'",
        "PRAGMA foreign_keys = OFF",
        "CREATE TABLE a AS SELECT id, name, duedate FROM assignment",
        "DROP TABLE assignment",
        "ALTER TABLE a RENAME TO assignment",
        "DROP TABLE course",
    )


def newer(path):
    run(path, "UPDATE alembic_version SET version_num = 'ffffffffffff'")


def of_another_course(path):
    path.unlink()
    with Gradebook(f"sqlite:///{path}", "botany") as gradebook:
        gradebook.add_assignment("leaves")


def delete(course):
    (course.root / "gradebook.db").unlink()


def put_back(course):
    path = course.root / "gradebook.db"
    if path.is_dir():
        path.rmdir()
    shutil.copy(course.root / "copy.db", path)


def upgrade(course):
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "db", "upgrade", f"--db={course.url}"],
        cwd=course.root,
        check=True,
        capture_output=True,
    )


def rename_course(course):
    course.set("c.CourseDirectory.course_id = 'botany'")


UNUSABLE = [
    (text_file, "got another kind of file, or a damaged one", put_back),
    (cut, "got another kind of file, or a damaged one", put_back),
    (folder, "got a folder", put_back),
    (empty, "got an empty file: put a copy of the gradebook in its place", put_back),
    (empty, "or delete the file to begin with a new one", delete),
    (of_another_program, "with the table songs: name the gradebook", put_back),
    (older, "got one of an older version: make a copy of it, and run `nbgrader db", upgrade),
    (newer, "got one of a newer version (revision ffffffffffff)", put_back),
    (of_another_course, "got that of 'botany': name the gradebook with --db", put_back),
    (of_another_course, "or set c.CourseDirectory.course_id = 'botany'", rename_course),
]


@pytest.mark.parametrize(
    ("spoil", "reported", "mend"),
    UNUSABLE,
    ids=[f"{s.__name__}-{m.__name__}" for s, _, m in UNUSABLE],
)
def test_what_is_no_gradebook_of_this_course_is_one_error(
    tiny_course, grade, spoil, reported, mend
):
    """Graded or compared, nothing has been touched; what the error says to do works."""
    path = tiny_course.root / "gradebook.db"
    shutil.copy(path, tiny_course.root / "copy.db")
    (tiny_course.hand_in("ann") / "link").symlink_to("/etc")
    spoil(path)
    before = snapshot(tiny_course.root)
    for words in ([], ["--dry-run"]):
        ran = grade(*words)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), ran
        assert ran.err.startswith("Error: ")
        assert reported in ran.err
    assert snapshot(tiny_course.root) == before
    mend(tiny_course)
    assert grade().code == 0
    assert (tiny_course.graded("ann") / "tiny.ipynb").is_file()


ADDRESSES = [
    ("gradebook.db", "must be like sqlite:///grades.db"),
    ("sqlite://", "names no file"),
    ("sqlite:///:memory:", "names no file"),
    ("sqlite:////nowhere/gradebook.db", "there is no folder /nowhere"),
    ("postgresql://me:sesame@host:port/course", "must be like"),
    ("mysql://me:sesame@host/course", "needs the package MySQLdb: install it, or choose another"),
    ("nonsense://me:sesame@host/course", "cannot be a gradebook"),
]


@pytest.mark.parametrize(("url", "reported"), ADDRESSES, ids=[url for url, _ in ADDRESSES])
def test_an_address_that_cannot_be_a_gradebook_is_one_error(tiny_course, grade, url, reported):
    """Without the password that may stand in it."""
    tiny_course.hand_in("ann")
    before = snapshot(tiny_course.root)
    ran = grade("--db", url)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), ran
    assert reported in ran.err
    assert "sesame" not in ran.err
    assert snapshot(tiny_course.root) == before
    assert grade("--db", "sqlite:///gradebook.db").code == 0


def test_a_gradebook_that_another_program_holds_is_one_error(tiny_course, grade, monkeypatch):
    """It waits for a while; once the other has let go, grading works."""
    monkeypatch.setattr(gradebook_module, "PATIENCE", 0.1)
    tiny_course.hand_in("ann")
    with closing(sqlite3.connect("gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        before = snapshot(tiny_course.root / "submitted")
        ran = grade()
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), ran
        assert "close what else is using it" in ran.err
        assert snapshot(tiny_course.root / "submitted") == before
    assert grade().code == 0


SHOWN = [
    ("status", text_file, "got another kind of file"),
    ("teams", empty, "got an empty file"),
    ("report", without_lms_ids, "got one of an older version"),
]


@pytest.mark.parametrize(("command", "spoil", "reported"), SHOWN, ids=[name for name, *_ in SHOWN])
def test_what_only_shows_says_the_same(tiny_course, command, spoil, reported):
    """`autograder status` and its kin have one line for it too, and change nothing."""
    spoil(tiny_course.root / "gradebook.db")
    before = snapshot(tiny_course.root)
    ran = CliRunner().invoke(cli.commands, [command, "tiny", "--course", str(tiny_course.root)])
    assert isinstance(ran.exception, NbGraderException), ran
    assert reported in str(ran.exception)
    assert snapshot(tiny_course.root) == before


def test_the_export_says_the_same(tiny_course):
    """Instead of a traceback; no table is written."""
    older(tiny_course.root / "gradebook.db")
    ran = subprocess.run(
        [sys.executable, "-m", "nbgrader", "export"],
        cwd=tiny_course.root,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "run `nbgrader db upgrade --db=sqlite:///" in ran.stderr
    assert not (tiny_course.root / "grades.csv").exists()


def test_the_formgraders_button_says_the_same(tiny_course):
    """In its log; nothing has been touched."""
    tiny_course.hand_in("ann")
    newer(tiny_course.root / "gradebook.db")
    before = snapshot(tiny_course.root)
    result = tiny_course.grade("ann")
    assert not result["success"]
    assert "got one of a newer version" in result["log"]
    assert snapshot(tiny_course.root) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone can become another user")
@pytest.mark.parametrize(
    ("what", "mode", "reported"),
    [
        ("gradebook.db", 0o444, "chmod g+rw"),
        ("gradebook.db", 0o000, "chmod u+rw"),
        (".", 0o555, "chmod u+w"),
        (".", 0o777, ""),
    ],
)
def test_missing_rights_are_an_error_with_a_remedy(empty_gradebook, what, mode, reported):
    """The right that is missing is named with the command that gives it."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        shutil.copy(empty_gradebook, root)
        root.chmod(0o777)
        (root / "gradebook.db").chmod(0o666)
        (root / what).chmod(mode)
        refused = refused_to_nobody(f"sqlite:///{root / 'gradebook.db'}")
        assert reported in refused
        assert bool(reported) == bool(refused)


def refused_to_nobody(url):
    """Return why another user cannot use a gradebook; empty if they can."""
    check(url)  # which imports what that user may not read
    reading, writing = os.pipe()
    if not (child := os.fork()):
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            check(url)
            check_writable(url)
        except NbGraderException as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        reported = file.read()
    os.waitpid(child, 0)
    return reported
