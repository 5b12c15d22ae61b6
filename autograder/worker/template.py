"""A warm process with NumPy loaded, from which workers are forked: no worker waits for imports.

No student's code runs in it, and it knows of no assignment: what a worker needs, it is told itself.
"""

import contextlib
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import landlockpy
import seccompy

from autograder.worker.confinement import scratch_of, syscall_filter
from autograder.worker.death import die_with_parent
from autograder.worker.server import Server

# a request: 0, and with it the connection of a new worker; or a worker's number, and for how many
# milliseconds it may still end by itself
REQUEST = struct.Struct(">qq")
# its answer: the number of the new worker; or the exit code of the old one
ANSWER = struct.Struct(">q")
ENDED_BY_US = 1 << 32  # instead of an exit code
STEP = 0.005  # seconds between two looks at whether a worker has ended
WATCH = 0.1  # seconds between two looks at what workers have written
BLOCK = 512  # bytes, in which the system counts a file's size
ENTRY = 4096  # bytes that an empty file counts for
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


def main(descriptor: int, parent: int, scratch: str, scratch_size: int, paths: list[str]) -> None:
    """Answer requests on an inherited socket.

    Parameters
    ----------
    descriptor : int
        Of the socket.
    parent : int
        The process with which this one ends.
    scratch : str
        The folder in which workers make their own.
    scratch_size : int
        How many bytes each may write there: whoever writes more loses it all. 0 where the folder
        is a file system of that size, which sees to it by itself.
    paths : list of str
        Of Python's search path, forgotten once all is imported.
    """
    die_with_parent(parent)
    for name in PRELOADED:
        importlib.import_module(name)
    _warm_up()
    sys.path[:] = [path for path in sys.path if path not in paths]
    sys.path_importer_cache.clear()
    gc.collect()
    gc.freeze()  # so that a worker's first collection touches, and copies, nothing of this
    with socket.socket(fileno=descriptor) as control:
        workers: set[int] = set()
        while True:
            watched = workers if scratch_size else ()
            if not select.select([control], [], [], WATCH if watched else None)[0]:
                for worker in watched:
                    if _written(scratch_of(scratch, worker)) > scratch_size:
                        _take_away(scratch_of(scratch, worker))
                continue
            request, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, 1)
            if not request:
                return
            process, milliseconds = REQUEST.unpack(request)
            if descriptors:
                answer = _fork(control, descriptors[0])
                os.close(descriptors[0])
                workers.add(answer)
            else:
                answer = _end(process, milliseconds / 1000)
                workers.discard(process)
                # nothing of it is left for the next
                _empty(scratch_of(scratch, process) if workers else Path(scratch))
            control.sendall(ANSWER.pack(answer))


def _warm_up() -> None:
    """Find the C library, and build the filter, once for all workers."""
    with contextlib.suppress(landlockpy.UnsupportedError, OSError):
        landlockpy.abi_version()
    with contextlib.suppress(seccompy.UnsupportedError, OSError):
        seccompy.supported()
        syscall_filter().program  # noqa: B018  # which keeps what it compiles


def _fork(control: socket.socket, connection: int) -> int:
    """Start a worker on a connection and return its process number."""
    parent = os.getpid()
    process = os.fork()
    if process:
        return process
    try:
        control.close()
        os.setsid()  # so that it is ended with all that it starts
        die_with_parent(parent)
        Server(socket.socket(fileno=connection)).serve()
    except BaseException:  # noqa: BLE001  # ours: a student's are answers
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _end(process: int, seconds: float) -> int:
    """Wait for a worker to end by itself, then end it with all that it started."""
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
    os.kill(process, signal.SIGKILL)  # it leads a group of its own only from its first moments on
    os.waitpid(process, 0)
    return ENDED_BY_US


def _written(folder: Path) -> int:
    """Return the bytes that a folder's files take."""
    written = 0
    for parent, names in _walk(folder):
        for name in names:
            with contextlib.suppress(OSError):  # it is gone again
                written += ENTRY + Path(parent, name).lstat().st_blocks * BLOCK
    return written


def _walk(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder with the names of its files, after making sure that it can be listed."""
    for parent, folders, names in os.walk(folder):
        yield parent, names
        for path in (Path(parent, name) for name in folders):
            with contextlib.suppress(OSError):
                if not path.is_symlink():
                    path.chmod(0o700)


def _take_away(folder: Path) -> None:
    """Remove all that a living worker has written, which can add nothing to it meanwhile."""
    gone = folder.with_name(f"{folder.name}-gone")  # out of its reach
    with contextlib.suppress(OSError):  # the disk is full
        gone.mkdir(mode=0o700)
    for number, entry in enumerate(folder.glob("*")):
        with contextlib.suppress(OSError):  # it is gone already
            entry.rename(gone / str(number))
    _empty(folder)  # what could not be moved
    shutil.rmtree(gone, ignore_errors=True)


def _empty(folder: Path) -> None:
    """Remove all that lies in a folder, if it is there."""
    for _ in _walk(folder):
        pass  # what nobody may list could not be removed
    for entry in folder.glob("*"):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
