"""The main loop of a grading process: loads PyTorch and the suites once, and grades a whole class.

Requests and answers are lines of JSON on a socket. The other end is `child_process.py`.
"""

import importlib
import json
import os
import queue
import socket
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache, partial
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Course
from autograder.course.submission import Submission
from autograder.grading import graded
from autograder.grading.graded import Graded
from autograder.grading.grader import examine, grade, repeat
from autograder.grading.hung_suites import Held
from autograder.intake.handed_in import HandedIn
from autograder.results.report import KEY, Report
from autograder.sandbox import isolation, probe, progress
from autograder.sandbox.isolation import Layers, NotIsolatedError
from autograder.sandbox.template import close_all
from autograder.startup.loading import loading
from autograder.suites.loaded_suites import import_faults
from autograder.worker.confinement import Layer


def main(options: dict[str, Any]) -> None:
    """Send the process's number and whether it can confine student code, then serve."""
    os.dup2(2, 1)  # libraries may print
    if options["is_early"]:
        _load_pytorch()
    wanted = json.load(sys.stdin)
    sys.stdin.close()
    connections = [socket.socket(fileno=number) for number in options["connections"]]
    connection, place = _fork_for(connections, wanted["count"])
    progress.share(options["progress"], place)
    with connection, connection.makefile("w") as answers:
        requests = _until_hung_up(connection)
        _write(answers, os.getpid())  # at once: by this number, a process that hangs is ended
        trouble = ""
        try:
            chosen = options["layers"]
            layers = probe.reached() if chosen is None else frozenset(map(Layer, chosen))
            if chosen is None and (shortfall := probe.shortfall()):
                sys.stderr.write(f"{shortfall}\n")
        except NotIsolatedError as error:
            layers, trouble = isolation.NONE, str(error)  # for requests that allow it
        _write(answers, trouble)
        if wanted["load"]:
            _load(wanted["load"], layers)
        serve(requests, answers, layers)


def serve(requests: Iterable[str], answers: Any, layers: Layers) -> None:
    """Answer each request, a JSON line, with a report, a JSON line."""
    for line in requests:
        request = json.loads(line)
        os.chdir(request["course"]["root"])  # the command may start anywhere
        assignment = _assignment(
            Course.from_dict(request["course"]),
            *(request[name] for name in ("assignment", "notebook_name", "version")),
        )
        _write(answers, _answer(request, assignment, layers))


def _write(answers: Any, answer: Any) -> None:
    with suppress(OSError):  # the other end has closed, which ends this process too
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


@lru_cache(maxsize=8)  # for the notebooks of one assignment
def _assignment(course: Course, name: str, notebook: str, version: str) -> Assignment:
    """Return an assignment in its present version."""
    return Assignment(course, name, notebook)


def _answer(request: dict[str, Any], assignment: Assignment, layers: Layers) -> Any:
    if request["do"] == "import":
        return import_faults(assignment, layers)
    held = {(prefix, item): cause for prefix, item, cause in request.get("held", ())}
    if request["do"] == "grade_file":
        handed_in = HandedIn.from_dict(request["handed_in"])
        report = partial(_report, layers=layers, held=held, spent=request["spent"])
        return Graded.of(assignment, handed_in, report).text
    notebook = nbformat.from_dict(request["notebook"])
    if request["do"] == "grade_notebook":
        return _report(assignment, notebook, layers, held, request["spent"]).to_dict()
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
        until_lost=request["until_lost"],
    )
    return [[asdict(item) for item in examination.items], *examination[1:]]


def _report(
    assignment: Assignment,
    notebook: NotebookNode,
    layers: Layers,
    held: Held,
    spent: float,
) -> Report:
    remarks = tuple(notebook.metadata.get(KEY, {}).get("remarks", ()))
    submission = Submission.from_notebook(notebook)
    try:
        return grade(assignment, submission, remarks, layers, held, spent)
    except AssignmentError as error:
        return graded.held(assignment, str(error))


def _until_hung_up(connection: socket.socket) -> Iterator[str]:
    """Return the lines that arrive; when the other end closes, end this process at once."""
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


def _load(named: dict[str, Any], layers: Layers) -> None:
    """Load an assignment's suites, and PyTorch with them, before anybody waits for that."""
    course = Course.from_dict(named["course"])
    assignment = Assignment(course, named["assignment"], named["notebook_name"])
    os.chdir(assignment.root)
    with loading():
        import_faults(assignment, layers)  # a request reports them


def _load_pytorch() -> None:
    with suppress(ImportError), loading():  # the first submission reports an error
        importlib.import_module("autograder.kit.oracle")


def _fork_for(connections: list[socket.socket], count: int) -> tuple[socket.socket, int]:
    """Fork a process for each of the first `count` connections but one.

    Return the connection of this process, and its place among them.
    """
    for unneeded in connections[count:]:
        unneeded.close()
    own, *others = connections[:count]
    place = 0
    if others:
        _load_pytorch()
    while others:
        connection = others.pop()
        if os.fork() == 0:
            place = len(others) + 1
            own.close()
            for other in others:
                other.close()
            own = connection
            break
        connection.close()
    _keep_to_one_processor(place, count)
    return own, place


def _keep_to_one_processor(place: int, count: int) -> None:
    """Keep one of `count` processes to a processor of its own, if there are exactly as many.

    A process and its worker take turns. On one processor, neither waits for another processor to
    wake up, and both share a cache. A process on a busy processor takes fewer submissions.
    """
    processors = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(processors) == count:
        os.sched_setaffinity(0, {processors[place]})
