"""The trusted end of a worker: starts it, asks it, counts its time and ends it."""

import signal
from collections.abc import Callable, Sequence
from typing import Any

from autograder.course.limits import Limits
from autograder.sandbox.budget import Budget
from autograder.sandbox.isolation import Layers
from autograder.sandbox.request import AsPredicted, Changed, Request, framed, place
from autograder.sandbox.template import (
    START_SECONDS,
    Template,
    TemplateError,
    Worker,
    forget_templates,
    template,
)
from autograder.text.wording import one_line
from autograder.worker import wire
from autograder.worker.frame import Receiver, WireError
from autograder.worker.opening import Opening

ROOM = 2**14  # bytes that can always be sent to a waiting worker without delay
SHORTEST = 0.001  # seconds: a timeout of 0 would mean not to wait
HANGUP_SECONDS = 0.5  # for a worker to end after it has closed its connection


class SandboxError(Exception):
    """A worker broke by our fault, and not by a student's code."""


class StudentError(Exception):
    """A student's code failed instead of answering; the text is for the student."""


class DiedError(StudentError):
    """The worker has ended, or was ended: it answers no more requests."""


class TimedOutError(DiedError):
    """The worker was ended because an answer took too long."""


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
        If the worker does not start.
    """

    def __init__(
        self, limits: Limits, opening: Opening, budget: Budget, seed: int, layers: Layers
    ) -> None:
        self.limits = limits
        self.budget = budget
        self._epitaph: DiedError | None = None
        self._template, self._worker = _fork(layers, limits, opening)
        self._connection = self._worker.connection
        self._answers = Receiver(self._connection)
        try:
            request = self.request("start", {"seed": seed, "user": self._worker.user})
            number, frame = framed([request])
            self._connection.sendall(frame)
            self._receive(request, number, Budget(START_SECONDS), START_SECONDS)
        except (OSError, EOFError, StudentError, WireError) as error:
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
        predicted: tuple[int | None, str] | None = None,
    ) -> Request:
        """Return a request.

        Parameters
        ----------
        do : str
            The name of the worker's operation.
        what : dict
            Its arguments.
        label : callable, optional
            Returns what is asked, in the student's words, for messages.
        hold : callable, optional
            Returns the `Ref` of a proxy.
        predicted : (int or None, str), optional
            The number by which later requests refer to the value, if any, and the value's kind.

        Raises
        ------
        DiedError
            If the worker has ended; the text says why.
        """
        if self._epitaph is not None:
            raise type(self._epitaph)(f"not run, after an earlier failure: {self._epitaph}")
        asked = {"do": do, **what}
        if predicted is not None:
            asked["id"], asked["kind"] = predicted
        text, body = wire.encode(asked, hold)
        return Request(text, body, label, predicted is not None, predicted is None and do == "call")

    def exchange(
        self,
        requests: Sequence[Request],
        seconds: float,
        *,
        on_event: Callable[[Any], None] = lambda event: None,
        on_value: Callable[[Any], None] = lambda value: None,
        resolve: Callable[[wire.Ref], Any] = lambda ref: ref,
    ) -> Any:
        """Send requests in one frame, and return the value of the last.

        Parameters
        ----------
        requests : sequence of Request
        seconds : float
            How long each frame of the answers may take.
        on_event : callable, optional
            Called with the content of each frame that comes before an answer.
        on_value : callable, optional
            Called with each value in order: `AsPredicted` if it is as predicted, `Changed` if the
            call has changed arguments.
        resolve : callable, optional
            Returns the proxy of a `Ref`.

        Raises
        ------
        StudentError
            If the student's code raised; `DiedError` if it ended the worker, `TimedOutError` if it
            took too long. Later requests are not done.
        SandboxError
            If something else has ended the worker.
        """
        asked = requests[0]
        value = None
        first, frame = framed(requests)
        try:
            self._send(frame, seconds)
            for number, asked in enumerate(requests, first):
                if asked.predicted and self._answers.done():
                    value = AsPredicted
                else:
                    value = self._receive(asked, number, self.budget, seconds, on_event, resolve)
                on_value(value)
        except StudentError as error:
            raise StudentError(f"{error}{place(asked)}") from None
        except TimeoutError:
            failure = f"the code did not return within {seconds:g} seconds"
            if self.budget.left <= 0:
                failure = f"the code has used up the submission's {self.budget.seconds:g} seconds"
            self._epitaph = TimedOutError(f"{failure}{place(asked)}")
        except (EOFError, OSError) as error:
            cause = self._cause_of_death()
            if self._template.broken:
                raise SandboxError("the template and its workers have ended") from error
            failure = f"the code ended its own process ({cause})"
            self._epitaph = DiedError(f"{failure}{place(asked)}")
        except WireError as error:
            self._epitaph = DiedError(f"the code's answer cannot be read ({error}){place(asked)}")
        else:
            return value
        self.close()
        raise self._epitaph

    @property
    def alive(self) -> bool:
        """Whether the worker still answers requests."""
        return self._epitaph is None

    @property
    def opened(self) -> int:
        """How many of the opening's cells have been run."""
        return self._template.opened or 0

    def close(self) -> None:
        """End the worker and all that it started."""
        self._worker.end()

    def _send(self, frame: bytes, seconds: float) -> None:
        if len(frame) > ROOM:  # the worker's time to read it counts
            with self.budget.spend(seconds) as left:
                self._connection.settimeout(max(left(), SHORTEST))
                self._connection.sendall(frame)
        else:
            self._connection.sendall(frame)

    def _receive(
        self,
        request: Request,
        number: int,
        budget: Budget,
        seconds: float,
        on_event: Callable[[Any], None] = lambda event: None,
        resolve: Callable[[wire.Ref], Any] = lambda ref: ref,
    ) -> Any:
        while True:
            with budget.spend(seconds) as left:
                text, body = self._answers.receive(left)
                if request.predicted and not text and not body:
                    return AsPredicted
                answer = wire.unpack(text, body, resolve)
            if not isinstance(answer, dict):
                raise WireError("an answer that is not a dictionary")
            if "event" in answer:
                on_event(answer["event"])
                continue
            given = answer.get("number")
            if type(given) is not int or given != number:
                raise WireError("an answer to another request")
            if "error" in answer:
                raise StudentError(one_line(answer["error"]))
            if "changed" in answer:
                if not request.changes:
                    raise WireError("a changed argument of a request without any")
                return Changed(answer.get("value"), answer["changed"])
            return answer.get("value")

    def _cause_of_death(self) -> str:
        code = self._worker.end(HANGUP_SECONDS)
        if code is None:
            return "it closed its connection"
        if code in {-signal.SIGXCPU, -signal.SIGKILL}:
            return "stopped by the system: too much processor time or memory, or too many files"
        if code < 0:
            return f"signal {signal.Signals(-code).name}"
        return f"exit code {code}"


def _fork(layers: Layers, limits: Limits, opening: Opening) -> tuple[Template, Worker]:
    """Return a template and a new worker of it; a broken template is replaced once."""
    for last in (False, True):
        try:
            return (parent := template(layers, limits, opening)), parent.fork()
        except TemplateError as error:
            forget_templates()
            if last:
                raise SandboxError(f"a worker did not start: {error}") from error
    raise AssertionError
