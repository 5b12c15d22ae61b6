"""Starts, asks and ends a grading process, which runs `server.py`, until it breaks.

If several are started at once, the first loads what all of them need, and forks the others. Other
rooms use `process.py`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from typing import Any

from autograder.course.assignment import Assignment
from autograder.grading.error_lines import ENDING_SECONDS, ErrorLines, OnLine
from autograder.sandbox import progress
from autograder.sandbox.isolation import Layers, NotIsolatedError
from autograder.sandbox.progress import HungError, Progress
from autograder.startup import environment

LOOK_SECONDS = 1.0  # between two looks at what a process is doing, while it does not answer
CHUNK = 2**18  # bytes to be read at a time
BOOT = f"""{environment.IMPORT_ENGINE}
from autograder.startup.loading import loading
with loading():
    from autograder.grading.server import main
main(options)
"""


class ChildProcess:
    """The process, for as long as this object lives.

    Parameters
    ----------
    layers : Layers, optional
        What confines student code; by default, the best that this machine has.
    on_line : callable, optional
        Called with each line that it writes to its standard error, in a thread of its own.
    count : int
        The number of processes, this one included.
    is_early : bool
        Whether it loads PyTorch before `begin` is called.

    Attributes
    ----------
    forked : list of ChildProcess
        The other processes.
    pid : int or None
        None until it has answered.
    """

    def __init__(
        self,
        layers: Layers | None = None,
        *,
        on_line: OnLine | None = None,
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
            stderr=subprocess.PIPE if on_line else None,
            text=True,
            errors="replace",
            env=environment.of_grading_process(),
            cwd="/",  # it changes to the course's folder itself: ours may be gone
            umask=environment.UMASK,
            pass_fds=[*theirs, memory],
            start_new_session=True,  # Ctrl-C does not reach it: this process ends it
        )
        for _, their in pairs:
            their.close()
        own, *others = (ours for ours, _ in pairs)
        lines = ErrorLines(self._process.stderr, on_line, [own, *others])
        done = [progress.of_process(memory, place) for place in range(count)]
        os.close(memory)
        self._connect(own, lines, done[0])
        self.forked = [
            _ForkedProcess(ours, lines, theirs)
            for ours, theirs in zip(others, done[1:], strict=True)
        ]

    def _connect(self, connection: socket.socket, lines: ErrorLines, done: Progress) -> None:
        self.pid: int | None = None
        self._trouble = ""  # why student code cannot be confined
        self._connection = connection
        self._lines = lines
        connection.settimeout(LOOK_SECONDS)
        self._arrived = bytearray()
        self._progress = done

    def begin(self, load: Assignment | None, count: int) -> None:
        """Name the assignment whose suites it loads at once, and the number of processes needed.

        More processes than `count` do not answer.
        """
        wanted = {"load": None if load is None else _key(load), "count": count}
        assert self._process.stdin is not None
        # if it has ended, the first request says so
        with suppress(OSError), self._process.stdin as opened:
            opened.write(json.dumps(wanted))

    def ask(
        self,
        do: str,
        assignment: Assignment,
        *,
        spent: float = 0.0,
        allow_no_isolation: bool = False,
        **more: Any,
    ) -> Any:
        """Send a request, and return the answer. Any error ends the process.

        Raises
        ------
        NotIsolatedError
            If student code cannot be confined, and that is not allowed.
        HungError
            If a suite takes too long by itself.
        OSError, ValueError
            If the process broke.
        """
        request = {"do": do, **_key(assignment), "version": assignment.version}
        self._progress.keep(spent)  # until the process counts on
        try:
            if self.pid is None:
                self.pid = self._answer()
                self._trouble = self._answer()
            if self._trouble and not allow_no_isolation:
                raise NotIsolatedError(self._trouble)
            self._send(json.dumps({**request, "spent": spent, **more}).encode() + b"\n")
            return self._answer()
        except BaseException:  # Ctrl-C too: a later answer must not reach the next submission
            self.close()
            raise

    @property
    def spent(self) -> float:
        """How many seconds the submission's code has used, earlier tries included."""
        return self._progress.spent

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
        """End the process if a suite in it takes too long."""
        if doing := self._progress.overdue():
            self._kill()
            raise HungError(doing)

    def _kill(self) -> None:
        self._process.kill()

    def _last_words(self) -> str:
        return f"it ended with exit code {self._process.wait()}"

    def close(self) -> None:
        """End the process: at the end of its input it cleans up and ends."""
        with suppress(OSError):  # it has ended already
            self._connection.shutdown(socket.SHUT_WR)
        self._end()
        self._lines.leave(self._connection)

    def _end(self) -> None:
        assert self._process.stdin is not None
        if not self._process.stdin.closed:  # `begin` was not called
            self._process.kill()
            self._process.stdin.close()
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __del__(self) -> None:
        if hasattr(self, "_lines"):  # otherwise it has not been started
            self.close()


class _ForkedProcess(ChildProcess):
    """A forked process: we cannot wait for it, but its connection closes when it ends."""

    def __init__(self, connection: socket.socket, lines: ErrorLines, done: Progress) -> None:
        self.forked = []
        self._connect(connection, lines, done)

    def _last_words(self) -> str:
        return "it ended"

    def _kill(self) -> None:
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _end(self) -> None:
        first = b""  # the first answer: its number, if it has had no request
        try:
            self._connection.settimeout(ENDING_SECONDS)
            while some := self._connection.recv(2**16):
                first = first or some
        except TimeoutError:
            self.pid = self.pid or json.loads(first.partition(b"\n")[0] or "null")
            self._kill()
        except OSError:  # it has ended while it answered
            pass


def _key(assignment: Assignment) -> dict[str, Any]:
    """Return the data by which a process finds an assignment."""
    return {
        "course": assignment.course.to_dict(),
        "assignment": assignment.name,
        "notebook_name": assignment.notebook,
    }
