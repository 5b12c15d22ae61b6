"""Many calls of a student's objects in one request."""

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.sandbox.sandbox import StudentError
from autograder.session.proxy import UNREADABLE, Proxy, pipeline_of, remote_of, settled
from autograder.worker.many_calls import copied, in_turn, of_new


def repeat(call: Any, times: int, *args: object) -> list[Any]:
    """Make the same call several times, and return a copy of each result.

    Each call gets its own copies of the arrays. All calls of a proxy take one exchange of frames.
    """
    return take_turns(times, (call, *args))


def take_turns(
    times: int, *calls: tuple[Any, ...], same_arrays: bool = False, late: bool = False
) -> list[Any]:
    """Make some calls in turn, several times; return a copy of each result in order: see `repeat`.

    Parameters
    ----------
    times : int
    *calls : tuple
        What to call, and its arguments.
    same_arrays : bool
        Give each round the same arrays, which may be recognised and changed.
    late : bool
        Copy the arrays after the last call: one that two calls return is the same in both results.
    """
    turns = [(settled(call), copied(args)) for call, *args in calls]
    if all(isinstance(call, Proxy) for call, _ in turns):
        how = {"times": times, "same_arrays": same_arrays, "late": late}
        return _ask("repeat", turns[0][0], {"calls": turns, **how}, times * len(turns))
    results = copied(in_turn(turns, times, same_arrays=same_arrays), arrays=not late)
    return copied(results) if late else results


def call_new(
    make: Any,
    given: Sequence[object],
    options: Sequence[Mapping[str, object]],
    attributes: Mapping[str, object],
    *args: object,
) -> list[Any]:
    """Make an object for each of some options, and call it once; return a copy of each result.

    Parameters
    ----------
    make : callable
        Makes an object from what is `given` and from each of the `options`.
    given : sequence
    options : sequence of mapping
    attributes : mapping
        Set on each object before it is called.
    *args
        The call's arguments; each call gets its own copies of the arrays.
    """
    if isinstance(make, Proxy):
        how = {"given": given, "options": options, "attributes": attributes, "args": args}
        return _ask("call_new", make, {"make": make, **how}, len(options))
    return copied(of_new(make, given, options, attributes, args))


def _ask(do: str, of: Proxy, what: dict[str, Any], count: int) -> list[Any]:
    """Send a request that returns a list of so many results."""
    remote = remote_of(of)
    results = pipeline_of(of).ask(do, None, what, lambda: remote.kind)
    if not isinstance(results, list) or len(results) != count:
        raise StudentError(UNREADABLE)
    return results
