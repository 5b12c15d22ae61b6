"""Proxies: objects of the trusted side that use a student's objects as if they were local."""

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
    """One object in a worker: arguments and values travel as plain values.

    As with a local object, an array that a call changes in place changes here too. Requests whose
    value is not needed at once are deferred: to set an attribute, make an object, or get a method.
    """

    def __init__(self, pipeline: Pipeline, remote: RemoteObject) -> None:
        object.__setattr__(self, "_pipeline", pipeline)
        object.__setattr__(self, "_remote", remote)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call the object."""
        remote: RemoteObject = self._remote
        pipeline: Pipeline = self._pipeline
        if remote.plain:
            return remote.plain[0](*args, **kwargs)
        what = {"args": args, "kwargs": kwargs}
        arrays = [*wire.arrays_in((*args, *kwargs.values()))]
        if remote.predicts is not None and not arrays:
            kind, methods = remote.predicts
            made = RemoteObject(pipeline.number(), kind, methods=methods)
            pipeline.defer("call", remote, what, lambda: remote.kind, made)
            return Proxy(pipeline, made)

        def take(answer: Any) -> Any:
            if not isinstance(answer, Changed):
                return answer
            if not isinstance(answer.changes, list):
                raise StudentError(UNREADABLE)
            for change in answer.changes:
                _apply(change, arrays)
            return answer.value

        def on_error() -> None:
            if remote.plain:
                remote.plain[0](*args, **kwargs)

        return pipeline.ask("call", remote, what, lambda: remote.kind, take, on_error)

    def __getattr__(self, name: str) -> Any:
        """Read an attribute."""
        if name.startswith("__"):
            raise AttributeError(name)  # Python looks for these, and not the suite
        remote: RemoteObject = self._remote
        pipeline: Pipeline = self._pipeline
        if remote.plain:
            return getattr(remote.plain[0], name)
        if name in remote.methods:
            method = RemoteObject(pipeline.number(), remote.methods[name])
            pipeline.defer(
                "getattr", remote, {"name": name}, lambda: f"{remote.kind}.{name}", method
            )
            return Method(pipeline, method)
        return pipeline.ask("getattr", remote, {"name": name}, lambda: f"{remote.kind}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        """Write an attribute."""
        remote: RemoteObject = self._remote
        if remote.plain:
            setattr(remote.plain[0], name, value)
            return
        what = {"name": name, "value": value}
        self._pipeline.defer("setattr", remote, what, lambda: f"{remote.kind}.{name}")
        if name in remote.methods:
            remote.methods = {each: remote.methods[each] for each in remote.methods if each != name}

    def __repr__(self) -> str:
        """Name the object's type."""
        return f"<a student's {self._remote.kind}>"


class Method(Proxy):
    """An attribute that is a method in the object's class.

    If the object itself has a plain value there, this behaves like the value.
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
    """The names that a submission's notebook defines, as proxies: `submission.Dropout`."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def __getattr__(self, name: str) -> Any:
        """Return the value of a name in the notebook, and keep it."""
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._pipeline.ask("get", None, {"name": name}, lambda: name)
        if isinstance(value, Proxy):
            setattr(self, name, value)
        return value


def new_pipeline(sandbox: Sandbox) -> Pipeline:
    """Return a new pipeline for the proxies of one worker."""
    return Pipeline(sandbox, _ref, lambda pipeline, ref: Proxy(pipeline, _object_of(ref)))


def together(of: Any, *asks: Callable[[], Any]) -> Iterator[Any]:
    """Make several calls at once, and return an iterator over their values.

    For a proxy, this takes one exchange of frames. The error of a call is raised when its turn
    comes; later calls are not made. For another object, each call is made when its turn comes.

    Parameters
    ----------
    of : object
        The object that is used.
    *asks : callable
        Each makes one call or reads one attribute of the object, and returns its value.
    """
    if isinstance(of, Proxy):
        return pipeline_of(of).gather(asks)
    return (ask() for ask in asks)


def change_in_place(of: Any, name: str, values: np.ndarray[Any, Any]) -> None:
    """Put other numbers into an array that is an attribute of an object: `of.name[...] = values`.

    For a proxy, this is deferred, except for the numbers themselves.
    """
    if not isinstance(of, Proxy):
        getattr(of, name)[...] = values
        return
    remote, pipeline = remote_of(of), pipeline_of(of)
    methods = {"put": "builtin_function_or_method"}
    array = RemoteObject(pipeline.number(), "ndarray", methods=methods)
    pipeline.defer("getattr", remote, {"name": name}, lambda: f"{remote.kind}.{name}", array)
    Proxy(pipeline, array).put(np.arange(values.size), values)


def settled(value: Any) -> Any:
    """Return the plain value of a `Method`, if it has one, or its proxy, or any other value."""
    if not isinstance(value, Method):
        return value
    remote = remote_of(value)
    pipeline_of(value).flush()
    _ref(value)
    return remote.plain[0] if remote.plain else Proxy(pipeline_of(value), remote)


def kind_of(proxy: Proxy) -> str:
    """Return the name of an object's type, as the worker reports it."""
    pipeline_of(proxy).flush()
    _ref(proxy)
    return remote_of(proxy).kind


def remote_of(proxy: Proxy) -> RemoteObject:
    """Return what is known of a proxy's object."""
    remote: RemoteObject = object.__getattribute__(proxy, "_remote")
    return remote


def pipeline_of(proxy: Proxy) -> Pipeline:
    """Return the pipeline of a proxy's worker."""
    pipeline: Pipeline = object.__getattribute__(proxy, "_pipeline")
    return pipeline


def _object_of(ref: wire.Ref) -> RemoteObject:
    """Return the object of a reference, with texts cut to one line."""
    if ref.predicts is None:
        return RemoteObject(ref.number, one_line(ref.kind))
    kind, methods = ref.predicts
    kinds = {name: one_line(method) for name, method in methods.items()}
    return RemoteObject(ref.number, one_line(ref.kind), (one_line(kind), kinds))


def _ref(value: object) -> wire.Ref:
    """Return the reference of a proxy."""
    if not isinstance(value, Proxy):
        raise WireError(f"a {type(value).__name__} cannot be sent to a worker")
    return wire.Ref(pipeline_of(value).number_of(remote_of(value)))


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
        # resized in place: a suite sees a change, and no numbers to use
        array[...] = np.nan if array.dtype.kind == "f" else ~array
