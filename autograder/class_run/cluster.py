"""Where a class is graded: the workers of a Dask cluster that is there already."""

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

CONNECTING = 10.0  # seconds, for the scheduler to answer, and for a first worker
LOOKING = 120.0  # seconds, for all workers to tell what they have: they load this package first
CLOSING = 2.0  # seconds, for the scheduler to hear that we leave
COUNTING = 5.0  # seconds between two looks at how many threads there are
NAMED = 3  # workers that a message names
EXTRA = "pip install 'autograder[cluster]'"
READ = "see docs/scale.md"

T = TypeVar("T")


class _DiedError(Exception):
    """The workers to which a task was given died; the text says how many."""


class ClusterPool:
    """The workers of a Dask cluster, which is used and left as it is.

    What travels to a worker is the assignment's name, what was handed in, and the versions of the
    suites that are to judge it: neither a path nor a student's name, and nothing of the gradebook.

    Parameters
    ----------
    assignments : dict of str to Assignment
        By the notebook's name; all of one assignment.
    address : str
        The scheduler's, such as "tcp://10.0.0.5:8786".
    allow_no_isolation : bool
        Whether student code may run where nothing confines it.

    Raises
    ------
    ClusterError
        If there is no such cluster, or one of its workers has another course or engine.
    NotIsolatedError
        If one of its workers cannot confine student code, and that is not allowed.
    """

    def __init__(
        self,
        assignments: dict[str, Assignment],
        address: str,
        *,
        allow_no_isolation: bool = False,
    ) -> None:
        self._assignments = assignments
        self._address = address
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
        """How many threads the workers have, as of a few seconds ago: some may join later."""
        if time.monotonic() - self._counted > COUNTING:
            with self._asking():
                self._width = sum(self._client.nthreads().values())
            self._counted = time.monotonic()
        return max(self._width, 1)

    def import_faults(self) -> Future[list[str]]:
        """Have the suites imported by the first worker that is free."""
        return self._follow(self._imported(self._send(import_there, self._versions)))

    def submit(self, notebooks: Notebooks) -> Future[dict[str, Graded]]:
        """Have a submission graded by the first worker that is free."""
        data = {name: handed_in.to_dict() for name, handed_in in notebooks.items()}
        versions = {name: self._versions[name] for name in notebooks}
        there = self._send(grade_on_worker, versions, data)
        return self._follow(self._graded(there, [*notebooks]))

    def close(self) -> None:
        """Take back what is queued, and leave: the cluster is not ours to end."""
        for future in list(self._under_way):
            future.cancel()  # the scheduler then forgets what nobody waits for
        with suppress(Exception):  # it may be gone, and there is nothing that we want from it
            self._client.close(CLOSING)

    def _send(self, function: Callable[..., Any], versions: dict[str, str], *data: Any) -> Any:
        """Have a function called on a worker; return Dask's future."""
        with self._asking():
            return self._client.submit(
                function,
                self._course.layout(),
                self._name,
                versions,
                *data,
                allow_no_isolation=self._allow_no_isolation,
                pure=False,  # a key of chance: no two submissions are one task
            )

    def _follow(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Let a coroutine wait for a worker, until the pool is closed."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._client.loop.asyncio_loop)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    async def _graded(self, there: Any, names: list[str]) -> dict[str, Graded]:
        """Return what a worker has made of a submission; that it died holds the grade back."""
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
        # the former is not asyncio's, which is `close`'s; the latter, where it was being fetched
        except (CancelledError, CommClosedError) as error:
            raise ClusterError(_lost(self._address)) from error

    def _look(self) -> Iterator[str]:
        """Yield what confines student code on each worker, or raise what is wrong with them."""
        with self._asking():
            answers = self._answers()
        if not answers:
            raise ClusterError(
                f"the cluster at {self._address} must have a worker, got none in {CONNECTING:g} "
                f"seconds: start some with `dask worker {self._address}`, {READ}"
            )
        wrong = {where: _wrong(sight, self._versions) for where, sight in answers.items()}
        if told := [f"{where} {what}" for where, what in sorted(wrong.items()) if what]:
            more = f"; and {len(told) - NAMED} workers more" if len(told) > NAMED else ""
            raise ClusterError(
                f"{'; '.join(told[:NAMED])}{more}: bring the course's folder of this version to "
                f"the workers, and the same installation, {READ}"
            )
        for where, sight in sorted(answers.items()):
            if not sight.level:
                raise NotIsolatedError(f"worker {where}: {sight.fault}")
            yield sight.level

    def _answers(self) -> dict[str, "WorkerInfo"]:
        """Return what each worker tells of itself; one that dies meanwhile tells nothing."""
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
                f"seconds: see that none of them hangs, {READ}"
            ) from None
        return {
            where: WorkerInfo(**answer)
            if isinstance(answer, dict)
            else WorkerInfo(fault=repr(answer))
            for where, answer in answers.items()
            if not isinstance(answer, OSError)
        }

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn what Dask raises while it is asked for something into words."""
        try:
            yield
        except ClusterError:
            raise
        except Exception as error:
            # without a scheduler, a client's own parts are missing as well
            if not isinstance(error, OSError) and self._client.status == "running":
                raise
            raise ClusterError(_lost(self._address)) from error


def _connected(address: str) -> Any:
    """Return a client of a scheduler."""
    try:
        import dask  # only for those who have a cluster
        import distributed
        from distributed.comm import addressing
    except ImportError as error:
        raise ClusterError(
            f"--scheduler needs the package distributed ({error}): {EXTRA}"
        ) from error
    # what is handed in may be large, and goes as it is
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    for name in ("asyncio", "distributed", "distributed.client"):  # we tell it in our own words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        # what a client would stumble over, and then not let go of
        scheme, place = addressing.parse_address(address)
        addressing.parse_host_port(place)
        security = distributed.Security()  # Dask's own settings
        certified = security.get_connection_args("client")["ssl_context"] is not None
        if scheme not in ("tcp", "tls") or (scheme == "tls" and not certified):
            raise ValueError("tcp:// and tls:// are known, the latter with Dask's own settings")
        connect = partial(distributed.Client, timeout=CONNECTING, security=security)
        return _within(CONNECTING + CLOSING, partial(connect, address, set_as_default=False))
    except (OSError, ValueError, TypeError, ImportError, RuntimeError) as error:
        raise ClusterError(
            f"{address} must be the address of a Dask scheduler, which answers within "
            f"{CONNECTING:g} seconds, got: {_first_line(error)}: start one with "
            f"`dask scheduler`, {READ}"
        ) from error


def _within(seconds: float, make: Callable[[], T]) -> T:
    """Call a function that may hang: Dask waits for ever for what only accepts a connection.

    Raises
    ------
    TimeoutError
    """
    made: Future[T] = Future()

    def run() -> None:
        try:
            made.set_result(make())
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is raised where it is awaited
            made.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return made.result(seconds)


def _wrong(sight: WorkerInfo, versions: dict[str, str]) -> str:
    """Return what is wrong with a worker's engine or course; empty if nothing is."""
    if sight.versions is None:
        return f"cannot tell its version ({sight.fault})"
    if sight.engine != autograder.__version__:
        return f"must have autograder {autograder.__version__}, got {sight.engine}"
    return differing(versions, sight.versions, Path(sight.course))


def _lost(address: str) -> str:
    return (
        f"the Dask scheduler at {address} was lost: see that it is running, and grade again; "
        "what is graded is kept"
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
