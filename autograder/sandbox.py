"""The trusted end of a worker: starts it, asks it, counts its time, and ends it."""

import re
import secrets
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.assignment import Limits
from autograder.isolation import Layers
from autograder.template import (
    START_SECONDS,
    Template,
    TemplateError,
    Worker,
    forget_templates,
    template,
)
from autograder.worker import wire
from autograder.worker.opening import Opening

AT_ONCE = 2**14  # bytes, which a waiting worker's end always has room for
FOLDERS = re.compile(r"(?:\bfile://|(?<![\w./])(?!//))/(?:[\w.+@~-]+/)+")  # of no web address
SHORTEST = 0.001  # seconds: none at all would mean not to wait
HANGUP_SECONDS = 0.5  # for a worker that is ending to have ended


class SandboxError(Exception):
    """A worker that broke, and not by what a student's code did: our fault."""


class StudentError(Exception):
    """What a student's code did instead of answering; the text is for the student."""


class DiedError(StudentError):
    """The worker ended, or was ended: nothing more can be asked of it."""


class TimedOutError(DiedError):
    """The worker was ended because an answer took too long."""


class Foretold:
    """Stands for a value that came out as the request foretold, and was not sent."""


@dataclass(slots=True)
class Request:
    """What is asked of a worker, ready to be sent.

    Parameters
    ----------
    number : int
        Which the answer must repeat.
    frame : bytes
    label : callable
        Says what is asked, in the student's words, for messages.
    foretold : bool
        Whether the value may come out as foretold.
    """

    number: int
    frame: bytes
    label: Callable[[], str]
    foretold: bool = False


class Budget:
    """The wall-clock time that a submission may still use; only waiting for its code counts."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.left = seconds

    def spend(self, at_most: float) -> "_Spending":
        """Count the time in a `with` block, which gets a function for the seconds left in it."""
        return _Spending(self, at_most)


class _Spending:
    """A `with` block whose time counts: a class, as it costs a third of a generator."""

    def __init__(self, budget: Budget, at_most: float) -> None:
        self.budget = budget
        self.start = time.monotonic()
        self.end = self.start + min(at_most, budget.left)

    def __enter__(self) -> Callable[[], float]:
        return self.left

    def __exit__(self, *what: object) -> None:
        self.budget.left -= time.monotonic() - self.start

    def left(self) -> float:
        return self.end - time.monotonic()


class Sandbox:
    """A worker process under limits.

    Parameters
    ----------
    limits : Limits
    opening : Opening
        What the worker begins with.
    budget : Budget
        Shared by all workers of one submission.
    seed : int
        For the random numbers of the student's own code.
    layers : Layers
        What confines the worker.

    Raises
    ------
    SandboxError
    """

    def __init__(
        self, limits: Limits, opening: Opening, budget: Budget, seed: int, layers: Layers
    ) -> None:
        self.limits = limits
        self.budget = budget
        self._epitaph: DiedError | None = None
        self._template, self._worker = _fork(layers, limits, opening)
        self._connection = self._worker.connection
        self._answers = wire.Receiver(self._connection)
        try:
            request = self.request("start", {"seed": seed, "user": self._template.user()})
            self._connection.sendall(request.frame)
            self._receive(request, Budget(START_SECONDS), START_SECONDS)
        except (OSError, EOFError, StudentError, wire.WireError) as error:
            self.close()
            raise SandboxError(
                f"a worker did not start: {error!r} {self._template.last_words()}"
            ) from error

    def ask(
        self,
        do: str,
        what: dict[str, Any],
        seconds: float,
        *,
        label: str = "",
        on_event: Callable[[Any], None] = lambda event: None,
    ) -> Any:
        """Send a request and return the answer's value: `request` and `exchange` in one."""
        request = self.request(do, what, lambda: label)
        return self.exchange([request], seconds, on_event=on_event)

    def request(
        self,
        do: str,
        what: dict[str, Any],
        label: Callable[[], str] = str,
        hold: Callable[[Any], wire.Ref] | None = None,
        *,
        foretold: tuple[int, str] | None = None,
        more: bool = False,
    ) -> Request:
        """Return a request.

        Parameters
        ----------
        do : str
            The name of the worker's operation.
        what : dict
            Its arguments.
        label : callable, optional
            Says what is asked, in the student's words, for messages.
        hold : callable, optional
            Exchanges the objects that stand for a worker's objects with their `Ref`.
        foretold : (int, str), optional
            The number that is to stand for the value from then on, and the value's kind.
        more : bool
            Whether others wait behind it that are not to be done if it fails.

        Raises
        ------
        DiedError
            Once the worker is dead: it says why.
        """
        if self._epitaph is not None:
            raise type(self._epitaph)(f"not run, since before this: {self._epitaph}")
        number = secrets.randbits(62)  # so that no answer can be given before it is asked
        asked = {"number": number, "do": do, **what}
        if foretold is not None:
            asked["foretold"] = foretold
        if more:
            asked["more"] = True
        return Request(number, wire.pack(asked, hold), label, foretold is not None)

    def exchange(
        self,
        requests: Sequence[Request],
        seconds: float,
        *,
        on_event: Callable[[Any], None] = lambda event: None,
        on_value: Callable[[Any], None] = lambda value: None,
        resolve: Callable[[wire.Ref], Any] = lambda ref: ref,
    ) -> Any:
        """Send requests in one go, and return the value of the last.

        Parameters
        ----------
        requests : sequence of Request
            All but the last foretell their values, or say that there are more; together at most
            `AT_ONCE` bytes, if several.
        seconds : float
            How long each frame of the answers may take.
        on_event : callable, optional
            Told each frame that comes before an answer.
        on_value : callable, optional
            Told the value of each, in order; `Foretold` where it came out as that.
        resolve : callable, optional
            Exchanges each `Ref` with what stands for a worker's object.

        Raises
        ------
        StudentError
            If the student's code raised; `DiedError` if it ended the worker, `TimedOutError` if it
            had to be ended. What comes after is not done.
        SandboxError
            If something else has ended it.
        """
        asked = requests[0]
        value = None
        try:
            self._send(b"".join([one.frame for one in requests]), seconds)
            for asked in requests:
                value = self._receive(asked, self.budget, seconds, on_event, resolve)
                on_value(value)
        except StudentError as error:
            raise StudentError(f"{error}{_place(asked)}") from None
        except TimeoutError:
            spent = self.budget.left <= 0
            limit = self.budget.seconds if spent else seconds
            scope = "in all for this submission" if spent else "for one answer"
            told = f"no answer within {limit:g} seconds {scope}"
            self._epitaph = TimedOutError(f"{told}{_place(asked)}")
        except (EOFError, OSError) as error:
            cause = self._cause_of_death()
            if self._template.broken:
                raise SandboxError("the template has ended, and its workers with it") from error
            told = f"the code ended its own process ({cause})"
            self._epitaph = DiedError(f"{told}{_place(asked)}")
        except wire.WireError as error:
            told = f"the code answered with something unreadable ({error})"
            self._epitaph = DiedError(f"{told}{_place(asked)}")
        else:
            return value
        self.close()
        raise self._epitaph

    @property
    def alive(self) -> bool:
        """Whether the worker can still be asked."""
        return self._epitaph is None

    @property
    def opened(self) -> int:
        """How many of the opening's cells it has run."""
        return self._template.opened or 0

    def close(self) -> None:
        """End the worker and all that it started."""
        self._worker.end()

    def _send(self, frames: bytes, seconds: float) -> None:
        if len(frames) > AT_ONCE:  # which takes as long as the worker takes to read it
            with self.budget.spend(seconds) as left:
                self._connection.settimeout(max(left(), SHORTEST))
                self._connection.sendall(frames)
        else:
            self._connection.sendall(frames)

    def _receive(
        self,
        request: Request,
        budget: Budget,
        seconds: float,
        on_event: Callable[[Any], None] = lambda event: None,
        resolve: Callable[[wire.Ref], Any] = lambda ref: ref,
    ) -> Any:
        while True:
            with budget.spend(seconds) as left:
                text, body = self._answers.receive(left)
                if request.foretold and not text and not body:
                    return Foretold
                answer = wire.unpack(text, body, resolve)
            if not isinstance(answer, dict):
                raise wire.WireError("an answer that is no dictionary")
            if "event" in answer:
                on_event(answer["event"])
                continue
            number = answer.get("number")
            if type(number) is not int or number != request.number:
                raise wire.WireError("an answer to another request")
            if "error" in answer:
                raise StudentError(one_line(answer["error"]))
            return answer.get("value")

    def _cause_of_death(self) -> str:
        code = self._worker.end(HANGUP_SECONDS)
        if code is None:
            return "it closed its connection"
        if code in {-signal.SIGXCPU, -signal.SIGKILL}:
            return "stopped by the system: too much processor time or memory"
        if code < 0:
            return f"signal {signal.Signals(-code).name}"
        return f"exit code {code}"


def _place(request: Request) -> str:
    label = request.label()
    return f" [{label}]" if label else ""


def one_line(text: object) -> str:
    """Return a worker's text without control characters, cut to a bearable length.

    Of paths the names are left: the folders are those of the machine that grades.
    """
    line = str(text)[:400]
    if not line.isprintable():
        line = "".join(c if c.isprintable() else " " for c in line)
    return FOLDERS.sub("", " ".join(line.split()))


def _fork(layers: Layers, limits: Limits, opening: Opening) -> tuple[Template, Worker]:
    """Return a new worker, and its template; one that is broken is replaced once."""
    for last in (False, True):
        try:
            return (parent := template(layers, limits, opening)), parent.fork()
        except TemplateError as error:
            forget_templates()
            if last:
                raise SandboxError(f"a worker did not start: {error}") from error
    raise AssertionError
