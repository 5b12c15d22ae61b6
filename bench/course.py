"""Makes two courses with the same submissions: for stock nbgrader and for `autograder`."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from itertools import cycle
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course.assignment import Assignment
from autograder.course.specimen import Specimen, mutants, variants
from autograder.course.submission import Submission, filled
from bench.local import SEED_FILE

PROJECT = Path(__file__).resolve().parent.parent
NAME = "dropout_l2"
STAMP = "2026-01-01 12:00:00 UTC"
SEED = 7
HIDDEN = """\
### BEGIN HIDDEN TESTS
from bench.local import points

points({course!r}, {name!r}, {item!r}, globals())
### END HIDDEN TESTS
"""


def answers(count: int) -> list[dict[str, str]]:
    """Return the solution cells of a class: half of its answers right, half of them wrong.

    They are variants and mutants of the assignment, the same in each run.
    """
    assignment = Assignment(PROJECT, NAME)
    chance = random.Random(SEED)  # noqa: S311  # a class is no secret

    def shuffled(specimens: list[Specimen], cell: str) -> list[str]:
        sources = [one.source for one in specimens if one.grade_id == cell]
        return chance.sample(sources, len(sources))

    drawn = {
        cell: [
            source
            for pair in zip(
                cycle(shuffled(variants(assignment), cell)),
                shuffled(mutants(assignment), cell),
                strict=False,
            )
            for source in pair
        ]
        for cell in assignment.reference
    }
    return [
        {cell: sources[number % len(sources)] for cell, sources in drawn.items()}
        for number in range(count)
    ]


def ours(root: Path, solutions: list[dict[str, str]]) -> Path:
    """Make a course for `autograder`, with its submissions."""
    ignore = shutil.ignore_patterns("__pycache__", ".mypy_cache")
    for stage in ("source", "release", "tests/hidden", "tests/certificates"):
        shutil.copytree(PROJECT / stage, root / stage, ignore=ignore)
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    run(root, "nbgrader", "generate_assignment", NAME, "--force")
    shutil.copy(root / "gradebook.db", root / "gradebook.new")
    _hand_in(root, Assignment(root, NAME).release, solutions)
    return root


def stock(root: Path, solutions: list[dict[str, str]]) -> Path:
    """Make a course for stock nbgrader: the same notebook, and its graded cells run our suites."""
    ignore = shutil.ignore_patterns("__pycache__", ".mypy_cache")
    shutil.copytree(PROJECT / "source", root / "source", ignore=ignore)
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "stock"\nc.Execute.timeout = 300\n'
    )
    path = root / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for written, cell in zip(notebook.cells, Submission.from_notebook(notebook).cells, strict=True):
        if cell.is_item:
            written.source = HIDDEN.format(course=str(PROJECT), name=NAME, item=cell.grade_id)
    nbformat.write(notebook, path)
    run(root, "nbgrader", "generate_assignment", NAME)
    release = nbformat.read(root / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    _hand_in(root, release, solutions)
    ours = Assignment(PROJECT, NAME).release
    for number, solution in enumerate(solutions):
        seed = Submission.from_notebook(filled(ours, solution)).seed
        (_folder(root, number) / SEED_FILE).write_text(str(seed), encoding="ascii")
    return root


def renew(root: Path) -> None:
    """Put a course back into the state before grading.

    Graded files are moved, not removed: a file system is slow after removing thousands of files.
    """
    if (root / "autograded").exists():
        (root / "autograded").rename(Path(tempfile.mkdtemp(dir=root.parent)) / "autograded")
    shutil.copy(root / "gradebook.new", root / "gradebook.db")


def run(root: Path, module: str, *words: str) -> str:
    """Run a module's command in a course and return its output."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=root,
        env=environment(root),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"{module} {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        )
    return done.stdout


def environment(root: Path) -> dict[str, str]:
    """Return the environment variables of a course's commands."""
    return {**os.environ, "PYTHONPATH": str(PROJECT), "JUPYTER_CONFIG_DIR": str(root)}


def _hand_in(root: Path, release: NotebookNode, solutions: list[dict[str, str]]) -> None:
    for number, solution in enumerate(solutions):
        folder = _folder(root, number)
        folder.mkdir(parents=True)
        nbformat.write(filled(release, solution), folder / f"{NAME}.ipynb")
        (folder / "timestamp.txt").write_text(STAMP)


def _folder(root: Path, number: int) -> Path:
    return root / "submitted" / f"student-{number:05}" / NAME
