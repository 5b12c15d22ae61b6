"""`autograder grade`: what it tells, what it leaves alone, and how it ends."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from autograder.commands import console as console_module
from autograder.results.report import Status
from autograder.sandbox import probe
from tests.autograder.support.one_process import NoProcess, OneProcess
from tests.autograder.support.tiny import IDENTITY, IN_PLACE
from tests.left_behind import rows


@pytest.fixture
def course(tiny_course):
    """Ann is right, Bob is not, and Cem's file is no notebook."""
    tiny_course.hand_in("ann")
    tiny_course.hand_in("bob", IDENTITY)
    (tiny_course.hand_in("cem") / "tiny.ipynb").write_text("{")
    return tiny_course


CEM = "cem: 0 of 2 points, could not be read"


class Reversed(OneProcess):
    """Done in another order."""

    together = 3
    order = staticmethod(lambda works: works[::-1])


# ---- what it tells


def test_elsewhere_than_on_a_terminal_each_has_a_line(course, grade):
    """In the order in which they are done, and a summary at the end: for a log."""
    ran = grade(pool=Reversed)
    assert ran.code == 0
    *lines, summary = ran.out.splitlines()
    assert sorted(lines) == ["ann: 2 of 2 points, graded", "bob: 0 of 2 points, graded", CEM]
    assert lines != sorted(lines)
    assert re.fullmatch(r"3 submissions: 3 graded; \d+\.\d s, \d+\.\d a second", summary)
    assert "\x1b" not in ran.out
    assert grade().out == "3 submissions: 3 unchanged\n"


@pytest.fixture
def terminal(monkeypatch):
    """Let all output be for a terminal."""
    console = console_module.Console

    def on_terminal(**options):
        return console(force_terminal=True, width=100, color_system=None, **options)

    monkeypatch.setattr(console_module, "Console", on_terminal)


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_a_bar_runs_and_only_the_odd_ones_have_a_line(course, grade):
    """The bar shows how many of how many, the rate, and the time that is left."""
    ran = grade()
    assert CEM in ran.out
    assert "ann:" not in ran.out
    bars = re.findall(r"grading .*", ran.out)
    assert any(re.search(r"━.* (3/3).* \d+\.\d a second \d:\d\d:\d\d", bar) for bar in bars), bars
    assert "3 submissions: 3 graded;" in ran.out


@pytest.mark.usefixtures("terminal")
def test_the_bar_counts_what_is_skipped(course, grade):
    """Otherwise it would end half-way where most have not changed."""
    grade()
    course.hand_in("cem", IN_PLACE)
    assert any("3/3" in bar for bar in re.findall(r"grading .*", grade().out))


@pytest.mark.parametrize("folder", ["e\x1b[2Jve\r", "[red]eve", os.fsdecode(b"e\xffve")])
@pytest.mark.parametrize("words", [[], ["--dry-run"]], ids=" ".join)
def test_no_students_folder_moves_the_cursor(course, grade, folder, words):
    """What a terminal would obey in a name is not printed, and the class is graded."""
    course.hand_in(folder, IDENTITY)
    ran = grade(*words)
    assert ran.code in (0, 1)
    assert "4 submissions" in ran.out
    assert not re.search("[\x1b\r\udcff]", ran.out)
    if folder.startswith("["):
        assert folder in ran.out


@pytest.mark.parametrize("words", [[], ["--dry-run"]], ids=" ".join)
def test_a_name_that_no_gradebook_can_hold_is_an_error_for_its_student(course, grade, words):
    """The others are graded."""
    course.hand_in(os.fsdecode(b"e\xffve"))
    ran = grade(*words)
    assert ran.code == 1
    assert r"e\udcffve: the folder must have a name in UTF-8: rename it" in ran.out
    assert re.search("4 submissions: 3 (graded, 1 failed|would be graded)", ran.out)


def test_nothing_is_graded_where_code_cannot_be_confined(course, grade, monkeypatch):
    """Unless that is allowed, in words; each grade says so."""
    probe.reached.cache_clear()
    monkeypatch.setattr(probe, "breach", lambda layers: "a worker could fork")
    try:
        ran = grade()
        assert ran.code == 1
        assert "a worker could fork" in ran.err
        assert not (course.root / "autograded").exists()
        assert grade("--allow-no-isolation").code == 0
        course.set("c.GradeCells.allow_no_isolation = True")
        assert grade("--force").code == 0
    finally:
        probe.reached.cache_clear()


def test_what_ends_a_run_before_it_begins_is_told_once(course, grade, monkeypatch):
    """On the standard error, where other errors are."""
    full = shutil.disk_usage("/")._replace(free=2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    ran = grade()
    assert ran.code == 1
    assert ran.err.count("make room, and grade again") == 1
    assert ran.out == ""


def test_a_student_that_was_meant_is_suggested(course, grade):
    """Of those who have handed in; nothing is graded."""
    ran = grade("--student", "bbo")
    assert ran.code == 1
    assert "not so by bbo (did you mean bob?): see submitted/" in ran.err
    assert not (course.root / "autograded").exists()


# ---- what cannot be graded by our fault


def failing(student_answer):
    """Return a pool that raises at a student's answer."""

    class Pool(OneProcess):
        def grade(self, theirs):
            if student_answer in theirs["tiny"].content.decode():
                raise ZeroDivisionError("we cannot divide")
            return super().grade(theirs)

    return Pool


def test_what_the_pool_cannot_grade_is_held_back_with_the_cause(course, grade):
    """No points and no zero; the others are graded; the next run grades it, and says why."""
    ran = grade(pool=failing("return x\\n"))
    assert ran.code == 1
    assert "bob cannot be graded" in ran.out
    assert "ZeroDivisionError: we cannot divide" in ran.out
    assert "bob: held back of 2 points, grader's fault" in ran.out
    assert "3 submissions: 3 graded, 1 held back" in ran.out
    assert course.marks("bob") == (None, None, True)
    assert course.entry("bob").status == Status.HELD
    assert "we cannot divide" in course.entry("bob").cause
    assert course.marks("ann") == (2.0, None, False)
    ran = grade("--dry-run")
    assert re.search(r"bob +test_scaler +- +0 +held back until now", ran.out)
    assert grade().code == 0
    assert course.marks("bob") == (0.0, None, False)


# ---- the dry run


def snapshot(root):
    """Return all that lies in a folder, with its content and the time of its last change."""
    return {
        path: (path.lstat().st_mtime_ns, path.lstat().st_mode, path.is_file() and path.read_bytes())
        for path in [root, *root.glob("**/*")]
        if path.name != "__pycache__" and path.parent.name != "__pycache__"
    }


def test_a_dry_run_changes_nothing(course, grade):
    """No folder, no file, and not even the time of one; whatever there would be to do."""
    grade()
    course.hand_in("ann", IN_PLACE)
    (course.hand_in("new") / "link").symlink_to("/etc")
    (course.graded("bob") / "tiny.ipynb").unlink()
    before = snapshot(course.root)
    ran = grade("--dry-run", "--force")
    assert ran.code == 0
    assert "4 submissions: 4 would be graded, 2 students would have other points" in ran.out
    assert "nothing was written" in ran.out
    assert snapshot(course.root) == before


def test_a_dry_run_makes_no_gradebook(course, grade):
    """Without one, all points would be the first."""
    (course.root / "gradebook.db").unlink()
    before = snapshot(course.root)
    ran = grade("--dry-run")
    assert ran.code == 0
    assert re.search(r"ann +test_scaler +- +2 +new", ran.out)
    assert "3 submissions: 3 would be graded, 3 students would have other points" in ran.out
    assert snapshot(course.root) == before


def test_a_dry_run_shows_who_would_lose_points_by_other_suites(course, grade, monkeypatch):
    """And which property takes them; what has a score by hand does not move."""
    course.hand_in("dan")
    grade()
    course.mark_by_hand("dan", 1.25)
    suite = course.root / "tests" / "hidden" / "tiny" / "test_scaler.py"
    suite.write_text(suite.read_text().replace("factor == 2", "factor == 3"))
    monkeypatch.setenv("COLUMNS", "200")
    ran = grade("--dry-run")
    rows = [re.split("  +", line.strip()) for line in ran.out.splitlines() if "test_scaler" in line]
    assert [row[:4] for row in rows] == [["ann", "test_scaler", "2", "1.5"]]
    assert rows[0][4] == "the suites have changed; default_factor_is_two: passed, now failed"
    assert "4 submissions: 4 would be graded, 1 student would have other points" in ran.out
    assert course.marks("ann") == (2.0, None, False)


# ---- another gradebook


def test_the_gradebook_may_be_another(course, grade):
    """The one of the settings is left as it is."""
    shutil.copy("gradebook.db", "other.db")
    before = rows(course.root / "gradebook.db")
    assert grade("--db", "sqlite:///other.db").code == 0
    assert rows(course.root / "gradebook.db") == before
    assert len(rows(course.root / "other.db")["submitted_assignment"]) == 3


# ---- how it starts


@pytest.mark.parametrize(
    ("words", "count"),
    [(["--workers", "2"], 2), (["--workers", "8"], 3), (["--workers", "8", "--student", "ann"], 1)],
    ids=str,
)
def test_no_more_processes_are_started_than_have_something_to_grade(
    course, grade, monkeypatch, words, count
):
    """As many as are wished for, or as there are submissions."""
    assert started(grade, monkeypatch, *words) == count


def test_a_class_without_submissions_starts_one_process(tiny_course, grade, monkeypatch):
    """What is to be graded is found out while it starts."""
    assert started(grade, monkeypatch, "--workers", "8") == 1


def started(grade, monkeypatch, *words):
    """Return how many processes a run needs."""
    counts = []
    monkeypatch.setattr(NoProcess, "begin", lambda _, load, count: counts.append(count))
    grade(*words)
    (found,) = counts
    return found


SLOW = {"nbgrader", "pytest", "torch"}
IMPORTED = "import sys, autograder.commands.grade; print(*sys.modules)"


def test_a_process_is_started_before_anything_slow_is_imported():
    """What is imported first is what the first process is started with, which needs the longest."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    )
    assert SLOW & {*done.stdout.split()} == set()
