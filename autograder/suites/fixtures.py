"""The fixtures of hidden suites, for both pytest and the grader.

`pytest tests/hidden` runs the suites on the reference, in this process;
`pytest tests/hidden --submission NOTEBOOK` runs them on a notebook, in a sandbox.
"""

import ast
import sys
import zlib
from collections.abc import Generator, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.course.submission import Submission
from autograder.intake.notebook_reader import UnreadableError, read_notebook
from autograder.sandbox.isolation import NotIsolatedError
from autograder.sandbox.probe import level
from autograder.session.pipeline import Pipeline
from autograder.suites.context import GRADING, Grading
from autograder.worker.cells import Notebook
from autograder.worker.given import GivenModules

# the test that runs: `request` knows it, too, but pytest takes longer to make one than most tests
# take to draw their numbers
RUNNING = pytest.StashKey[pytest.Item]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options."""
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
    """Register the markers, and read the notebook given on the command line."""
    config.addinivalue_line("markers", "essential: without this property the item scores 0")
    config.addinivalue_line("markers", "criterion(name): the criterion of the rubric it belongs to")
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
    """Note which test runs, and forget deferred requests of one that failed during its setup."""
    item.config.stash[RUNNING] = item
    if pipeline := _pipeline(item):
        pipeline.forget()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Send the requests that a test has deferred; an error of theirs precedes other errors."""
    try:
        return (yield)
    finally:
        if pipeline := _pipeline(pyfuncitem):
            pipeline.settle()


def _pipeline(item: pytest.Item) -> Pipeline | None:
    """Return the pipeline of the present worker, if there is one."""
    grading = item.config.stash.get(GRADING, None)
    return grading.session.pipeline if grading is not None and grading.session is not None else None


@pytest.fixture(scope="module")
def submission(pytestconfig: pytest.Config) -> Iterator[Any]:
    """The names that a notebook defines, such as `submission.Dropout`."""
    suite = pytestconfig.stash[RUNNING].path
    grading = pytestconfig.stash.get(GRADING, None)
    if grading is None:
        yield from _reference(_assignment(suite))
    else:
        yield grading.enter(grading.assignment or _assignment(suite), suite.stem)


@pytest.fixture
def rng(pytestconfig: pytest.Config) -> np.random.Generator:
    """A generator whose numbers depend only on the recorded seed and the test's own name."""
    test = pytestconfig.stash[RUNNING]
    grading = pytestconfig.stash.get(GRADING, None)
    seed = pytestconfig.getoption("--grading-seed", default=0) if grading is None else grading.seed
    own = zlib.crc32(f"{test.path.stem}::{test.name}".encode())
    return np.random.default_rng([seed, 0, own])


def _assignment(suite: Path) -> Assignment:
    # <root>/tests/hidden/<assignment>/<suite>.py
    return Assignment(_course(suite.parents[3]), suite.parent.name)


@lru_cache(maxsize=1)
def _course(root: Path) -> Course:
    from autograder.course.settings import course_in

    return course_in(root, [f"--CourseDirectory.root={root}"])


def _reference(assignment: Assignment) -> Iterator[Any]:
    """Yield the names that the source notebook's solution cells define, run in this process."""
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
        del sys.modules[name]  # other modules of the same name
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
