"""An assignment's suites, loaded once and run on one submission after the other."""

import itertools
import os
import queue
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Container, Generator, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

import pytest

from autograder.course.assignment import Assignment, AssignmentError, Item
from autograder.course.course import Course
from autograder.course.submission import Submission
from autograder.sandbox import progress
from autograder.sandbox.isolation import Layers
from autograder.sandbox.template import template
from autograder.suites import fixtures
from autograder.suites.context import GRADING, Grading
from autograder.suites.result_collector import FunctionName, ResultCollector

UNUSED = """
    cacheprovider capture debugging doctest faulthandler junitxml legacypath logging pastebin
    setuponly setupplan stepwise terminal threadexception unittest unraisableexception warnings
"""  # plugins of pytest
OPTIONS = [
    "--config-file=" + os.devnull,  # the project's own settings are for its own tests
    "--import-mode=importlib",
    "--override-ini=python_functions=test_* observe_*",
    "--assert=plain",  # a message says what the suite's author wrote, and shows no expected value
    "--disable-plugin-autoload",  # other plugins that are installed
    *(f"-pno:{name}" for name in UNUSED.split()),
]

NOTHING = "-"  # the prefix of no function's name
When = Literal["setup", "call", "teardown"]


def run_functions(
    assignment: Assignment,
    grading: Grading,
    items: list[Item],
    prefix: str,
    collector: ResultCollector,
    selected: Container[FunctionName] | None = None,
) -> list[str]:
    """Run the functions of some items' suites, and return what broke where they were loaded.

    Parameters
    ----------
    assignment : Assignment
    grading : Grading
    items : list of Item
    prefix : str
        The beginning of the functions' names: "test_" or "observe_".
    collector : ResultCollector
    selected : container of (str, str), optional
        The items and functions, without cases, to run; by default, all.
    """
    held = [item for item in items if (prefix, item.name) in grading.held]
    items = [item for item in items if item not in held]
    if not items:
        return [grading.held[prefix, item.name] for item in held]
    suites = _suites(assignment.course, assignment.name, assignment.notebook, assignment.version)
    # here, since it ends with the thread that starts it
    template(grading.layers, assignment.limits, assignment.opening)
    try:
        names = {item.name for item in items}

        def is_selected(function: pytest.Function) -> bool:
            name, item = function.originalname, function.path.stem
            if item not in names or not name.startswith(prefix):
                return False
            return selected is None or (item, name) in selected

        suites.run(grading, is_selected, collector)
    except SuitesEndedError as error:
        _suites.cache_clear()
        return [str(error)]
    return suites.faults + [grading.held[prefix, item.name] for item in held]


def import_faults(assignment: Assignment, layers: Layers) -> list[str]:
    """Import an assignment's suites, unless they are loaded, and return what is wrong with them.

    This also starts the template that confines student code by `layers`.
    """
    grading = Grading(Submission(()), 0, assignment=assignment, layers=layers)
    try:
        return run_functions(assignment, grading, assignment.items, NOTHING, ResultCollector())
    except AssignmentError as error:
        return [str(error)]


class SuitesEndedError(Exception):
    """The suites ended pytest itself, which is a fault of theirs."""


class Suites:
    """An assignment's suites, collected once, in a run of pytest that waits for submissions.

    The run has a thread of its own, since pytest calls its plugins and not the other way round.
    """

    def __init__(self, assignment: Assignment) -> None:
        _forget_modules(assignment.hidden)
        self._loop = _Loop(assignment)
        paths = [str(assignment.suite(item)) for item in assignment.items]
        # modules are named by their paths below the root: whole paths, as names may be equal
        place = ["--rootdir=/", f"--confcutdir={assignment.hidden}"]
        self._loop.begin(assignment.hidden / "conftest.py")
        threading.Thread(
            target=self._loop.main, args=([*OPTIONS, *place, *paths],), daemon=True
        ).start()
        self._loop.done.get()
        progress.own.end()

    @property
    def faults(self) -> list[str]:
        """What broke when the suites were loaded."""
        return self._loop.faults

    def run(
        self,
        grading: Grading,
        is_selected: Callable[[pytest.Function], bool],
        collector: ResultCollector,
    ) -> None:
        """Run the selected functions; raise `SuitesEndedError` if they end pytest."""
        self._loop.jobs.put((grading, is_selected, collector))
        if self._loop.ended or self._loop.done.get():
            raise SuitesEndedError(self._loop.last_words)

    def __del__(self) -> None:
        """Let the thread end."""
        self._loop.jobs.put(None)


Job = tuple[Grading, Callable[[pytest.Function], bool], ResultCollector]


class _Loop:
    """A pytest plugin whose test loop runs jobs until there are no more."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[bool] = queue.SimpleQueue()  # whether that was the end
        self.collector: ResultCollector | None = None  # of the present job
        self.ended = False
        self.faults: list[str] = []
        self.last_words = ""
        self.fatal = ""
        self.path = assignment.hidden  # of the suite that runs

    def main(self, options: list[str]) -> None:
        # cached bytecode would hide an edit within the same second
        sys.dont_write_bytecode = True
        try:
            code = pytest.main(options, plugins=[fixtures, self])
            self.last_words = self.fatal or f"the suites ended pytest: {code!r}"
        except SuitesEndedError as error:
            self.last_words = str(error)
        except BaseException as error:  # noqa: BLE001  # a suite can end pytest in any way
            self.last_words = f"the suites ended pytest: {error!r}"
        self.ended = True
        self.done.put(True)

    def begin(self, file: Path, function: str = progress.LOADING) -> None:
        """Note in the shared progress what begins now."""
        self.path = file
        shown = str(file.relative_to(self.assignment.root))
        limits = self.assignment.limits
        seconds = limits.suite_seconds if function else limits.loading_seconds
        progress.own.begin(progress.Doing(shown, function, seconds))

    @pytest.hookimpl(wrapper=True)
    def pytest_load_initial_conftests(self) -> Generator[None]:
        try:
            return (yield)
        except Exception as error:  # pytest's class for a conftest.py that raises is private
            cause = getattr(error, "cause", error)
            fault = self._import_fault(self.assignment.hidden / "conftest.py", cause)
            raise SuitesEndedError(fault) from error

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        if isinstance(collector, pytest.Module):
            self.begin(collector.path)

    def pytest_exception_interact(
        self, node: pytest.Collector, call: pytest.CallInfo[Any], report: pytest.CollectReport
    ) -> None:
        """Note why a suite cannot be imported."""
        assert call.excinfo is not None
        self.faults.append(self._import_fault(node.path, call.excinfo.value))

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Note what ends pytest, such as a SystemExit, instead of pytest's traceback."""
        self.fatal = f"the suites ended pytest: {self._import_fault(self.path, excinfo.value)}"
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped and report.fspath.endswith(".py"):
            suite = Path("/", report.fspath).relative_to(self.assignment.root)
            self.faults.append(f"{suite} must have a property to run, but skips itself: let it run")

    def _import_fault(self, suite: Path, error: BaseException) -> str:
        """Return what a suite raised while it was imported, the place, and the remedy."""
        cause = error.__cause__ or error  # pytest wraps an ImportError
        place, line = suite, 0
        for frame, number in traceback.walk_tb(cause.__traceback__):
            if (path := Path(frame.f_code.co_filename)).is_relative_to(self.assignment.hidden):
                place, line = path, number
        where = f"{place.relative_to(self.assignment.root)}{f', line {line}' if line else ''}"
        lines = str(cause).replace(f"{suite.relative_to('/')}::", "").splitlines() or [""]
        return (
            f"{where}: {type(cause).__name__}: {lines[0]}: mend that {'line' if line else 'file'}"
        )

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        assert self.collector is not None
        return self.collector.call(pyfuncitem)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.done.put(False)
        while (job := self.jobs.get()) is not None:
            grading, is_selected, self.collector = job
            session.config.stash[GRADING] = grading
            items: list[Any] = session.items
            functions = filter(is_selected, items)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # they are for the authors of suites
                function = next(functions, None)
                while function is not None:
                    function = self._run(function, functions)
            self.done.put(False)
        return True

    def _run(
        self, function: pytest.Function, others: Iterator[pytest.Function]
    ) -> pytest.Function | None:
        """Run a function by pytest's own steps, without pytest's reports; return the next one."""
        assert self.collector is not None
        hook = function.config.hook
        self.begin(function.path, function.name)
        if self._succeeds("setup", function, hook.pytest_runtest_setup):
            self._succeeds("call", function, hook.pytest_runtest_call)
        # pytest must know it, to end the fixtures that it does not share
        following = next(itertools.filterfalse(self.collector.is_done, others), None)
        teardown = partial(hook.pytest_runtest_teardown, nextitem=following)
        self._succeeds("teardown", function, teardown)
        progress.own.end()
        function._initrequest()  # noqa: SLF001  # pytest has no other way to run it again
        return following

    def _succeeds(self, when: When, function: pytest.Function, do: Callable[..., None]) -> bool:
        assert self.collector is not None
        call = pytest.CallInfo.from_call(
            lambda: do(item=function), when, (pytest.exit.Exception, KeyboardInterrupt)
        )
        self.collector.take(function, call)
        return call.excinfo is None


def _forget_modules(folder: Path) -> None:
    """Forget the modules of a folder, which may have changed."""
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(f"{folder}{os.sep}"):
            del sys.modules[name]


@lru_cache(maxsize=8)  # for the notebooks of one assignment
def _suites(course: Course, name: str, notebook: str, version: str) -> Suites:
    """Return the suites of a version of an assignment."""
    return Suites(Assignment(course, name, notebook))
