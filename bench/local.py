"""Runs the hidden suites in the student's process: no wire and no confinement.

A kernel of the stock course runs them in this way, and so does the floor. They are `autograder`'s
suites with the same rule for points. Any error of a student's code fails its property.
"""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from autograder.course.assignment import Assignment
from autograder.course.submission import Submission
from autograder.results.outcome import Outcome, PropertyResult, merge
from autograder.sandbox.sandbox import StudentError
from autograder.suites import fixtures
from autograder.suites.context import GRADING, Grading
from autograder.suites.loaded_suites import OPTIONS
from autograder.suites.suite import criterion_of

SEED_FILE = "seed.txt"
# only the properties, no observations
PLAIN = [*OPTIONS, "--rootdir=/", "--override-ini=python_functions=test_*"]


class Local(Grading):
    """Gives the suites a student's own objects, instead of proxies."""

    names: SimpleNamespace = SimpleNamespace()

    def enter(self, assignment: Assignment, item: str) -> Any:
        """Return the names of the student's code."""
        return self.names


class Judge:
    """A pytest plugin that runs suites on names of this process, and keeps the outcomes."""

    def __init__(self) -> None:
        self.grading = Local(Submission(()), seed=0, layers=frozenset())
        self.cases: dict[str, dict[str, list[PropertyResult]]] = {}

    def judge(self, names: Mapping[str, Any], seed: int) -> None:
        """Forget all outcomes; judge these names, with the suites' inputs of this seed."""
        self.grading.seed = seed
        own = {name: _guarded(kind) for name, kind in names.items() if _is_own(kind)}
        self.grading.names = SimpleNamespace(**{**names, **own})
        self.cases = {}

    def points(self, assignment: Assignment) -> dict[str, float]:
        """Return the points of each item whose suite ran."""
        results = (
            item.result(map(merge, self.cases[item.name].values()))
            for item in assignment.items
            if item.name in self.cases
        )
        return {result.name: result.points or 0.0 for result in results}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Give the grading to the fixtures."""
        config.stash[GRADING] = self.grading

    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Keep the outcome of a test, and return a minimal report, as the grader does."""
        assert call.when != "collect"
        failed = call.excinfo is not None
        if call.when == "call" or failed:
            outcome = Outcome.FAILED if failed else Outcome.PASSED
            essential = item.get_closest_marker("essential") is not None
            cases = self.cases.setdefault(item.path.stem, {}).setdefault(item.originalname, [])
            name, criterion = item.originalname, criterion_of(item)
            cases.append(
                PropertyResult(name, "", outcome, essential=essential, criterion=criterion)
            )
        outcome_name: Literal["passed", "failed"] = "failed" if failed else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome_name, None, call.when)


def _is_own(thing: object) -> bool:
    return isinstance(thing, type) and thing.__module__ == "__main__"


def _guarded(kind: type) -> type:
    """Return a student's class that raises `StudentError`, as in a sandbox."""
    methods: dict[str, Any] = {
        name: _raising(getattr(kind, name))
        for name in ("__init__", "__call__", "backward", "penalty")
        if name in dir(kind) and callable(getattr(kind, name))
    }
    return type(kind.__name__, (kind,), methods)


def _raising(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except Exception as error:  # any error of a student's code
            raise StudentError(str(error)) from error

    return call


def points(course: str, name: str, item: str, names: Mapping[str, Any]) -> float:
    """Return the points of an item for names of this process, for a stock grade cell.

    The seed is in a file beside the notebook.

    Parameters
    ----------
    course : str
        The folder that holds the suites.
    name : str
        The assignment's name.
    item : str
    names : mapping
        Such as `globals()`.
    """
    assignment = Assignment(Path(course), name)
    judge = Judge()
    judge.judge(names, int(Path(SEED_FILE).read_text(encoding="ascii")))
    suite = next(assignment.suite(one) for one in assignment.items if one.name == item)
    with warnings.catch_warnings():
        # by stock's rule, a warning on the standard error costs the cell all its points
        warnings.simplefilter("ignore")
        pytest.main([*PLAIN, str(suite)], plugins=[fixtures, judge])
    return judge.points(assignment)[item]
