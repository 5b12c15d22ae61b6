"""Ends graders at any moment: nothing is left of them, and the same command again finishes the class.

Every student was graded before, with other answers: old and new differ in each item.
"""

import contextlib
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook

from autograder.course.assignment import Assignment
from autograder.course.submission import filled
from autograder.gradebook.class_record import read_class
from tests.autograder.support.tiny import RIGHT, add_item, make_course
from tests.conftest import PROJECT

pytestmark = pytest.mark.xdist_group("kill")  # one class is graded for all of these

CLASS = ["ann", "bob", "cleo", "dan", "eve", "fay"]
HANGING, BY_HAND = "cleo", "dan"
COMMAND = ["autograde", "tiny"]
ADDER = "class Adder(Scaling):\n    def __call__(self, x):\n"
STUB = f"{ADDER}        # YOUR CODE HERE\n        raise NotImplementedError()\n"
SUITE = '''
def test_one_is_added(submission):
    """One is added."""
    assert submission.Adder()(3.0) == 4.0, "should be 4 [Adder()(3)]"
'''
OLD = {"scaler": "class Scaler(Scaling):\n    def __call__(self, x):\n        return x\n"}
NEW = {"scaler": RIGHT, "adder": f"{ADDER}        return x + 1\n"}
LINGERING = (
    8.0  # seconds in which all that an ended grader started must have ended, on a busy machine
)
ROWS = {
    "grades": """
        SELECT student.id, base_cell.name, auto_score, manual_score, extra_credit,
               needs_manual_grade
        FROM grade JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        JOIN student ON student.id = submitted_assignment.student_id ORDER BY 1, 2
    """,
    "comments": """
        SELECT student.id, base_cell.name, auto_comment, manual_comment
        FROM comment JOIN base_cell ON base_cell.id = comment.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = comment.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        JOIN student ON student.id = submitted_assignment.student_id ORDER BY 1, 2
    """,
    "submissions": """
        SELECT student_id, timestamp, late_submission_penalty
        FROM submitted_assignment JOIN submitted_notebook
        ON submitted_assignment.id = submitted_notebook.assignment_id ORDER BY 1
    """,
}


class Moment(NamedTuple):
    """When a grader is ended: so many seconds after a line of its log is there for the nth time."""

    line: str
    nth: int
    seconds: float
    signal: int = signal.SIGKILL


def moments(seed, most, *kinds):
    """Draw a moment of each kind, within so many submissions."""
    rng = random.Random(seed)  # noqa: S311  # no secrets
    kept = {
        "start": ("", 1, 2.5),
        "enter": ("Running pre-convert hook", 1, 0.3),
        "copy": ("Copying", rng.randint(1, 2 * most), 0.01),
        "remove": ("Replacing existing", rng.randint(1, most), 0.003),
        "first": ("Autograding", 1, 0.6),
        "loop": (f"Autograding .*{HANGING}", 1, 0.8),
        "save": ("Saving the grades", rng.randint(1, most), 0.05),
        "write": ("Writing", rng.randint(2, 2 * most), 0.01),
        "any": ("Autograding", rng.randint(1, most), 0.3),
    }
    for kind in kinds:
        name, _, how = kind.partition(":")
        line, nth, seconds = kept[name]
        number = signal.SIGINT if how else signal.SIGKILL
        yield Moment(line, nth, rng.uniform(0, seconds), number)


class Course:
    """A course's folder in which graders are started and ended."""

    def __init__(self, root):
        self.root = root
        # as a size of some kilobytes, which is one that a process is allowed to have
        self.mark = str(2**20 + zlib.crc32(f"{root}-{os.getpid()}".encode()) % 2**20)
        self.assignment = Assignment(root, "tiny")
        (root / "tmp").mkdir(exist_ok=True)

    def start(self, *words):
        """Start an nbgrader command, and return its process and the lines that it prints."""
        process = subprocess.Popen(
            [sys.executable, "-m", "nbgrader", *words],
            cwd=self.root,
            env={
                **os.environ,
                "JUPYTER_CONFIG_DIR": str(self.root),
                "PYTHONPATH": os.pathsep.join([str(self.root / "level"), str(PROJECT)]),
                "TMPDIR": str(self.root / "tmp"),
                "OPENBLAS_L2_SIZE": self.mark,  # handed down to all that a grader starts
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout)), daemon=True)
        process.lines, process.reader = lines, reader
        reader.start()
        return process

    def run(self, *words):
        """Run an nbgrader command to its end, and return what it prints."""
        process = self.start(*words)
        code = process.wait(120)
        process.reader.join(10)
        printed = "".join(process.lines)
        assert code == 0, printed[-5000:]
        return printed

    def end(self, moment, *words):
        """Start an nbgrader command and end it at a moment; return its exit code.

        A command that was faster has its own.
        """
        process = self.start(*words)
        reach(process, moment)
        family = psutil.Process(process.pid).children(recursive=True) if alive(process) else []
        process.send_signal(moment.signal)
        code = process.wait(LINGERING)
        process.reader.join(LINGERING)
        reported = (moment, "".join(process.lines)[-3000:])
        assert psutil.wait_procs(family, LINGERING)[1] == [], reported
        assert self.left() == [], reported
        return code, reported

    def left(self):
        """Return the processes that carry our mark, after giving them a little time to end."""
        deadline = time.monotonic() + LINGERING
        while (found := self.marked()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def marked(self):
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("OPENBLAS_L2_SIZE") == self.mark:
                    found.append(process)
        return found

    def rows(self):
        """Return all that the gradebook knows of the class."""
        with closing(sqlite3.connect(self.root / "gradebook.db")) as gradebook:
            return {name: gradebook.execute(query).fetchall() for name, query in ROWS.items()}

    def state(self):
        """Return all that counts: the gradebook's rows, the statuses, the graded notebooks."""
        url = f"sqlite:///{self.root / 'gradebook.db'}"
        return {
            **self.rows(),
            # not the level: each of the runs that are compared may have its own
            "statuses": [
                replace(record.entry, isolation="")
                for record in read_class(self.assignment, url).records
            ],
            "notebooks": {
                path.parts[-3]: of_any_level(path)
                for path in sorted(self.root.glob("autograded/*/tiny/*.ipynb"))
            },
            "files": sorted(
                path.relative_to(self.root).as_posix() for path in self.root.glob("autograded/**/*")
            ),
        }

    def hand_in(self, answers, time):
        for student in CLASS:
            folder = self.root / "submitted" / student / "tiny"
            folder.mkdir(parents=True, exist_ok=True)
            notebook = filled(self.assignment.release, answers)
            if student == HANGING:
                notebook.cells.insert(2, nbformat.v4.new_code_cell("while True:\n    pass"))
            for number, cell in enumerate(notebook.cells):
                cell.id = f"cell-{number}"
            nbformat.write(notebook, folder / "tiny.ipynb")
            (folder / "timestamp.txt").write_text(f"{time} UTC")


def of_any_level(path):
    """Return a file's text as it is where namespaces are to be had, and where not."""
    return path.read_text(encoding="utf-8").replace("bubblewrap, ", "")


def alive(process):
    return process.poll() is None


def reach(process, moment):
    """Wait for a moment, or for the process's end."""
    seen = 0
    while moment.line and alive(process):
        seen = sum(bool(re.search(moment.line, line)) for line in list(process.lines))
        if seen >= moment.nth:
            break
        time.sleep(0.001)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(moment.seconds)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class graded with its old answers, and with new ones handed in since."""
    root = tmp_path_factory.mktemp("kill") / "graded"
    assignment = make_course(root, statement_seconds=1)
    solved = "        ### BEGIN SOLUTION\n        return x + 1\n        ### END SOLUTION\n"
    add_item(assignment, "adder", f"{ADDER}{solved}", STUB, SUITE)
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    course = Course(root)
    course.hand_in(OLD, "2026-01-01 10:00:00")
    course.run(*COMMAND)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "deep_learning") as gradebook:
        grade = gradebook.find_grade("test_scaler", "tiny", "tiny", BY_HAND)
        grade.manual_score = 1.25
        gradebook.find_comment("adder", "tiny", "tiny", BY_HAND).manual_comment = "See me."
        gradebook.db.commit()
    course.hand_in(NEW, "2026-01-02 10:00:00")
    return course


@pytest.fixture(scope="module")
def copied(graded):
    """A function that copies the graded class."""

    def copy(name, level=0):
        root = graded.root.with_name(name)
        shutil.copytree(graded.root, root)
        (root / "level").mkdir()
        (root / "level" / "sitecustomize.py").write_text(
            f"from autograder.sandbox import probe\nprobe.LEVELS = probe.LEVELS[{level}:]\n"
        )
        return Course(root)

    return copy


@pytest.fixture(scope="module")
def undisturbed(copied):
    """What becomes of the class where nothing is ended."""
    course = copied("undisturbed")
    course.run(*COMMAND, "--force")
    assert course.left() == []
    assert list((course.root / "tmp").iterdir()) == []
    return course.state()


def age(place):
    """Let what ended graders left be older than a minute."""
    for path in place.iterdir():
        os.utime(path, (1, 1))


def without_by_hand(rows):
    """Return the rows of the students to whom nobody gave points or comments by hand."""
    return {kind: [row for row in rows[kind] if row[0] != BY_HAND] for kind in ROWS}


def check_code(code, course, state, reported):
    """Check that a command reports success only if it has finished the class, as a fast one may."""
    assert code != 0 or without_by_hand(course.rows()) == without_by_hand(state), reported


def check_whole(rows, old, new):
    """Check that each student's rows are all of the old run or all of the new one."""
    for kind in ("grades", "comments"):
        for student in CLASS:
            mine, before, after = (
                [r for r in s[kind] if r[0] == student] for s in (rows, old, new)
            )
            assert mine in (before, after), (kind, student)


def test_old_and_new_differ_in_each_item(graded, undisturbed):
    """Otherwise half a grade would not be seen."""
    state = undisturbed
    for old, new in zip(graded.rows()["grades"], state["grades"], strict=True):
        assert old[:2] == new[:2]
        assert old[2] != new[2], (old, new)


@pytest.mark.parametrize(
    ("words", "level", "kinds"),
    [
        (["--force"], 0, ["start", "remove", "loop:int", "save", "any", "first:int", "write"]),
        ([], 2, ["first", "remove", "loop", "save", "copy", "start:int"]),
    ],
    ids=["forced", "handed_in_again"],
)
def test_a_class_survives_every_end(copied, graded, undisturbed, words, level, kinds):
    """After each, nothing runs on and no grade is half new; the same command finishes the class."""
    state = undisturbed
    course = copied("_".join(["ended", *words, "x"]), level)
    for moment in moments(f"{words}", 6 if words else 1, *kinds):
        code, reported = course.end(moment, *COMMAND, *words)
        check_code(code, course, state, reported)
        check_whole(course.rows(), graded.rows(), state)
    age(course.root / "tmp")
    course.run(*COMMAND, *words)
    assert course.left() == []
    found = course.state()
    for kind, wanted in state.items():
        assert found[kind] == wanted, kind
    assert list((course.root / "tmp").iterdir()) == []


def test_a_new_class_survives_every_end(copied, undisturbed):
    """Not even an end while the gradebook is made, or gets to know the assignment, matters."""
    state = undisturbed
    course = copied("new")
    shutil.rmtree(course.root / "autograded")
    (course.root / "gradebook.db").unlink()
    for moment in moments("new", 2, "enter", "enter", "save"):
        code, reported = course.end(moment, *COMMAND)
        check_code(code, course, state, reported)
    course.run(*COMMAND)
    found = course.state()
    assert found["notebooks"] == state["notebooks"]
    assert without_by_hand(found) == without_by_hand(state)


def find(family, word):
    return [p for p in family if word in " ".join(p.cmdline())]


@pytest.mark.parametrize("level", [0, 2])
def test_what_a_grader_started_may_end_by_itself(copied, undisturbed, level):
    """Where the system ends the grading process or the template, the class gets what it deserves."""
    state = undisturbed
    course = copied(f"parts{level}", level)
    process = course.start(*COMMAND, "--force")
    for moment, word in [
        (Moment("Autograding .*bob", 1, 0.05), "autograder.grading.grader"),
        (Moment(f"Autograding .*{HANGING}", 1, 0.7), "autograder.worker.template"),
        (Moment("Autograding .*eve", 1, 0.02), "autograder.worker.template"),
    ]:
        reach(process, moment)
        grading = find(psutil.Process(process.pid).children(), "autograder.grading.grader")
        family = [p for g in grading for p in [g, *g.children(recursive=True)]]
        for found in find(family, word):
            with contextlib.suppress(psutil.Error):
                found.kill()
    assert process.wait(120) == 0, "".join(process.lines)[-5000:]
    assert course.left() == []
    assert course.state() == state, "".join(process.lines)
