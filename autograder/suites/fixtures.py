"""The fixtures of hidden suites, for plain pytest and for the grader alike.

`pytest tests/hidden` runs the suites on the reference, in this process;
`pytest tests/hidden --submission NOTEBOOK` runs them on a notebook, in a sandbox.
"""

import ast
import sys
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.submission import Submission
from autograder.intake.notebook_reader import UnreadableError, read_notebook
from autograder.sandbox.budget import Budget
from autograder.sandbox.isolation import Layers, NotIsolatedError
from autograder.sandbox.probe import level, reached
from autograder.session.pipeline import Pipeline
from autograder.session.proxy import Namespace
from autograder.session.session import Session
from autograder.worker.cells import Notebook
from autograder.worker.given import GivenModules


@dataclass
class Grading:
    """What a run of suites is about.

    Parameters
    ----------
    submission : Submission
    seed : int
        Of every random number on the trusted side.
    worker_seed : int, optional
        Of every random number in the workers; without it, one that follows from the other seed,
        which it does not tell.
    budget : Budget, optional
        The submission's time; made from the assignment's limits without one.
    remarks : list of str
        What the sessions noticed is added here.
    skip : list of (cell, line)
        Statements that hung or ended a worker: found once, then left out of every session.
    assignment : Assignment, optional
        Without it, the one that a suite's place tells.
    layers : Layers, optional
        What confines the workers; without it, the best that can be had.
    alone : bool
        Whether each item has a worker of its own, in which no other item has been before.
    session : Session, optional
        The worker that is used at present.
    first : list of str
        The items that were the first in their workers.
    held : dict of (str, str) to str
        By a prefix of functions and an item: why these functions of its suite are not run.
    """

    submission: Submission
    seed: int
    budget: Budget | None = None
    remarks: list[str] = field(default_factory=list)
    skip: list[tuple[int, int]] = field(default_factory=list)
    assignment: Assignment | None = None
    worker_seed: int = -1
    layers: Layers = field(default_factory=reached)
    alone: bool = False
    session: Session | None = None
    first: list[str] = field(default_factory=list)
    held: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.worker_seed < 0:
            self.worker_seed = int(np.random.default_rng([self.seed, 1]).integers(2**63))

    def enter(self, assignment: Assignment, item: str) -> Namespace:
        """Return the submission's names for an item; its worker may serve other items too."""
        if self.session is None or self.alone or not self.session.sandbox.alive:
            self.close()
            self.budget = self.budget or Budget(assignment.limits.submission_seconds)
            self.session = Session(
                assignment, self.submission, self.budget, self.worker_seed, self.skip, self.layers
            )
            self.remarks += [r for r in self.session.remarks if r not in self.remarks]
            self.first.append(item)
        return self.session.enter(item)

    def close(self) -> None:
        """End the worker."""
        if self.session is not None:
            self.session.close()
            self.session = None


GRADING = pytest.StashKey[Grading]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our two options."""
    group = parser.getgroup("autograder")
    group.addoption(
        "--submission", metavar="NOTEBOOK", help="run the hidden suites on this notebook"
    )
    group.addoption(
        "--allow-no-isolation",
        action="store_true",
        help="run it even where student code cannot be confined",
    )
    group.addoption("--grading-seed", type=int, default=0, help="the seed of the suites' inputs")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and read the notebook given on the command line."""
    config.addinivalue_line("markers", "essential: without this property the item is worth nothing")
    if path := config.getoption("--submission", default=None):
        try:
            notebook, _ = read_notebook(Path(path).read_bytes())
            layers = level(allow_none=config.getoption("--allow-no-isolation"))
        except (OSError, UnreadableError, NotIsolatedError) as error:
            raise pytest.UsageError(f"--submission {path}: {error}") from None
        seed = config.getoption("--grading-seed")
        config.stash[GRADING] = Grading(Submission.from_notebook(notebook), seed, layers=layers)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the worker of the notebook given on the command line."""
    if grading := config.stash.get(GRADING, None):
        grading.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Forget what was put off for a test that has failed before it was run."""
    for agenda in _agendas(item):
        agenda.forget()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Have all done that a test has put off: what fails of it fails the test, before all else."""
    try:
        return (yield)
    finally:
        for agenda in _agendas(pyfuncitem):
            agenda.settle()


def _agendas(item: pytest.Item) -> list[Pipeline]:
    """Return that of the present worker, if there is one."""
    grading = item.config.stash.get(GRADING, None)
    return [grading.session.agenda] if grading is not None and grading.session is not None else []


@pytest.fixture(scope="module")
def submission(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The names that a notebook defines, such as `submission.Dropout`."""
    grading = request.config.stash.get(GRADING, None)
    if grading is None:
        yield from _reference(_assignment(request.path))
        return
    assignment = grading.assignment or _assignment(request.path)
    yield grading.enter(assignment, request.path.stem)  # noqa: PT022  # as above


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator whose numbers depend on the recorded seed and the test's own name alone."""
    grading = request.config.stash.get(GRADING, None)
    seed = (
        request.config.getoption("--grading-seed", default=0) if grading is None else grading.seed
    )
    own = zlib.crc32(f"{request.path.stem}::{request.node.name}".encode())
    return np.random.default_rng([seed, 0, own])


def _assignment(suite: Path) -> Assignment:
    # <root>/tests/hidden/<assignment>/<suite>.py
    return Assignment(_course(suite.parents[3]), suite.parent.name)


@lru_cache(maxsize=1)
def _course(root: Path) -> Course:
    from autograder.course.settings import course_in

    return course_in(root, [f"--CourseDirectory.root={root}"])


def _reference(assignment: Assignment) -> Iterator[Any]:
    """Yield the names that the source notebook's solution cells define, in this process."""
    source = Submission.from_notebook(assignment.source)
    cells = [
        (cell, code.python)
        for cell, code in zip(source.cells, source.codes, strict=True)
        if cell.kind == "code"
    ]
    imports = [
        ast.unparse(node)
        for _, python in cells
        for node in ast.parse(python).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    sources = ["\n".join(imports), *(python for cell, python in cells if cell.solution)]
    finder = GivenModules(assignment.given)
    others = {name: module for name, module in sys.modules.items() if finder.find_spec(name, None)}
    for name in others:
        del sys.modules[name]  # of the same name, but of somebody else's
    sys.meta_path.insert(0, finder)
    try:
        notebook = Notebook()
        notebook.run(
            [{"source": source, "role": "own"} for source in sources],
            set(),
            lambda cell, line: None,
            definitions_only=False,
        )
        assert not notebook.remarks, notebook.remarks
        yield notebook.module
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if finder.find_spec(name, None)]:
            del sys.modules[name]
        sys.modules.update(others)
