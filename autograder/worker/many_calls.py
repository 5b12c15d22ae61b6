"""Many calls of objects, each made when its result is asked for, with its own copies of arrays.

A worker makes such calls in one request. In the process of a suite they are made in the same way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np


def in_turn(calls: Sequence[tuple[Any, Iterable[Any]]], times: int) -> Iterator[Any]:
    """Make some calls in turn, several times: each is what to call, and its arguments."""
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
        yield made(*own(args))


def own(values: Iterable[Any]) -> list[Any]:
    """Return values with copies of the arrays."""
    return [value.copy() if isinstance(value, np.ndarray) else value for value in values]
