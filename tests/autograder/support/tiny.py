"""The tiny assignment: one notebook, one item of four properties, one given module."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.adopt.module_form import ModuleForm
from autograder.course.answer_file import as_file
from autograder.course.assignment import Assignment
from autograder.course.submission import Submission, filled
from autograder.sandbox.budget import Budget
from autograder.sandbox.isolation import Layers
from autograder.sandbox.probe import reached
from autograder.session.session import Session

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

from autograder.kit import expect


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
RUBRIC = """\
[test_scaler.scales]
weight = 60
sentence = "The output is the factor times the input."

[test_scaler.default]
weight = 30
sentence = "The factor is 2 by default."

[test_scaler.keeps]
weight = 10
manners = true
sentence = "It keeps to itself."
"""
CRITERION_OF = {
    "test_output_is_not_the_input": "scales",
    "test_output_is_factor_times_input": "scales",
    "test_default_factor_is_two": "default",
    "test_input_stays_as_it_is": "keeps",
}


def add_rubric(assignment: Assignment) -> Assignment:
    """Give the four properties of a tiny course three criteria, and return its assignment."""
    suite = assignment.hidden / "test_scaler.py"
    text = suite.read_text(encoding="utf-8")
    for name, criterion in CRITERION_OF.items():
        text = text.replace(f"def {name}(", f'@pytest.mark.criterion("{criterion}")\ndef {name}(')
    suite.write_text(text, encoding="utf-8")
    (assignment.hidden / "rubric.toml").write_text(RUBRIC, encoding="utf-8")
    return replace(assignment)  # which has read nothing yet


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
    for stage in ("source", "release"):
        files |= {f"{stage}/tiny/{name}": text for name, text in (given or GIVEN).items()}
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


def in_files(assignment: Assignment) -> Assignment:
    """Put the answer of a tiny course into a file, `scaler.py`, and return its assignment."""
    form = ModuleForm(assignment, assignment.name)
    [(path, solved)] = form.files.items()
    for stage, text in (("source", solved), ("release", as_file(solved, STUB))):
        folder = assignment.root / stage / assignment.name
        (folder / path).write_text(text, encoding="utf-8")
        nbformat.write(form.notebook, folder / "tiny.ipynb")
    return replace(assignment)  # which has read nothing yet


def handed_in(assignment: Assignment, answer: str, *sources: str) -> NotebookNode:
    """Return the release with an answer in its solution cell, and other code cells at its end."""
    solved = filled(assignment.release, {"scaler": answer})
    solved.cells += map(new_code_cell, sources)
    return solved


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
