"""A trusted process that grades and stays warm, as whoever started it sees it.

What runs in it is `grading_server`. Little is imported here: a command starts it first of all, and
imports the rest while PyTorch is loaded there. Several are started at once: one loads what all of
them need, and forks the others.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import IO, TYPE_CHECKING, Any

from nbformat import NotebookNode

from autograder.course.assignment import Assignment
from autograder.results.outcome import ItemResult
from autograder.results.report import Report
from autograder.sandbox import progress
from autograder.sandbox.isolation import Layers
from autograder.sandbox.probe import NotIsolatedError
from autograder.sandbox.progress import HungError, Progress
from autograder.startup import environment

if TYPE_CHECKING:  # they bring pytest along, which nobody here needs before the first answer
    from autograder.grading.graded import Graded
    from autograder.grading.grader import Examination, Held
    from autograder.intake.handed_in import HandedIn

ENDING_SECONDS = 5.0
LOOK_SECONDS = 1.0  # between two looks at what a process is doing, while it does not answer
CHUNK = 2**18  # bytes to be read at a time
BOOT = f"""{environment.IMPORT_ENGINE}
from autograder.startup.loading import loading
with loading():
    from autograder.grading.server import main
main(options)
"""


class GradingProcess:
    """The trusted process, for as long as this object lives.

    Parameters
    ----------
    layers : Layers, optional
        What is to confine student code; without it, the best that can be had.
    allow_no_isolation : bool
        Whether, without `layers`, that may be nothing.
    tell : callable, optional
        As of a `WarmGrader`; called in a thread of its own.
    load : Assignment, optional
        Whose suites it loads at once, and not when it is first asked to grade.
    count : int
        How many processes in all, this one included; it forks the others when it has loaded
        PyTorch.
    is_early : bool
        Whether it is not yet known what is to be graded: then `begin` says so, while it starts.

    Attributes
    ----------
    others : list of GradingProcess
        Those that it forks.
    """

    def __init__(
        self,
        layers: Layers | None = None,
        *,
        allow_no_isolation: bool = False,
        tell: Callable[[str], None] | None = None,
        load: Assignment | None = None,
        count: int = 1,
        is_early: bool = False,
    ) -> None:
        environment.open_standard_streams()
        pairs = [socket.socketpair() for _ in range(count)]
        theirs = [their.fileno() for _, their in pairs]
        memory = progress.shared(count)
        options = {
            "layers": None if layers is None else sorted(layers),
            "connections": theirs,
            "progress": memory,
            "is_early": is_early,
            **environment.engine(),
        }
        self._process = subprocess.Popen(
            [sys.executable, *environment.FLAGS, "-c", BOOT, json.dumps(options)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE if tell else None,
            text=True,
            errors="replace",
            env=environment.of_grading_process(),
            cwd="/",  # it goes to the course's folder by itself: ours may be gone
            umask=environment.UMASK,
            pass_fds=[*theirs, memory],
            start_new_session=True,  # Ctrl-C is for the one who started us: it closes our input
        )
        for _, their in pairs:
            their.close()
        own, *others = (ours for ours, _ in pairs)
        teller = _Teller(self._process.stderr, tell, [own, *others])
        done = [progress.of_process(memory, place) for place in range(count)]
        os.close(memory)
        self._connect(own, teller, done[0], allow_no_isolation=allow_no_isolation)
        self.others = [
            _Forked(ours, teller, theirs, allow_no_isolation=allow_no_isolation)
            for ours, theirs in zip(others, done[1:], strict=True)
        ]
        if not is_early:
            self.begin(load, count)

    def begin(self, load: Assignment | None, count: int) -> None:
        """Say what it loads, and how many of the processes that it can fork are needed.

        Parameters
        ----------
        load : Assignment, optional
        count : int
            As when the process is started, and no more than it said then. Who asks one of the
            others for something gets a `ConnectionError`.
        """
        wanted = {"load": None if load is None else _named(load), "count": count}
        assert self._process.stdin is not None
        # if it has ended, the first request says so
        with suppress(OSError), self._process.stdin as told:
            told.write(json.dumps(wanted))

    def _connect(
        self,
        connection: socket.socket,
        teller: "_Teller",
        done: Progress,
        *,
        allow_no_isolation: bool,
    ) -> None:
        self.allow_no_isolation = allow_no_isolation
        self.pid: int | None = None  # once it is known
        self._trouble = ""  # why student code cannot be confined
        self._connection = connection
        self._teller = teller
        connection.settimeout(LOOK_SECONDS)
        self._arrived = bytearray()
        self._progress = done

    def import_faults(self, assignment: Assignment) -> list[str]:
        """Return why an assignment's suites cannot be imported: see `collection.import_faults`."""
        faults: list[str] = self._ask("import", assignment)
        return faults

    def grade(
        self,
        assignment: Assignment,
        notebook: NotebookNode,
        held: "Held | None" = None,
        spent: float = 0.0,
    ) -> Report:
        """Grade a notebook.

        Parameters
        ----------
        assignment : Assignment
        notebook : NotebookNode
        held : Held, optional
            Here and in `finish`, as `grader.grade` takes it.
        spent : float
            Likewise; what is spent until the process breaks is `spent` then.

        Raises
        ------
        NotIsolatedError
            Here and in the other methods, if student code cannot be confined.
        HungError
            Likewise, if a suite takes too long by itself; the process has been ended.
        OSError, ValueError
            Likewise, if the process broke.
        """
        self._progress.keep(spent)
        answer = self._ask("grade", assignment, notebook=notebook, held=_listed(held), spent=spent)
        return Report.from_dict(answer)

    def finish(
        self,
        assignment: Assignment,
        handed_in: "HandedIn",
        held: "Held | None" = None,
        spent: float = 0.0,
    ) -> "Graded":
        """Read, restore and grade what was handed in: see `Graded.of`."""
        from autograder.grading.graded import Graded

        data = handed_in.to_dict()
        self._progress.keep(spent)
        return Graded(
            self._ask("finish", assignment, handed_in=data, held=_listed(held), spent=spent)
        )

    @property
    def spent(self) -> float:
        """How many seconds of its time the latest submission's code has had, in all its tries."""
        return self._progress.spent

    def examine(
        self,
        assignment: Assignment,
        notebook: NotebookNode,
        names: list[str],
        *,
        whole: bool,
        chance: int,
    ) -> "Examination":
        """Examine a specimen: see `grader.examine`."""
        from autograder.grading.grader import Examination

        items, facts, faults = self._ask(
            "examine", assignment, notebook=notebook, names=names, whole=whole, chance=chance
        )
        return Examination([ItemResult.from_dict(item) for item in items], facts, faults)

    def repeat(
        self,
        assignment: Assignment,
        notebook: NotebookNode,
        names: list[str],
        seeds: range,
    ) -> list[str]:
        """Grade a right solution again and again: see `grader.repeat`."""
        answer: list[str] = self._ask(
            "repeat", assignment, notebook=notebook, names=names, seeds=[*seeds]
        )
        return answer

    def _ask(self, do: str, assignment: Assignment, **more: Any) -> Any:
        request = {"do": do, **_named(assignment), "version": assignment.version, **more}
        try:
            if self.pid is None:
                self.pid = self._answer()
                self._trouble = self._answer()
            if self._trouble and not self.allow_no_isolation:
                raise NotIsolatedError(self._trouble)
            self._send(json.dumps(request).encode() + b"\n")
            return self._answer()
        except BaseException:  # Ctrl-C too: what it answers later is not for the next submission
            self.close()
            raise

    def _send(self, request: bytes) -> None:
        left = memoryview(request)
        while left:
            try:
                left = left[self._connection.send(left) :]
            except TimeoutError:
                self._look()

    def _answer(self) -> Any:
        while b"\n" not in self._arrived:
            try:
                some = self._connection.recv(CHUNK)
            except TimeoutError:
                self._look()
                continue
            if not some:
                raise ConnectionError(self._last_words())
            self._arrived += some
        answer, _, self._arrived = self._arrived.partition(b"\n")
        return json.loads(answer)

    def _look(self) -> None:
        """End the process if a suite takes too long in it."""
        if doing := self._progress.overdue():
            self._kill()
            raise HungError(doing)

    def _kill(self) -> None:
        self._process.kill()

    def _last_words(self) -> str:
        return f"it ended with exit code {self._process.wait()}"

    def close(self) -> None:
        """End the process: at the end of its input it tidies up, and ends itself."""
        with suppress(OSError):  # it has ended already
            self._connection.shutdown(socket.SHUT_WR)
        self._end()
        self._teller.leave(self._connection)

    def _end(self) -> None:
        assert self._process.stdin is not None
        if not self._process.stdin.closed:  # nobody has asked it for anything
            self._process.kill()
            self._process.stdin.close()
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __del__(self) -> None:
        if hasattr(self, "_teller"):  # else it has not been started
            self.close()


class _Forked(GradingProcess):
    """One that was forked from another: nobody here can wait for it, but its end is seen."""

    def __init__(
        self,
        connection: socket.socket,
        teller: "_Teller",
        done: Progress,
        *,
        allow_no_isolation: bool,
    ) -> None:
        self.others = []
        self._connect(connection, teller, done, allow_no_isolation=allow_no_isolation)

    def _last_words(self) -> str:
        return "it ended"

    def _kill(self) -> None:
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _end(self) -> None:
        first = b""  # that comes: if it was asked nothing, it has said who it is
        try:
            self._connection.settimeout(ENDING_SECONDS)
            while some := self._connection.recv(2**16):
                first = first or some
        except TimeoutError:
            self.pid = self.pid or json.loads(first.partition(b"\n")[0] or "null")
            self._kill()
        except OSError:  # it has ended, in the midst of an answer
            pass


class _Teller:
    """Tells what several processes write to the one standard error that they share.

    Parameters
    ----------
    lines : file of text or None
        Closed at its end.
    tell : callable or None
    connections : list of socket
        Of the processes.
    """

    def __init__(
        self,
        lines: IO[str] | None,
        tell: Callable[[str], None] | None,
        connections: list[socket.socket],
    ) -> None:
        self._open = {*connections}
        self._thread = threading.Thread(target=_tell, args=(lines, tell), daemon=True)
        self._thread.start()

    def leave(self, connection: socket.socket) -> None:
        """Let a process have ended; once all have, wait until their last words are told."""
        self._open.discard(connection)
        if not self._open:
            self._thread.join(ENDING_SECONDS)


def _listed(held: "Held | None") -> list[list[str]]:
    return [[*what, cause] for what, cause in (held or {}).items()]


def _named(assignment: Assignment) -> dict[str, Any]:
    """Return what a process finds an assignment by."""
    return {
        "course": assignment.course.to_dict(),
        "assignment": assignment.name,
        "notebook_name": assignment.notebook,
    }


def _tell(lines: IO[str] | None, tell: Callable[[str], None] | None) -> None:
    with lines or nullcontext(()) as told:
        for line in told:
            if tell:
                tell(line.rstrip())
