"""What grades one notebook after the other, and outlives the processes in which it does."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from nbformat import NotebookNode

from autograder import probe
from autograder.assignment import Assignment
from autograder.graded import Graded
from autograder.grader import TRIES, held
from autograder.grading_process import GradingProcess
from autograder.handed_in import HandedIn
from autograder.isolation import Layers
from autograder.report import Report

T = TypeVar("T")


class WarmGrader:
    """Grades in a process that is started when it is first needed, and replaced when it breaks.

    Parameters
    ----------
    allow_no_isolation : bool
        Whether student code may be run where nothing confines it.
    tell : callable, optional
        Takes each line that the process writes to its standard error; without it, that is ours.
    layers : Layers, optional
        As of a `GradingProcess`.
    first : GradingProcess, optional
        The process to begin with: one that has been started before.
    """

    def __init__(
        self,
        *,
        allow_no_isolation: bool = False,
        tell: Callable[[str], None] | None = None,
        layers: Layers | None = None,
        first: GradingProcess | None = None,
    ) -> None:
        self._allow_no_isolation = allow_no_isolation
        self._tell = tell
        self._layers = layers
        self._process = first
        self._version = ""
        self._is_closed = False

    def grade(self, assignment: Assignment, notebook: NotebookNode) -> Report:
        """Grade a restored notebook; a fault of ours gives a report that says so.

        Raises
        ------
        NotIsolatedError
            If student code cannot be confined here, and that is not allowed.
        """
        return self._try(
            assignment,
            lambda process: process.grade(assignment, notebook),
            lambda cause: held(assignment, cause),
        )

    def finish(self, assignment: Assignment, handed_in: HandedIn) -> Graded:
        """Read, restore and grade what was handed in; a fault of ours holds the grade back.

        Raises
        ------
        NotIsolatedError
            As `grade` does.
        """
        return self._try(
            assignment,
            lambda process: process.finish(assignment, handed_in),
            # with what the student wrote, so that somebody can look at it
            lambda cause: Graded.of(assignment, handed_in, lambda known, _: held(known, cause)),
        )

    def process(self, assignment: Assignment) -> GradingProcess:
        """Return the process for an assignment; for another version it loads the suites anew."""
        if self._process is None or self._version not in ("", assignment.version):
            if self._process is not None:
                self._process.close()  # before there are two
            self._process = GradingProcess(
                self._layers,
                allow_no_isolation=self._allow_no_isolation,
                tell=self._tell,
                load=assignment,
            )
            if self._is_closed:  # while it started
                self._process.close()
        self._version = assignment.version
        return self._process

    def close(self) -> None:
        """End the process, and with it whatever it is grading; another thread may call this."""
        self._is_closed = True
        if self._process is not None:
            self._process.close()

    def _try(
        self,
        assignment: Assignment,
        do: Callable[[GradingProcess], T],
        give_up: Callable[[str], T],
    ) -> T:
        cause = ""
        for _ in range(TRIES):
            try:
                return do(self.process(assignment))
            except (OSError, ValueError) as error:
                cause = f"the grading process broke: {error!r}"
                self._process = None
                if self._is_closed:
                    break
        return give_up(cause)


@lru_cache(maxsize=2)
def warm_grader(*, allow_no_isolation: bool = False) -> WarmGrader:
    """Return the one that grades for this process.

    Raises
    ------
    NotIsolatedError
        If student code cannot be confined here, and that is not allowed.
    """
    return WarmGrader(layers=probe.level(allow_none=allow_no_isolation))
