"""Loaded suites: they serve many submissions, until they change or end pytest."""

import gc
import re
import weakref

import pytest

from autograder.course.submission import Submission
from autograder.results.outcome import Outcome
from autograder.sandbox.probe import reached
from autograder.suites.context import Grading
from autograder.suites.loaded_suites import import_faults, run_functions
from autograder.suites.result_collector import ResultCollector
from autograder.suites.suite import run_suites
from tests.autograder.support.tiny import RIGHT, SUITE, handed_in, make_course

pytestmark = pytest.mark.usefixtures("fresh_suites")
START = "from autograder.kit import expect\nimport pytest\n\n"
GOOD = 'def test_good(submission):\n    """It is there."""\n    submission.Scaler\n\n\n'


@pytest.fixture
def run(tmp_path):
    """A function that runs a course's present suite on an answer."""

    def run_suite(answer, suite):
        assignment = make_course(tmp_path, suites={"test_scaler.py": START + suite})
        return run_suites(assignment, grading(assignment, answer))

    return run_suite


def grading(assignment, answer=RIGHT):
    return Grading(Submission.from_notebook(handed_in(assignment, answer)), seed=5)


def outcomes(ran):
    [item] = ran.items
    return {result.name: result.outcome for result in item.properties}


NOT_IMPORTED = {  # its file, its text, and what is said of it
    "import": (
        "test_scaler.py",
        "import no_such_module\n",
        r"test_scaler.py, line 1: ModuleNotFoundError: No module named 'no_such_module': mend",
    ),
    "name": (
        "test_scaler.py",
        "\nnonsense\n",
        r"test_scaler.py, line 2: NameError: name 'nonsense",
    ),
    "cases": (
        "test_scaler.py",
        f"{START}@pytest.mark.parametrize('y', [1])\ndef test_x():\n    pass\n",
        r"test_scaler.py: .*In test_x: function uses no argument 'y'",
    ),
    "skip": (
        "test_scaler.py",
        f"{START}pytest.skip('later', allow_module_level=True)\n",
        r"test_scaler.py must have a property to run, but skips itself",
    ),
    "conftest": ("conftest.py", "1 / 0\n", r"conftest.py, line 1: ZeroDivisionError: division"),
    "end": (
        "test_scaler.py",
        "raise SystemExit(3)\n",
        r"test_scaler.py, line 1: SystemExit: 3: mend that line",
    ),
}


@pytest.mark.parametrize(("name", "text", "told"), NOT_IMPORTED.values(), ids=NOT_IMPORTED)
def test_a_suite_that_cannot_be_imported_is_one_line(tmp_path, capfd, name, text, told):
    """The line has the file, the line number and the remedy, without pytest's traceback."""
    assignment = make_course(tmp_path, suites={"test_scaler.py": SUITE, name: text})
    [fault] = import_faults(assignment, reached())
    assert re.search(told, fault)
    assert str(tmp_path) not in fault
    assert "\n" not in fault
    assert "Traceback" not in capfd.readouterr().err


def test_suites_that_can_be_imported_have_no_faults(tiny):
    """No function is run to find this out."""
    assert import_faults(tiny, reached()) == []


COUNTS = (
    "loaded = []\n\n\n"
    + GOOD
    + "def test_once():\n    loaded.append(1)\n    assert len(loaded) == {}\n"
)


def test_suites_are_loaded_once_and_anew_when_they_change(tmp_path):
    """A module keeps its state for the next submission, until its file changes."""
    assignment = make_course(tmp_path, suites={"test_scaler.py": START + COUNTS.format(2)})
    for passed in (False, True, False):
        ran = run_suites(assignment, grading(assignment))
        assert (outcomes(ran)["test_once"] is Outcome.PASSED) == passed
    changed = make_course(tmp_path, suites={"test_scaler.py": START + COUNTS.format(1)})
    assert outcomes(run_suites(changed, grading(changed)))["test_once"] is Outcome.PASSED


def test_only_what_is_asked_for_is_run(tiny):
    """Only functions with the prefix, in the suites of the items, are run."""
    seen = []

    class Watcher(ResultCollector):
        def call(self, function):
            seen.append(function.originalname)
            return True

        def take(self, function, call):
            assert call.excinfo is None

    suite = tiny.hidden / "test_scaler.py"
    suite.write_text(f"{START}{GOOD}def observe_it(submission):\n    pass\n")
    for items, prefix in ((tiny.items, "observe_"), ([], "test_"), (tiny.items, "test_")):
        assert run_functions(tiny, grading(tiny), items, prefix, Watcher()) == []
    assert seen == ["observe_it", "test_good"]


def test_nothing_of_a_submission_is_kept(tiny):
    """A run keeps nothing: a class needs no more memory than its largest submission."""
    takers = []

    class Watcher(ResultCollector):
        def __init__(self):
            takers.append(weakref.ref(self))

        def take(self, function, call):
            assert call.excinfo is None

    for _ in range(3):
        run_functions(tiny, grading(tiny), tiny.items, "test_", Watcher())
    gc.collect()
    assert [taker() for taker in takers[:-1]] == [None, None]


def test_the_projects_own_settings_do_not_matter(run, tmp_path, monkeypatch, capfd):
    """A configuration file beside the suites is ignored, and the console is not changed."""
    (tmp_path / "pytest.ini").write_text("[pytest]\npython_functions = nothing\n")
    monkeypatch.chdir(tmp_path)
    ran = run(RIGHT, GOOD)
    assert outcomes(ran) == {"test_good": Outcome.PASSED}
    assert capfd.readouterr() == ("", "")


def test_suites_that_end_pytest_hold_the_grade(run):
    """No property ran, the operator gets a message, and new suites grade the next submission."""
    ran = run(RIGHT, "def test_it(submission):\n    pytest.exit('enough')\n")
    assert ran.items[0].points is None
    assert "the suites ended pytest" in ran.faults[0]
    assert run(RIGHT, GOOD).items[0].points == 2.0
