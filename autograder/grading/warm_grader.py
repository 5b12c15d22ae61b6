"""What grades one notebook after the other, and outlives the processes in which it does."""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from nbformat import NotebookNode

from autograder.course.assignment import Assignment
from autograder.grading.graded import Graded
from autograder.grading.grader import TRIES, Held, held
from autograder.grading.process import GradingProcess
from autograder.intake.handed_in import HandedIn
from autograder.results.report import Report
from autograder.sandbox import probe
from autograder.sandbox.isolation import Layers
from autograder.sandbox.progress import LOADING, HungError

T = TypeVar("T")
IN_A_ROW = 3  # submissions at which a suite hangs, until it is not tried any more
EVERYTHING = ("", "")  # what is left out where the suites cannot be loaded


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
        self._versions: dict[str, str] = {}  # of the suites it has loaded, by the notebook
        self._is_closed = False
        self._hung = _Hung()

    def grade(self, assignment: Assignment, notebook: NotebookNode) -> Report:
        """Grade a restored notebook; a fault of ours gives a report that says so.

        Raises
        ------
        NotIsolatedError
            If student code cannot be confined here, and that is not allowed.
        """
        return self._try(
            assignment,
            lambda process, hung, spent: process.grade(assignment, notebook, hung, spent),
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
            lambda process, hung, spent: process.finish(assignment, handed_in, hung, spent),
            # with what the student wrote, so that somebody can look at it
            lambda cause: Graded.of(assignment, handed_in, lambda known, _: held(known, cause)),
        )

    def import_faults(self, assignment: Assignment) -> list[str]:
        """Return why an assignment's suites cannot be imported; it raises what `grade` raises."""

        def ask(process: GradingProcess, _held: Held, _spent: float) -> list[str]:
            return process.import_faults(assignment)

        return self._try(assignment, ask, lambda cause: [cause])

    def process(self, assignment: Assignment) -> GradingProcess:
        """Return the process for an assignment's notebooks.

        If the suites of a notebook have changed, another process loads them anew.
        """
        known = self._versions.setdefault(assignment.notebook, assignment.version)
        if self._process is None or known != assignment.version:
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
            self._versions = {assignment.notebook: assignment.version}
        return self._process

    def close(self) -> None:
        """End the process, and with it whatever it is grading; another thread may call this."""
        self._is_closed = True
        if self._process is not None:
            self._process.close()

    def _try(
        self,
        assignment: Assignment,
        do: Callable[[GradingProcess, Held, float], T],
        give_up: Callable[[str], T],
    ) -> T:
        """Have something done; a suite that hangs is left out, and its item alone is held back.

        Another try has what is left of the submission's time, and no time of its own.
        """
        spent = 0.0
        held = self._hung.given_up(assignment.version)
        cause = held.get(EVERYTHING, "")
        tries = 0 if cause else TRIES
        while tries:
            try:
                done = do(self.process(assignment), held, spent)
            except HungError as error:
                spent = self._lost(spent)
                what, cause = self._hung.add(error), str(error)
                if what == EVERYTHING or what in held:
                    break
                held[what] = cause
            except (OSError, ValueError) as error:
                cause = f"the grading process broke: {error!r}"
                spent = self._lost(spent)
                tries -= 1
                if self._is_closed:
                    break
            else:
                self._hung.forget_but(held)
                return done
        return give_up(cause)

    def _lost(self, spent: float) -> float:
        """Forget a process that broke; return the time that the submission has spent until then."""
        if self._process is not None:  # else it could not even be started
            spent = self._process.spent
        self._process = None
        return spent


class _Hung:
    """Which suites have hung, and at how many submissions in a row.

    One that hangs at one submission after the other is not tried for ever: to find that it hangs
    takes as long as a suite may take.
    """

    def __init__(self) -> None:
        self._version = ""
        self._causes: Held = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def given_up(self, version: str) -> Held:
        """Return what is not tried any more, in this version of the suites."""
        if version != self._version:
            self._version = version
            self._counts.clear()
        return {what: self._causes[what] for what, n in self._counts.items() if n >= IN_A_ROW}

    def add(self, error: HungError) -> tuple[str, str]:
        """Take note of a suite that hangs; return what is to be left out."""
        doing = error.doing
        is_loading = doing.function == LOADING
        kind = f"{doing.function.partition('_')[0]}_"
        what = EVERYTHING if is_loading else (kind, Path(doing.file).stem)
        self._causes[what] = str(error)
        self._counts[what] += IN_A_ROW if is_loading else 1
        return what

    def forget_but(self, held: Held) -> None:
        """Take note of a submission at which nothing else has hung."""
        for what in set(self._counts) - set(held):
            del self._counts[what]


@lru_cache(maxsize=2)
def warm_grader(*, allow_no_isolation: bool = False) -> WarmGrader:
    """Return the one that grades for this process.

    Raises
    ------
    NotIsolatedError
        If student code cannot be confined here, and that is not allowed.
    """
    return WarmGrader(layers=probe.level(allow_none=allow_no_isolation))
