"""The life of a worker: what ends it, its last message, and that it leaves nothing behind."""

import contextlib
import socket

import numpy as np
import psutil
import pytest

from autograder.course.limits import Limits
from autograder.sandbox import isolation, template
from autograder.sandbox.budget import Budget
from autograder.sandbox.probe import reached
from autograder.sandbox.sandbox import DiedError, Sandbox, SandboxError, StudentError, TimedOutError
from autograder.text.wording import one_line
from autograder.worker.frame import MAX_TEXT, WireError
from autograder.worker.opening import Opening

NOISE = """\
import os, sys, warnings
print("out" * 1000)
print("err" * 1000, file=sys.stderr)
os.write(1, b"raw")
os.write(2, b"raw")
warnings.warn("watch out")

class Noisy:
    def __call__(self, x):
        print("out" * 10**5)
        sys.stderr.write("err" * 10**6)
        return x + 1
"""


def end(*statements):
    """Return an answer with a function that runs statements."""
    return "import os, signal, sys, time\ndef end():\n    " + "\n    ".join(statements)


@pytest.mark.parametrize(
    ("statement", "cause"),
    [
        ("os._exit(3)", "exit code 3"),
        ("os._exit(0)", "exit code 0"),
        ("os.abort()", "signal SIGSEGV"),  # it may signal nobody, not even itself
        ("import ctypes; ctypes.string_at(0)", "signal SIGSEGV"),
    ],
)
def test_code_that_ends_its_process_has_the_cause_in_its_message(student, statement, cause):
    """The end of a worker is the student's error, with its exit code or signal."""
    with pytest.raises(DiedError, match=rf"the code ended its own process \({cause}.*\) \[end\]"):
        student(end(statement)).end()


def test_code_that_never_answers_is_ended(student):
    """An endless call is ended after the limit for one call."""
    names = student(end("while True:", "    pass"), call_seconds=0.3)
    with pytest.raises(TimedOutError) as caught:
        names.end()
    assert str(caught.value) == "the code did not return within 0.3 seconds [end]"


def test_code_that_hangs_up_and_goes_on_is_not_waited_for(student):
    """A worker that closes its connection is ended, even if it does not end by itself."""
    names = student(end("os.closerange(3, 64)", "time.sleep(2)", "os._exit(77)"))
    with pytest.raises(DiedError) as caught:
        names.end()
    assert "77" not in str(caught.value)


@pytest.mark.parametrize("death", ["os._exit(3)", "while True: pass"])
def test_nothing_can_be_asked_of_the_dead(student, death):
    """Every later request says that the worker has ended, and why."""
    names = student(end(death), "def fine(): return 1", call_seconds=0.3)
    fine, end_of_all = names.fine, names.end
    with pytest.raises(DiedError) as first:
        end_of_all()
    for ask in (fine, end_of_all, lambda: names.Scaler, lambda: setattr(fine, "a", 1)):
        with pytest.raises(type(first.value)) as later:
            ask()
        assert str(later.value).startswith(f"not run, after an earlier failure: {first.value}")


def test_the_submissions_time_runs_out(session):
    """All waiting for a submission's code counts, also in later workers."""
    running = session(end("while True: pass"), submission_seconds=0.5)
    with pytest.raises(TimedOutError, match=r"has used up the submission's 0.5 seconds"):
        running.namespace.end()
    assert running.budget.left <= 0
    # our own start costs a submission nothing
    again = Sandbox(Limits(), Opening(), running.budget, 1, running.layers)
    with pytest.raises(TimedOutError, match="has used up the submission's"):
        again.ask("get", {"name": "end"}, 5.0)


def test_a_worker_that_does_not_read_is_given_up(session):
    """A request that the worker does not read counts like one that it does not answer."""
    opened = session(call_seconds=0.3)
    _ = opened.namespace.Scaler  # the worker answers
    deaf, silent = socket.socketpair()
    opened.sandbox._connection = deaf
    with silent, pytest.raises(TimedOutError, match="did not return within 0.3 seconds"):
        opened.sandbox.ask("get", {"name": "x" * 10**6}, 0.3)
    assert opened.budget.left < opened.budget.seconds - 0.2


def test_only_waiting_for_the_code_counts():
    """Only time within its `with` block counts against a budget, which may become negative."""
    budget = Budget(10.0)
    assert budget.left == 10.0
    with budget.spend(at_most=5.0) as left:
        assert 4.0 < left() <= 5.0
    assert 9.0 < budget.left < 10.0
    budget.left = 2.0
    with budget.spend(at_most=5.0) as left:
        assert 1.0 < left() <= 2.0


def test_memory_over_the_limit_is_the_students_error(student):
    """An array over the limit is a MemoryError of that call, and the next call works."""
    code = (
        "import numpy as np\ndef large(): return float(np.ones(10**8).sum())\ndef fine(): return 1"
    )
    names = student(code, memory_mb=600)
    with pytest.raises(StudentError, match="MemoryError"):
        names.large()
    assert names.fine() == 1


def test_what_is_too_large_for_a_frame_is_not_sent(student):
    """A frame that is slightly too large is the caller's error, and the worker lives on."""
    size = student("def size(x): return len(x)").size
    answered = []
    for length in range(MAX_TEXT - 150, MAX_TEXT, 5):
        with contextlib.suppress(WireError):
            answered.append(size("x" * length) == length)
    assert all(answered)
    assert 0 < len(answered) < 30
    assert size("x") == 1


def test_what_a_student_prints_changes_nothing(student, capfd):
    """Output on both streams is discarded, and breaks no answer."""
    noisy = student(NOISE, file_mb=1).Noisy()
    assert noisy(np.zeros(2)).tolist() == [1.0, 1.0]
    assert noisy(np.ones(2)).tolist() == [2.0, 2.0]
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_was_given_up_is_ended_at_once(student):
    """After a time-out, nothing runs in the background."""
    names = student(end("while True: pass"), call_seconds=0.3)
    before = descendants()
    with pytest.raises(TimedOutError):
        names.end()
    assert len(descendants()) == len(before) - 1


def descendants():
    """Return the processes that this one has started, directly or not, and that still run."""
    return {
        child.pid
        for child in psutil.Process().children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE
    }


CHILD = """\
import os, time
if os.fork() == 0:
    time.sleep(60)
    os._exit(0)
"""


def test_no_process_is_left(session):
    """Closing a session ends its worker and all that the student's code started."""
    session(layers=isolation.NONE).close()  # so that there is a template
    before = descendants()
    opened = session(CHILD, layers=isolation.NONE)
    assert len(descendants()) == len(before) + 2
    opened.close()
    assert descendants() == before


def test_a_worker_that_does_not_start_is_our_fault(tiny, monkeypatch):
    """A worker that breaks before any student's code is a SandboxError with its output."""
    monkeypatch.setattr(template, "BOOT", "raise RuntimeError('no such luck')")
    template.forget_templates()
    with pytest.raises(SandboxError, match="RuntimeError: no such luck") as caught:
        Sandbox(tiny.limits, tiny.opening, Budget(10.0), 1, reached())
    assert "TimeoutError" not in str(caught.value)  # its end is seen, not waited for


def test_closing_twice_is_harmless(session):
    """A session may be closed twice, and after the worker's own end."""
    opened = session()
    opened.close()
    opened.close()
    with pytest.raises(DiedError):
        _ = opened.namespace.Scaler


@pytest.mark.parametrize(
    ("said", "reported"),
    [
        ("no 'x' in 'numpy' (/usr/lib/numpy/__init__.py)", "no 'x' in 'numpy' (__init__.py)"),
        ("error:/usr/lib/numpy/core.py:12", "error:core.py:12"),
        ("/usr/lib/a:/usr/lib/b", "a:b"),
        ("file:///usr/lib/a.so", "a.so"),
        ("see https://example.org/a/b, 1 / (2 / 3), a/b/c", None),
    ],
)
def test_of_paths_the_names_are_left(said, reported):
    """Messages quote no folder of the grading machine; web addresses and fractions stay as they are."""
    assert one_line(said) == (reported or said)
