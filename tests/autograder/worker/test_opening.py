"""The opening: given cells run once for all workers, which changes nothing but the time."""

import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.course.submission import Submission
from autograder.sandbox.budget import Budget
from autograder.sandbox.probe import reached
from autograder.sandbox.sandbox import StudentError
from autograder.sandbox.template import forget_templates
from autograder.session.session import Session
from autograder.worker.absent import policy
from autograder.worker.cells import Notebook, compiled
from autograder.worker.confinement import Layer
from autograder.worker.opening import Opening
from tests.autograder.support.tiny import RIGHT, claimed, handed_in, make_course


@pytest.fixture
def opened(tmp_path):
    """A function that starts a session of an assignment with some given cells before the answer."""
    sessions = []

    def start(*given, answer=RIGHT, above=None, seed=1, layers=None, **limits):
        assignment = make_course(tmp_path, **limits)
        cells = [claimed(text, locked=True, grade_id=f"given{n}") for n, text in enumerate(given)]
        for stage in ("source", "release"):
            path = tmp_path / stage / "tiny" / "tiny.ipynb"
            whole = nbformat.read(path, as_version=4)
            imports = whole.cells.pop(1)
            whole.cells[:0] = [claimed(imports.source, locked=True, grade_id="imports"), *cells]
            nbformat.write(whole, path)
        submitted = handed_in(assignment, answer)
        if above is not None:
            submitted.cells.insert(0, new_code_cell(above))
        sessions.append(
            Session(
                assignment,
                Submission.from_notebook(submitted),
                Budget(60.0),
                seed,
                [],
                reached() if layers is None else layers,
            )
        )
        return sessions[-1]

    yield start
    for one in sessions:
        one.close()


def test_what_is_given_is_run_once_for_all(opened):
    """All workers have the same numbers, for any seed of their own."""
    given = "import random\ndrawn = random.random()"
    answer = f"{RIGHT}\nown = random.random()"
    one = opened(given, answer=answer, seed=1)
    forget_templates()
    other = opened(given, answer=answer, seed=2)
    assert one.sandbox.opened == other.sandbox.opened == 2
    assert one.namespace.drawn == other.namespace.drawn
    assert one.namespace.own != other.namespace.own


def test_no_worker_sees_what_another_makes_of_it(opened):
    """Each worker has its own copy of a given list."""
    answer = f"{RIGHT}\nshared.append(3)"
    assert opened("shared = []", answer=answer).namespace.shared == [3]
    assert opened("shared = []", answer=answer).namespace.shared == [3]


@pytest.mark.parametrize(
    "given",
    [
        "open('kept.txt', 'w').write('kept')",
        "kept = open('/dev/zero')",
        "import os\nos.chdir('/')",
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
    ],
    ids=["a file", "an open file", "a folder", "a thread"],
)
def test_what_a_fork_does_not_copy_is_each_workers_own(opened, given):
    """Each worker runs the cells itself from the first one that leaves more than names behind."""
    running = opened("a = 1", given, "b = a + 1")
    assert running.sandbox.opened == 2  # the imports, and `a`
    assert running.namespace.b == 2
    assert running.remarks == []


def test_a_file_that_is_given_is_there_for_the_answer(opened):
    """The file lies in the worker's own folder."""
    answer = f"{RIGHT}\nfound = open('kept.txt').read()"
    assert (
        opened("with open('kept.txt', 'w') as file: file.write('a')", answer=answer).namespace.found
        == "a"
    )


def test_what_is_refused_to_a_worker_is_not_had_from_elsewhere(opened, layers):
    """If a given cell would get more outside of a worker, each worker runs it itself."""
    if Layer.LANDLOCK not in layers:
        pytest.skip("without Landlock, a worker sees all files that the template sees")
    running = opened("import os", "names = os.listdir('/')", layers=layers)
    assert running.sandbox.opened == 0
    with pytest.raises(StudentError, match="names is not defined"):
        _ = running.namespace.names


def test_what_fails_everywhere_does_not_keep_the_rest(opened):
    """A given cell that needs an absent library is skipped, as in a worker."""
    given = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\nafter = 1"
    running = opened(given)
    assert running.sandbox.opened == 2
    assert running.namespace.after == 1
    with pytest.raises(StudentError, match="axes is not defined"):
        _ = running.namespace.axes


@pytest.mark.parametrize(
    ("given", "verb"),
    [("while True: pass", "did not finish"), ("import os; os._exit(3)", "ended the process")],
)
def test_what_never_ends_is_left_to_the_workers(opened, given, verb):
    """Each worker finds it, and skips it with a remark."""
    running = opened(given, "after = 1", statement_seconds=0.3)
    assert running.sandbox.opened == 0
    assert running.remarks == [f"cell `given0`, line 1: skipped: it {verb}"]
    assert running.namespace.after == 1


def test_the_given_cells_after_it_are_compiled_once_for_all(monkeypatch):
    """A worker compiles only the answer."""
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setattr(policy, "forbidden", policy.forbidden)
    answer, given = "answer = 1", "later = answer + 1"
    Opening(later=((1, given),)).prepare()
    before = compiled.cache_info().misses
    cells = [{"source": answer, "role": "answer"}, {"source": given, "role": "given"}]
    Notebook().run(cells, set(), lambda cell, line: None, definitions_only=False)
    assert compiled.cache_info().misses == before + 1


def test_a_cell_of_the_students_own_above_sees_nothing_of_it(opened):
    """If the notebook begins differently, all of it runs, in order."""
    running = opened("shared = [1]", above="early = 'shared' in globals()\nshared = [2]")
    assert running.sandbox.opened == 2
    assert running.namespace.early is False
    assert running.namespace.shared == [1]
