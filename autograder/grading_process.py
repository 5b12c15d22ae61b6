"""The trusted process that grades and stays warm: it loads PyTorch and the suites once for a class.

It reads requests from a socket and writes answers to it, each as a line of JSON. Several are
started at once: one loads what all of them need, and forks the others.
"""

import importlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

import nbformat
from nbformat import NotebookNode

from autograder import isolation, probe
from autograder.assignment import Assignment, AssignmentError
from autograder.collection import Taker, run_functions
from autograder.graded import Graded
from autograder.grader import TRIES, Examination, examine, grade, held, repeat
from autograder.handed_in import HandedIn
from autograder.isolation import Layers
from autograder.outcome import ItemResult
from autograder.probe import NotIsolatedError
from autograder.pytest_plugin import Grading
from autograder.report import KEY, Report
from autograder.startup import loading
from autograder.submission import Submission
from autograder.template import close_all
from autograder.worker.confinement import Layer

# for arrays as small as these, more threads only keep a processor from others
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
ENDING_SECONDS = 5.0
NOTHING = "-"  # how no function's name begins
BOOT = """
from autograder import startup
startup.leave_out()
with startup.loading():
    from autograder.grading_process import main
main()
"""

T = TypeVar("T")


class WarmGrader:
    """Grades in a process that is started when it is first needed, and replaced when it breaks.

    Parameters
    ----------
    allow_no_isolation : bool
        Whether student code may be run where nothing confines it.
    tell : callable, optional
        Takes each line that the process writes to its standard error; without it, that is ours.
    layers : Layers, optional
        As of a `GradingProcess`.
    first : GradingProcess, optional
        The process to begin with: one that has been started before.
    """

    def __init__(
        self,
        *,
        allow_no_isolation: bool = False,
        tell: Callable[[str], None] | None = None,
        layers: Layers | None = None,
        first: "GradingProcess | None" = None,
    ) -> None:
        self._allow_no_isolation = allow_no_isolation
        self._tell = tell
        self._layers = layers
        self._process = first
        self._version = ""
        self._is_closed = False

    def grade(self, assignment: Assignment, notebook: NotebookNode) -> Report:
        """Grade a restored notebook; a fault of ours gives a report that says so.

        Raises
        ------
        NotIsolatedError
            If student code cannot be confined here, and that is not allowed.
        """
        return self._try(
            assignment,
            lambda process: process.grade(assignment, notebook),
            lambda cause: held(assignment, cause),
        )

    def finish(self, assignment: Assignment, handed_in: HandedIn) -> Graded:
        """Read, restore and grade what was handed in; a fault of ours holds the grade back.

        Raises
        ------
        NotIsolatedError
            As `grade` does.
        """
        return self._try(
            assignment,
            lambda process: process.finish(assignment, handed_in),
            # with what the student wrote, so that somebody can look at it
            lambda cause: Graded.of(assignment, handed_in, lambda known, _: held(known, cause)),
        )

    def process(self, assignment: Assignment) -> "GradingProcess":
        """Return the process for an assignment; for another version it loads the suites anew."""
        if self._process is None or self._version not in ("", assignment.version):
            if self._process is not None:
                self._process.close()  # before there are two
            self._process = GradingProcess(
                self._layers,
                allow_no_isolation=self._allow_no_isolation,
                tell=self._tell,
                load=assignment,
            )
            if self._is_closed:  # while it started
                self._process.close()
        self._version = assignment.version
        return self._process

    def close(self) -> None:
        """End the process, and with it whatever it is grading; another thread may call this."""
        self._is_closed = True
        if self._process is not None:
            self._process.close()

    def _try(
        self,
        assignment: Assignment,
        do: "Callable[[GradingProcess], T]",
        give_up: Callable[[str], T],
    ) -> T:
        cause = ""
        for _ in range(TRIES):
            try:
                return do(self.process(assignment))
            except (OSError, ValueError) as error:
                cause = f"the grading process broke: {error!r}"
                self._process = None
                if self._is_closed:
                    break
        return give_up(cause)


@lru_cache(maxsize=2)
def warm_grader(*, allow_no_isolation: bool = False) -> WarmGrader:
    """Return the one that grades for this process."""
    return WarmGrader(allow_no_isolation=allow_no_isolation)


class GradingProcess:
    """The trusted process that runs `serve`, for as long as this object lives.

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
    others : int
        How many it is to fork, once it has loaded PyTorch.

    Attributes
    ----------
    others : list of GradingProcess
        Those, to be closed before this one.
    """

    def __init__(
        self,
        layers: Layers | None = None,
        *,
        allow_no_isolation: bool = False,
        tell: Callable[[str], None] | None = None,
        load: Assignment | None = None,
        others: int = 0,
    ) -> None:
        pairs = [socket.socketpair() for _ in range(1 + others)]
        theirs = [their.fileno() for _, their in pairs]
        options = {
            "layers": None if layers is None else sorted(layers),
            "load": None if load is None else _named(load),
            "connections": theirs,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-c", BOOT, json.dumps(options)],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE if tell else None,
            text=True,
            errors="replace",
            env=os.environ | ONE_THREAD,
            pass_fds=theirs,
            start_new_session=True,  # Ctrl-C is for the one who started us: it closes our input
        )
        for _, their in pairs:
            their.close()
        self._teller = threading.Thread(
            target=_tell, args=(self._process.stderr or (), tell), daemon=True
        )
        self._teller.start()
        self._connect(pairs[0][0], allow_no_isolation=allow_no_isolation)
        self.others = [
            _Forked(ours, allow_no_isolation=allow_no_isolation) for ours, _ in pairs[1:]
        ]

    def _connect(self, connection: socket.socket, *, allow_no_isolation: bool) -> None:
        self.allow_no_isolation = allow_no_isolation
        self.pid: int | None = None  # once it is known
        self._trouble = ""  # why student code cannot be confined
        self._connection = connection
        self._requests = connection.makefile("w")
        self._answers = connection.makefile("r")

    def grade(self, assignment: Assignment, notebook: NotebookNode) -> Report:
        """Grade a notebook.

        Raises
        ------
        NotIsolatedError
            Here and in the other methods, if student code cannot be confined.
        OSError, ValueError
            Likewise, if the process broke.
        """
        return Report.from_dict(self._ask("grade", assignment, notebook=notebook))

    def finish(self, assignment: Assignment, handed_in: HandedIn) -> Graded:
        """Read, restore and grade what was handed in: see `Graded.of`."""
        return Graded(self._ask("finish", assignment, handed_in=handed_in.to_dict()))

    def examine(
        self,
        assignment: Assignment,
        notebook: NotebookNode,
        names: list[str],
        *,
        whole: bool,
        chance: int,
    ) -> Examination:
        """Examine a specimen: see `examine`."""
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
        """Grade a right solution again and again: see `repeat`."""
        answer: list[str] = self._ask(
            "repeat", assignment, notebook=notebook, names=names, seeds=[*seeds]
        )
        return answer

    def _ask(self, do: str, assignment: Assignment, **more: Any) -> Any:
        request = {"do": do, **_named(assignment), "version": assignment.version, **more}
        try:
            if self.pid is None:
                self.pid, self._trouble = self._answer()
            if self._trouble and not self.allow_no_isolation:
                raise NotIsolatedError(self._trouble)
            self._requests.write(json.dumps(request) + "\n")
            self._requests.flush()
            return self._answer()
        except BaseException:  # Ctrl-C too: what it answers later is not for the next submission
            self.close()
            raise

    def _answer(self) -> Any:
        answer = self._answers.readline()
        if not answer:
            raise ConnectionError(self._last_words())
        return json.loads(answer)

    def _last_words(self) -> str:
        return f"it ended with exit code {self._process.wait()}"

    def close(self) -> None:
        """End the process: at the end of its input it tidies up, and ends itself."""
        with suppress(OSError):  # it has ended already
            self._connection.shutdown(socket.SHUT_WR)
        self._end()

    def _end(self) -> None:
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._teller.join(ENDING_SECONDS)  # its last words are told, too

    def __del__(self) -> None:
        self.close()


class _Forked(GradingProcess):
    """One that was forked from another: nobody here can wait for it, but its end is seen."""

    def __init__(self, connection: socket.socket, *, allow_no_isolation: bool) -> None:
        self.others = []
        self._connect(connection, allow_no_isolation=allow_no_isolation)

    def _last_words(self) -> str:
        return "it ended"

    def _end(self) -> None:
        self._connection.settimeout(ENDING_SECONDS)
        try:
            while self._connection.recv(2**16):
                pass
        except TimeoutError:
            if self.pid is not None:
                os.kill(self.pid, signal.SIGKILL)
        except OSError:  # it has ended, in the midst of an answer
            pass


def _named(assignment: Assignment) -> dict[str, str]:
    """Return what a process finds an assignment by."""
    return {
        "root": str(assignment.root.resolve()),
        "assignment": assignment.name,
        "notebook_name": assignment.notebook,
    }


def _tell(lines: Iterable[str], tell: Callable[[str], None] | None) -> None:
    for line in lines:
        if tell:
            tell(line.rstrip())


def serve(requests: Iterable[str], answers: Any, layers: Layers) -> None:
    """Answer each request, a JSON line, with a report, a JSON line."""
    for line in requests:
        request = json.loads(line)
        assignment = _assignment(
            *(request[name] for name in ("root", "assignment", "notebook_name", "version"))
        )
        answers.write(json.dumps(_answer(request, assignment, layers)) + "\n")
        answers.flush()


@lru_cache(maxsize=2)
def _assignment(root: str, name: str, notebook: str, version: str) -> Assignment:
    """Return an assignment as it stands; `version` tells one state of its files from another."""
    return Assignment(Path(root), name, notebook)


def _answer(request: dict[str, Any], assignment: Assignment, layers: Layers) -> Any:
    if request["do"] == "finish":
        handed_in = HandedIn.from_dict(request["handed_in"])
        return Graded.of(assignment, handed_in, partial(_report, layers=layers)).text
    notebook = nbformat.from_dict(request["notebook"])
    if request["do"] == "grade":
        return _report(assignment, notebook, layers).to_dict()
    submission = Submission.from_notebook(notebook)
    if request["do"] == "repeat":
        return repeat(assignment, submission, request["names"], layers, request["seeds"])
    examination = examine(
        assignment,
        submission,
        request["names"],
        layers,
        whole=request["whole"],
        chance=request["chance"],
    )
    return [[asdict(item) for item in examination.items], *examination[1:]]


def _report(assignment: Assignment, notebook: NotebookNode, layers: Layers) -> Report:
    remarks = tuple(notebook.metadata.get(KEY, {}).get("remarks", ()))
    submission = Submission.from_notebook(notebook)
    try:
        return grade(assignment, submission, remarks, layers)
    except AssignmentError as error:
        return held(assignment, str(error))


def _until_hung_up(connection: socket.socket) -> Iterator[str]:
    """Return the lines that come in; at their end, end at once, whatever is going on.

    So nothing goes on for somebody who is no longer there.
    """
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        with suppress(OSError):
            for line in connection.makefile("r"):
                lines.put(line)
        try:
            close_all()
        finally:
            os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return iter(lines.get, None)


def _load(named: dict[str, str], layers: Layers) -> None:
    """Load an assignment's suites, and PyTorch with them, before anybody waits for that."""
    assignment = Assignment(Path(named["root"]), named["assignment"], named["notebook_name"])
    grading = Grading(Submission(()), 0, assignment=assignment, layers=layers)
    with suppress(AssignmentError), loading():  # an error is told with the first submission
        run_functions(assignment, grading, assignment.items, NOTHING, Taker())


def _fork_for(connections: list[int]) -> socket.socket:
    """Fork a process for each connection but the first; return the connection of this one."""
    own, *others = (socket.socket(fileno=number) for number in connections)
    if others:
        with suppress(ImportError), loading():  # an error is told with the first submission
            importlib.import_module("autograder.oracle")  # PyTorch
    while others:
        connection = others.pop()
        if os.fork() == 0:
            own.close()
            own = connection
            for other in others:
                other.close()
            return own
        connection.close()
    return own


def main() -> None:
    """Say whether student code can be confined, then serve."""
    options = json.loads(sys.argv[1])
    os.dup2(2, 1)  # where any library may print
    with _fork_for(options["connections"]) as connection, connection.makefile("w") as answers:
        requests = _until_hung_up(connection)
        trouble = ""
        try:
            chosen = options["layers"]
            layers = probe.reached() if chosen is None else frozenset(map(Layer, chosen))
        except NotIsolatedError as error:
            layers, trouble = isolation.NONE, str(error)  # it is asked no more, or in spite of it
        answers.write(json.dumps([os.getpid(), trouble]) + "\n")
        answers.flush()
        if options["load"]:
            _load(options["load"], layers)
        serve(requests, answers, layers)
