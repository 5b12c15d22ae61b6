"""A tiny course: one notebook, one item of four properties, one given module."""

import logging
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest
from click.testing import CliRunner, Result
from hypothesis import settings
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Application, Config

from autograder import cli, isolation, nbgrader_plugins, probe
from autograder.assignment import Assignment
from autograder.audit import Auditor
from autograder.behaviour import Facts
from autograder.certificate import Certificate, Mistake
from autograder.commands import grade as grade_module
from autograder.commands import walk
from autograder.graded import Graded
from autograder.grading_process import GradingProcess
from autograder.isolation import Layers
from autograder.ledger import Entry, entry
from autograder.pool import Notebooks
from autograder.probe import breach, reached
from autograder.sandbox import Budget
from autograder.session import Session
from autograder.submission import Submission, filled
from tests.conftest import PROJECT

# the same examples at every run, and no verdict on how long they take
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

GIVEN = {
    "scaling.py": '''\
"""What the tiny assignment gives."""


class Scaling:
    """Keeps a factor."""

    def __init__(self, factor=2.0):
        self.factor = factor
'''
}
HEADER = "class Scaler(Scaling):\n    def __call__(self, x):\n"
SOLVED = f"{HEADER}        ### BEGIN SOLUTION\n        return self.factor * x\n        ### END SOLUTION\n"
STUB = f"{HEADER}        # YOUR CODE HERE\n        raise NotImplementedError()\n"
# for one factor of several, so that the others are answered
HANGING = (
    f"{HEADER}        while self.factor == 0.5:\n            pass\n        return self.factor * x\n"
)
RIGHT = f"{HEADER}        return x * self.factor\n"
IN_PLACE = f"{HEADER}        x *= self.factor\n        return x\n"  # three of four properties
IDENTITY = f"{HEADER}        return x\n"  # all but the essential one, for factor 1
THREE = (
    f"{RIGHT}    def __init__(self, factor=3.0):\n        self.factor = factor\n"  # three of four
)

SUITE = '''\
"""Four properties of a scaler."""

import pytest

from autograder import expect


@pytest.mark.essential
def test_output_is_not_the_input(submission, rng):
    """The output is not the input."""
    x = rng.normal(size=3)
    y = expect.array(submission.Scaler(2.0)(x.copy()), (3,), "output", "Scaler(2)")
    assert (x != y).all(), "the output is the input [Scaler(2)]"


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_output_is_factor_times_input(submission, rng, factor):
    """The output is factor * x, for any factor."""
    x = rng.normal(size=(2, 3))
    where = f"Scaler({factor})"
    y = expect.array(submission.Scaler(factor)(x.copy()), x.shape, "output", where)
    expect.close(y, factor * x, "output", where)


def test_default_factor_is_two(submission):
    """Without a factor, 2 is taken."""
    assert submission.Scaler().factor == 2, "factor should be 2 [Scaler()]"


def test_input_stays_as_it_is(submission, rng):
    """The input is not changed in place."""
    x = rng.normal(size=4)
    before = x.copy()
    submission.Scaler(3.0)(x)
    expect.untouched(x, before, "x", "Scaler(3)")
'''

OBSERVATIONS = """

def observe_output(submission, rng):
    return submission.Scaler(3.0)(rng.normal(size=3))


def observe_default_factor(submission):
    return submission.Scaler().factor


def observe_input_stays(submission, rng):
    x = rng.normal(size=3)
    before = x.copy()
    submission.Scaler(3.0)(x)
    return bool((x == before).all())
"""
OBSERVED = {"test_scaler.py": SUITE + OBSERVATIONS}


def wrong(answer: str, advice: str = "Mend it.", loses: str = "test_scaler") -> str:
    """Return the text of a mutant."""
    last = f"\n\nloses: {loses}" if loses else ""
    return f'"""I thought so.\n\n{advice}{last}\n"""\n\n{answer}'


MUTANTS = {  # each property is broken by one, and each is named by the observations
    "identity": wrong(IDENTITY, "Multiply by the factor."),
    "in_place": wrong(IN_PLACE, "Leave x as it is."),
    "three": wrong(THREE, "Take 2 without a factor."),
}
VARIANTS = {"turned": RIGHT}


def claimed(source: str, **claims: Any) -> NotebookNode:
    """Return a code cell with nbgrader's metadata."""
    usual = {"schema_version": 3, "locked": False, "grade": False, "solution": False}
    return new_code_cell(source, metadata={"nbgrader": usual | claims})


def notebook(*cells: NotebookNode) -> NotebookNode:
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=list(cells), metadata={"kernelspec": kernelspec})


def tiny_notebook(solution: str, points: float = 2) -> NotebookNode:
    return notebook(
        new_markdown_cell("# Scaling"),
        new_code_cell("import numpy as np\nfrom scaling import Scaling"),
        claimed(solution, solution=True, grade_id="scaler"),
        claimed("# hidden", grade=True, locked=True, grade_id="test_scaler", points=points),
    )


def make_course(
    root: Path,
    *,
    suites: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    mutants: Mapping[str, str] | None = None,
    variants: Mapping[str, str] | None = None,
    solved: str = SOLVED,
    stub: str = STUB,
    manifest: str = "",
    points: float = 2,
    **limits: float,
) -> Assignment:
    """Write a tiny course into a folder and return its assignment."""
    limit_lines = "".join(f"{name} = {value}\n" for name, value in limits.items())
    files = {
        f"tests/hidden/tiny/{name}": text
        for name, text in (suites or {"test_scaler.py": SUITE}).items()
    }
    files |= {f"source/tiny/{name}": text for name, text in (given or GIVEN).items()}
    for kind, texts in (("mutants", mutants), ("variants", variants)):
        files |= {f"tests/{kind}/tiny/{name}.py": text for name, text in (texts or {}).items()}
    files["tests/hidden/tiny/manifest.toml"] = (
        f'forbidden = ["torch"]\n{manifest}\n[limits]\n{limit_lines}'
    )
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    (root / "release" / "tiny").mkdir(parents=True, exist_ok=True)
    nbformat.write(tiny_notebook(solved, points), root / "source" / "tiny" / "tiny.ipynb")
    nbformat.write(tiny_notebook(stub, points), root / "release" / "tiny" / "tiny.ipynb")
    return Assignment(root, "tiny")


def add_item(assignment: Assignment, name: str, solved: str, stub: str, suite: str) -> Assignment:
    """Add a solution cell and its graded cell to a tiny course, and return its assignment."""
    for stage, text in (("source", solved), ("release", stub)):
        path = assignment.root / stage / "tiny" / "tiny.ipynb"
        whole = nbformat.read(path, as_version=4)
        whole.cells += [
            claimed(text, solution=True, grade_id=name),
            claimed("# hidden", grade=True, locked=True, grade_id=f"test_{name}", points=1),
        ]
        nbformat.write(whole, path)
    (assignment.hidden / f"test_{name}.py").write_text(suite, encoding="utf-8")
    return replace(assignment)  # which has read nothing yet


def handed_in(assignment: Assignment, answer: str, *sources: str) -> NotebookNode:
    """Return the release with an answer in its solution cell, and other code cells at its end."""
    solved = filled(assignment.release, {"scaler": answer})
    solved.cells += map(new_code_cell, sources)
    return solved


def mistake(name: str, *, advice: str = "Mend it.", **items: Facts) -> Mistake:
    """Return a mistake that shows these facts, is named as itself, and fails one property."""
    names = tuple(items)
    return Mistake(
        name,
        advice,
        loses=names,
        fails=dict.fromkeys(names, ("test_a",)),
        behaviour=items,
        named=dict.fromkeys(names, (name,)),
    )


def certificate(*mistakes: Mistake, **known: Any) -> Certificate:
    """Return the certificate of one item with two properties."""
    usual: dict[str, Any] = {
        "version": "v",
        "specimens": "s",
        "properties": {"test_one": ("test_a", "test_b")},
        "reference": {"test_one": {"output": "1"}},
        "variants": (),
        "defects": (),
    }
    return Certificate(mistakes=mistakes, **{**usual, **known})


class Course:
    """The tiny course under nbgrader's own interface for the Formgrader."""

    log = logging.getLogger("course")

    def __init__(self, assignment: Assignment) -> None:
        self.assignment, self.root = assignment, assignment.root
        self.url = f"sqlite:///{self.root / 'gradebook.db'}"
        config = Config()
        settings = (PROJECT / "nbgrader_config.py").read_text(encoding="utf-8")
        exec(settings, {"get_config": lambda: config})  # noqa: S102
        self.coursedir = CourseDirectory(config=config, root=str(self.root), db_url=self.url)
        self.api = NbGraderAPI(self.coursedir, config=config)
        self.converter = Autograde(coursedir=self.coursedir, parent=self.api)
        self.coursedir.assignment_id = "tiny"

    def hand_in(
        self, student: str, answer: str = RIGHT, name: str = "tiny.ipynb", stamp: str = ""
    ) -> Path:
        """Write a submission, and return its folder."""
        folder = self.submitted(student)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(handed_in(self.assignment, answer), folder / name)
        if stamp:
            (folder / "timestamp.txt").write_text(f"{stamp} UTC")
        return folder

    def grade(self, student: str = "*", *, force: bool = True) -> dict[str, Any]:
        """Grade as the Formgrader's button does."""
        return self.api.autograde("tiny", student, force=force)

    def entry(self, student: str) -> Entry:
        with Gradebook(self.url) as gradebook:
            return entry(self.assignment, gradebook, student)

    def submitted(self, student: str) -> Path:
        return self.root / "submitted" / student / "tiny"

    def graded(self, student: str) -> Path:
        return self.root / "autograded" / student / "tiny"

    def marks(self, student: str) -> tuple[float | None, float | None, bool]:
        """Return the automatic score, the one by hand, and whether a human must look."""
        with Gradebook(self.url, "deep_learning") as gradebook:
            grade = gradebook.find_grade("test_scaler", "tiny", "tiny", student)
            return grade.auto_score, grade.manual_score, bool(grade.needs_manual_grade)

    def mark_by_hand(self, student: str, score: float) -> None:
        with Gradebook(self.url, "deep_learning") as gradebook:
            gradebook.find_grade("test_scaler", "tiny", "tiny", student).manual_score = score
            gradebook.db.commit()

    def set(self, *settings: str) -> None:
        """Add lines to the course's `nbgrader_config.py`."""
        with (self.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in settings)


@contextmanager
def opened(assignment: Assignment, gradebook: Path, process: GradingProcess) -> Iterator[Course]:
    """Make a course of an assignment, in whose folder we are as long as the block lasts.

    It grades in one process, and its gradebook, a copy, knows the assignment.
    """
    shutil.copy(gradebook, assignment.root)
    shutil.copy(PROJECT / "nbgrader_config.py", assignment.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nbgrader_plugins, "warm_grader", lambda **_: process)
        course = Course(assignment)
        patch.chdir(assignment.root)
        with patch.context() as while_entering:
            while_entering.setattr(nbgrader_plugins.Application, "instance", lambda: course)
            nbgrader_plugins.enter_assignment("tiny", "*", [])
        yield course
    Application.clear_instance()  # which nbgrader makes if there is none


class OneProcess:
    """A pool whose only grading process is the one that all tests share.

    Parameters
    ----------
    process : GradingProcess
    assignments, width, layers
        As a `LocalPool` has them.
    together : int
        How many submissions it waits for before it grades them.
    order : callable
        Puts these into the order in which they are done.
    """

    together = 1
    order: Callable[..., Any] = staticmethod(list)

    def __init__(
        self,
        process: GradingProcess,
        assignments: Mapping[str, Assignment],
        width: int,
        layers: Layers,
        **_options: Any,
    ) -> None:
        self.process, self.assignments = process, assignments
        self.width = max(width, self.together)
        self.levels = frozenset({isolation.describe(layers)})
        self.waiting: list[tuple[Future[dict[str, Graded]], Notebooks]] = []

    def submit(self, notebooks: Notebooks) -> Future[dict[str, Graded]]:
        future: Future[dict[str, Graded]] = Future()
        self.waiting.append((future, notebooks))
        if len(self.waiting) >= self.together:
            for waiting, theirs in self.order(self.waiting):
                try:
                    waiting.set_result(self.grade(theirs))
                except Exception as error:  # noqa: BLE001  # as a pool's future has it
                    waiting.set_exception(error)
            self.waiting = []
        return future

    def grade(self, notebooks: Notebooks) -> dict[str, Graded]:
        return {
            name: self.process.finish(self.assignments[name], one)
            for name, one in notebooks.items()
        }

    def close(self) -> None:
        """Leave the process to the other tests."""


class NoProcess:
    """Stands for the process that a command would start, where there is one for all tests."""

    def __init__(self, **_options: Any) -> None:
        self.others: list[NoProcess] = []

    def close(self) -> None:
        """Have nothing to end."""


def grade_here(
    root: Path, process: GradingProcess, *words: str, pool: type[OneProcess] = OneProcess
) -> Result:
    """Run `autograder grade` on the tiny course in a folder, in the process of all tests."""
    Application.clear_instance()  # the Formgrader's
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "LocalPool", partial(pool, process))
        patch.setattr(grade_module, "GradingProcess", NoProcess)
        return CliRunner().invoke(cli.commands, ["grade", "tiny", "--course", str(root), *words])


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


def start_session(
    root: Path,
    answer: str = RIGHT,
    *sources: str,
    seed: int = 1,
    layers: Layers | None = None,
    **limits: float,
) -> Session:
    """Run an answer, and other code cells, in a session of a tiny course in a folder."""
    assignment = make_course(root, **limits)
    submission = Submission.from_notebook(handed_in(assignment, answer, *sources))
    budget = Budget(assignment.limits.submission_seconds)
    return Session(
        assignment, submission, budget, seed, [], reached() if layers is None else layers
    )


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
def one_process(monkeypatch: pytest.MonkeyPatch, grading_process: GradingProcess) -> None:
    """Audits share one grading process: to start one takes seconds."""
    monkeypatch.setattr(Auditor, "_process", lambda auditor: grading_process)


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
        monkeypatch.setattr(walk, "LocalPool", partial(pool, grading_process))
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
