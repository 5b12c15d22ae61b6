"""The one grading process of all tests, in the place of those that a command would start."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from traitlets.config import Application

from autograder import cli
from autograder.commands import class_grading
from autograder.commands import grade as grade_module
from autograder.course.assignment import Assignment
from autograder.grading.graded import Graded
from autograder.grading.process import GradingProcess
from autograder.intake.handed_in import Notebooks
from autograder.sandbox import isolation
from autograder.sandbox.isolation import Layers


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

    def import_faults(self) -> Future[list[str]]:
        future: Future[list[str]] = Future()
        each = self.assignments.values()
        future.set_result([f for one in each for f in self.process.import_faults(one)])
        return future

    def submit(self, notebooks: Notebooks) -> Future[dict[str, Graded]]:
        future: Future[dict[str, Graded]] = Future()
        self.waiting.append((future, notebooks))
        if len(self.waiting) >= self.together:
            for waiting, theirs in self.order(self.waiting):
                try:
                    waiting.set_result(self.grade(theirs))
                except Exception as error:  # noqa: BLE001  # any: it is for whoever awaits the future
                    waiting.set_exception(error)
            self.waiting = []
        return future

    def grade(self, notebooks: Notebooks) -> dict[str, Graded]:
        return {
            name: self.process.grade_file(self.assignments[name], one)
            for name, one in notebooks.items()
        }

    def close(self) -> None:
        """Leave the process to the other tests."""


class NoProcess:
    """Stands for the process that a command would start, where there is one for all tests."""

    @classmethod
    def start(cls, count: int, on_line: Callable[[str], None]) -> list["NoProcess"]:
        return [cls() for _ in range(count)]

    def begin(self, load: Assignment | None, count: int) -> None:
        """Have nothing to load."""

    def close(self) -> None:
        """Have nothing to end."""


def grade_here(
    root: Path | None, process: GradingProcess, *words: str, pool: type[OneProcess] = OneProcess
) -> Result:
    """Run `autograder grade` on the tiny course, here or in a folder, in the process of all tests."""
    place = () if root is None else ("--course", str(root))
    Application.clear_instance()  # the Formgrader's
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(class_grading, "LocalPool", partial(pool, process))
        patch.setattr(grade_module, "GradingProcess", NoProcess)
        return CliRunner().invoke(cli.commands, ["grade", "tiny", *place, *words])
