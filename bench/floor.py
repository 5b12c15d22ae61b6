"""The floor: what grading costs without isolation.

`python -m bench.floor COURSE NAME WORKERS` loads PyTorch and the suites once, then forks for each
submission; the child runs the student's own statements and the suites, and ends. It prints the
points as JSON.
"""

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from itertools import zip_longest
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course.assignment import Assignment
from autograder.course.submission import Submission, filled
from autograder.suites import fixtures
from autograder.worker.absent import AbsentFinder
from autograder.worker.cells import Notebook
from autograder.worker.given import GivenModules
from bench.local import PLAIN, Judge


class Floor:
    """A pytest plugin whose test loop forks for each submission.

    Parameters
    ----------
    assignment : Assignment
    judge : Judge
    paths : list of Path
        Of the notebooks.
    """

    def __init__(self, assignment: Assignment, judge: Judge, paths: list[Path]) -> None:
        self.assignment = assignment
        self.judge = judge
        self.paths = paths
        self.points: dict[str, dict[str, float]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Grade the reference in this process, to warm up, and each submission in a child."""
        reference = filled(self.assignment.release, self.assignment.reference)
        with redirect_stdout(io.StringIO()):
            self._run(session, reference)
        for path in self.paths:
            reading, writing = os.pipe()
            if not os.fork():
                try:
                    self._grade(session, path, writing)
                finally:
                    os._exit(0)
            os.close(writing)
            with os.fdopen(reading) as answer:
                self.points[path.parents[1].name] = json.loads(answer.read())
            os.wait()
        return True

    def _grade(self, session: pytest.Session, path: Path, writing: int) -> None:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        self._run(session, nbformat.read(path, as_version=4))
        os.write(writing, json.dumps(self.judge.points(self.assignment)).encode())

    def _run(self, session: pytest.Session, submitted: nbformat.NotebookNode) -> None:
        submission = Submission.from_notebook(submitted)
        notebook = Notebook()
        cells: list[Any] = [
            {"source": code.python, "role": self.assignment.role(cell, code)}
            for cell, code in zip(submission.cells, submission.codes, strict=True)
            if cell.kind == "code" and not cell.grade
        ]
        with _as_in_a_worker(self.assignment.given):
            notebook.run(cells, set(), lambda cell, line: None, definitions_only=False)
        names = {**notebook.module.__dict__, **notebook.given, **notebook.answers}
        self.judge.judge(names, submission.seed)
        for item, following in zip_longest(session.items, session.items[1:]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


@contextmanager
def _as_in_a_worker(given: dict[str, str]) -> Iterator[None]:
    """Allow the given modules and NumPy, and no other library, so that no figure is drawn."""
    other = {name: sys.modules.pop(name) for name in [*sys.modules] if _is_other(name)}
    finders: list[Any] = [GivenModules(given), AbsentFinder()]
    sys.meta_path[:0] = finders
    try:
        yield
    finally:
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder not in finders]
        for name in [name for name in sys.modules if _is_other(name) and name not in given]:
            del sys.modules[name]
        sys.modules.update(other)


def _is_other(name: str) -> bool:
    root = name.partition(".")[0]
    return root not in {"numpy", "__main__", "autograder", "bench", *sys.stdlib_module_names}


def main() -> None:
    """Grade a class in several processes; each forks for its share of submissions."""
    root, name, workers = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    assignment = Assignment(root, name)
    paths = sorted(root.glob(f"submitted/*/{name}/*.ipynb"))
    for share in range(1, workers):
        if not os.fork():
            _print(_grade(assignment, paths[share::workers]))
            os._exit(0)
    _print(_grade(assignment, paths[::workers]))
    for _ in range(1, workers):
        os.wait()


def _print(points: dict[str, dict[str, float]]) -> None:
    sys.stdout.write(json.dumps(points) + "\n")
    sys.stdout.flush()


def _grade(assignment: Assignment, paths: list[Path]) -> dict[str, dict[str, float]]:
    judge = Judge()
    floor = Floor(assignment, judge, paths)
    suites = [str(assignment.suite(item)) for item in assignment.items]
    pytest.main([*PLAIN, *suites], plugins=[fixtures, judge, floor])
    return floor.points


if __name__ == "__main__":
    main()
