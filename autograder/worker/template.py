"""A warm process with NumPy loaded, from which workers are forked: no worker waits for imports.

No student's code runs in it, and it knows of no assignment: what a worker needs, it is told itself.
"""

import ctypes
import gc
import importlib
import os
import signal
import socket
import struct
import sys
import traceback

from autograder.worker.server import Server

# a request: 0 and a connection for a new worker, or the number of a process that has ended;
# its answer: the number of the new process, or the exit code of the old one
NUMBER = struct.Struct(">q")
# what notebooks use, and Python would otherwise load for each worker anew
PRELOADED = [
    "dataclasses",
    "fractions",
    "numpy.fft",
    "numpy.linalg",
    "numpy.ma",
    "numpy.polynomial",
    "numpy.random",
    "numpy.typing",
    "secrets",
]


def main(descriptor: int, parent: int, paths: list[str]) -> None:
    """Answer requests on an inherited socket; `paths` are forgotten once all is imported."""
    die_with(parent)
    for name in PRELOADED:
        importlib.import_module(name)
    sys.path[:] = [path for path in sys.path if path not in paths]
    sys.path_importer_cache.clear()
    gc.collect()
    gc.freeze()  # so that a worker's first collection touches, and copies, nothing of this
    with socket.socket(fileno=descriptor) as control:
        while True:
            request, descriptors, _, _ = socket.recv_fds(control, NUMBER.size, 1)
            if not request:
                return
            [process] = NUMBER.unpack(request)
            if descriptors:
                answer = _fork(control, descriptors[0])
                os.close(descriptors[0])
            else:
                answer = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            control.sendall(NUMBER.pack(answer))


def _fork(control: socket.socket, connection: int) -> int:
    """Start a worker on a connection and return its process number."""
    parent = os.getpid()
    process = os.fork()
    if process:
        return process
    try:
        control.close()
        os.setsid()  # so that it is ended with all that it starts
        die_with(parent)
        Server(socket.socket(fileno=connection)).serve()
    except BaseException:  # noqa: BLE001  # ours: a student's are answers
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def die_with(parent: int) -> None:
    """Have the system end this process with its parent: none outlives its grader."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:  # which was faster
        os._exit(1)
