"""What is asked of a worker, and what stands for its answer."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograder.worker import wire


class AsPredicted:
    """Stands for a value that is the one the request predicted, and was not sent."""


class Changed(NamedTuple):
    """A call's value, and what a worker says of the arrays that it changed in place."""

    value: Any
    changes: Any


@dataclass(slots=True)
class Request:
    """What is asked of a worker, ready to be sent.

    Parameters
    ----------
    text : str
    body : bytes
        Its two parts, as `wire.encode` gives them.
    label : callable
        Says what is asked, in the student's words, for messages.
    predicted : bool
        Whether the value may be the predicted one.
    changes : bool
        Whether it may change arguments in place.
    """

    text: str
    body: bytes
    label: Callable[[], str]
    predicted: bool
    changes: bool

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.text) + len(self.body)


def framed(requests: Sequence[Request]) -> tuple[int, bytes]:
    """Return the number that the first answer must repeat, and the requests as one frame."""
    number = secrets.randbits(62)  # so that no answer can be given before it is asked
    texts = [str(number), *(one.text for one in requests)]
    return number, wire.pack_each(texts, [one.body for one in requests])


def place(request: Request) -> str:
    """Return what was asked, in brackets, as a message ends; empty where nothing says it."""
    label = request.label()
    return f" [{label}]" if label else ""
