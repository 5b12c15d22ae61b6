"""A way in which a submission is broken, and what must become of it."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from autograder.results.report import Status

GRADED, REMARKS, UNREADABLE = Status.GRADED, Status.REMARKS, Status.UNREADABLE
FULL = 2.0  # points


class Breakage(NamedTuple):
    """How a submission is broken, and what must become of it.

    Parameters
    ----------
    build : callable
        A function of (folder, notebook); text that it returns is the file's.
    status : Status
    points : float
    remark : str
        What the cause of the status must hold.
    """

    build: Callable[..., Any]
    status: Status
    points: float
    remark: str


class Breakages(dict[str, Breakage]):
    """Breakages by their names, by which the students who hand them in are called."""

    def enter(self, status: Status, points: float, remark: str = "") -> Callable[..., Any]:
        """Return a decorator that enters a function of (folder, notebook) under its name."""

        def enter(build):
            self[build.__name__] = Breakage(build, status, points, remark)
            return build

        return enter


def data(notebook, **changes):
    """Return a notebook as plain JSON values."""
    return {**json.loads(json.dumps(notebook)), **changes}


def text(notebook, **changes):
    """Return a notebook as a file's text."""
    return json.dumps(data(notebook, **changes))
