"""Where a class is graded: some processes of this machine, each with one submission at a time."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

from autograder.assignment import Assignment
from autograder.graded import Graded
from autograder.grading_process import WarmGrader
from autograder.handed_in import HandedIn

AHEAD = 3  # submissions for each worker that are read before it asks for them

W = TypeVar("W")
Notebooks = dict[str, HandedIn]  # of one submission, by name
Done = queue.SimpleQueue[tuple[W, Future[dict[str, Graded]]] | None]


class Pool(Protocol):
    """What grades submissions, several at a time."""

    @property
    def levels(self) -> frozenset[str]:
        """What may confine student's code there."""

    @property
    def width(self) -> int:
        """How many submissions it grades at a time."""

    def submit(self, notebooks: Notebooks) -> Future[dict[str, Graded]]:
        """Have a submission graded."""

    def close(self) -> None:
        """Let go of it, at once: nothing that is under way is waited for."""


class LocalPool:
    """Grading processes of this machine.

    Parameters
    ----------
    assignments : dict of str to Assignment
        By the notebook's name.
    width : int
        How many processes.
    level : str
        What confines student code on this machine.
    allow_no_isolation : bool
        Whether that may be nothing.
    tell : callable, optional
        Takes each line that a process writes to its standard error, but no line twice.
    """

    def __init__(
        self,
        assignments: dict[str, Assignment],
        width: int,
        level: str,
        *,
        allow_no_isolation: bool = False,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.width = width
        self.levels = frozenset({level})
        self._assignments = assignments
        self._allow_no_isolation = allow_no_isolation
        self._tell = tell
        self._told: set[str] = set()
        self._telling = threading.Lock()
        self._own = threading.local()
        self._graders: list[WarmGrader] = []
        self._threads = ThreadPoolExecutor(width, initializer=self._equip)

    def submit(self, notebooks: Notebooks) -> Future[dict[str, Graded]]:
        """Have a submission graded by the first process that is free."""
        return self._threads.submit(self._grade, notebooks)

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for grader in self._graders:
            grader.close()
        self._threads.shutdown()

    def _equip(self) -> None:
        self._own.grader = WarmGrader(
            allow_no_isolation=self._allow_no_isolation,
            tell=self._tell_once if self._tell else None,
        )
        self._graders.append(self._own.grader)

    def _tell_once(self, line: str) -> None:
        with self._telling:
            if line not in self._told and self._tell:
                self._told.add(line)
                self._tell(line)

    def _grade(self, notebooks: Notebooks) -> dict[str, Graded]:
        return {
            name: self._own.grader.finish(self._assignments[name], handed_in)
            for name, handed_in in notebooks.items()
        }


def as_graded(
    pool: Pool, works: Iterable[tuple[W, Notebooks]], done: Done[W]
) -> Iterator[tuple[W, Future[dict[str, Graded]]]]:
    """Yield each piece of work as soon as it is done, whatever the order, with its future.

    Parameters
    ----------
    pool : Pool
    works : iterable of (anything, dict of str to HandedIn)
        No more of it is read than keeps the pool busy.
    done : SimpleQueue
        Takes what is done on its way to here. A None that is put into it, by a signal's handler for
        instance, is the end: what is under way is not waited for.
    """
    under_way = 0
    for work, notebooks in works:
        _submit(pool, work, notebooks, done)
        under_way += 1
        while under_way >= AHEAD * pool.width or (under_way and not done.empty()):
            if (result := done.get()) is None:
                return
            under_way -= 1
            yield result
    while under_way and (result := done.get()) is not None:
        under_way -= 1
        yield result


def _submit(pool: Pool, work: W, notebooks: Notebooks, done: Done[W]) -> None:
    pool.submit(notebooks).add_done_callback(lambda future: done.put((work, future)))
