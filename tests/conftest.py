"""What the tests of the whole package share: the project, its assignment, and nbgrader itself."""

import ast
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from coverage import Coverage
from nbgrader.api import Gradebook

from autograder.course.assignment import Assignment
from autograder.grading.process import GradingProcess
from autograder.startup import scripts

# a shell lets its background jobs ignore Ctrl-C, and what they start would ignore it too
signal.signal(signal.SIGINT, signal.default_int_handler)

PROJECT = Path(__file__).resolve().parent.parent
Nbgrader = Callable[..., str]
LONGEST = (  # modules that take half a minute or more: workers that begin with them end together
    "test_screens",
    "test_auditor",
    "test_audit",
    "test_attacks",
    "test_kill",
    "test_cluster",
    "test_demo",
    "test_postgres",
    "test_breakages",
    "test_disasters",
    "test_two_graders",
    "test_own_course",
    "test_awkward",
    "test_nothing_gained",
    "test_check",
    "test_agreement",
    "test_bench",
    "test_formgrader_page",
    "test_leaks",
    "test_mixed_course",
    "test_progress",
    "test_intake",
    "test_generated",
    "test_interrupted",
    "test_process",
    "test_confinement",
    "test_ordinary_user",
    "test_odd_answers",
    "test_gradebook",
    "test_console",
)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark of tests that do much, but run no line that others do not run."""
    config.addinivalue_line("markers", "unmeasured: its coverage is that of other tests")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest modules, and leave the others in their order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


def _measure_nothing_that_is_started() -> None:
    """Measure the process of xdist that runs the tests, and no command or copy that a test starts."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


_measure_nothing_that_is_started()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Measure the coverage of the rooms' own tests alone; others start commands, or take twice as long.

    Nor is a test measured that is marked so.
    """
    measured = Coverage.current()
    of_a_room = item.path.is_relative_to(PROJECT / "tests" / "autograder")
    if measured is None or (of_a_room and not item.get_closest_marker("unmeasured")):
        return (yield)
    measured.stop()
    try:
        return (yield)
    finally:
        measured.start()
        _measure_nothing_that_is_started()  # each start asks for it again


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """The assignment as it stands in the project."""
    return Assignment(PROJECT, "dropout_l2")


@pytest.fixture(scope="session")
def unobserved(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    """The assignment without what names a mistake: points are the same, in a third of the time."""
    root = tmp_path_factory.mktemp("unobserved")
    for folder in ("source", "release", "tests/hidden"):
        shutil.copytree(PROJECT / folder, root / folder)
    copy = Assignment(root, "dropout_l2")
    for suite in copy.hidden.glob("test_*.py"):
        tree = ast.parse(suite.read_text(encoding="utf-8"))
        tree.body = [node for node in tree.body if not _observes(node)]
        suite.write_text(ast.unparse(tree), encoding="utf-8")
    return copy


def _observes(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("observe_")


@pytest.fixture(scope="session")
def grading_process() -> GradingProcess:
    """One warm grading process for all tests."""
    return GradingProcess()


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new gradebook, to be copied: making one takes seconds."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.environ["PATH"])
        scripts.put_on_path()  # nbgrader calls alembic
        Gradebook(f"sqlite:///{path}", "course").close()
    return path


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that pip builds from the project."""
    root = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, root)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "autograder", root / "autograder", ignore=ignore)
    _pip("wheel", "--no-build-isolation", f"--wheel-dir={root / 'dist'}", str(root))
    (made,) = (root / "dist").iterdir()
    return made


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel is installed into, for PYTHONPATH; its commands are in `bin/`."""
    folder = tmp_path_factory.mktemp("installed")
    _pip("install", f"--target={folder}", str(wheel))
    return folder


def _pip(command: str, *words: str) -> None:
    """Run a command of pip's without a network and without dependencies."""
    always = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps")
    subprocess.run([sys.executable, "-m", "pip", command, *always, *words], check=True)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course's folder with the project's settings and assignment, and nothing generated."""
    root = tmp_path / "course"
    ignore = shutil.ignore_patterns("__pycache__", ".mypy_cache")
    shutil.copytree(PROJECT / "source", root / "source", ignore=ignore)
    shutil.copytree(PROJECT / "tests" / "hidden", root / "tests" / "hidden", ignore=ignore)
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    return root


@pytest.fixture
def nbgrader(course: Path) -> Nbgrader:
    """A function that runs an nbgrader command in the course's folder and returns its output."""

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *words],
            cwd=course,
            env={**os.environ, "JUPYTER_CONFIG_DIR": str(course)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run
