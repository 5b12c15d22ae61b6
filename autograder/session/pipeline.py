"""What is still to be done in a worker: it waits for the next request that needs an answer.

An exchange of frames costs more than what most of them ask for. So what need not be known at once,
a write or the making of an object, is put off, and travels with what comes next, in its order.
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
NOTHING = (None, "NoneType")  # what a write returns: nobody will speak of it
BETWEEN = {__name__, "autograder.session.proxy"}  # the modules between a suite and its requests
FIRST = 2**62  # of the numbers that this side chooses: a worker counts its own from 0


class Answer:
    """Stands for the value of a request that travels with others, until it has come.

    Parameters
    ----------
    flush : callable
        Has it come.
    take : callable
        Makes of what the worker answers what the suite gets.
    on_error : callable
        Raises what says it better, if there is such a thing, where the request has failed.
    """

    __slots__ = ("_flush", "_has_come", "_on_error", "_take", "_value", "fault")

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
        self._has_come = False
        self.fault: StudentError | None = None

    def resolve_to(self, value: Any) -> None:
        """Be a value that has come."""
        self._has_come = True
        try:
            self._value = self._take(value)
        except StudentError as error:
            self.fault = error

    def get(self) -> Any:
        """Return the value, or raise what there is instead."""
        if not self._has_come and self.fault is None:  # what it was to travel with has failed here
            self._flush()
        if self.fault is not None:
            self._on_error()
            raise type(self.fault)(str(self.fault))
        return self._value

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call the value: an attribute of which nobody knew that it is a method."""
        return self.get()(*args, **kwargs)


class Deferred(NamedTuple):
    """A request that waits.

    Parameters
    ----------
    request : Request
    result : RemoteObject or Answer, optional
        What stands for its value.
    invalid_on_failure : RemoteObject or Answer
        What cannot be used any more if it fails.
    suite, line : FrameType, int
        Where the suite asked for it.
    """

    request: Request
    result: RemoteObject | Answer | None
    invalid_on_failure: RemoteObject | Answer
    suite: FrameType
    line: int


class Pipeline:
    """The requests that wait, of all objects in one worker.

    Whatever fails of them is told by the request that they travel with, which the suite may have
    expected to fail by itself. So what could not be made or written is not to be used any more; and
    unless it was the same line that asked for both, `settle` tells it once more.

    Parameters
    ----------
    sandbox : Sandbox
    hold, resolve : callable
        Exchange what stands for a worker's objects with their `Ref`, and back.
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
        self._size = 0  # bytes that wait
        self._number = FIRST
        self._fault: StudentError | None = None
        self._gathers = False

    def defer(
        self,
        do: str,
        thing: RemoteObject,
        what: dict[str, Any],
        label: Callable[[], str],
        made: RemoteObject | None = None,
    ) -> None:
        """Ask for something whose value can be predicted: nothing, or something that is `made`."""
        predicted = NOTHING if made is None else (made.number, made.kind)
        request = self._request(do, thing, what, label, predicted)
        self._wait(request, made, made or thing, _suite())

    def number(self) -> int:
        """Return a number for something that is put off."""
        self._number += 1
        return self._number

    def number_of(self, thing: RemoteObject) -> int:
        """Return the number of something that is there; else raise why it is not."""
        if thing.fault is not None:
            self._fault = self._fault or thing.fault
            raise type(thing.fault)(str(thing.fault))
        return thing.number

    def ask(
        self,
        do: str,
        thing: RemoteObject | None,
        what: dict[str, Any],
        label: Callable[[], str],
        take: Callable[[Any], Any] = lambda value: value,
        on_error: Callable[[], object] = lambda: None,
    ) -> Any:
        """Ask for a value, after all that waits; while they are gathered, return an `Answer`.

        Parameters
        ----------
        do, what, label
            As `Sandbox.request` takes them.
        thing : RemoteObject, optional
            The object that does it.
        take : callable, optional
            Makes of what the worker answers what the suite gets.
        on_error : callable, optional
            Raises what says it better, if there is such a thing, where the request has failed.

        Raises
        ------
        StudentError
        """
        suite = _suite()
        request = self._request(do, thing, what, label)
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
        """Have several functions ask for a value each, in one exchange; return what they return.

        Where one fails, that is raised when its turn comes, and the rest has not been done.
        """
        returned: list[Any] = []
        fault: Exception | None = None
        try:
            for number, ask in enumerate(asks, start=1):
                self._gathers = number < len(asks)  # the others travel with the last
                returned.append(ask())
        except Exception as error:  # noqa: BLE001  # raised in its turn, whatever it is
            fault = error
        finally:
            self._gathers = False
        return _in_turn(returned, fault)

    def flush(self, suite: FrameType | None = None) -> None:
        """Do what waits, now."""
        if self._waiting:
            self._exchange(self._sandbox.request("nothing", {}), suite)

    def settle(self) -> None:
        """Do what waits, and tell what has failed of it and may not have been heard."""
        with contextlib.suppress(StudentError):
            self.flush()
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def forget(self) -> None:
        """Do what waits, and tell nothing: it is of no concern any more."""
        with contextlib.suppress(StudentError):
            self.settle()

    def _request(
        self,
        do: str,
        thing: RemoteObject | None,
        what: dict[str, Any],
        label: Callable[[], str],
        predicted: tuple[int | None, str] | None = None,
    ) -> Request:
        if thing is not None:
            # of a worker that is dead, that is what is told
            number = self.number_of(thing) if self._sandbox.alive else thing.number
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
        if self._waiting:  # else it is what was asked for
            result = self._waiting.popleft().result
            if result is not None and value is not AsPredicted:
                result.resolve_to(value)

    def _invalidate(self, error: StudentError, suite: FrameType | None) -> None:
        first = self._waiting[0]
        for one in self._waiting:
            one.invalid_on_failure.fault = error
        if isinstance(first.invalid_on_failure, Answer):
            return  # it is told when its turn comes
        if suite is None or (first.suite, first.line) != (suite, suite.f_lineno):
            self._fault = self._fault or error


def _suite() -> FrameType:
    """Return the frame of whoever uses a stand-in: the first that is none of these two modules."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals["__name__"] in BETWEEN:
        frame = frame.f_back
    assert frame is not None
    return frame


def _in_turn(returned: list[Any], fault: Exception | None) -> Iterator[Any]:
    for value in returned:
        yield value.get() if isinstance(value, Answer) else value
    if fault is not None:
        raise fault
