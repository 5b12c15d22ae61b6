"""Many calls of objects, each made when its result is asked for, with its own copies of arrays.

A worker makes such calls in one request. In the process of a suite they are made in the same way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np


def in_turn(
    calls: Sequence[tuple[Any, Iterable[Any]]], times: int, *, same_arrays: bool
) -> Iterator[Any]:
    """Make some calls in turn, several times: each is what to call, and its arguments.

    With `same_arrays`, each round gets the arrays themselves, and no copies.
    """
    own = list if same_arrays else copied
    return (call(*own(args)) for _ in range(times) for call, args in calls)


def of_new(
    make: Any,
    given: Sequence[Any],
    options: Iterable[Mapping[str, Any]],
    attributes: Mapping[str, Any],
    args: Iterable[Any],
) -> Iterator[Any]:
    """Make an object for each of some options, set its attributes, and call it once."""
    for option in options:
        made = make(*given, **option)
        for name, value in attributes.items():
            setattr(made, name, value)
        yield made(*copied(args))


def copied(values: Iterable[Any], *, arrays: bool = True) -> list[Any]:
    """Return values with copies of their lists, tuples and dictionaries, and of their `arrays`."""
    return [_copy(value, arrays=arrays) for value in values]


def _copy(value: Any, *, arrays: bool) -> Any:
    if isinstance(value, np.ndarray):
        return np.array(value) if arrays else value
    if type(value) in (list, tuple):
        return type(value)(copied(value, arrays=arrays))
    if type(value) is dict:
        return dict(zip(value, copied(value.values(), arrays=arrays), strict=True))
    return value
