"""What the tests of the engine share: its tiny course, an answer in a session, and `autograder grade`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from traitlets.config import Application

from autograder import cli
from autograder.audit.auditor import Auditor
from autograder.commands import class_grading
from autograder.commands import grade as grade_module
from autograder.course.assignment import Assignment
from autograder.grading.process import GradingProcess
from autograder.sandbox import isolation, probe
from autograder.sandbox.isolation import Layers
from autograder.sandbox.probe import breach
from autograder.sandbox.request import Request
from autograder.sandbox.sandbox import Sandbox
from autograder.session.session import Session
from autograder.worker import tree
from tests.autograder.support.course import Course, opened
from tests.autograder.support.diary import CODE
from tests.autograder.support.one_process import NoProcess, OneProcess
from tests.autograder.support.tiny import make_course, start_session

pytest.register_assert_rewrite(
    "tests.autograder.support.page"
)  # so that a failure shows its values

# the same examples at every run, and no verdict on how long they take
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


class Ran(NamedTuple):
    """What became of a command."""

    code: int
    out: str
    err: str


@pytest.fixture(params=probe.LEVELS, ids=isolation.describe)
def layers(request: pytest.FixtureRequest) -> Layers:
    """Each level of isolation that can be had here."""
    if reason := breach(request.param):
        pytest.skip(f"this machine does not allow it: {reason}")
    found: Layers = request.param
    return found


@pytest.fixture
def removed(tmp_path: Path) -> Iterator[None]:
    """What a test leaves is removed: pytest itself cannot remove folders nested by the thousand."""
    yield
    for path in tmp_path.iterdir():
        tree.remove(path)


@pytest.fixture
def tiny(tmp_path: Path) -> Assignment:
    return make_course(tmp_path)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Callable[..., Session]]:
    """A function that runs an answer, and other code cells, in a session that it ends."""
    opened: list[Session] = []

    def start(*sources: str, **options: Any) -> Session:
        opened.append(start_session(tmp_path / f"course{len(opened)}", *sources, **options))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def student(session: Callable[..., Session]) -> Callable[..., Any]:
    """A function that runs an answer, as `session` does, and returns the names it defines."""

    def start(*sources: str, **options: Any) -> Any:
        return session(*sources, **options).namespace

    return start


@pytest.fixture
def diary(session: Callable[..., Session]) -> Session:
    """A session of the notebook that keeps a diary."""
    return session(CODE, call_seconds=0.4)


@pytest.fixture
def exchanges(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many requests each exchange with a worker has."""
    counted = []
    exchange = Sandbox.exchange

    def counting(sandbox: Sandbox, requests: Sequence[Request], *args: Any, **kwargs: Any) -> Any:
        counted.append(len(requests))
        return exchange(sandbox, requests, *args, **kwargs)

    monkeypatch.setattr(Sandbox, "exchange", counting)
    return counted


@pytest.fixture
def one_process(monkeypatch: pytest.MonkeyPatch, grading_process: GradingProcess) -> None:
    """Audits share one grading process: to start one takes seconds."""
    monkeypatch.setattr(Auditor, "_processes", cycle([grading_process]))


@pytest.fixture
def tiny_course(
    tiny: Assignment, empty_gradebook: Path, grading_process: GradingProcess
) -> Iterator[Course]:
    """The tiny course with its settings, and with a gradebook that knows the assignment."""
    with opened(tiny, empty_gradebook, grading_process) as course:
        yield course


@pytest.fixture
def grade(
    tiny_course: Course,
    grading_process: GradingProcess,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Ran]:
    """A function that runs `autograder grade` on the tiny course, in the process of all tests."""

    def run(*words: str, pool: type[OneProcess] = OneProcess) -> Ran:
        monkeypatch.setattr(class_grading, "LocalPool", partial(pool, grading_process))
        monkeypatch.setattr(grade_module, "GradingProcess", NoProcess)
        monkeypatch.setattr(sys, "argv", ["autograder", "grade", "tiny", *words])
        Application.clear_instance()  # the Formgrader's
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def fresh_suites(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Suites may be run within our own pytest as in a process of their own.

    Those of different courses have the same names, so none is kept from test to test; and our own
    pytest would rewrite their assertions.
    """
    finders = [f for f in sys.meta_path if type(f).__name__ != "AssertionRewritingHook"]
    monkeypatch.setattr(sys, "meta_path", finders)
    yield
    for name, module in list(sys.modules.items()):
        if "/tests/hidden/tiny/" in (getattr(module, "__file__", None) or ""):
            del sys.modules[name]
