"""What is still to be done in a worker: it waits for the next request that needs an answer.

An exchange of frames costs more than what most of them ask for. So what need not be known at once,
a write or the making of an object, is put off, and travels with what comes next, in its order.
"""

import contextlib
import sys
from collections import deque
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, NamedTuple

from autograder.sandbox import AT_ONCE, Foretold, Request, Sandbox, StudentError
from autograder.worker import wire

FIRST = 2**62  # of the numbers that this side chooses: a worker counts its own from 0


class Thing:
    """What is known of an object in a worker.

    Parameters
    ----------
    number : int
    kind : str
        The name of its type, for messages.
    makes : (str, dict of str to str), optional
        Of a class: the kind of its instances, and the kinds of their methods by their names.
    methods : dict of str to str, optional
        Of an instance: the kinds of its methods.
    """

    __slots__ = ("fault", "kind", "makes", "methods", "number", "plain")

    def __init__(
        self,
        number: int,
        kind: str,
        makes: tuple[str, dict[str, str]] | None = None,
        methods: dict[str, str] | None = None,
    ) -> None:
        self.number = number
        self.kind = kind
        self.makes = makes
        self.methods = methods or {}
        self.fault: StudentError | None = None  # why it is not there, or not what it should be
        self.plain: tuple[Any, ...] = ()  # its value, where it turned out to be a plain one

    def turn_out(self, value: Any) -> None:
        """Be something else than was foretold: a plain value, or an object of another kind."""
        match value:
            case object(_thing=Thing(kind=kind)):  # a stand-in
                self.kind = kind
            case _:
                self.plain = (value,)


class PutOff(NamedTuple):
    """A request that waits.

    Parameters
    ----------
    request : Request
    result : Thing
        What stands for its value.
    spoilt : Thing
        What cannot be used any more if it fails.
    suite, line : FrameType, int
        Where the suite asked for it.
    """

    request: Request
    result: Thing
    spoilt: Thing
    suite: FrameType
    line: int


class Agenda:
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
        resolve: Callable[["Agenda", wire.Ref], Any],
    ) -> None:
        self._sandbox = sandbox
        self._hold = hold
        self._resolve = partial(resolve, self)
        self._waiting: deque[PutOff] = deque()
        self._size = 0  # bytes that wait
        self._number = FIRST
        self._fault: StudentError | None = None

    def put_off(
        self,
        do: str,
        what: dict[str, Any],
        label: Callable[[], str],
        *,
        result: Thing,
        spoilt: Thing,
    ) -> None:
        """Ask for something whose value, and kind of value, can be foretold."""
        foretold = (result.number, result.kind)
        request = self._sandbox.request(do, what, label, self._hold, foretold)
        size = len(request.frame)
        suite = sys._getframe(2)  # noqa: SLF001  # of whoever uses a stand-in
        if self._size + size > AT_ONCE:
            self.flush(suite)
        self._waiting.append(PutOff(request, result, spoilt, suite, suite.f_lineno))
        self._size += size
        if size > AT_ONCE:
            self.flush(suite)

    def number(self) -> int:
        """Return a number for something that is put off."""
        self._number += 1
        return self._number

    def ask(self, do: str, what: dict[str, Any], label: Callable[[], str]) -> Any:
        """Ask for a value, after all that waits.

        Raises
        ------
        StudentError
        """
        request = self._sandbox.request(do, what, label, self._hold)
        suite = sys._getframe(2)  # noqa: SLF001  # of whoever uses a stand-in
        if self._size + len(request.frame) > AT_ONCE:
            self.flush(suite)
        return self._exchange(request, suite)

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
                self._spoil(error, suite)
            raise
        finally:
            self._waiting.clear()
            self._size = 0

    def _done(self, value: Any) -> None:
        if self._waiting:  # else it is what was asked for
            result = self._waiting.popleft().result
            if value is not Foretold:
                result.turn_out(value)

    def remember(self, fault: StudentError) -> None:
        """Have `settle` tell a fault."""
        self._fault = self._fault or fault

    def _spoil(self, error: StudentError, suite: FrameType | None) -> None:
        first = self._waiting[0]
        for one in self._waiting:
            one.spoilt.fault = error
        if suite is None or (first.suite, first.line) != (suite, suite.f_lineno):
            self.remember(error)
