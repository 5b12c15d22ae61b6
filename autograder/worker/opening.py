"""The opening of a notebook: the released cells before the first answer, run once for all workers.

A notebook spends most of its time there, on imports and data. So the template runs these cells
before it forks its workers. But a fork copies no open file and no thread, and a worker must not
gain anything that it is refused. So a confined child of the template tries the cells first. The
template runs only the cells that leave nothing but names behind, and that fail in the same way.
"""

import contextlib
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from autograder.worker import chance
from autograder.worker.absent import policy
from autograder.worker.cells import Notebook, Remark, compiled
from autograder.worker.given import GivenModules

SEED = 0  # for given cells that draw random numbers without a seed


@dataclass(frozen=True)
class Opening:
    """What all workers of an assignment begin with."""

    given: tuple[tuple[str, str], ...] = ()  # the path and the text of each given module
    forbidden: tuple[str, ...] = ()  # the libraries that graded code may not touch
    cells: tuple[str, ...] = ()  # the released code cells before the first answer
    # the number and the text of each released code cell after it
    later: tuple[tuple[int, str], ...] = ()

    def prepare(self) -> None:
        """Set the given modules and the forbidden libraries, and compile the later cells."""
        policy.forbidden = frozenset(self.forbidden)
        sys.meta_path.insert(0, GivenModules(dict(self.given)))
        for number, source in self.later:
            with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                compiled(f"<cell {number}>", source, 0)

    def try_out(self) -> tuple[int, list[Remark]]:
        """Run the cells in a process of their own.

        Returns
        -------
        count : int
            The number of cells, from the first on, that leave nothing but names behind.
        remarks : list of Remark
            The remarks on these cells.
        """
        notebook = self.run(0)
        own = Path.cwd()
        before = _surroundings(own)
        remarks: list[Remark] = []
        for number, source in enumerate(self.cells):
            _run(notebook, number, source)
            if _surroundings(own) != before:
                return number, remarks
            remarks = [*notebook.remarks]
        return len(self.cells), remarks

    def run(self, count: int) -> Notebook:
        """Return a new notebook in which the first `count` cells have been run."""
        chance.fix(SEED)
        notebook = Notebook()
        sys.modules["__main__"] = notebook.module
        for number, source in enumerate(self.cells[:count]):
            _run(notebook, number, source)
        return notebook


def _run(notebook: Notebook, number: int, source: str) -> None:
    notebook.run(
        [{"source": source, "role": "given"}],
        set(),
        lambda cell, line: None,
        definitions_only=False,
        first=number,
    )


def _surroundings(own: Path) -> tuple[object, ...]:
    """Return what a cell can change besides names: folders, threads, open files."""
    free = os.dup(0)  # the lowest number that no open file has
    os.close(free)
    return Path.cwd(), [*own.iterdir()], threading.active_count(), free
