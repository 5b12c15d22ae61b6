"""Defers requests to a worker until one of them needs an answer, and sends them together.

An exchange of frames costs more than most requests do. So a request whose value is not needed at
once, to set an attribute or make an object, waits and travels with the next one, in order.
"""

import contextlib
import inspect
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import FrameType
from typing import Any, NamedTuple

from autograder.sandbox.request import AsPredicted, Request
from autograder.sandbox.sandbox import Sandbox, StudentError
from autograder.session.remote_object import RemoteObject
from autograder.worker import wire

AT_ONCE = 2**18  # bytes of requests in one frame, if they are several
NOTHING = (None, "NoneType")  # predicts the value of setting an attribute
PROXIES = {
    __name__,
    "autograder.session.proxy",
    "autograder.session.repetition",
}  # between a suite and its requests
FIRST = 2**62  # of the numbers that this side chooses: a worker counts from 0


class Answer:
    """The future value of a request that travels with others.

    Parameters
    ----------
    flush : callable
        Sends the batch, so that the value is available.
    take : callable
        Converts the worker's value to the value for the suite.
    on_error : callable
        Called if the request has failed; may raise a clearer error.
    """

    __slots__ = ("_flush", "_is_available", "_on_error", "_take", "_value", "fault")

    def __init__(
        self,
        flush: Callable[[], None],
        take: Callable[[Any], Any],
        on_error: Callable[[], object],
    ) -> None:
        self._flush = flush
        self._take = take
        self._on_error = on_error
        self._value: Any = None
        self._is_available = False
        self.fault: StudentError | None = None

    def resolve_to(self, value: Any) -> None:
        """Set the value."""
        self._is_available = True
        try:
            self._value = self._take(value)
        except StudentError as error:
            self.fault = error

    def get(self) -> Any:
        """Return the value, or raise the error of its request."""
        if not self._is_available and self.fault is None:  # the last request failed on our side
            self._flush()
        if self.fault is not None:
            self._on_error()
            raise type(self.fault)(str(self.fault))
        return self._value

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call the value, which may be a method."""
        return self.get()(*args, **kwargs)


class Deferred(NamedTuple):
    """A request that waits."""

    request: Request
    result: RemoteObject | Answer | None  # receives its value
    invalid_on_failure: RemoteObject | Answer  # cannot be used any more if it fails
    suite: FrameType  # the place where the suite made it
    line: int


class Pipeline:
    """The requests that wait, of all objects in one worker.

    The next request that is sent raises the error of a deferred one. The suite may have expected
    that request itself to fail. So an object that could not be made or set becomes unusable, and
    `settle` raises the error again, unless the same line of the suite made both requests.

    Parameters
    ----------
    sandbox : Sandbox
    hold, resolve : callable
        Return the `Ref` of a proxy, and the proxy of a `Ref`.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        hold: Callable[[Any], wire.Ref],
        resolve: Callable[["Pipeline", wire.Ref], Any],
    ) -> None:
        self._sandbox = sandbox
        self._hold = hold
        self._resolve = partial(resolve, self)
        self._waiting: deque[Deferred] = deque()
        self._size = 0  # bytes of the requests that wait
        self._number = FIRST
        self._fault: StudentError | None = None
        self._gathers = False

    def defer(
        self,
        do: str,
        remote: RemoteObject,
        what: dict[str, Any],
        label: Callable[[], str],
        made: RemoteObject | None = None,
    ) -> None:
        """Add a request that returns nothing, or the object that is `made`."""
        predicted = NOTHING if made is None else (made.number, made.kind)
        request = self._request(do, remote, what, label, predicted)
        self._wait(request, made, made or remote, _suite())

    def number(self) -> int:
        """Return a number for the object of a deferred request."""
        self._number += 1
        return self._number

    def number_of(self, remote: RemoteObject) -> int:
        """Return the number of an object; raise the error of the request that failed to make it."""
        if remote.fault is not None:
            self._fault = self._fault or remote.fault
            raise type(remote.fault)(str(remote.fault))
        return remote.number

    def ask(
        self,
        do: str,
        remote: RemoteObject | None,
        what: dict[str, Any],
        label: Callable[[], str],
        take: Callable[[Any], Any] = lambda value: value,
        on_error: Callable[[], object] = lambda: None,
    ) -> Any:
        """Send all that waits and a request, and return its value; in `gather`, an `Answer`.

        Parameters
        ----------
        do, what, label
            As for `Sandbox.request`.
        remote : RemoteObject, optional
            The object that does it.
        take, on_error : callable, optional
            As for `Answer`.

        Raises
        ------
        StudentError
        """
        suite = _suite()
        request = self._request(do, remote, what, label)
        if self._gathers:
            answer = Answer(self.flush, take, on_error)
            self._wait(request, answer, answer, suite)
            return answer
        if self._size + request.size > AT_ONCE:
            self.flush(suite)
        try:
            return take(self._exchange(request, suite))
        except StudentError:
            on_error()
            raise

    def gather(self, asks: Sequence[Callable[[], Any]]) -> Iterator[Any]:
        """Call functions that ask for one value each, in one exchange; yield what they return.

        The error of a function is raised when its turn comes; later requests are not done.
        """
        returned: list[Any] = []
        fault: Exception | None = None
        try:
            for number, ask in enumerate(asks, start=1):
                self._gathers = number < len(asks)  # the others travel with the last
                returned.append(ask())
        except Exception as error:  # noqa: BLE001  # raised when its turn comes
            fault = error
        finally:
            self._gathers = False
        return _in_turn(returned, fault)

    def flush(self, suite: FrameType | None = None) -> None:
        """Send what waits."""
        if self._waiting:
            self._exchange(self._sandbox.request("nothing", {}), suite)

    def settle(self) -> None:
        """Send what waits, and raise an error that the suite may not have noticed."""
        with contextlib.suppress(StudentError):
            self.flush()
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def forget(self) -> None:
        """Send what waits, and ignore its errors."""
        with contextlib.suppress(StudentError):
            self.settle()

    def _request(
        self,
        do: str,
        remote: RemoteObject | None,
        what: dict[str, Any],
        label: Callable[[], str],
        predicted: tuple[int | None, str] | None = None,
    ) -> Request:
        if remote is not None:
            # if the worker has ended, the sandbox raises that error
            number = self.number_of(remote) if self._sandbox.alive else remote.number
            what = {"target": number, **what}
        return self._sandbox.request(do, what, label, self._hold, predicted=predicted)

    def _wait(
        self,
        request: Request,
        result: RemoteObject | Answer | None,
        invalid_on_failure: RemoteObject | Answer,
        suite: FrameType,
    ) -> None:
        size = request.size
        if self._size + size > AT_ONCE:
            self.flush(suite)
        self._waiting.append(Deferred(request, result, invalid_on_failure, suite, suite.f_lineno))
        self._size += size
        if size > AT_ONCE:
            self.flush(suite)

    def _exchange(self, request: Request, suite: FrameType | None) -> Any:
        try:
            return self._sandbox.exchange(
                [*(one.request for one in self._waiting), request],
                self._sandbox.limits.call_seconds,
                on_value=self._done,
                resolve=self._resolve,
            )
        except StudentError as error:
            if self._waiting:
                self._invalidate(error, suite)
            raise
        finally:
            self._waiting.clear()
            self._size = 0

    def _done(self, value: Any) -> None:
        if self._waiting:  # otherwise it is the value of the last request
            result = self._waiting.popleft().result
            if result is not None and value is not AsPredicted:
                result.resolve_to(value)

    def _invalidate(self, error: StudentError, suite: FrameType | None) -> None:
        first = self._waiting[0]
        for one in self._waiting:
            one.invalid_on_failure.fault = error
        if isinstance(first.invalid_on_failure, Answer):
            return  # raised when its turn comes
        if suite is None or (first.suite, first.line) != (suite, suite.f_lineno):
            self._fault = self._fault or error


def _suite() -> FrameType:
    """Return the frame of the suite: the first outside the modules of `PROXIES`."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals["__name__"] in PROXIES:
        frame = frame.f_back
    assert frame is not None
    return frame


def _in_turn(returned: list[Any], fault: Exception | None) -> Iterator[Any]:
    for value in returned:
        yield value.get() if isinstance(value, Answer) else value
    if fault is not None:
        raise fault
