"""A worker's main loop: runs the notebook's cells, then answers calls on what they define."""

import os
import socket
import sys
import types
from collections.abc import Callable, Iterator
from time import monotonic  # before a student's code can replace it
from typing import Any

from autograder.worker import chance, wire
from autograder.worker.absent import policy, refuse_absent
from autograder.worker.cells import Notebook, describe
from autograder.worker.forbidden_acts import succeeding
from autograder.worker.frame import DONE, Receiver, WireError
from autograder.worker.many_calls import copied, in_turn, of_new

SLOW = 0.1  # seconds
MAX_METHODS = 100  # of a class, whose kinds are sent
GETATTRIBUTE = object.__getattribute__


class Server:
    """Answers requests, one at a time, over one socket.

    A frame has a number and several requests. The server does them in order, up to the first that
    fails; those after it are not done and have no answer. A request is a dictionary with the name
    of the operation and its arguments. Each answer is a frame of its own: a value or an error, and
    the frame's number, which increases by one with each request.

    A request may predict the kind of its value, and choose the number by which later requests refer
    to the value. If the prediction is right, the answer is an empty frame.

    Parameters
    ----------
    connection : socket
    notebook : Notebook
        The opening has been run in it.
    confine : callable
        Confines this process; takes the user that it becomes, or None.
    """

    def __init__(
        self,
        connection: socket.socket,
        notebook: Notebook,
        confine: Callable[[int | None], None],
    ) -> None:
        self.connection = connection
        self.requests = Receiver(connection)
        self.notebook = notebook
        self.confine = confine
        self.objects: dict[int, Any] = {}  # by the number of their `Ref`
        self.changed: list[Any] = []  # (number among a call's arrays, array)
        self.seed = 0
        self.held = 0  # the next number of ours; those of the other side are far above

    def serve(self) -> None:
        """Answer until the other side hangs up."""
        while True:
            try:
                text, body = self.requests.receive(lambda: None)
            except (EOFError, OSError):
                return
            requests = wire.unpack_each(text, body, self.object)
            for number, request in enumerate(requests, start=next(requests)):
                operation = getattr(self, "do_" + request.pop("do"))
                known_as, kind = request.pop("id", None), request.pop("kind", None)
                failed, self.changed = False, []
                try:
                    value = operation(**request)
                    if kind is not None:
                        answer = self.predicted_reply(value, number, known_as, kind)
                    else:
                        content = {"number": number, "value": value}
                        if self.changed:
                            content["changed"] = self.changed
                        answer = wire.pack(content, self.hold)
                except WireError as error:  # the value cannot be sent
                    answer = wire.pack({"number": number, "error": str(error)})
                    failed = True
                except BaseException as error:  # noqa: BLE001  # any error of a student's code is its answer
                    answer = wire.pack({"number": number, "error": describe(error) + place(error)})
                    failed = True
                self.connection.sendall(answer)
                if failed:
                    break

    def object(self, ref: wire.Ref) -> Any:
        """Return the object of a reference."""
        return self.objects[ref.number]

    def hold(self, thing: Any) -> wire.Ref:
        """Keep an object that cannot be sent, and return a reference to it."""
        refuse_absent(thing)
        number, self.held = self.held, self.held + 1
        self.objects[number] = thing
        return wire.Ref(number, kind_of(thing), predicts(thing))

    def predicted_reply(self, thing: Any, number: int, known_as: int | None, kind: str) -> bytes:
        """Keep a value under the number that the request chose, if any, and return the answer."""
        refuse_absent(thing)
        if known_as is not None:
            self.objects[known_as] = thing
        if kind_of(thing) == kind:
            return DONE

        def hold(each: Any) -> wire.Ref:
            if known_as is not None and each is thing:
                return wire.Ref(known_as, kind_of(thing))
            return self.hold(each)

        return wire.pack({"number": number, "value": thing}, hold)

    def do_start(self, seed: int, user: int | None) -> None:
        """Confine this process, before any student's code runs."""
        self.confine(user)
        os.dup2(1, 2)  # nowhere: from here on, a student's code writes
        for name in ("chmod", "utime"):  # `shutil.copy` uses them, and no result depends on them
            setattr(os, name, lambda *what, **how: None)
        self.seed = seed
        chance.fix(seed)

    def do_try_forbidden_acts(self, secret: str) -> list[str]:
        """Return the forbidden acts that this worker can do."""
        return succeeding(secret)

    def do_run(
        self,
        cells: list[Any],
        skip: list[tuple[int, int]],
        *,
        definitions_only: bool,
        graded: dict[str, int],
        first: int,
    ) -> list[Any]:
        """Run the notebook's cells; before each statement, send a frame with its cell and line.

        The first `first` cells have been run as the opening. If it is 0, the notebook has another
        opening and starts anew.
        """
        if first == 0:
            self.notebook = Notebook()
            sys.modules["__main__"] = self.notebook.module

        def announce(cell: int, line: int) -> None:
            self.connection.sendall(wire.pack({"event": (cell, line)}))

        self.notebook.run(
            cells,
            set(skip),
            announce,
            definitions_only=definitions_only,
            graded=graded,
            first=first,
        )
        policy.grading = True
        chance.begin(self.seed)
        return list(self.notebook.remarks)

    def do_enter(self, graded: str) -> None:
        """Give the notebook's names the values that they had at a graded cell."""
        self.notebook.enter(graded)

    def do_get(self, name: str) -> Any:
        """Return the value of a name of the notebook."""
        return self.notebook[name]

    def do_call(self, target: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call an object, and find which of its array arguments it has changed in place."""
        arrays = [*wire.arrays_in((*args, *kwargs.values()))]
        before = [a.tobytes() for a in arrays]
        value = self.objects[target](*args, **kwargs)
        self.changed = [
            (number, array)
            for number, (array, old) in enumerate(zip(arrays, before, strict=True))
            if array.tobytes() != old
        ]
        return value

    def do_repeat(
        self, calls: list[tuple[Any, list[Any]]], times: int, *, same_arrays: bool, late: bool
    ) -> list[Any]:
        """Make some calls in turn, several times: see `_results`."""
        return self._results(in_turn(calls, times, same_arrays=same_arrays), late=late)

    def do_call_new(
        self,
        make: Any,
        given: tuple[Any, ...],
        options: list[dict[str, Any]],
        attributes: dict[str, Any],
        args: tuple[Any, ...],
    ) -> list[Any]:
        """Make an object for each of some options, set its attributes and call it."""
        return self._results(of_new(make, given, options, attributes, args))

    def _results(self, calls: Iterator[Any], *, late: bool = False) -> list[Any]:
        """Return the results of calls, each made when the iterator comes to it.

        They are copied at once; if `late`, their arrays are returned as they are after the last
        call. Each has the time limit of a call: if calls are slow, an event reports each that is
        done.
        """
        results: list[Any] = []
        reported = monotonic()
        for result in calls:
            results += copied([result], arrays=not late)
            if monotonic() > reported + SLOW:
                reported = monotonic()
                self.connection.sendall(wire.pack({"event": len(results)}))
        return results

    def do_getattr(self, target: int, name: str) -> Any:
        """Read an attribute."""
        return getattr(self.objects[target], name)

    def do_setattr(self, target: int, name: str, value: Any) -> None:
        """Write an attribute."""
        setattr(self.objects[target], name, value)

    def do_nothing(self) -> None:
        """Do nothing: the last request of a frame whose other requests predict their values."""


def kind_of(thing: Any) -> str:
    """Return the name of a class, function or method, or else that of an object's type."""
    named = isinstance(thing, (type, types.FunctionType, types.MethodType))
    # no other object is asked for its name: its class could return anything
    return str(thing.__qualname__ if named else type(thing).__name__)[:80]


def predicts(thing: Any) -> tuple[str, dict[str, str]] | None:
    """Return the kind of a class's instances and the kinds of their methods, if they are certain.

    They are certain for an ordinary class: without a metaclass, a `__new__` or a `__getattribute__`
    of its own.
    """
    if type(thing) is not type:
        return None
    found: dict[str, Any] = {}
    for base in reversed(thing.__mro__):
        found.update(vars(base))
    if found["__new__"] is not object.__new__ or found["__getattribute__"] is not GETATTRIBUTE:
        return None
    functions = [
        name
        for name, value in found.items()
        if type(value) is types.FunctionType and type(name) is str and not name.startswith("__")
    ]
    methods = {name: kind_of(found[name]) for name in functions[:MAX_METHODS]}
    return str(thing.__name__)[:80], methods


def place(error: BaseException) -> str:
    """Return, as text, the innermost line of the student's in an exception's traceback."""
    found = ""
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename.startswith(("<cell ", "<file ")):
            kind, _, path = code.co_filename[1:-1].partition(" ")
            where = "its cell" if kind == "cell" else path
            found = f" (line {traceback.tb_lineno} of {where}, in {code.co_qualname})"
        traceback = traceback.tb_next
    return found
