"""A pool of grading processes on this machine, each with one submission at a time."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol, TypeVar

from autograder.course.assignment import Assignment
from autograder.grading.graded import Graded
from autograder.grading.process import GradingProcess
from autograder.intake.handed_in import Notebooks
from autograder.sandbox import isolation
from autograder.sandbox.isolation import Layers

AHEAD = 3  # submissions for each worker that are read in advance
WATCH_SECONDS = 1.0  # between two reports of what is being graded

W = TypeVar("W")
Done = queue.SimpleQueue[tuple[W, Future[dict[str, Graded]]] | None]


class Pool(Protocol):
    """Grades several submissions at a time."""

    @property
    def levels(self) -> frozenset[str]:
        """What may confine student code there."""

    @property
    def width(self) -> int:
        """How many submissions it grades at a time."""

    def import_faults(self) -> Future[list[str]]:
        """Import the suites; the result is their faults."""

    def submit(self, notebooks: Notebooks) -> Future[dict[str, Graded]]:
        """Grade a submission."""

    def close(self) -> None:
        """Stop at once, without waiting for submissions that are being graded."""


class LocalPool:
    """Grading processes of this machine.

    Parameters
    ----------
    assignments : dict of str to Assignment
        By the notebook's name.
    width : int
        How many processes.
    layers : Layers
        What confines student code on this machine.
    on_line : callable, optional
        Called with each line that a process writes to its standard error.
    started : sequence of GradingProcess
        Processes that were started before; the pool uses them first.
    """

    def __init__(
        self,
        assignments: dict[str, Assignment],
        width: int,
        layers: Layers,
        *,
        on_line: Callable[[str], None] | None = None,
        started: Sequence[GradingProcess] = (),
    ) -> None:
        self.width = width
        self.levels = frozenset({isolation.describe(layers)})
        self._assignments = assignments
        more = width - len(started)
        self._processes = [
            *started[:width],
            *(GradingProcess(layers, on_line=on_line) for _ in range(more)),
        ]
        self._free: queue.SimpleQueue[GradingProcess] = queue.SimpleQueue()
        for process in self._processes:
            process.confine(layers)
            self._free.put(process)
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(width, initializer=self._equip)

    def import_faults(self) -> Future[list[str]]:
        """Import the suites in the first free process."""
        return self._threads.submit(self._import_faults)

    def submit(self, notebooks: Notebooks) -> Future[dict[str, Graded]]:
        """Grade a submission in the first free process."""
        return self._threads.submit(self._grade, notebooks)

    def close(self) -> None:
        """End the processes at once."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in reversed(self._processes):
            process.close()
        self._threads.shutdown()

    def _equip(self) -> None:
        self._own.process = self._free.get()

    def _import_faults(self) -> list[str]:
        process: GradingProcess = self._own.process
        each = self._assignments.values()
        return [fault for assignment in each for fault in process.import_faults(assignment)]

    def _grade(self, notebooks: Notebooks) -> dict[str, Graded]:
        return {
            name: self._own.process.grade_file(self._assignments[name], handed_in)
            for name, handed_in in notebooks.items()
        }


def as_graded(
    pool: Pool,
    works: Iterable[tuple[W, Notebooks]],
    done: Done[W],
    watch: Callable[[list[W]], None] = lambda _: None,
) -> Iterator[tuple[W, Future[dict[str, Graded]]]]:
    """Yield each piece of work with its future, as soon as it is done, in any order.

    Parameters
    ----------
    pool : Pool
    works : iterable of (anything, dict of str to HandedIn)
        It is read only so far as to keep the pool busy.
    done : SimpleQueue
        Receives the results. A None in it, such as from a signal handler, ends the iteration
        without waiting for the rest.
    watch : callable
        Called with the work that is being graded, while this function waits for a result.
    """
    under_way: dict[Future[dict[str, Graded]], W] = {}  # the pool begins with the first ones
    width = pool.width

    def result() -> tuple[W, Future[dict[str, Graded]]] | None:
        while True:
            unfinished = [work for future, work in under_way.items() if not future.done()]
            watch(unfinished[:width])
            with suppress(queue.Empty):
                if found := done.get(timeout=WATCH_SECONDS):
                    del under_way[found[1]]
                return found

    for work, notebooks in works:
        under_way[_submit(pool, work, notebooks, done)] = work
        width = pool.width
        while len(under_way) >= AHEAD * width or (under_way and not done.empty()):
            if (found := result()) is None:
                return
            yield found
    while under_way and (found := result()) is not None:
        yield found


def _submit(pool: Pool, work: W, notebooks: Notebooks, done: Done[W]) -> Future[dict[str, Graded]]:
    future = pool.submit(notebooks)
    future.add_done_callback(lambda future: done.put((work, future)))
    return future
