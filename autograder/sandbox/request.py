"""A request to a worker, and the forms of its answer."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograder.worker import wire


class AsPredicted:
    """Marks a value that is as the request predicted, and was not sent."""


class Changed(NamedTuple):
    """A call's value, and the array arguments that it changed in place, as the worker reports."""

    value: Any
    changes: Any


@dataclass(slots=True)
class Request:
    """A request to a worker, ready to be sent: the text and body that `wire.encode` returns."""

    text: str
    body: bytes
    label: Callable[[], str]  # returns what is asked, in the student's words, for messages
    predicted: bool  # whether it predicts the kind of its value
    changes: bool  # whether it may change arguments in place

    @property
    def size(self) -> int:
        """The number of its bytes."""
        return len(self.text) + len(self.body)


def framed(requests: Sequence[Request]) -> tuple[int, bytes]:
    """Return the number of the first answer, and the requests as one frame."""
    number = secrets.randbits(62)  # a worker cannot guess it and answer before it is asked
    texts = [str(number), *(one.text for one in requests)]
    return number, wire.pack_each(texts, [one.body for one in requests])


def place(request: Request) -> str:
    """Return the label in brackets, for the end of a message; empty without a label."""
    label = request.label()
    return f" [{label}]" if label else ""
