"""The range on which attacks are tried, and which sees what each of them reaches."""

import contextlib
import ctypes
import json
import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.submission import filled
from autograder.grading.child_process import ChildProcess
from autograder.results.account import item_html, item_text
from autograder.results.report import Report
from autograder.sandbox import isolation
from autograder.sandbox.isolation import Layers
from autograder.worker.confinement import Layer
from tests.attack import PROJECT, Attack
from tests.targets import LAZY, Targets, state_of

ATTACKED = ("test_dropout_forward", "test_dropout_backward")
PATIENCE = 40.0  # seconds for one submission, many times what the limits allow for
LEAVING = 0.05  # seconds that a process that was killed a moment ago needs to be gone
LEVELS: dict[str, Layers] = {
    "confined": isolation.ALL,
    "in a container": frozenset({Layer.LANDLOCK, Layer.SECCOMP}),
    "none": isolation.NONE,
}


class Range:
    """A grading process at one level of confinement, and the targets.

    Parameters
    ----------
    level : str
        One of `LEVELS`.
    """

    def __init__(self, level: str) -> None:
        _adopt_orphans(adopt=True)  # whoever leaves its parents stays a descendant of ours
        self.targets = Targets()
        self.assignment = Assignment(self.targets.course, "dropout_l2")
        self._layers = LEVELS[level]
        self._environment = {
            "HOME": str(self.targets.home),
            "COURSE_TOKEN": self.targets.secret("the grader's environment"),
            "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]),
        }
        self._log = self.targets.folder.with_suffix(".log")
        self._process = self._start()
        for _ in range(2):  # once more, for the byte code that the first leaves
            self._honest = self._grade(self.assignment.reference)
        assert self._honest is not None
        self._points = {item.name: item.max_points for item in self._honest.items}
        earned = {item.name: item.points for item in self._honest.items}
        assert earned == self._points, self._honest
        self._at_rest = _descendants()
        self.targets.keep()

    def try_out(self, attack: Attack) -> list[str]:
        """Grade an attack, and return all that it has reached, in words: nothing, that is."""
        findings = []
        shift = self._log.stat().st_size
        answers = dict(self.assignment.reference)
        base = answers["dropout"] if attack.right else LAZY
        for student in range(attack.students):
            code = self.targets.filled_in(f"STUDENT = {student}\n{attack.source}")
            start = time.monotonic()
            report = self._grade(answers | {"dropout": f"{base}\n\n{code}"})
            if (seconds := time.monotonic() - start) > PATIENCE:
                findings.append(f"it took {seconds:.0f} s")
            if report is None:
                findings.append("the grading process broke")
            else:
                findings += self._judge(attack, report)
        log = self._log.read_text(errors="replace")[shift:]
        findings += [f"the log tells of {where}" for where in self.targets.leaks(log)]
        return [*findings, *self.side_effects()]

    def next_student(self) -> list[str]:
        """Grade an honest submission, and return what has changed since before all attacks."""
        same = self._grade(self.assignment.reference) == self._honest
        return [] if same else ["the next student's report has changed"]

    def side_effects(self) -> Iterator[str]:
        """Yield what has changed outside the grading process since the last look, and undo it."""
        now = _descendants()
        deadline = time.monotonic() + LEAVING
        while {*now} != {*self._at_rest} and time.monotonic() < deadline:
            time.sleep(0.01)
            now = _descendants()
        ended = {process: self._at_rest[process] for process in {*self._at_rest} - {*now}}
        yield from (f"a process of ours was ended: {command:.80}" for command in ended.values())
        replaceable = Counter(ended.values())
        for process in {*now} - {*self._at_rest}:
            if replaceable[now[process]] > 0:
                replaceable[now[process]] -= 1
                continue
            yield f"a process is left: {now.pop(process):.80}"
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._at_rest = now
        for path in self.targets.changes():
            yield f"{path} has been changed"
        for visitor in self.targets.visitors():
            yield f"it reached a socket: {visitor}"
        if harm := self.targets.harm_to_the_sibling():
            yield harm

    def close(self) -> None:
        """End all of it."""
        del self._process
        self.targets.close()
        self._log.unlink()
        _adopt_orphans(adopt=False)

    def _judge(self, attack: Attack, report: Report) -> Iterator[str]:
        points = {item.name: item.points for item in report.items}
        expected = self._points if attack.right else dict.fromkeys(ATTACKED, 0.0)
        for name, right in expected.items():
            if points[name] != right:
                lost = [p.message for p in report.item(name).properties if p.message][:1]
                yield f"{name} has {points[name]} points, not {right}: {lost}"
        if any(number is None for number in points.values()):
            yield "the grade is held back, as if by a fault of ours"
        pages = [item_html(report, name) for name in points]
        texts = [item_text(report, name) for name in points]
        everything = json.dumps(report.to_dict(), ensure_ascii=False)
        everything = "\n".join([everything, *pages, *texts])
        yield from (f"the report tells of {where}" for where in self.targets.leaks(everything))
        if self.targets.won in everything:
            said = re.search(rf"{self.targets.won}[^\"\\<]*", everything)
            yield f"it says that it won{said[0].removeprefix(self.targets.won) if said else ''}"
        if any(self.targets.words["TAG"] in page for page in pages):
            yield "its HTML is in the feedback"
        if not all(line.isprintable() for text in texts for line in text.split("\n")):
            yield "its control characters are in the feedback"

    def _grade(self, answers: dict[str, str]) -> Report | None:
        watch = threading.Timer(PATIENCE, self._process._process.kill)
        watch.start()
        try:
            notebook = filled(self.assignment.release, answers)
            answer = self._process.ask("grade_notebook", self.assignment, notebook=notebook)
            return Report.from_dict(answer)
        except (OSError, ValueError):
            self._process = self._start()
            return None
        finally:
            watch.cancel()

    def _start(self) -> ChildProcess:
        """Start a grading process whose log is kept, and whose folder is one of the targets."""
        before = Path.cwd(), dict(os.environ), os.dup(2)
        try:
            os.chdir(self.targets.outside)
            os.environ |= self._environment
            with self._log.open("ab") as log:
                os.dup2(log.fileno(), 2)
            process = ChildProcess(self._layers)
            process.begin(None, 1)
            return process
        finally:
            os.chdir(before[0])
            os.environ.clear()
            os.environ |= before[1]
            os.dup2(before[2], 2)
            os.close(before[2])


def _descendants() -> dict[int, str]:
    """Return the living processes below this one, with their command lines but for numbers."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, parent = state_of(int(entry.name))
                if state != "Z":
                    parents[int(entry.name)] = parent
    below: dict[int, str] = {}
    fresh = {os.getpid()}
    while fresh:
        fresh = {p for p, parent in parents.items() if parent in fresh and p not in below}
        for process in fresh:
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{process}/cmdline").read_text(errors="replace")
                below[process] = re.sub(r"\d+", "#", command.replace("\0", " "))
    return below


def _adopt_orphans(*, adopt: bool) -> None:
    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, int(adopt))
