"""Runs an assignment's hidden suites on a submission, and collects the outcome of each property."""

import os
import queue
import re
import sys
import threading
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from autograder import pytest_plugin
from autograder.assignment import Assignment, Item
from autograder.outcome import ItemResult, Outcome, PropertyResult, merge
from autograder.pytest_plugin import GRADING, Grading
from autograder.sandbox import DiedError, StudentError, TimedOutError
from autograder.template import template

OPTIONS = [
    "--config-file=" + os.devnull,  # the project's own settings are for its own tests
    "--import-mode=importlib",
    "--override-ini=python_functions=test_* observe_*",
    "--assert=plain",  # a message says what the suite's author wrote, and shows no expected value
    "--disable-plugin-autoload",  # whatever happens to be installed
    "--capture=no",
    *(
        f"-pno:{name}"
        for name in (
            "cacheprovider",
            "faulthandler",
            "junitxml",
            "logging",
            "pastebin",
            "stepwise",
            "terminal",
            "threadexception",
            "unraisableexception",
        )
    ),
]


PLAIN = (type(None), bool, int, float, str, list, tuple, dict, np.ndarray)  # what frames carry
PLAIN_NAMES = {"numpy.ndarray", *(kind.__name__ for kind in PLAIN)}


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

    All items are tried in one worker. What does not hold there counts only if it does not hold in
    a worker of the item's own either: nothing that one item's code destroys is missing in another.

    Parameters
    ----------
    assignment : Assignment
    grading : Grading
        The submission and its seed.
    items : list of Item, optional
        Those to run the suites of; all without it.
    """
    items = assignment.items if items is None else items
    runs = _run_items(assignment, grading, items)
    lost = [
        item
        for item in items
        if item.name not in grading.first and runs[item.name].result.points != item.points
    ]
    alone = replace(grading, alone=True)
    runs |= _run_items(assignment, alone, lost)
    return SuiteRun(
        items=[run.result for run in runs.values()],
        faults=list(dict.fromkeys(fault for run in runs.values() for fault in run.faults)),
        timed_out=any(run.timed_out for run in runs.values()),
        remarks=grading.remarks + [remark for run in runs.values() for remark in run.remarks],
    )


def _run_items(
    assignment: Assignment, grading: Grading, items: list[Item]
) -> "dict[str, _ItemRun]":
    collector = _Collector(items)
    faults = run_functions(assignment, grading, items, "test_", collector)
    grading.close()
    for name, run in collector.runs.items():
        run.faults += faults
        if not run.cases:
            run.faults.append(f"{assignment.hidden / name}.py: no property was run")
    return collector.runs


def run_functions(
    assignment: Assignment, grading: Grading, items: list[Item], prefix: str, plugin: object
) -> list[str]:
    """Run the functions of some items' suites, and return what broke where they were loaded.

    Parameters
    ----------
    assignment : Assignment
    grading : Grading
    items : list of Item
    prefix : str
        Of the functions' names: "test_" or "observe_".
    plugin : object
        A pytest plugin, which takes the outcomes.
    """
    if not items:
        return []
    suites = _suites(assignment.root, assignment.name, assignment.notebook, assignment.version)
    template(grading.layers, assignment.limits)  # which ends with the thread that starts it
    try:
        suites.run(grading, {item.name for item in items}, prefix, plugin)
    except SuitesEndedError as error:
        _suites.cache_clear()
        return [str(error)]
    return suites.faults


class SuitesEndedError(Exception):
    """The suites ended pytest itself: a fault of theirs."""


class Suites:
    """An assignment's suites, collected once, in a run of pytest that waits for submissions.

    It has a thread of its own, since it is pytest that calls its plugins.

    Parameters
    ----------
    assignment : Assignment
    """

    def __init__(self, assignment: Assignment) -> None:
        _forget_modules(assignment.hidden)
        self._loop = _Loop()
        paths = [str(assignment.suite(item)) for item in assignment.items]
        # modules are named by their paths below the root: whole paths, for suites of the same name
        place = ["--rootdir=/", f"--confcutdir={assignment.hidden}"]
        threading.Thread(
            target=self._loop.main, args=([*OPTIONS, *place, *paths],), daemon=True
        ).start()
        self._loop.done.get()

    @property
    def faults(self) -> list[str]:
        """What broke when the suites were loaded."""
        return self._loop.faults

    def run(self, grading: Grading, names: set[str], prefix: str, plugin: object) -> None:
        """Run the functions with a prefix in the suites of some names.

        Raises
        ------
        SuitesEndedError
            If they end pytest.
        """
        self._loop.jobs.put((grading, names, prefix, plugin))
        if self._loop.ended or self._loop.done.get():
            raise SuitesEndedError(f"the suites ended pytest: {self._loop.last_words}")

    def __del__(self) -> None:
        """Let the thread end."""
        self._loop.jobs.put(None)


Job = tuple[Grading, set[str], str, object]


class _Loop:
    """A pytest plugin whose test loop takes jobs until there are no more."""

    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[bool] = queue.SimpleQueue()  # whether that was the end
        self.ended = False
        self.faults: list[str] = []
        self.last_words = ""

    def main(self, options: list[str]) -> None:
        try:
            self.last_words = repr(pytest.main(options, plugins=[pytest_plugin, self]))
        except BaseException as error:  # noqa: BLE001  # whatever a suite does to pytest
            self.last_words = repr(error)
        self.ended = True
        self.done.put(True)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.faults.append(f"{report.nodeid}: {report.longrepr}")

    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Make a report that nobody reads: pytest's own quotes the source around each failure."""
        outcome: Literal["passed", "failed"] = "failed" if call.excinfo else "passed"
        assert call.when != "collect"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.done.put(False)
        while (job := self.jobs.get()) is not None:
            grading, names, prefix, plugin = job
            session.config.stash[GRADING] = grading
            session.config.pluginmanager.register(plugin)
            functions = [
                function
                for function in session.items
                if function.path.stem in names and function.name.startswith(prefix)
            ]
            for function, following in zip_longest(functions, functions[1:]):
                function.config.hook.pytest_runtest_protocol(item=function, nextitem=following)
            session.config.pluginmanager.unregister(plugin)
            self.done.put(False)
        return True


def _forget_modules(folder: Path) -> None:
    """Forget what was loaded from a folder, which may have changed since."""
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(f"{folder}{os.sep}"):
            del sys.modules[name]


@lru_cache(maxsize=1)
def _suites(root: Path, name: str, notebook: str, version: str) -> Suites:
    """Return the suites of a version of an assignment."""
    return Suites(Assignment(root, name, notebook))


@dataclass
class _ItemRun:
    """What running one suite brought to light; `cases` are the results by property."""

    item: Item
    cases: dict[str, list[PropertyResult]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    timed_out: bool = False
    remarks: list[str] = field(default_factory=list)

    @property
    def result(self) -> ItemResult:
        results = tuple(merge(cases) for cases in self.cases.values())
        return ItemResult(self.item.name, self.item.points, results)


class _Collector:
    """A pytest plugin that takes the outcomes."""

    def __init__(self, items: list[Item]) -> None:
        self.runs = {item.name: _ItemRun(item) for item in items}

    def pytest_runtest_makereport(self, item: pytest.Function, call: pytest.CallInfo[None]) -> None:
        if call.when != "call" and call.excinfo is None:
            return
        error = call.excinfo.value if call.excinfo else None
        name = item.originalname
        run = self.runs[item.path.stem]
        outcome, message = _judge(run, item, error)
        run.cases.setdefault(name, []).append(
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


def _judge(
    run: _ItemRun, item: pytest.Function, error: BaseException | None
) -> tuple[Outcome, str]:
    """Tell a student's fault from ours: theirs come as one of two exceptions, ours as any."""
    if error is None:
        return Outcome.PASSED, ""
    if uses_a_plain_value_as_an_object(error):
        return Outcome.FAILED, f"{error}: there is a plain value where an object should be"
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
    """Tell whether a suite met a plain value, as after `Dropout = 3`, where it needs an object.

    A suite that did this by a mistake of its own would fail on the reference too.
    """
    if isinstance(error, AttributeError):
        # where an attribute is set, Python tells the type in words alone
        told = re.match(r"'([\w.]+)' object (has no attribute|attribute)", str(error))
        return isinstance(error.obj, PLAIN) if error.name else bool(told and told[1] in PLAIN_NAMES)
    return isinstance(error, TypeError) and str(error).endswith("object is not callable")


def _sentence(item: pytest.Function) -> str:
    paragraph = (item.function.__doc__ or item.originalname).strip().partition("\n\n")[0]
    return " ".join(paragraph.split())
