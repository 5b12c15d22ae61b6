"""The trusted process that grades one submission after the other, and is replaced when it breaks.

This module imports little: a command starts the process first, and imports the rest while the
process loads PyTorch.
"""

from typing import Any

from nbformat import NotebookNode

from autograder.course.assignment import Assignment
from autograder.grading.child_process import ChildProcess
from autograder.grading.error_lines import OnLine
from autograder.grading.graded import Graded, held
from autograder.grading.hung_suites import EVERYTHING, Held, HungSuites
from autograder.intake.handed_in import HandedIn
from autograder.results.outcome import Examination, ItemResult, Score
from autograder.results.report import Report
from autograder.sandbox.isolation import Layers
from autograder.sandbox.progress import HungError

TRIES_PER_SUBMISSION = 2  # the system may end a process, for example if memory is short


class GradingProcess:
    """A process that is started when it is first needed, and replaced when it breaks.

    Each method raises `NotIsolatedError` if student code cannot be confined here, and that is not
    allowed.

    Parameters
    ----------
    layers : Layers, optional
        What confines student code; by default, the best that this machine has.
    allow_no_isolation : bool
        Whether it may grade where nothing confines student code, if `layers` is not given.
    on_line : callable, optional
        Called with each line that the process writes to its standard error, in a thread of its own;
        without it, the lines go to our standard error.
    child : ChildProcess, optional
        A process that has been started before.

    Attributes
    ----------
    spent : float
        How many seconds the latest submission's code has used in all tries.
    """

    def __init__(
        self,
        layers: Layers | None = None,
        *,
        allow_no_isolation: bool = False,
        on_line: OnLine | None = None,
        child: ChildProcess | None = None,
    ) -> None:
        self._layers = layers
        self._allow_no_isolation = allow_no_isolation
        self._on_line = on_line
        self._child = child
        self._versions: dict[tuple[str, ...], str] = {}  # of the suites that the child has loaded
        self._hung = HungSuites()
        self._is_closed = False
        self.spent = 0.0

    @classmethod
    def start(cls, count: int, on_line: OnLine | None = None) -> list["GradingProcess"]:
        """Start processes before their assignment is known; then call `begin` on the first."""
        first = ChildProcess(on_line=on_line, count=count, is_early=True)
        return [cls(on_line=on_line, child=child) for child in (first, *first.forked)]

    def begin(self, load: Assignment | None, count: int) -> None:
        """Name the assignment whose suites the processes of `start` load at once.

        More processes than `count` are not used.
        """
        assert self._child is not None
        self._child.begin(load, count)

    def confine(self, layers: Layers) -> None:
        """Set what confines student code; the process may already have been started."""
        self._layers = layers
        self._allow_no_isolation = not layers

    def import_faults(self, assignment: Assignment) -> list[str]:
        """Return why an assignment's suites cannot be imported."""
        try:
            faults: list[str] = self._try("import", assignment)
        except _GivenUpError as error:
            return [str(error)]
        return faults

    def grade_notebook(self, assignment: Assignment, notebook: NotebookNode) -> Report:
        """Grade a restored notebook; a fault of ours gives a report that says so."""
        try:
            return Report.from_dict(self._try("grade_notebook", assignment, notebook=notebook))
        except _GivenUpError as error:
            return held(assignment, str(error))

    def grade_file(self, assignment: Assignment, handed_in: HandedIn) -> Graded:
        """Read, restore and grade what was handed in; a fault of ours holds the grade back."""
        try:
            return Graded(self._try("grade_file", assignment, handed_in=handed_in.to_dict()))
        except _GivenUpError as error:
            cause = str(error)
            # with the student's code, so that somebody can look at it
            return Graded.of(assignment, handed_in, lambda known, _: held(known, cause))

    def examine(
        self,
        assignment: Assignment,
        notebook: NotebookNode,
        names: list[str],
        *,
        whole: bool,
        chance: int,
        until_lost: bool = False,
    ) -> Examination:
        """Examine a specimen: see `grader.examine`.

        Raises
        ------
        HungError, OSError, ValueError
            If a suite hangs or the process breaks: this method and `repeat` do not try again.
        """
        items, facts, faults = self._ask(
            "examine",
            assignment,
            notebook=notebook,
            names=names,
            whole=whole,
            chance=chance,
            until_lost=until_lost,
        )
        return Examination([ItemResult.from_dict(item) for item in items], facts, faults)

    def repeat(
        self, assignment: Assignment, notebook: NotebookNode, names: list[str], seeds: range
    ) -> list[dict[str, Score]]:
        """Grade a solution with each seed: see `grader.repeat`."""
        answer = self._ask("repeat", assignment, notebook=notebook, names=names, seeds=[*seeds])
        return [
            {item: Score(points, tuple(causes)) for item, (points, causes) in scores.items()}
            for scores in answer
        ]

    def close(self) -> None:
        """End the process, even while it grades; another thread may call this."""
        self._is_closed = True
        if (child := self._child) is not None:
            child.close()

    def _try(self, do: str, assignment: Assignment, **what: Any) -> Any:
        """Return the answer to a request; a suite that hangs is skipped, and its item held back.

        A second try has only the rest of the submission's time.
        """
        self.spent = 0.0
        held_functions = self._hung.given_up(assignment.version)
        cause = held_functions.get(EVERYTHING, "")
        tries = 0 if cause else TRIES_PER_SUBMISSION
        while tries:
            try:
                answer = self._ask(
                    do, assignment, held=_listed(held_functions), spent=self.spent, **what
                )
            except HungError as error:
                hung, cause = self._hung.add(error), str(error)
                if hung == EVERYTHING or hung in held_functions:
                    break
                held_functions[hung] = cause
            except (OSError, ValueError) as error:
                cause = f"the grading process broke: {error!r}"
                tries -= 1
                if self._is_closed:
                    break
            else:
                self._hung.forget_but(held_functions)
                return answer
        raise _GivenUpError(cause)

    def _ask(self, do: str, assignment: Assignment, **what: Any) -> Any:
        child = self._child_for(assignment)
        try:
            return child.ask(do, assignment, allow_no_isolation=self._allow_no_isolation, **what)
        except BaseException:
            self._child = None  # it has been ended
            raise
        finally:
            self.spent = child.spent

    def _child_for(self, assignment: Assignment) -> ChildProcess:
        """Return the process for an assignment; a new one if its suites have changed."""
        place = (str(assignment.hidden), assignment.notebook)
        known = self._versions.setdefault(place, assignment.version)
        if self._child is not None and known != assignment.version:
            self._child.close()  # before a second one starts
            self._child = None
        if self._child is None:
            self._versions = {place: assignment.version}
            self._child = ChildProcess(self._layers, on_line=self._on_line)
            self._child.begin(assignment, 1)
            if self._is_closed:  # it was closed while it started
                self._child.close()
        return self._child


class _GivenUpError(Exception):
    """No try was successful; the text is the cause."""


def _listed(held_functions: Held) -> list[list[str]]:
    return [[*what, cause] for what, cause in held_functions.items()]
