"""Objects of the trusted side that stand for a student's objects and look as if they were local."""

import copy
from typing import Any

import numpy as np

from autograder.sandbox import Sandbox, StudentError, one_line
from autograder.worker import wire

UNREADABLE = "the code answered with something unreadable"


class StandIn:
    """Stands for one object in a worker: calls and attributes go there and back as plain values.

    As with a local object, an array that the call changes in place is changed here too.
    """

    def __init__(self, sandbox: Sandbox, ref: wire.Ref) -> None:
        object.__setattr__(self, "_sandbox", sandbox)
        object.__setattr__(self, "_ref", wire.Ref(ref.number, one_line(ref.kind)))

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call the object."""
        label = self._ref.kind
        answer = _ask(self._sandbox, label, "call", target=self, args=list(args), kwargs=kwargs)
        arrays = [a for a in (*args, *kwargs.values()) if isinstance(a, np.ndarray)]
        match answer:
            case (value, [*changes]):
                for change in changes:
                    _apply(change, arrays)
                return value
        raise StudentError(UNREADABLE)

    def __getattr__(self, name: str) -> Any:
        """Read an attribute."""
        if name.startswith("__"):
            raise AttributeError(name)  # what Python itself looks for is not in the worker
        return _ask(self._sandbox, f"{self._ref.kind}.{name}", "getattr", target=self, name=name)

    def __setattr__(self, name: str, value: object) -> None:
        """Write an attribute."""
        label = f"{self._ref.kind}.{name}"
        _ask(self._sandbox, label, "setattr", target=self, name=name, value=value)

    def __repr__(self) -> str:
        """Name the object's type."""
        return f"<a student's {self._ref.kind}>"


class Namespace:
    """The names that a submission's notebook defines, as stand-ins: `submission.Dropout`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __getattr__(self, name: str) -> Any:
        """Return what the name stands for in the notebook; it does so for good."""
        if name.startswith("__"):
            raise AttributeError(name)
        value = _ask(self._sandbox, name, "get", name=name)
        if isinstance(value, StandIn):
            setattr(self, name, value)
        return value


def repeat(call: Any, times: int, *args: object) -> list[Any]:
    """Make the same call several times, and return a copy of each result.

    Of a stand-in it costs one exchange of frames, not one for each call; what the calls change of
    their arguments in place is not changed here.
    """
    if isinstance(call, StandIn):
        what = {"target": call, "args": list(args), "times": times}
        results = _ask(call._sandbox, call._ref.kind, "repeat", **what)  # noqa: SLF001  # our own
        if not isinstance(results, list) or len(results) != times:
            raise StudentError(UNREADABLE)
        return results
    return [copy.deepcopy(call(*args)) for _ in range(times)]


def kind_of(thing: StandIn) -> str:
    """Return the name of the type that the worker says an object has."""
    return _ref(thing).kind


def _ask(sandbox: Sandbox, label: str, do: str, **what: object) -> Any:
    return sandbox.ask(
        do,
        what,
        sandbox.limits.call_seconds,
        label=label,
        hold=_ref,
        resolve=lambda ref: StandIn(sandbox, ref),
    )


def _ref(thing: object) -> wire.Ref:
    if not isinstance(thing, StandIn):
        raise wire.WireError(f"a {type(thing).__name__} cannot be sent to a worker")
    ref: wire.Ref = object.__getattribute__(thing, "_ref")
    return ref


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
