"""A run of `autograder grade` through a class: what it shows, and what a dry run compares."""

import re

import pytest

from autograder.commands import console as console_module
from autograder.results.report import Status
from tests.autograder.support.one_process import NoProcess, OneProcess
from tests.autograder.support.tiny import IN_PLACE

CEM = "cem: 0 of 2 points, could not be read"


class Reversed(OneProcess):
    """A pool that grades in the reverse order."""

    together = 3
    order = staticmethod(lambda works: works[::-1])


def test_elsewhere_than_on_a_terminal_each_has_a_line(course, grade):
    """A log has one line for each submission, in the order of grading, and a summary."""
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
    """Make all output go to a terminal."""
    console = console_module.Console

    def on_terminal(**options):
        return console(force_terminal=True, width=100, color_system=None, **options)

    monkeypatch.setattr(console_module, "Console", on_terminal)


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_a_bar_runs_and_only_the_odd_ones_have_a_line(course, grade):
    """The bar shows the number graded, the total, the rate and the time left."""
    ran = grade()
    assert CEM in ran.out
    assert "ann:" not in ran.out
    bars = re.findall(r"grading .*", ran.out)
    assert any(re.search(r"━.* (3/3).* \d+\.\d a second \d:\d\d:\d\d", bar) for bar in bars), bars
    assert "3 submissions: 3 graded;" in ran.out


@pytest.mark.usefixtures("terminal")
def test_the_bar_counts_what_is_skipped(course, grade):
    """Otherwise it would stop half-way if most submissions have not changed."""
    grade()
    course.hand_in("cem", IN_PLACE)
    assert any("3/3" in bar for bar in re.findall(r"grading .*", grade().out))


def failing(student_answer):
    """Return a pool that raises when it grades a student's answer."""

    class Pool(OneProcess):
        def grade(self, theirs):
            if student_answer in theirs["tiny"].content.decode():
                raise ZeroDivisionError("we cannot divide")
            return super().grade(theirs)

    return Pool


def test_what_the_pool_cannot_grade_is_held_back_with_the_cause(course, grade):
    """It has no points, not even 0; the others are graded; the next run grades it."""
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


def snapshot(root):
    """Return each path in a folder with its content, mode and time of change."""
    return {
        path: (path.lstat().st_mtime_ns, path.lstat().st_mode, path.is_file() and path.read_bytes())
        for path in [root, *root.glob("**/*")]
        if path.name != "__pycache__" and path.parent.name != "__pycache__"
    }


def test_a_dry_run_changes_nothing(course, grade):
    """It changes no folder, no file and no time of a file."""
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
    """Without a gradebook, all points would be new."""
    (course.root / "gradebook.db").unlink()
    before = snapshot(course.root)
    ran = grade("--dry-run")
    assert ran.code == 0
    assert re.search(r"ann +test_scaler +- +2 +new", ran.out)
    assert "3 submissions: 3 would be graded, 3 students would have other points" in ran.out
    assert snapshot(course.root) == before


def test_a_dry_run_shows_who_would_lose_points_by_other_suites(course, grade, monkeypatch):
    """It names the property that costs points; scores by hand do not change."""
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


@pytest.mark.parametrize(
    ("words", "count"),
    [(["--workers", "2"], 2), (["--workers", "8"], 3), (["--workers", "8", "--student", "ann"], 1)],
    ids=str,
)
def test_no_more_processes_are_started_than_have_something_to_grade(
    course, grade, monkeypatch, words, count
):
    """The number is that of the option, or that of the submissions if it is smaller."""
    assert started(grade, monkeypatch, *words) == count


def test_a_class_without_submissions_starts_one_process(tiny_course, grade, monkeypatch):
    """The process starts before the command knows what to grade."""
    assert started(grade, monkeypatch, "--workers", "8") == 1


def started(grade, monkeypatch, *words):
    """Return the number of processes that a run uses."""
    counts = []
    monkeypatch.setattr(NoProcess, "begin", lambda _, load, count: counts.append(count))
    grade(*words)
    (found,) = counts
    return found
