"""The time that a submission's code may use."""

import time
from collections.abc import Callable

from autograder.sandbox import progress
from autograder.sandbox.progress import Progress


class Budget:
    """The wall-clock time that a submission may still use; only waiting for its code counts.

    Parameters
    ----------
    seconds : float
        In all.
    spent : float
        How many of them earlier tries have used.
    shared : Progress, optional
        Keeps the time used, for another try if this process breaks.
    """

    def __init__(self, seconds: float, spent: float = 0.0, shared: Progress | None = None) -> None:
        self.seconds = seconds
        self.left = seconds - spent
        self.shared = shared

    def spend(self, at_most: float) -> "_Spending":
        """Count the time in a `with` block; it gets a function for the seconds left."""
        return _Spending(self, at_most)


class _Spending:
    """A `with` block whose time counts; a class takes a third of a generator's time."""

    def __init__(self, budget: Budget, at_most: float) -> None:
        self.budget = budget
        self.start = time.monotonic()
        self.end = self.start + min(at_most, budget.left)

    def __enter__(self) -> Callable[[], float]:
        progress.own.pause()
        if shared := self.budget.shared:
            shared.spend(self.budget.seconds - self.budget.left)
        return self.left

    def __exit__(self, *what: object) -> None:
        progress.own.resume()
        self.budget.left -= time.monotonic() - self.start
        if shared := self.budget.shared:
            shared.keep(self.budget.seconds - self.budget.left)

    def left(self) -> float:
        return self.end - time.monotonic()
