"""A worker's main loop: runs the notebook's cells, then answers calls on what they define."""

import os
import socket
import sys
import types
from collections.abc import Callable
from time import monotonic  # whatever becomes of `time.monotonic`
from typing import Any

import numpy as np

from autograder.worker import chance, wire
from autograder.worker.absent import policy, refuse_absent
from autograder.worker.cells import Notebook, describe
from autograder.worker.forbidden_acts import succeeding
from autograder.worker.frame import DONE, Receiver, WireError

SLOW = 0.1  # seconds
MANY = 100  # methods of a class, to be foretold
GETATTRIBUTE = object.__getattribute__


class Server:
    """Answers requests, one at a time, over one socket.

    A frame has a number and requests, which are done in their order, down to the first that fails:
    those behind it are left out, and have no answer. A request is a dictionary with the name of the
    operation and its arguments. Its answer is a frame of its own, sent before the next is begun: a
    value or an error, and the frame's number, which goes up by one with each request.

    A request may foretell the kind of its value, and choose the number that stands for it from then
    on, so that those behind it may speak of it: if it is the predicted one, the answer is an empty
    frame.

    Parameters
    ----------
    connection : socket
    notebook : Notebook
        In which the opening has been run.
    confine : callable
        Confines this process, as a user who is told, if it is to become one.
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
        self.objects: dict[int, Any] = {}  # by number, what a `Ref` stands for
        self.changed: list[Any] = []  # by its number among a call's arrays, each with its content
        self.held = 0  # how many of the numbers are ours; those of the other side are far above

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
                        told = {"number": number, "value": value}
                        if self.changed:
                            told["changed"] = self.changed
                        answer = wire.pack(told, self.hold)
                except WireError as error:  # an answer that cannot be sent
                    answer = wire.pack({"number": number, "error": str(error)})
                    failed = True
                except BaseException as error:  # noqa: BLE001  # whatever a student's code raises is its answer
                    answer = wire.pack({"number": number, "error": describe(error) + place(error)})
                    failed = True
                self.connection.sendall(answer)
                if failed:
                    break

    def object(self, ref: wire.Ref) -> Any:
        """Return what a reference stands for."""
        return self.objects[ref.number]

    def hold(self, thing: Any) -> wire.Ref:
        """Keep an object that cannot be sent, and return what stands for it."""
        refuse_absent(thing)
        number, self.held = self.held, self.held + 1
        self.objects[number] = thing
        return wire.Ref(number, kind_of(thing), predicts(thing))

    def predicted_reply(self, thing: Any, number: int, known_as: int | None, kind: str) -> bytes:
        """Keep a value under the number that was chosen for it, if any, and return the answer."""
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
        """Be confined; nothing of a student's has run before this."""
        self.confine(user)
        os.dup2(1, 2)  # nowhere: from here on it is a student who writes
        for name in ("chmod", "utime"):  # which `shutil.copy` uses, and no result depends on
            setattr(os, name, lambda *what, **how: None)
        chance.fix(seed)

    def do_try_forbidden_acts(self, secret: str) -> list[str]:
        """Return which forbidden acts this worker can do all the same."""
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
        """Run the notebook's cells; before each statement a frame says which one it is.

        The `first` ones have been run, as the opening; if none, it was not this notebook's.
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
        return list(self.notebook.remarks)

    def do_enter(self, graded: str) -> None:
        """Let the notebook's names stand for what they do at a graded cell."""
        self.notebook.enter(graded)

    def do_get(self, name: str) -> Any:
        """Return what a name of the notebook stands for."""
        try:
            return self.notebook[name]
        except KeyError:
            pass
        raise NameError(f"{name} is not defined in the notebook")

    def do_call(self, target: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call an object, and find which of the arrays it was given have been changed in place."""
        arrays = [*wire.arrays_in((*args, *kwargs.values()))]
        before = [a.tobytes() for a in arrays]
        value = self.objects[target](*args, **kwargs)
        self.changed = [
            (number, array)
            for number, (array, old) in enumerate(zip(arrays, before, strict=True))
            if array.tobytes() != old
        ]
        return value

    def do_repeat(self, target: int, args: tuple[Any, ...], times: int) -> list[Any]:
        """Call an object several times, each time with the arrays as they were sent.

        A result that is an array is copied before the next call. Each call has the time of a call:
        where they are slow, an event says that one is done.
        """
        call = self.objects[target]
        results: list[Any] = []
        told = monotonic()
        for _ in range(times):
            result = call(*(a.copy() if isinstance(a, np.ndarray) else a for a in args))
            results.append(np.array(result) if isinstance(result, np.ndarray) else result)
            if monotonic() > told + SLOW:
                told = monotonic()
                self.connection.sendall(wire.pack({"event": len(results)}))
        return results

    def do_getattr(self, target: int, name: str) -> Any:
        """Read an attribute."""
        return getattr(self.objects[target], name)

    def do_setattr(self, target: int, name: str, value: Any) -> None:
        """Write an attribute."""
        setattr(self.objects[target], name, value)

    def do_nothing(self) -> None:
        """Be asked last, after what foretells its value."""


def kind_of(thing: Any) -> str:
    """Return the name of a class, function or method, or else that of an object's type."""
    named = isinstance(thing, (type, types.FunctionType, types.MethodType))
    # nothing else is asked for its name: its class may answer with whatever it likes
    return str(thing.__qualname__ if named else type(thing).__name__)[:80]


def predicts(thing: Any) -> tuple[str, dict[str, str]] | None:
    """Return the kind of a class's instances, and those of their methods, if both are certain.

    So they are where nothing but `__init__` has a say in what a call makes, and no method is found
    in another way than Python's.
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
    methods = {name: kind_of(found[name]) for name in functions[:MANY]}
    return str(thing.__name__)[:80], methods


def place(error: BaseException) -> str:
    """Return the innermost line of the notebook that an exception came through, as text."""
    found = ""
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename.startswith("<cell "):
            found = f" (line {traceback.tb_lineno} of its cell, in {code.co_qualname})"
        traceback = traceback.tb_next
    return found
