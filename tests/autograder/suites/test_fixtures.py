"""The plugin: the same suite runs on the reference and on a submission, with repeatable numbers."""

import os
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.course.submission import Submission
from autograder.results.outcome import Outcome
from autograder.sandbox import template
from autograder.sandbox.budget import Budget
from autograder.suites.context import Grading
from autograder.suites.fixtures import _reference, pytest_configure
from autograder.suites.suite import run_suites
from tests.autograder.support.tiny import IN_PLACE, RIGHT, SUITE, handed_in, make_course
from tests.conftest import PROJECT


def run_pytest(assignment, *options):
    """Run plain pytest on a course's suites; return its exit code and output."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "autograder.suites.fixtures",
            "--color=no",
            "-p",
            "no:cacheprovider",
            str(assignment.hidden),
            *options,
        ],
        cwd=PROJECT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_plain_pytest_runs_the_suites_on_the_reference(tiny):
    """Without an option, the suites judge the instructor's own solution, which is right."""
    code, output = run_pytest(tiny)
    assert (code, "5 passed" in output) == (0, True), output


def test_plain_pytest_finds_the_reference_where_the_settings_have_it(tiny):
    """nbgrader's settings in the course's folder name the folder of the source."""
    (tiny.root / "source").rename(tiny.root / "quelle")
    settings = "c = get_config()\nc.CourseDirectory.source_directory = 'quelle'\n"
    (tiny.root / "nbgrader_config.py").write_text(settings)
    code, output = run_pytest(tiny)
    assert (code, "5 passed" in output) == (0, True), output


def test_plain_pytest_runs_the_suites_on_a_submission(tiny, tmp_path):
    """With `--submission`, they judge a notebook in a sandbox: all properties but one hold."""
    path = tmp_path / "handed_in.ipynb"
    nbformat.write(handed_in(tiny, IN_PLACE), path)
    code, output = run_pytest(tiny, "--submission", str(path), "--grading-seed", "3")
    assert (code, "1 failed, 4 passed" in output) == (1, True), output
    assert "x has been changed, but should stay as it is [Scaler(3)]" in output


@pytest.mark.parametrize(("name", "text"), [("missing.ipynb", None), ("broken.ipynb", "{")])
def test_a_submission_that_cannot_be_read_is_a_usage_error(tmp_path, name, text):
    """A missing file, or one that is not a notebook, is an error of one line."""
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    config = SimpleNamespace(
        addinivalue_line=lambda name, line: None,
        getoption=lambda name, default=None: str(path),
    )
    with pytest.raises(pytest.UsageError, match=f"--submission {path}: "):
        pytest_configure(config)


def source_with(assignment, *sources):
    """Put code cells at the start of the instructor's notebook."""
    path = assignment.root / "source/tiny/tiny.ipynb"
    source = nbformat.read(path, as_version=4)
    source.cells[:0] = map(new_code_cell, sources)
    nbformat.write(source, path)


def test_the_reference_is_defined_in_this_process(tiny):
    """The reference has its classes and imports, but no demonstration of the notebook is run."""
    source_with(tiny, "shown = 1\nraise ValueError")
    running = _reference(tiny)
    names = next(running)
    assert names.Scaler(3.0)(2) == 6.0
    assert not hasattr(names, "shown")
    assert "scaling" in sys.modules
    assert list(running) == []
    assert "scaling" not in sys.modules


def test_the_reference_may_have_magics(tiny):
    """An instructor's `%matplotlib inline` does no harm."""
    source_with(tiny, "%matplotlib inline\nimport math", "!ls")
    running = _reference(tiny)
    assert next(running).math.pi > 3
    running.close()


def test_given_modules_are_forgotten_after_a_failure(tiny):
    """A reference that breaks leaves no given module behind."""
    source_with(tiny, "import no_such_library")
    with pytest.raises(AssertionError, match="no_such_library"):
        next(_reference(tiny))
    assert "scaling" not in sys.modules


SHOW = '''\
"""Shows the numbers of each property."""

import pytest


@pytest.mark.parametrize("n", [1, 2])
def test_one(submission, rng, n):
    assert n == 1, repr(rng.normal(size=3))
    raise AssertionError(repr(rng.normal(size=3)))


def test_two(submission, rng):
    raise AssertionError(repr(rng.normal(size=3)))
'''


@pytest.fixture
def numbers(tmp_path, fresh_suites):
    """A function that returns the numbers that a property draws, for a seed."""

    def draw(seed, text=SHOW):
        assignment = make_course(tmp_path, suites={"test_scaler.py": text})
        submission = Submission.from_notebook(handed_in(assignment, RIGHT))
        [item] = run_suites(assignment, Grading(submission, seed)).items
        return [result.message for result in item.properties]

    return draw


def test_numbers_depend_on_the_seed_and_the_test_alone(numbers):
    """The same seed gives each test the same numbers; another seed or test gives others."""
    first = numbers(7)
    assert first == numbers(7)
    assert len({*first, *numbers(8)}) == 4


def test_a_property_before_it_does_not_change_a_tests_numbers(tmp_path, numbers):
    """Adding a property does not change the numbers of others."""
    more = SHOW.replace("def test_two", "def test_new(rng):\n    rng.normal()\n\n\ndef test_two")
    before = numbers(7)
    (tmp_path / "tests/hidden/tiny/test_scaler.py").unlink()
    for name in [name for name in sys.modules if name == "test_scaler"]:
        del sys.modules[name]
    assert [message for message in numbers(7, more) if message] == before


@pytest.mark.usefixtures("fresh_suites")
def test_suites_of_one_submission_share_its_time_and_what_was_found(tmp_path):
    """Later workers skip a statement that hung in the first."""
    suites = {"test_scaler.py": SUITE, "test_more.py": SUITE}
    assignment = make_course(tmp_path, suites=suites, statement_seconds=0.4)
    submission = Submission.from_notebook(handed_in(assignment, RIGHT, "while True: pass"))
    grading = Grading(submission, 1)
    run = run_suites(assignment, grading)
    assert run.items[0].points == 2.0
    assert grading.skip == [(2, 1)]
    assert run.remarks == ["code cell 4, line 1: skipped: it did not finish"]
    assert isinstance(grading.budget, Budget)
    assert grading.budget.left < assignment.limits.submission_seconds


@pytest.mark.usefixtures("fresh_suites")
def test_a_worker_that_cannot_be_started_is_our_fault(tiny, monkeypatch):
    """Without a sandbox no property runs, and none of them fails."""
    monkeypatch.setattr(template, "BOOT", "raise SystemExit(4)")
    template.forget_templates()
    run = run_suites(tiny, Grading(Submission.from_notebook(handed_in(tiny, RIGHT)), 1))
    assert {p.outcome for p in run.items[0].properties} == {Outcome.NOT_RUN}
    assert "SandboxError: a worker did not start" in run.faults[0]
