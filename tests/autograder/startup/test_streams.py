"""What a command does is done, wherever its output goes, or does not go."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.autograder.support.tiny import IDENTITY
from tests.conftest import PROJECT

RUN = [sys.executable, "-m", "autograder"]


def run(root, how, *words):
    """Run a command by the shell, which sends its output somewhere; return exit code and stderr."""
    done = subprocess.run(
        ["/bin/sh", "-c", how, "sh", *RUN, *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "JUPYTER_CONFIG_DIR": str(root)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


CLOSED_PIPE = 'exec 3>&1; ("$@"; echo $? >code) | true; exit $(cat code)'
CLOSED = {
    "a reader who left": CLOSED_PIPE,
    "both have left": CLOSED_PIPE.replace('"$@"', '"$@" 2>&1'),
    "nowhere": '"$@" >&-',
    "nowhere at all": '"$@" <&- >&- 2>&-',
}


@pytest.fixture
def graded(tiny_course):
    tiny_course.hand_in("ann", IDENTITY)
    assert tiny_course.grade()["success"]
    return tiny_course


@pytest.mark.parametrize("how", CLOSED)
def test_the_class_report_is_written_whoever_reads_what_is_printed(graded, how):
    """`autograder report | head -1` writes its page, without a traceback."""
    code, reported = run(graded.root, CLOSED[how], "report", "tiny")
    assert (code, reported) == (0, "")
    assert "ann" in (graded.root / "reports" / "tiny.html").read_text()


def test_a_class_is_graded_to_its_end_whoever_reads_what_is_printed(graded):
    """`autograder grade | head -1` grades all of it."""
    for student in ("bob", "cem"):
        graded.hand_in(student)
    code, reported = run(
        graded.root, CLOSED["a reader who left"], "grade", "tiny", "--workers", "1"
    )
    assert code == 0, reported
    assert "Traceback" not in reported
    assert [graded.marks(student)[0] for student in ("bob", "cem")] == [2.0, 2.0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_a_full_disk_for_the_output_is_an_error_after_all_other_work(graded):
    """Scripts learn it by the exit code."""
    code, reported = run(graded.root, '"$@" >/dev/full', "report", "tiny")
    assert code == 1
    assert reported == (
        "Error: the output could not be written (No space left on device): make room, or send it "
        "elsewhere; all else is done\n"
    )
    assert (graded.root / "reports" / "tiny.html").exists()


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["status", "tiny", "--json"]])
def test_no_command_ends_in_a_traceback_where_nobody_reads(graded, words):
    """Not even what is printed before a command begins."""
    assert run(graded.root, CLOSED["a reader who left"], *words)[1] == ""
