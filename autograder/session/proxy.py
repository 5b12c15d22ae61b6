"""Objects of the trusted side that stand for a student's objects and look as if they were local."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.sandbox.request import Changed
from autograder.sandbox.sandbox import Sandbox, StudentError
from autograder.session.pipeline import Pipeline
from autograder.session.remote_object import RemoteObject
from autograder.text.wording import one_line
from autograder.worker import wire
from autograder.worker.frame import WireError

UNREADABLE = "the code's answer cannot be read"


class Proxy:
    """Stands for one object in a worker: calls and attributes go there and back as plain values.

    As with a local object, an array that the call changes in place is changed here too. What need
    not be known at once is put off: a write, a call that makes an object, the look for a method.

    Parameters
    ----------
    agenda : Pipeline
        Of its worker.
    thing : RemoteObject
        The object.
    """

    def __init__(self, agenda: Pipeline, thing: RemoteObject) -> None:
        object.__setattr__(self, "_agenda", agenda)
        object.__setattr__(self, "_thing", thing)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call the object."""
        thing: RemoteObject = self._thing
        agenda: Pipeline = self._agenda
        if thing.plain:
            return thing.plain[0](*args, **kwargs)
        what = {"args": args, "kwargs": kwargs}
        arrays = [*wire.arrays_in((*args, *kwargs.values()))]
        if thing.predicts is not None and not arrays:
            kind, methods = thing.predicts
            made = RemoteObject(agenda.number(), kind, methods=methods)
            agenda.defer("call", thing, what, lambda: thing.kind, made)
            return Proxy(agenda, made)

        def take(answer: Any) -> Any:
            if not isinstance(answer, Changed):
                return answer
            if not isinstance(answer.changes, list):
                raise StudentError(UNREADABLE)
            for change in answer.changes:
                _apply(change, arrays)
            return answer.value

        def on_error() -> None:
            if thing.plain:  # as it has turned out
                thing.plain[0](*args, **kwargs)

        return agenda.ask("call", thing, what, lambda: thing.kind, take, on_error)

    def __getattr__(self, name: str) -> Any:
        """Read an attribute."""
        if name.startswith("__"):
            raise AttributeError(name)  # what Python itself looks for is not in the worker
        thing: RemoteObject = self._thing
        agenda: Pipeline = self._agenda
        if thing.plain:
            return getattr(thing.plain[0], name)
        if name in thing.methods:
            method = RemoteObject(agenda.number(), thing.methods[name])
            agenda.defer("getattr", thing, {"name": name}, lambda: f"{thing.kind}.{name}", method)
            return Method(agenda, method)
        return agenda.ask("getattr", thing, {"name": name}, lambda: f"{thing.kind}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        """Write an attribute."""
        thing: RemoteObject = self._thing
        if thing.plain:
            setattr(thing.plain[0], name, value)
            return
        what = {"name": name, "value": value}
        self._agenda.defer("setattr", thing, what, lambda: f"{thing.kind}.{name}")
        if name in thing.methods:
            thing.methods = {each: thing.methods[each] for each in thing.methods if each != name}

    def __repr__(self) -> str:
        """Name the object's type."""
        return f"<a student's {self._thing.kind}>"


class Method(Proxy):
    """Stands for what an object has where its class has a method: most often, that is the method.

    Where the object has a plain value of its own there, this is as good as the value.
    """

    def __eq__(self, other: object) -> bool:
        return other is self or bool(settled(self) == other)

    __hash__ = Proxy.__hash__

    def __getitem__(self, key: Any) -> Any:
        return settled(self)[key]

    def __iter__(self) -> Any:
        return iter(settled(self))

    def __len__(self) -> int:
        return len(settled(self))

    def __bool__(self) -> bool:
        return bool(settled(self))

    def __float__(self) -> float:
        return float(settled(self))


class Namespace:
    """The names that a submission's notebook defines, as stand-ins: `submission.Dropout`."""

    def __init__(self, agenda: Pipeline) -> None:
        self._agenda = agenda

    def __getattr__(self, name: str) -> Any:
        """Return what the name stands for in the notebook; it does so for good."""
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._agenda.ask("get", None, {"name": name}, lambda: name)
        if isinstance(value, Proxy):
            setattr(self, name, value)
        return value


def agenda_of(sandbox: Sandbox) -> Pipeline:
    """Return a new agenda for the stand-ins of one worker."""
    return Pipeline(sandbox, _ref, lambda agenda, ref: Proxy(agenda, _thing_of(ref)))


def repeat(call: Any, times: int, *args: object) -> list[Any]:
    """Make the same call several times, and return a copy of each result.

    Each call gets its own copies of the arrays. All calls of a stand-in cost one
    exchange of frames.
    """
    call = settled(call)
    if isinstance(call, Proxy):
        thing, agenda = _thing(call), _agenda(call)
        what = {"args": args, "times": times}
        results = agenda.ask("repeat", thing, what, lambda: thing.kind)
        if not isinstance(results, list) or len(results) != times:
            raise StudentError(UNREADABLE)
        return results
    return [copy.deepcopy(call(*map(_copied, args))) for _ in range(times)]


def _copied(value: object) -> object:
    return value.copy() if isinstance(value, np.ndarray) else value


def together(of: Any, *asks: Callable[[], Any]) -> Iterator[Any]:
    """Ask for several things at once, and return an iterator over the answers.

    Of a stand-in it costs one exchange of frames. What fails raises when its turn comes, and what
    stands behind it has not been done. Of another object, each is asked for when its turn comes.

    Parameters
    ----------
    of : object
        Whose answers they are.
    *asks : callable
        Each makes one call or reads one attribute, and returns what it gets.
    """
    if isinstance(of, Proxy):
        return _agenda(of).gather(asks)
    return (ask() for ask in asks)


def settled(value: Any) -> Any:
    """Return the plain value that a `Method` stands for, if it is one; else what stands for it."""
    if not isinstance(value, Method):
        return value
    thing = _thing(value)
    _agenda(value).flush()
    _ref(value)
    return thing.plain[0] if thing.plain else Proxy(_agenda(value), thing)


def kind_of(stand_in: Proxy) -> str:
    """Return the name of the type that the worker says an object has."""
    _agenda(stand_in).flush()
    _ref(stand_in)
    return _thing(stand_in).kind


def _thing(stand_in: Proxy) -> RemoteObject:
    thing: RemoteObject = object.__getattribute__(stand_in, "_thing")
    return thing


def _agenda(stand_in: Proxy) -> Pipeline:
    agenda: Pipeline = object.__getattribute__(stand_in, "_agenda")
    return agenda


def _thing_of(ref: wire.Ref) -> RemoteObject:
    """Believe nothing of a reference but text, and that cut."""
    if ref.predicts is None:
        return RemoteObject(ref.number, one_line(ref.kind))
    kind, methods = ref.predicts
    told = {name: one_line(method) for name, method in methods.items()}
    return RemoteObject(ref.number, one_line(ref.kind), (one_line(kind), told))


def _ref(value: object) -> wire.Ref:
    """Return what stands for a worker's object in a frame."""
    if not isinstance(value, Proxy):
        raise WireError(f"a {type(value).__name__} cannot be sent to a worker")
    return wire.Ref(_agenda(value).number_of(_thing(value)))


def _apply(change: object, arrays: list[np.ndarray[Any, Any]]) -> None:
    """Copy an argument's new content back from the worker."""
    match change:
        case (int(number), np.ndarray() as new) if 0 <= number < len(arrays):
            array = arrays[number]
        case _:
            raise StudentError(UNREADABLE)
    if not array.flags.writeable:
        raise StudentError("an array that is read-only has been changed in place")
    if new.shape == array.shape and new.dtype == array.dtype:
        array[...] = new
    else:
        # resized in place: changed, and of no use any more
        array[...] = np.nan if array.dtype.kind == "f" else ~array
