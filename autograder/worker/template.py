"""The template: it has NumPy loaded, forks workers, which then need no imports, and ends them.

No student's code runs in it. It knows only what all submissions share: see `opening`.
"""

import builtins
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from os import getpid  # the real one: `chance` replaces `os.getpid`
from pathlib import Path
from typing import Any, NamedTuple

import landlockpy
import seccompy

from autograder.worker import tree
from autograder.worker.absent import AbsentFinder
from autograder.worker.cells import Notebook
from autograder.worker.confinement import (
    Confinement,
    confine,
    die_with_parent,
    scratch_of,
    shared_files,
    syscall_filter,
)
from autograder.worker.opening import Opening
from autograder.worker.server import Server

# two numbers; one of
# - 0, 0 and a descriptor: fork a worker that serves this connection; the answer is its number
# - a worker's number and milliseconds: wait so long for its end, then end it; the answer is its
#   exit code, or `ENDED_BY_US`
# - `OPEN` and a size: run the opening that follows; the answer is the number of cells that were run
REQUEST = struct.Struct(">qq")
OPEN = -1
ANSWER = struct.Struct(">q")
ENDED_BY_US = 1 << 32  # instead of an exit code
STEP = 0.005  # seconds between two looks at whether a worker has ended
TIDYING = 10.0  # seconds to remove what a worker has written; the rest waits for the next time
WATCH = 100  # milliseconds between two looks at what workers have written
# modules that notebooks use: each worker would otherwise load them anew
PRELOADED = """
    dataclasses fractions numpy.fft numpy.linalg numpy.ma numpy.polynomial numpy.random numpy.typing
    secrets
"""


def main(options: dict[str, Any]) -> None:
    """Answer requests on an inherited socket; `options` are the fields of `Settings`."""
    settings = Settings(**options)
    die_with_parent(settings.parent)
    for name in PRELOADED.split():
        importlib.import_module(name)
    _warm_up()
    sys.path[:] = [path for path in sys.path if path not in settings.paths]
    sys.path_importer_cache.clear()
    sys.meta_path.append(AbsentFinder())
    for name in ("exit", "quit"):  # as in Jupyter
        setattr(builtins, name, sys.exit)
    builtins.input = lambda prompt="": ""  # nobody can answer
    with socket.socket(fileno=settings.control) as control:
        Template(control, Confinement(**settings.confinement), settings.scratch_size).serve()


class Settings(NamedTuple):
    """The options with which the process starts.

    Parameters
    ----------
    control : int
        The descriptor of the socket.
    parent : int
        The process with which this one ends; 0 in a namespace of its own.
    paths : list of str
        Folders for Python's search path until all is imported.
    scratch_size : int
        How many bytes each worker may write before it is ended; 0 if its file system has that size.
    confinement : dict
        The fields of a `Confinement`.
    """

    control: int
    parent: int
    paths: list[str]
    scratch_size: int
    confinement: dict[str, Any]


class Template:
    """The process: it answers requests on `control`, and confines its workers."""

    def __init__(self, control: socket.socket, confinement: Confinement, scratch_size: int) -> None:
        self.control = control
        self.confinement = confinement
        self.scratch = confinement.scratch
        self.scratch_size = scratch_size
        self.files: landlockpy.Ruleset | None = None
        with contextlib.suppress(OSError):  # a worker tries again, and reports the error
            self.files = shared_files(confinement)
        self.notebook = Notebook()
        self.workers: set[int] = set()

    def serve(self) -> None:
        """Answer until the other side hangs up."""
        _leave_to_children()
        requests = select.poll()  # `select.select` refuses the numbers from 1024 on
        requests.register(self.control, select.POLLIN)
        while True:
            if not requests.poll(WATCH if self.workers else None):
                for worker in self.workers:
                    if tree.is_excessive(scratch_of(self.scratch, worker), self.scratch_size):
                        os.kill(worker, signal.SIGKILL)  # `end` waits for it
                continue
            request, descriptors, _, _ = socket.recv_fds(self.control, REQUEST.size, 1)
            if not request:
                return
            number, amount = REQUEST.unpack(request)
            if number == OPEN:
                answer = self.open(json.loads(self.control.recv(amount, socket.MSG_WAITALL)))
            elif descriptors:
                answer = self.fork(partial(self.serve_on, descriptors[0]))
                os.close(descriptors[0])
            else:
                answer = self.end(number, amount / 1000)
            self.control.sendall(ANSWER.pack(answer))

    def open(self, options: dict[str, Any]) -> int:
        """Run an opening's cells for all workers; return how many were run. See `Opening`."""
        user, seconds = options.pop("user"), options.pop("seconds")
        opening = Opening(**options)
        opening.prepare()
        reading, writing = os.pipe()

        def try_out() -> None:
            self.confine(user)
            os.dup2(1, 2)
            os.write(writing, json.dumps(opening.try_out()).encode())

        self.end(self.fork(try_out), seconds)
        os.close(writing)
        with os.fdopen(reading) as answer:
            count, remarks = json.loads(answer.read() or "[0, []]")
        self.notebook = opening.run(count)
        if self.notebook.remarks != remarks:  # they differ in a worker, which is confined
            count, self.notebook = 0, opening.run(0)
        _leave_to_children()
        return count

    def fork(self, do: Callable[[], None]) -> int:
        """Start a process that calls `do` and ends; return its number."""
        parent = getpid()
        process = os.fork()
        if process:
            self.workers.add(process)
            return process
        code = 1
        try:
            self.control.close()
            os.setsid()  # a group of its own, to be ended with all that it starts
            die_with_parent(parent)
            do()
            code = 0
        finally:  # always: a child that continued would be a second template
            if code:
                traceback.print_exc()
            os._exit(code)

    def serve_on(self, connection: int) -> None:
        """Be a worker."""
        Server(socket.socket(fileno=connection), self.notebook, self.confine).serve()

    def confine(self, user: int | None) -> None:
        """Confine this process, which was forked from the template."""
        confine(self.confinement, self.files, user)

    def end(self, process: int, seconds: float) -> int:
        """End a worker; return its exit code, or `ENDED_BY_US`."""
        code = _end(process, seconds)
        self.workers.discard(process)
        # the next worker must not find its files
        _empty(scratch_of(self.scratch, process) if self.workers else Path(self.scratch))
        return code


def _warm_up() -> None:
    """Find the C library and build the filter of system calls, once for all workers."""
    with contextlib.suppress(landlockpy.UnsupportedError, OSError):
        landlockpy.abi_version()
    with contextlib.suppress(seccompy.UnsupportedError, OSError):
        seccompy.supported()
        syscall_filter().program  # noqa: B018  # compiles it, and keeps the result


def _leave_to_children() -> None:
    """Keep a worker's garbage collection from touching, and so copying, the present objects."""
    gc.collect()
    gc.freeze()


def _end(process: int, seconds: float) -> int:
    """Wait for a worker to end by itself, then end it and all that it started."""
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended or time.monotonic() >= deadline:
            break
        time.sleep(STEP)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
    if ended:
        return os.waitstatus_to_exitcode(status)
    os.kill(process, signal.SIGKILL)  # it may not have made its group yet
    os.waitpid(process, 0)
    return ENDED_BY_US


def _empty(folder: Path) -> None:
    """Empty a folder, if it exists; what cannot be removed is left for the next time."""
    try:
        descriptor = os.open(folder, tree.FOLDER)
        try:
            tree.empty(descriptor, TIDYING)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        pass
    except OSError as error:
        with contextlib.suppress(OSError):  # a full disk
            sys.stderr.write(f"{folder} could not be emptied: {error}\n")
            sys.stderr.flush()
