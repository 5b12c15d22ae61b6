"""The trusted end of the template, the process that forks each worker."""

import atexit
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from dataclasses import asdict
from pathlib import Path

from autograder.course.limits import Limits
from autograder.sandbox import isolation, progress
from autograder.sandbox.borrowed_user import BorrowedUser
from autograder.sandbox.isolation import Layers
from autograder.sandbox.scratch import Scratch
from autograder.sandbox.view import view
from autograder.startup import environment
from autograder.worker.confinement import Layer
from autograder.worker.opening import Opening
from autograder.worker.template import ANSWER, ENDED_BY_US, OPEN, REQUEST, Settings

BOOT = """
import json, sys
settings = json.loads(sys.argv[1])
sys.path[:0] = settings["paths"]
from autograder.worker.template import main
main(settings)
"""
KEPT = 4  # templates at a time, for one class after the other
START_SECONDS = 60.0  # only for our own code: a busy machine must cost nobody a point
# the only folder that workers in namespaces of their own can write to; not `/tmp`, which would hide
# an engine or a Python below it
INSIDE = "/scratch"


class TemplateError(Exception):
    """The template broke; the text is its last output."""


class Worker:
    """A process that was forked from the template.

    Parameters
    ----------
    template : Template
    number : int
        The template's number for it.
    connection : socket
        Our end of the socket on which it serves.
    user : BorrowedUser, optional
        The user that it becomes; it is given back when the worker has ended.
    """

    def __init__(
        self,
        template: "Template",
        number: int,
        connection: socket.socket,
        user: BorrowedUser | None,
    ) -> None:
        self.connection = connection
        self.number = number
        self._user = user
        self._template = template
        self._ended = False
        self._exit_code: int | None = None

    @property
    def user(self) -> int | None:
        """The number of the user that it becomes; None if it does not change user."""
        return self._user.number if self._user else None

    def end(self, seconds: float = 0.0) -> int | None:
        """End the worker and all that it started, after it had some seconds to end by itself.

        Return its exit code if it ended by itself, or None.
        """
        if not self._ended:
            self._ended = True
            self._exit_code = self._template.end(self.number, seconds)
            self.connection.close()
            if self._user:
                self._user.give_back()
        return self._exit_code


class Template:
    """The process, with workers that `layers` and `limits` confine.

    Attributes
    ----------
    opening : Opening
        What its workers begin with; it may be set until the first is forked.
    opened : int
        How many of its cells have been run for all workers, after the first fork.

    Raises
    ------
    TemplateError
        Here and in `fork`, if the process breaks.
    """

    def __init__(self, layers: Layers, limits: Limits) -> None:
        environment.open_standard_streams()
        self.layers = layers
        self.limits = limits
        self.opening = Opening()
        self.opened: int | None = None
        self.broken = False  # whether it has ended
        namespaces = Layer.BUBBLEWRAP in layers
        self.scratch = INSIDE
        self._folder = None if namespaces else Scratch()
        if self._folder is not None:
            self.scratch = str(self._folder.path)
            self._folder.path.chmod(0o711)  # workers of another user pass through it
        self._users = isolation.users(layers)
        self._asking = threading.Lock()  # suites end in a thread of their own
        self._control, theirs = socket.socketpair()
        self._control.settimeout(START_SECONDS)
        self._log = tempfile.TemporaryFile("a+b")  # noqa: SIM115  # closed with this object
        with theirs:
            settings = Settings(
                control=theirs.fileno(),
                parent=0 if namespaces else os.getpid(),  # its namespace does not have our number
                paths=[str(path) for path in view().search],
                scratch_size=0 if namespaces else limits.scratch_mb * isolation.MEBIBYTE,
                confinement=isolation.confinement(layers, self.scratch, limits),
            )
            python = [str(Path(sys.executable).resolve()), *environment.FLAGS, "-S", "-c", BOOT]
            around = isolation.bubblewrap(self.scratch, limits) if namespaces else []
            self._process = subprocess.Popen(  # our own interpreter and code
                [*around, *python, json.dumps(settings._asdict())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                env=environment.of_template(),
                umask=environment.UMASK,
                start_new_session=True,
            )
        _running.add(self)

    def fork(self) -> "Worker":
        """Start a worker."""
        ours, theirs = socket.socketpair()
        user = None
        with theirs:
            try:
                if self._users:
                    user = BorrowedUser(self._users)
                if self.opened is None and self.opening != Opening():
                    self.opened = self._open(user)
                return Worker(self, self._ask(0, 0, theirs), ours, user)
            except (OSError, EOFError) as error:
                ours.close()
                if user:
                    user.give_back()
                raise TemplateError(f"{error!r} {self.last_words()}".strip()) from error

    def end(self, number: int, seconds: float) -> int | None:
        """End a worker; return its exit code, or None if it did not end by itself."""
        try:
            code = self._ask(number, int(seconds * 1000))
        except (OSError, EOFError):  # a template that died took its workers along
            return None
        return None if code == ENDED_BY_US else code

    def last_words(self) -> str:
        """Return what the template and its workers have written to their standard error."""
        self._log.seek(0)
        return self._log.read()[-2000:].decode(errors="replace").strip()

    def _open(self, user: BorrowedUser | None) -> int:
        # cells that take longer than a single statement may are not run for all
        number = user.number if user else None
        more = {"user": number, "seconds": self.limits.statement_seconds}
        options = json.dumps({**asdict(self.opening), **more}).encode()
        return self._ask(OPEN, len(options), more=options)

    def _ask(
        self,
        number: int,
        amount: int,
        connection: socket.socket | None = None,
        *,
        more: bytes = b"",
    ) -> int:
        descriptors = [connection.fileno()] if connection else []
        progress.own.pause()
        try:
            with self._asking:
                socket.send_fds(self._control, [REQUEST.pack(number, amount)], descriptors)
                self._control.sendall(more)
                answer = self._control.recv(ANSWER.size, socket.MSG_WAITALL)
            if len(answer) < ANSWER.size:
                raise EOFError("it has ended")
        except (OSError, EOFError):
            self.broken = True
            raise
        finally:
            progress.own.resume()
        [result] = ANSWER.unpack(answer)
        return int(result)

    def close(self) -> None:
        """End the process and the workers that are left."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._log.close()
        if self._folder is not None:
            self._folder.close()

    def __del__(self) -> None:
        if hasattr(self, "_process"):  # else it has not been started
            self.close()


_running: weakref.WeakSet[Template] = weakref.WeakSet()


@atexit.register
def close_all() -> None:
    """End all templates of this process, which is about to end."""
    for one in list(_running):
        one.close()


_kept: list[Template] = []  # the one used last comes first


def template(layers: Layers, limits: Limits, opening: Opening) -> Template:
    """Return this process's template for workers with these layers, limits and opening."""
    fitting = (
        one
        for one in _kept
        if (one.layers, one.limits) == (layers, limits) and one.opening in (opening, Opening())
    )
    chosen = next(fitting, None) or Template(layers, limits)
    chosen.opening = opening
    _kept[:] = [chosen, *(one for one in _kept if one is not chosen)][:KEPT]
    return chosen


def forget_templates() -> None:
    """Start a new template for the next worker."""
    _kept.clear()
