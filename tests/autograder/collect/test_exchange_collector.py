"""The exchange: what students put there is collected, each alone, and nothing else is."""

import csv
import logging
import os
import pwd
import shutil
import socket
from datetime import datetime

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import CollectApp
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect
from traitlets.config import PyFileConfigLoader

from autograder.collect import exchange_collector
from autograder.course.assignment import Assignment
from autograder.files.ordinary_file import LINK, NO_FILE
from autograder.gradebook.class_record import read_class
from tests.autograder.support.tiny import RIGHT, handed_in
from tests.conftest import PROJECT

ME = pwd.getpwuid(os.geteuid()).pw_name
MAY, JUNE = "2026-05-10 14:00:00.000000 UTC", "2026-06-10 14:00:00.000000 UTC"


@pytest.fixture
def course(tiny, monkeypatch, empty_gradebook):
    """The folder of a tiny course with our settings and an exchange, in whose folder we are."""
    settings = (PROJECT / "nbgrader_config.py").read_text(encoding="utf-8")
    settings += f"\nc.Exchange.root = {str(tiny.root / 'exchange')!r}\n"
    (tiny.root / "nbgrader_config.py").write_text(settings)
    (tiny.root / "exchange" / "deep_learning" / "inbound").mkdir(parents=True)
    (tiny.root / "exchange").chmod(0o777)
    shutil.copy(empty_gradebook, tiny.root / "gradebook.db")  # nbgrader takes seconds to make one
    monkeypatch.chdir(tiny.root)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tiny.root))
    return tiny.root


@pytest.fixture
def submit(tiny, course):
    """A function that hands in as `nbgrader submit` does, and returns the folder."""

    def run(student=ME, stamp=JUNE, text="", user=None, name=""):
        inbound = course / "exchange" / "deep_learning" / "inbound"
        folder = inbound / (name or f"{student}+tiny+{stamp}+aBc-_123")
        folder.mkdir()
        (folder / "tiny.ipynb").write_text(text or nbformat.writes(handed_in(tiny, RIGHT)))
        (folder / "timestamp.txt").write_text(stamp)
        (folder / "submission_secret.txt").write_text("5ec4e7")
        for path in (folder, *folder.iterdir()):
            path.chmod(0o777 if path.is_dir() else 0o644)
            if user is not None:
                os.chown(path, pwd.getpwnam(user).pw_uid, -1)
        return folder

    return run


@pytest.fixture
def collect(course, caplog):
    """A function that runs `nbgrader collect`; it returns the exit code and the log."""

    def run(*words):
        app = CollectApp()
        app.initialize(["tiny", *words])
        app.log.propagate = True
        caplog.clear()
        code = 0
        with caplog.at_level(logging.INFO, logger=app.log.name):
            try:
                app.start()
            except SystemExit as end:
                code = end.code
        return code, "\n".join(caplog.messages)

    return run


@pytest.fixture
def as_root():
    if os.geteuid() != 0:
        pytest.skip("root alone can give a file to another user")


def taken(course, student=ME):
    """Return what lies in a student's folder, by name."""
    folder = course / "submitted" / student / "tiny"
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def listed(course):
    path = course / "downloaded" / "tiny" / "collected.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return {row["file"]: row["refused because"] for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("words", "times", "before"),
    [
        ([], [MAY, JUNE], ""),
        ([], [JUNE], MAY),
        (["--update"], [JUNE, MAY], MAY),
        (["--update"], [MAY], JUNE),
        (["--before-duedate"], [MAY, JUNE], JUNE),
        ([f"--student={ME}"], [JUNE], ""),
    ],
)
def test_what_is_in_order_is_collected_as_by_nbgrader(
    course, submit, collect, monkeypatch, words, times, before
):
    """The same files, the same words: with a due date, and with what was collected before."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment("tiny", duedate=datetime(2026, 6, 1))  # noqa: DTZ001  # nbgrader has none
    for number, time in enumerate(times):
        folder = submit(stamp=time, text=f"{number}")
        (folder / "data").mkdir()
        (folder / "data" / "x.csv").write_text("1")
        (folder / "__pycache__").mkdir()
    found = []
    for kind in (exchange_collector.GuardedCollect, ExchangeCollect):
        shutil.rmtree(course / "submitted", ignore_errors=True)
        if before:
            earlier = course / "submitted" / ME / "tiny"
            earlier.mkdir(parents=True)
            (earlier / "tiny.ipynb").write_text("earlier")
            (earlier / "timestamp.txt").write_text(before)
        monkeypatch.setattr(exchange_collector, "GuardedCollect", kind)
        code, reported = collect(*words)
        found.append((code, reported, taken(course)))
    assert found[0] == found[1]
    assert not (course / "downloaded").exists()


def link_to_solution(folder, secret):
    (folder / "tiny.ipynb").unlink()
    (folder / "tiny.ipynb").symlink_to(secret)
    return f"tiny.ipynb: {LINK}"


def link_to_folder(folder, secret):
    shutil.rmtree(folder)
    folder.symlink_to(secret.parent)
    return LINK


def dangling_link(folder, secret):
    (folder / "tiny.ipynb").unlink()
    (folder / "tiny.ipynb").symlink_to(secret.parent / "nowhere")
    return f"tiny.ipynb: {LINK}"


def pipe(folder, secret):
    (folder / "tiny.ipynb").unlink()
    os.mkfifo(folder / "tiny.ipynb")
    return f"tiny.ipynb: {NO_FILE}"


def lone_pipe(folder, secret):
    shutil.rmtree(folder)
    os.mkfifo(folder)
    return NO_FILE


def bare_file(folder, secret):
    shutil.rmtree(folder)
    folder.write_text("work")
    return "it is no folder"


def too_large(folder, secret):
    with (folder / "tiny.ipynb").open("wb") as file:
        file.truncate(2**40)  # takes no room on the disk
    return "tiny.ipynb: a file may be 100000 kB (CourseDirectory.max_file_size)"


def stamp_as_folder(folder, secret):
    (folder / "timestamp.txt").unlink()
    (folder / "timestamp.txt").mkdir()
    return "timestamp.txt must be a file"


@pytest.mark.parametrize(
    "breaks",
    [
        link_to_solution, link_to_folder, dangling_link, pipe, lone_pipe, bare_file, too_large,
        stamp_as_folder,
    ],
)  # fmt: skip
def test_what_is_refused_leaves_the_earlier_one(course, submit, collect, breaks):
    """It is named, the command fails, and what was collected before is untouched."""
    submit(stamp=MAY, text="earlier")
    assert collect()[0] == 0
    before = taken(course)
    secret = course / "reference_solution" / "tiny" / "tiny.ipynb"
    secret.parent.mkdir(parents=True)
    secret.write_text("the solution")
    folder = submit()
    why = breaks(folder, secret)
    code, reported = collect("--update")
    assert code == 1
    assert f"Left out: {ME}: handed in {folder.name}: {why}" in reported
    assert listed(course)[f"inbound/{folder.name}"] == why
    assert taken(course) == before == {**before, "tiny.ipynb": "earlier"}
    assert [path.name for path in (course / "submitted" / ME).iterdir()] == ["tiny"]


def test_where_the_newest_is_refused_an_older_one_is_collected(course, submit, collect):
    """The log says so, and names what was refused; a second run changes nothing."""
    submit(stamp=MAY, text="older")
    link_to_solution(submit(), course)
    code, reported = collect()
    assert code == 1
    assert f"{ME}: the hand-in of {MAY} is collected" in reported
    assert taken(course)["tiny.ipynb"] == "older"
    assert collect("--update")[0] == 1
    assert taken(course)["tiny.ipynb"] == "older"


def test_a_first_collection_that_fails_leaves_no_folder(course, submit, collect):
    """An empty one would look like a student who has handed in."""
    link_to_solution(submit(), course)
    assert collect()[0] == 1
    assert not (course / "submitted" / ME).exists()


def socket_in(folder):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "x"))
    return NO_FILE


def link_in(folder):
    (folder / "x").symlink_to("/etc")
    return LINK


def deep_in(folder):
    deep = folder / "x"
    for _ in range(40):
        deep.mkdir()
        deep /= "x"
    return "folders may be nested 32 deep"


def odd_name_in(folder):
    (folder / "x\x1b[31m").touch()
    return "its name has characters that cannot be printed"


@pytest.mark.parametrize("breaks", [socket_in, link_in, deep_in, odd_name_in])
def test_what_lies_beside_a_notebook_is_refused_alone(course, submit, collect, breaks):
    """The notebook is collected, and the log names the other files."""
    folder = submit()
    why = breaks(folder)
    code, reported = collect()
    assert code == 1
    assert f"Left out: {ME}: beside what is collected, x" in reported
    assert why in reported
    assert {"tiny.ipynb", "timestamp.txt"} <= {*taken(course)}
    assert "\x1b" not in reported


def test_of_many_files_left_out_a_few_are_named(course, submit, collect):
    """The others are counted: a student cannot fill the log."""
    folder = submit()
    for number in range(100):
        (folder / f"x{number:03}").symlink_to("/etc")
    code, reported = collect()
    assert code == 1
    assert f"x003, x004 and 15 more: {LINK}; 80 more files: left out, too" in reported
    named = [f"x{number:03}" for number in range(20)]
    assert sorted(name for name, why in listed(course).items() if why) == [
        f"inbound/{folder.name}/{name}" for name in ["80 more files", *named]
    ]


@pytest.mark.parametrize(
    "stamp", ["garbage", "2036-01-01 00:00:00 UTC", "1970-01-01 00:00:00 UTC", "12", "x" * 150]
)
def test_a_time_that_cannot_be_true_shuts_nobody_out(course, submit, collect, stamp):
    """The student's other hand-ins, earlier and later ones, are collected."""
    submit(stamp=stamp, text="hostile")
    submit(stamp=MAY, text="earlier")
    code, reported = collect("--update")
    assert code == 1
    assert "cannot be true" in reported
    assert taken(course)["tiny.ipynb"] == "earlier"
    submit(stamp=JUNE, text="later")
    collect("--update")
    assert taken(course)["tiny.ipynb"] == "later"


def test_an_absurd_time_that_was_collected_before_shuts_nobody_out(course, submit, collect):
    """It may have been put there by hand, or by nbgrader's own collector."""
    earlier = course / "submitted" / ME / "tiny"
    earlier.mkdir(parents=True)
    (earlier / "timestamp.txt").write_text("2036-01-01 00:00:00 UTC")
    submit(text="later")
    assert collect("--update")[0] == 0
    assert taken(course)["tiny.ipynb"] == "later"


def test_the_time_in_the_name_is_the_one_that_counts(course, submit, collect):
    """By the one in the file, a student could be in time."""
    folder = submit(stamp=JUNE)
    (folder / "timestamp.txt").write_text(MAY)
    assert collect()[0] == 0
    assert taken(course)["timestamp.txt"] == JUNE


@pytest.mark.parametrize("name", ["..+tiny+{}", ".+tiny+{}+x", "a\nb+tiny+{}", "\x1b[2J+tiny+{}"])
def test_a_name_that_is_no_students_is_set_aside(course, submit, collect, name):
    """And nothing is written elsewhere."""
    submit(student="x", name=name.format(JUNE))
    submit(text="good")
    code, reported = collect("--ExchangeCollect.check_owner=False")
    assert code == 1
    assert "cannot be a student's id" in reported
    assert "\x1b" not in reported
    assert [path.name for path in (course / "submitted").iterdir()] == [ME]
    assert not (course / "tiny").exists()


def test_a_plus_sign_may_be_in_an_id(course, submit, collect):
    """As nbgrader has it."""
    submit(student="a+b", name=f"a+b+tiny+{JUNE}")
    assert collect("--ExchangeCollect.check_owner=False")[0] == 0
    assert "tiny.ipynb" in taken(course, "a+b")


def test_a_hand_in_in_anothers_name_is_set_aside(course, submit, collect, as_root):
    """The log names its owner, if the owner is in the course; the student's own is collected."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "deep_learning") as gradebook:
        for student in ("games", "news"):
            gradebook.add_student(student)
    submit("games", MAY, "own", user="games")
    forged = submit("games", JUNE, "forged", user="news")
    code, reported = collect()
    assert code == 1
    assert "its name says games, but it belongs to news: see who handed it in" in reported
    assert taken(course, "games")["tiny.ipynb"] == "own"
    record = read_class(Assignment(course, "tiny"), f"sqlite:///{course / 'gradebook.db'}")
    entries = {one.student: one.entry for one in record.records}
    assert "it belongs to news" in entries["news"].cause
    assert "it belongs" not in (entries["games"].cause or "")
    shutil.rmtree(forged)
    assert collect("--update")[0] == 0
    record = read_class(Assignment(course, "tiny"), f"sqlite:///{course / 'gradebook.db'}")
    assert not any("it belongs" in (one.entry.cause or "") for one in record.records)


def test_without_a_check_of_owners_names_are_believed(course, submit, collect, as_root):
    """Where all students work as one user, as in some hubs."""
    submit("games", user="news")
    assert collect("--ExchangeCollect.check_owner=False")[0] == 0
    assert "tiny.ipynb" in taken(course, "games")


def test_a_hard_link_to_anothers_file_is_refused(course, submit, collect, as_root):
    """It looks like an ordinary file."""
    secret = course / "solution.ipynb"
    secret.write_text("the solution")
    folder = submit("games", user="games")
    (folder / "tiny.ipynb").unlink()
    os.link(secret, folder / "tiny.ipynb")
    code, reported = collect()
    assert code == 1
    assert "tiny.ipynb: it is a link to another user's file" in reported
    assert taken(course, "games") == {}


def test_a_folder_that_changes_hands_meanwhile_is_refused(
    course, submit, collect, as_root, monkeypatch
):
    """Anybody may rename what lies in the exchange."""
    folder = submit("games", user="games")
    place = exchange_collector.GuardedCollect._place

    def swap(self, entry, target):
        os.chown(folder, pwd.getpwnam("news").pw_uid, -1)
        place(self, entry, target)

    monkeypatch.setattr(exchange_collector.GuardedCollect, "_place", swap)
    code, reported = collect()
    assert code == 1
    assert "another folder has taken its place" in reported


@pytest.mark.parametrize("shared", [False, True])
def test_what_is_collected_is_the_staffs_alone(course, submit, collect, shared):
    """Whatever rights the student gave it; with groupshared, the course's group is staff."""
    folder = submit()
    (folder / "data").mkdir(mode=0o777)
    (folder / "data" / "x").touch(mode=0o777)
    (folder / "tiny.ipynb").chmod(0o777)
    assert collect(*(["--CourseDirectory.groupshared=True"] if shared else []))[0] == 0
    made = [course / "submitted" / ME, *(course / "submitted" / ME).rglob("*")]
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in made}
    assert modes == ({(True, 0o770), (False, 0o660)} if shared else {(True, 0o700), (False, 0o600)})


def test_the_formgrader_collects_so_too(course, submit):
    """By the same setting; it shows what was left out."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    coursedir = CourseDirectory(config=config, root=str(course))
    link_to_solution(submit(), course / "nbgrader_config.py")
    result = NbGraderAPI(coursedir, config=config).collect("tiny")
    assert not result["success"]
    assert LINK in result["log"]
    assert taken(course) == {}
