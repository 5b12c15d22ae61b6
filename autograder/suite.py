"""Runs an assignment's hidden suites on a submission, and collects the outcome of each property."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from autograder import pytest_plugin
from autograder.assignment import Assignment, Item
from autograder.outcome import ItemResult, Outcome, PropertyResult, merge
from autograder.pytest_plugin import GRADING, Grading
from autograder.sandbox import DiedError, StudentError, TimedOutError

OPTIONS = [
    "--config-file=" + os.devnull,  # the project's own settings are for its own tests
    "--import-mode=importlib",
    "--assert=plain",  # a message says what the suite's author wrote, and shows no expected value
    "--tb=no",
    "--quiet",
    "--capture=no",
    "-p no:cacheprovider",
    "-p no:faulthandler",
    "-p no:junitxml",
    "-p no:logging",
    "-p no:pastebin",
    "-p no:stepwise",
    "-p no:threadexception",
    "-p no:unraisableexception",
]


PLAIN = (type(None), int, float, str, list, tuple, dict, np.ndarray)  # what frames carry


@dataclass
class SuiteRun:
    """What running the suites brought to light.

    Parameters
    ----------
    items : list of ItemResult
    faults : list of str
        What broke on our side, for the operator.
    timed_out : bool
        Whether some answer took too long.
    remarks : list of str
    """

    items: list[ItemResult] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    timed_out: bool = False
    remarks: list[str] = field(default_factory=list)


def run_suites(
    assignment: Assignment, grading: Grading, items: list[Item] | None = None
) -> SuiteRun:
    """Run an assignment's suites in this process.

    Parameters
    ----------
    assignment : Assignment
    grading : Grading
        The submission and its seed.
    items : list of Item, optional
        Those to run the suites of; all without it.
    """
    items = assignment.items if items is None else items
    collector = _Collector(grading)
    run_pytest(assignment, items, collector)
    run = collector.run
    run.remarks += grading.remarks
    for item in items:
        properties = collector.cases.get(item.name, {})
        if not properties:
            run.faults.append(f"{assignment.suite(item)}: no property was run")
        results = tuple(merge(cases) for cases in properties.values())
        run.items.append(ItemResult(item.name, item.points, results))
    return run


def run_pytest(assignment: Assignment, items: list[Item], plugin: object, *options: str) -> None:
    """Run pytest, with only what it needs, on the suites of some items.

    Parameters
    ----------
    assignment : Assignment
    items : list of Item
    plugin : object
        A pytest plugin, which must put a `Grading` in the stash under `GRADING`.
    *options : str
    """
    if not items:
        return  # without a path, pytest would run whatever lies in the current folder
    suites = [str(assignment.suite(item)) for item in items]
    # modules are named by their paths below the root: whole paths, for suites of the same name
    place = ["--rootdir=/", f"--confcutdir={assignment.hidden}"]
    with _quiet():
        pytest.main([*OPTIONS, *options, *place, *suites], plugins=[pytest_plugin, plugin])


class _Collector:
    """A pytest plugin that hands the submission in and takes the outcomes out."""

    def __init__(self, grading: Grading) -> None:
        self.grading = grading
        self.run = SuiteRun()
        self.cases: dict[str, dict[str, list[PropertyResult]]] = {}

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[GRADING] = self.grading

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.run.faults.append(f"{report.nodeid}: {report.longrepr}")

    def pytest_runtest_makereport(self, item: pytest.Function, call: pytest.CallInfo[None]) -> None:
        if call.when != "call" and call.excinfo is None:
            return
        error = call.excinfo.value if call.excinfo else None
        name = item.originalname
        outcome, message = self._judge(item, error)
        properties = self.cases.setdefault(item.path.stem, {})
        properties.setdefault(name, []).append(
            PropertyResult(
                name=name,
                sentence=_sentence(item),
                outcome=outcome,
                message=message,
                # where the worker died, the whole item is worth nothing
                essential=item.get_closest_marker("essential") is not None
                or isinstance(error, DiedError),
            )
        )

    def _judge(self, item: pytest.Function, error: BaseException | None) -> tuple[Outcome, str]:
        """Tell a student's fault from ours: theirs come as one of two exceptions, ours as any."""
        if error is None:
            return Outcome.PASSED, ""
        if uses_a_plain_value_as_an_object(error):
            return Outcome.FAILED, f"{error}: there is a plain value where an object should be"
        if not isinstance(error, (AssertionError, StudentError, pytest.fail.Exception)):
            message = f"{item.nodeid}: {type(error).__name__}: {error}"
            self.run.faults.append(message)
            return Outcome.NOT_RUN, message
        if isinstance(error, TimedOutError):
            self.run.timed_out = True
        message = str(error) or "the property does not hold"
        if isinstance(error, DiedError) and not message.startswith("not run"):
            self.run.remarks.append(message)
        return Outcome.FAILED, message


def uses_a_plain_value_as_an_object(error: BaseException) -> bool:
    """Tell whether a suite met a plain value, as after `Dropout = 3`, where it needs an object.

    A suite that did this by a mistake of its own would fail on the reference too.
    """
    if isinstance(error, AttributeError):
        return error.name is not None and isinstance(error.obj, PLAIN)
    return isinstance(error, TypeError) and str(error).endswith("object is not callable")


def _sentence(item: pytest.Function) -> str:
    paragraph = (item.function.__doc__ or item.originalname).strip().partition("\n\n")[0]
    return " ".join(paragraph.split())


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep pytest's own lines off the console, and plugins that happen to be installed out."""
    before = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
            yield
    finally:
        if before is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        else:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = before
