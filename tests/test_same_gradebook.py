"""However a class is graded, the same stands in the gradebook and in `autograded/`.

One class, of every kind, is graded by `nbgrader autograde`, by `autograder grade` with one worker
and with three, and by pools that are done in other orders.
"""

import os
import random
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import compute_checksum

from autograder.results.report import Status
from tests.autograder.support.course import opened
from tests.autograder.support.one_process import OneProcess, grade_here
from tests.autograder.support.tiny import (
    HANGING,
    HEADER,
    IDENTITY,
    IN_PLACE,
    RIGHT,
    STUB,
    make_course,
)
from tests.conftest import PROJECT
from tests.left_behind import files, rows

pytestmark = pytest.mark.xdist_group("same_gradebook")  # one class is graded for all of these

EXITING = f"import os\n{HEADER}        os._exit(0)\n"
ALL = 18  # that are to be graded: of 20, one is excluded and one was not handed in anew
OLD, NEW = "2026-01-01 10:00:00", "2026-01-02 10:00:00"

SETTINGS = """
c.LateSubmissionPlugin.penalty_method = "zero"
c.CourseDirectory.student_id_exclude = "zoe"


def after(assignment, student, notebooks):
    with open("hooks", "a", encoding="utf-8") as file:
        print(assignment, student, *notebooks, file=file)


c.Autograde.post_convert_hook = after
"""


def hand_in_the_first_time(course):
    """Some were graded before: one got a score by hand, one notebook got lost."""
    for student in ("before_and_again", "before_and_by_hand", "before", "before_and_lost"):
        course.hand_in(student, IDENTITY, stamp=OLD)


def hand_in(course):
    """Hand in as students do."""
    course.hand_in("right")
    course.hand_in("wrong", IDENTITY)
    course.hand_in("in_part", IN_PLACE, stamp=OLD)
    course.hand_in("empty", STUB)
    (course.hand_in("unreadable") / "tiny.ipynb").write_text('{"cells": [')
    (course.hand_in("missing") / "tiny.ipynb").rename(course.submitted("missing") / "tiny.pdf")
    course.hand_in("misnamed", name="Tiny final (2).ipynb")
    course.hand_in("hanging", HANGING)
    course.hand_in("exiting", EXITING)
    course.hand_in("late", stamp="2026-01-09 10:00:00")
    course.hand_in("no_time_at_all", stamp="yesterday, I swear,")
    with_more = course.hand_in("with_more_files")
    for name in ("numpy.py", "page.html", "data/points.csv", "scaling.py", "tiny.py"):
        (with_more / name).parent.mkdir(exist_ok=True)
        (with_more / name).write_text(f"# {name}")
    (course.hand_in("with_a_link") / "link").symlink_to("/etc")
    (course.hand_in("with_a_secret") / "submission_secret.txt").write_text("a1b2")
    course.hand_in("[red]\x1b[2J")
    course.hand_in("zoe")
    course.hand_in("before_and_again", RIGHT, stamp=NEW)
    course.hand_in("before_and_by_hand", RIGHT, stamp=NEW)
    (course.graded("before_and_lost") / "tiny.ipynb").unlink()


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory, empty_gradebook, grading_process):
    """The folder of the course, as it is before the class is graded."""
    root = tmp_path_factory.mktemp("same") / "handed_in"
    assignment = make_course(root, call_seconds=1)
    sign(root / "release" / "tiny" / "tiny.ipynb")
    with opened(assignment, empty_gradebook, grading_process) as course:
        hand_in_the_first_time(course)
        assert course.grade()["success"]
        course.mark_by_hand("before_and_by_hand", 0.25)
        with Gradebook(course.url, "deep_learning") as gradebook:
            gradebook.update_or_create_assignment("tiny", duedate="2026-01-05 10:00:00 UTC")
        hand_in(course)
        course.set(SETTINGS)
    return root


def sign(path):
    """Write down what an answer is as released, as `nbgrader generate_assignment` does."""
    release = nbformat.read(path, as_version=4)
    release.cells[2].metadata.nbgrader.checksum = compute_checksum(release.cells[2])
    nbformat.write(release, path)


class Course:
    """A copy of the course, in which the class is graded in one way."""

    def __init__(self, handed_in, name):
        self.root = handed_in.with_name(name)
        shutil.copytree(handed_in, self.root, symlinks=True)

    def start(self, *words):
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=self.root,
            env=os.environ | {"JUPYTER_CONFIG_DIR": str(self.root), "PYTHONPATH": str(PROJECT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def state(self):
        hooks = sorted((self.root / "hooks").read_text().replace(str(self.root), "").splitlines())
        return {**rows(self.root / "gradebook.db"), "files": files(self.root), "hooks": hooks}


@pytest.fixture(scope="module")
def graded(handed_in):
    """What becomes of the class, by the command that graded it: all of them at the same time."""
    ours = ["-c", "from autograder.cli import main; main()", "grade", "tiny", "--workers"]
    commands = {
        "nbgrader autograde": ["-m", "nbgrader", "autograde", "tiny"],
        "autograder grade --workers 1": [*ours, "1"],
        "autograder grade --workers 3": [*ours, "3"],
    }
    courses = {name: Course(handed_in, name.replace(" ", "_")) for name in commands}
    running = {name: courses[name].start(*words) for name, words in commands.items()}
    for process in running.values():
        printed, _ = process.communicate(timeout=120)
        assert process.returncode == 0, printed
    return {name: course.state() for name, course in courses.items()}


def pool(chosen):
    """Return a pool that grades in the order that a function gives the submissions."""

    class Pool(OneProcess):
        together = ALL
        order = staticmethod(chosen)

    return Pool


def in_order(order, handed_in, name, grading_process):
    """Grade the class in this process, with a pool that is done in another order."""
    course = Course(handed_in, name)
    done = grade_here(course.root, grading_process, pool=pool(order))
    assert done.exception is None, done.output
    reported = [line.partition(":")[0] for line in done.output.splitlines()]
    assert f"{ALL} graded" in done.output
    return course.state(), reported


def check_same(found, wanted):
    for kind in wanted:
        assert found[kind] == wanted[kind], kind


@pytest.mark.parametrize("workers", [1, 3])
def test_both_commands_leave_the_same_behind(graded, workers):
    """Row by row in every table, byte by byte in every file, permissions and hooks included."""
    check_same(graded[f"autograder grade --workers {workers}"], graded["nbgrader autograde"])


@pytest.mark.parametrize(
    "order",
    [lambda works: works[::-1], lambda works: random.Random(7).sample(works, len(works))],  # noqa: S311  # no secrets
    ids=["reversed", "shuffled"],
)
def test_the_order_in_which_they_are_done_does_not_matter(
    graded, handed_in, grading_process, request, order
):
    """Whoever is done first is written first, and what is written is the same."""
    name = request.node.callspec.id
    state, reported = in_order(order, handed_in, name, grading_process)
    assert reported[:ALL] != sorted(reported[:ALL])
    check_same(state, graded["nbgrader autograde"])


def test_the_class_is_of_every_kind(graded):
    """Otherwise the comparison would say little."""
    state = graded["nbgrader autograde"]
    files = " ".join(str(text) for _, text in state["files"].values())
    seen = {Status.GRADED, Status.REMARKS, Status.UNREADABLE, Status.TIMED_OUT}
    assert all(f'"status": "{status}"' in files for status in seen)
    submissions = " ".join(state["submitted_notebook"])
    assert "late_submission_penalty: 2.0" in submissions
    grades = " ".join(state["grade"])
    assert all(f"auto_score: {points}" in grades for points in ("0.0", "1.5", "2.0"))
    assert "manual_score: 0.25" in grades
    assert "No response." in " ".join(state["comment"])
    assert len(state["hooks"]) == ALL
    assert "zoe" not in str(state)
