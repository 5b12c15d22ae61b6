"""A pool that grades on the workers of an existing Dask cluster."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import autograder
from autograder.class_run.cluster_worker import (
    ClusterError,
    WorkerInfo,
    describe_worker,
    differing,
    grade_on_worker,
    import_there,
)
from autograder.course.assignment import Assignment
from autograder.grading.graded import Graded
from autograder.intake.handed_in import Notebooks
from autograder.sandbox.isolation import NotIsolatedError
from autograder.text.wording import counted_as

CONNECTING = 10.0  # seconds, for the scheduler to answer, and for a first worker
LOOKING = 120.0  # seconds, for all workers to describe themselves: they load this package first
CLOSING = 2.0  # seconds, to disconnect from the scheduler
COUNTING = 5.0  # seconds between two counts of the threads
NAMED = 3  # workers that a message names
EXTRA = "pip install 'nbgrader-autograder[cluster]'"
READ = "see docs/scale.md"

T = TypeVar("T")


class _DiedError(Exception):
    """The workers that ran a task died; the text says how many."""


class ClusterPool:
    """The workers of a Dask cluster.

    A worker receives the assignment's name, the notebooks that were handed in, and the versions of
    their suites. It receives no path, no student's name and no data from the gradebook.

    Parameters
    ----------
    assignments : dict of str to Assignment
        By the notebook's name; all of one assignment.
    address : str
        The scheduler's address, such as "tcp://10.0.0.5:8786".
    allow_no_isolation : bool
        Run student code even where nothing confines it.

    Raises
    ------
    ClusterError
        If the cluster does not answer, or a worker has another course or engine.
    NotIsolatedError
        If a worker cannot confine student code, and that is not allowed.
    """

    def __init__(
        self,
        assignments: dict[str, Assignment],
        address: str,
        *,
        allow_no_isolation: bool = False,
    ) -> None:
        self._assignments, self._address = assignments, address
        self._allow_no_isolation = allow_no_isolation
        first = next(iter(assignments.values()))
        self._course, self._name = first.course, first.name
        self._versions = {name: one.version for name, one in assignments.items()}
        self._under_way: set[Future[Any]] = set()
        self._width, self._counted = 0, -COUNTING
        self._client = _connected(address)
        try:
            self.levels = frozenset(self._look())
        except BaseException:  # Ctrl-C too
            self.close()
            raise

    @property
    def width(self) -> int:
        """The number of the workers' threads a few seconds ago; more may join later."""
        if time.monotonic() - self._counted > COUNTING:
            with self._asking():
                self._width = sum(self._client.nthreads().values())
            self._counted = time.monotonic()
        return max(self._width, 1)

    def import_faults(self) -> Future[list[str]]:
        """Import the suites on the first free worker."""
        return self._follow(self._imported(self._send(import_there, self._versions)))

    def submit(self, notebooks: Notebooks) -> Future[dict[str, Graded]]:
        """Grade a submission on the first free worker."""
        data = {name: handed_in.to_dict() for name, handed_in in notebooks.items()}
        versions = {name: self._versions[name] for name in notebooks}
        there = self._send(grade_on_worker, versions, data)
        return self._follow(self._graded(there, [*notebooks]))

    def close(self) -> None:
        """Cancel the queued submissions and disconnect; the cluster goes on."""
        for future in list(self._under_way):
            future.cancel()  # then the scheduler drops the task
        with suppress(Exception):  # the scheduler may be gone
            self._client.close(CLOSING)

    def _send(self, function: Callable[..., Any], versions: dict[str, str], *data: Any) -> Any:
        """Call a function on a worker; return Dask's future."""
        with self._asking():
            return self._client.submit(
                function,
                self._course.layout(),
                self._name,
                versions,
                *data,
                allow_no_isolation=self._allow_no_isolation,
                pure=False,  # each call is a task of its own
            )

    def _follow(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine in Dask's loop until the pool is closed."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._client.loop.asyncio_loop)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    async def _graded(self, there: Any, names: list[str]) -> dict[str, Graded]:
        """Return a worker's grades of a submission; the grade is held back if the worker died."""
        try:
            done = await self._answer(there)
        except _DiedError as error:
            cause = f"the cluster's workers died while grading it {error}"
            return {name: Graded.held_back(self._assignments[name], cause) for name in names}
        return {name: Graded(text) for name, text in done.items()}

    async def _imported(self, there: Any) -> list[str]:
        try:
            faults: list[str] = await self._answer(there)
        except _DiedError as error:
            return [f"the cluster's workers died while importing the suites {error}"]
        return faults

    async def _answer(self, there: Any) -> Any:
        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        try:
            return await there
        except KilledWorker as error:
            raise _DiedError(f"(deaths: {error.allowed_failures + 1})") from error
        # not asyncio's CancelledError, which `close` raises; CommClosedError while fetching
        except (CancelledError, CommClosedError) as error:
            raise ClusterError(_lost(self._address)) from error

    def _look(self) -> Iterator[str]:
        """Yield what confines student code on each worker; raise if a worker cannot grade."""
        with self._asking():
            answers = self._answers()
        if not answers:
            raise ClusterError(
                f"the cluster at {self._address} must have a worker, got none in {CONNECTING:g} "
                f"seconds: start some with `dask worker {self._address}`, {READ}"
            )
        wrong = {where: _wrong(info, self._versions) for where, info in answers.items()}
        if faults := [f"{where} {what}" for where, what in sorted(wrong.items()) if what]:
            rest = len(faults) - NAMED
            more = f"; and {counted_as(rest, 'more worker')}" if rest > 0 else ""
            raise ClusterError(
                f"{'; '.join(faults[:NAMED])}{more}: copy this version of the course's folder to "
                f"the workers, and install the same packages, {READ}"
            )
        for where, info in sorted(answers.items()):
            if not info.level:
                raise NotIsolatedError(f"worker {where}: {info.fault}")
            yield info.level

    def _answers(self) -> dict[str, WorkerInfo]:
        """Return each worker's description, except those of workers that die meanwhile."""
        with suppress(TimeoutError):
            self._client.wait_for_workers(1, timeout=CONNECTING)

        async def ask() -> dict[str, Any]:
            course = self._course.layout()
            answers: dict[str, Any] = await self._client.run(
                describe_worker,
                course,
                self._name,
                [*self._versions],
                allow_no_isolation=self._allow_no_isolation,
                on_error="return",
            )
            return answers

        loop = self._client.loop.asyncio_loop
        try:
            answers = asyncio.run_coroutine_threadsafe(ask(), loop).result(LOOKING)
        except TimeoutError:
            raise ClusterError(
                f"the workers of the cluster at {self._address} must answer within {LOOKING:g} "
                f"seconds: check that none of them hangs, {READ}"
            ) from None
        return {
            where: WorkerInfo(**(answer if isinstance(answer, dict) else {"fault": repr(answer)}))
            for where, answer in answers.items()
            if not isinstance(answer, OSError)
        }

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn an error of Dask's into a `ClusterError`."""
        try:
            yield
        except ClusterError:
            raise
        except Exception as error:
            # a client without a scheduler raises errors of many kinds
            if not isinstance(error, OSError) and self._client.status == "running":
                raise
            raise ClusterError(_lost(self._address)) from error


def _connected(address: str) -> Any:
    """Return a client of a scheduler."""
    try:
        import dask  # an optional package
        import distributed
        from distributed.comm import addressing
    except ImportError as error:
        raise ClusterError(
            f"--scheduler needs the package distributed ({error}): {EXTRA}"
        ) from error
    # a notebook may be large
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    for name in ("asyncio", "distributed", "distributed.client"):  # our message is enough
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        # a client would hang at a wrong address
        scheme, place = addressing.parse_address(address)
        addressing.parse_host_port(place)
        security = distributed.Security()  # Dask's own settings
        certified = security.get_connection_args("client")["ssl_context"] is not None
        if scheme not in ("tcp", "tls") or (scheme == "tls" and not certified):
            raise ValueError("it must be tcp://, or tls:// with certificates in Dask's settings")
        connect = partial(distributed.Client, timeout=CONNECTING, security=security)
        return _within(CONNECTING + CLOSING, partial(connect, address, set_as_default=False))
    except (OSError, ValueError, TypeError, ImportError, RuntimeError) as error:
        raise ClusterError(
            f"{address} must be the address of a Dask scheduler, which answers within "
            f"{CONNECTING:g} seconds, got: {_first_line(error)}: start one with "
            f"`dask scheduler`, {READ}"
        ) from error


def _within(seconds: float, make: Callable[[], T]) -> T:
    """Call a function that may hang: Dask waits for ever for a server that does not answer.

    Raises
    ------
    TimeoutError
    """
    made: Future[T] = Future()

    def run() -> None:
        try:
            made.set_result(make())
        except BaseException as error:  # noqa: BLE001  # result() raises it in the caller's thread
            made.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return made.result(seconds)


def _wrong(info: WorkerInfo, versions: dict[str, str]) -> str:
    """Return what is wrong with a worker's engine or course; empty if both are right."""
    if info.versions is None:
        return f"cannot determine its version ({info.fault})"
    if info.engine != autograder.__version__:
        return f"must have autograder {autograder.__version__}, got {info.engine}"
    return differing(versions, info.versions, Path(info.course))


def _lost(address: str) -> str:
    return (
        f"the Dask scheduler at {address} was lost: check that it is running, and grade again; "
        "finished grades are kept"
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
