"""The trusted end of the template: the warm process from which each worker is forked."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from autograder.worker.template import NUMBER

BOOT = (
    "import sys; descriptor, parent, *paths = sys.argv[1:]; sys.path[:0] = paths; "
    "from autograder.worker.template import main; main(int(descriptor), int(parent), paths)"
)
PATHS = [str(Path(__file__).parent.parent), str(Path(np.__path__[0]).parent)]
START_SECONDS = 60.0  # for our own code alone: a busy machine must cost nobody a point


class TemplateError(Exception):
    """The template broke; the text is what it said before."""


class Worker:
    """A process that was forked from the template.

    Parameters
    ----------
    template : Template
    number : int
        The number of the process.
    connection : socket
        Our end of the socket on which it serves.
    """

    def __init__(self, template: "Template", number: int, connection: socket.socket) -> None:
        self.connection = connection
        self._template = template
        self._number = number
        # the template keeps what is left of an ended worker until we ask: the number is its alone
        self._handle: int | None = os.pidfd_open(number)
        self._exit_code: int | None = None

    def exit_code(self, seconds: float) -> int | None:
        """Wait for the worker to end by itself, and return its exit code; None if it does not."""
        if self._handle is not None and select.select([self._handle], [], [], seconds)[0]:
            os.close(self._handle)
            self._handle = None
            self._kill_group()
            with contextlib.suppress(OSError, EOFError):  # a template that died reaps nothing
                self._exit_code = self._template.reap(self._number)
        return self._exit_code

    def end(self) -> None:
        """End the worker and all that it started."""
        self.connection.close()
        if self._handle is not None:
            # by itself too: it leads a group of its own only from its first moments on
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            self._kill_group()
            self.exit_code(START_SECONDS)

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._number, signal.SIGKILL)


class Template:
    """The process itself.

    Raises
    ------
    TemplateError
        Here and in `fork`, if it does not do what it should.
    """

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        self._control.settimeout(START_SECONDS)
        self._log = tempfile.TemporaryFile("a+b")  # noqa: SIM115  # closed with this object
        with theirs:
            arguments = [str(theirs.fileno()), str(os.getpid()), *PATHS]
            self._process = subprocess.Popen(  # our own interpreter and code
                [sys.executable, "-I", "-S", "-c", BOOT, *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                env=_environment(),
                start_new_session=True,
            )

    def fork(self) -> "Worker":
        """Start a worker."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                number = self._ask(0, theirs)
                return Worker(self, number, ours)
            except (OSError, EOFError) as error:
                ours.close()
                raise TemplateError(f"{error!r} {self.last_words()}".strip()) from error

    def reap(self, number: int) -> int:
        """Return the exit code of a worker that has ended, and forget the worker."""
        return self._ask(number)

    def last_words(self) -> str:
        """Return what the template and its workers have written to their standard error."""
        self._log.seek(0)
        return self._log.read()[-2000:].decode(errors="replace").strip()

    def _ask(self, number: int, connection: socket.socket | None = None) -> int:
        descriptors = [connection.fileno()] if connection else []
        socket.send_fds(self._control, [NUMBER.pack(number)], descriptors)
        answer = self._control.recv(NUMBER.size, socket.MSG_WAITALL)
        if len(answer) < NUMBER.size:
            raise EOFError("it has ended")
        [result] = NUMBER.unpack(answer)
        return int(result)

    def __del__(self) -> None:
        """End it, and with it whatever worker is left."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._log.close()


@lru_cache(maxsize=1)
def template() -> Template:
    """Return this process's template."""
    return Template()


def _environment() -> dict[str, str]:
    """Nothing of ours but what NumPy's linear algebra needs to suit the processor."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    fixed = {
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "MALLOC_PERTURB_": "1",  # what `np.empty` holds is the same each time, and never zero
        "LANG": "C.UTF-8",
    }
    return {**kept, **fixed}
