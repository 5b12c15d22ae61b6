"""Runs an assignment's hidden suites on a submission, and collects the outcome of each property."""

import re
from collections.abc import Container
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from autograder.course.assignment import Assignment, Item
from autograder.kit.picture import PicturedError
from autograder.results.outcome import ItemResult, Outcome, PropertyResult, merge, with_few_figures
from autograder.sandbox.sandbox import DiedError, StudentError, TimedOutError
from autograder.suites.context import Grading
from autograder.suites.loaded_suites import run_functions
from autograder.suites.result_collector import FunctionName, ResultCollector

PLAIN = (type(None), bool, int, float, str, list, tuple, dict, np.ndarray)  # as in frames
# the errors of a call, and of `functools.partial`
NOT_CALLABLE = ("object is not callable", "the first argument must be callable")
PLAIN_NAMES = {"numpy.ndarray", *(kind.__name__ for kind in PLAIN)}


@dataclass
class SuiteRun:
    """The results of running the suites."""

    items: list[ItemResult] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # what broke on our side, for the operator
    timed_out: bool = False  # whether some call took too long
    remarks: list[str] = field(default_factory=list)


def run_suites(
    assignment: Assignment, grading: Grading, items: list[Item] | None = None
) -> SuiteRun:
    """Run an assignment's suites in this process.

    All items first run in one worker. A property that fails there runs again in a worker that its
    item has to itself: the code of one item must not cost points in another. If all of an item's
    failed properties hold there, the whole item runs once more, and that run counts.

    Parameters
    ----------
    assignment : Assignment
    grading : Grading
        The submission and its seed.
    items : list of Item, optional
        The items whose suites run; by default, all.
    """
    items = assignment.items if items is None else items
    runs = _run_items(assignment, grading, items)
    lost = [
        item
        for item in items
        if item.name not in grading.first and runs[item.name].result.points != item.points
    ]
    alone = replace(grading, alone=True)
    again = _run_items(assignment, alone, lost, {n for item in lost for n in runs[item.name].lost})
    mended = [
        item
        for item in lost
        if not again[item.name].lost
        and again[item.name].cases.keys() < runs[item.name].cases.keys()
    ]
    runs |= {name: runs[name].but(run) for name, run in again.items()}
    runs |= _run_items(assignment, alone, mended)
    return SuiteRun(
        items=[run.result for run in runs.values()],
        faults=list(dict.fromkeys(fault for run in runs.values() for fault in run.faults)),
        timed_out=any(run.timed_out for run in runs.values()),
        remarks=grading.remarks + [remark for run in runs.values() for remark in run.remarks],
    )


def _run_items(
    assignment: Assignment,
    grading: Grading,
    items: list[Item],
    selected: Container[FunctionName] | None = None,
) -> "dict[str, _ItemRun]":
    collector = _Collector(items, until_lost=grading.until_lost)
    faults = run_functions(assignment, grading, items, "test_", collector, selected)
    grading.close()
    for name, run in collector.runs.items():
        run.faults += faults
        if cause := grading.held.get(("test_", name)):
            run.cases["suite"] = [_not_run(cause)]
        if not run.cases:
            run.faults.append(f"{assignment.hidden / name}.py: no property was run")
    return collector.runs


@dataclass
class _ItemRun:
    """The results of running one suite; `cases` are the results by property."""

    item: Item
    cases: dict[str, list[PropertyResult]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    timed_out: bool = False
    remarks: list[str] = field(default_factory=list)

    @property
    def result(self) -> ItemResult:
        results = with_few_figures(merge(cases) for cases in self.cases.values())
        return self.item.result(results)

    @property
    def lost(self) -> list[FunctionName]:
        """The properties that failed or did not run."""
        return [
            (self.item.name, result.name)
            for result in map(merge, self.cases.values())
            if result.outcome is not Outcome.PASSED
        ]

    def but(self, later: "_ItemRun") -> "_ItemRun":
        """Return this run, with the results of some properties from a later run."""
        return replace(later, cases=self.cases | later.cases)


class _Collector(ResultCollector):
    """Keeps the outcomes."""

    def __init__(self, items: list[Item], *, until_lost: bool) -> None:
        self.runs = {item.name: _ItemRun(item) for item in items}
        self.until_lost = until_lost

    def is_done(self, function: pytest.Function) -> bool:
        return self.until_lost and bool(self.runs[function.path.stem].lost)

    def take(self, function: pytest.Function, call: pytest.CallInfo[None]) -> None:
        if call.when != "call" and call.excinfo is None:
            return
        error = call.excinfo.value if call.excinfo else None
        name = function.originalname
        run = self.runs[function.path.stem]
        outcome, message = _judge(run, function, error)
        run.cases.setdefault(name, []).append(
            PropertyResult(
                name=name,
                sentence=_sentence(function),
                outcome=outcome,
                message=message,
                essential=function.get_closest_marker("essential") is not None,
                ended=isinstance(error, DiedError),
                figures=error.figures if isinstance(error, PicturedError) else (),
                criterion=criterion_of(function),
            )
        )


def _not_run(cause: str) -> PropertyResult:
    return PropertyResult("suite", "The hidden suite comes to an end.", Outcome.NOT_RUN, cause)


def _judge(
    run: _ItemRun, item: pytest.Function, error: BaseException | None
) -> tuple[Outcome, str]:
    """Return a case's outcome and message: only some exceptions are the student's fault."""
    if error is None:
        return Outcome.PASSED, ""
    if uses_a_plain_value_as_an_object(error):
        return Outcome.FAILED, f"{error}: a plain value, but should be an object"
    if not isinstance(error, (AssertionError, StudentError, pytest.fail.Exception)):
        message = f"{item.nodeid}: {type(error).__name__}: {error}"
        run.faults.append(message)
        return Outcome.NOT_RUN, message
    if isinstance(error, TimedOutError):
        run.timed_out = True
    message = str(error) or "the property does not hold"
    if isinstance(error, DiedError) and not message.startswith("not run"):
        run.remarks.append(message)
    return Outcome.FAILED, message


def uses_a_plain_value_as_an_object(error: BaseException) -> bool:
    """Return whether a suite found a plain value where it needs an object, as after `Dropout = 3`.

    A suite with such a mistake of its own would fail on the reference too.
    """
    if isinstance(error, AttributeError):
        if error.name:
            return isinstance(error.obj, PLAIN)
        # if an attribute is set, only the text of the error has the type
        found = re.match(r"'([\w.]+)' object (has no attribute|attribute)", str(error))
        return bool(found and found[1] in PLAIN_NAMES)
    return isinstance(error, TypeError) and str(error).endswith(NOT_CALLABLE)


def criterion_of(item: pytest.Function) -> str:
    """Return the criterion that a property's marker names; empty without one."""
    marker = item.get_closest_marker("criterion")
    return str(marker.args[0]) if marker and marker.args else ""


def _sentence(item: pytest.Function) -> str:
    paragraph = (item.function.__doc__ or item.originalname).strip().partition("\n\n")[0]
    return " ".join(paragraph.split())
