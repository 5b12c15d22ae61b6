"""Surroundings: what stands in the caller's shell, folder or home changes no grade."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from autograder.grading.process import GradingProcess
from autograder.results.report import Status
from tests.autograder.support.tiny import IDENTITY, IN_PLACE, RIGHT, SUITE, handed_in, make_course

# what an honest grader gives
POINTS = {RIGHT: 2.0, IN_PLACE: 1.5, IDENTITY: 0.0}
SHADOW = "raise ImportError('this module is not the library')\n"
# passes every property: the assertions of suites and kit are gone
EVERYTHING_HOLDS = """
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    try:
        return (yield)
    except Exception:
        return True
"""
VARIABLES = {
    "options": {"PYTEST_ADDOPTS": "-k 'not input'"},
    "verbosity": {"PYTEST_ADDOPTS": "-v -x"},
    "plugins": {"PYTEST_PLUGINS": "all_pass"},
    "assertions": {"PYTHONOPTIMIZE": "2"},
    "python": {
        "PYTHONHASHSEED": "7",
        "PYTHONHOME": "/nonexistent",
        "PYTHONSTARTUP": "/nonexistent",
        "PYTHONWARNINGS": "error",
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
        "PYTHONVERBOSE": "1",
        "PYTHONINSPECT": "1",
        "PYTHONMALLOC": "debug",
        "PYTHONPROFILEIMPORTTIME": "1",
    },
    "system": {
        "COLUMNS": "1",
        "HOME": "/nonexistent",
        "LANG": "tr_TR.ISO-8859-9",
        "LC_ALL": "C",
        "TMPDIR": "/nonexistent",
        "TZ": "Pacific/Kiritimati",
    },
    "libraries": {
        "NPY_DISABLE_CPU_FEATURES": "AVX2",
        "OMP_NUM_THREADS": "64",
        "OPENBLAS_NUM_THREADS": "64",
        "PYTEST_DEBUG": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "",
        "TORCH_LOGS": "+all",
    },
}


def points_here(assignment):
    """Return what a new grading process gives each answer."""
    with closing(GradingProcess()) as process:
        reports = {
            answer: process.grade_notebook(assignment, handed_in(assignment, answer))
            for answer in POINTS
        }
    assert {report.status for report in reports.values()} == {Status.GRADED}
    return {answer: report.points for answer, report in reports.items()}


@pytest.fixture
def shadowed(tmp_path, monkeypatch):
    """A folder with modules and settings that a grading process must not find, on the path."""
    folder = tmp_path / "shell"
    folder.mkdir()
    for name in ("numpy", "torch", "pytest", "json", "sitecustomize", "usercustomize", "expect"):
        (folder / f"{name}.py").write_text(SHADOW)
    for name in ("all_pass", "conftest"):
        (folder / f"{name}.py").write_text(EVERYTHING_HOLDS)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -k 'not input'\n")
    (folder / "tox.ini").write_text("[pytest]\naddopts = -p all_pass\n")
    (folder / "setup.cfg").write_text("[tool:pytest]\naddopts = -p all_pass\n")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-p all_pass'\n")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.mark.parametrize("variables", VARIABLES.values(), ids=VARIABLES)
def test_no_variable_of_the_shell_changes_a_grade(tiny, shadowed, monkeypatch, variables):
    """Each answer gets its points, whatever the grader's shell has set."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert points_here(tiny) == POINTS


def test_no_file_above_the_suites_or_in_the_working_directory_changes_a_grade(
    tiny, shadowed, monkeypatch
):
    """Settings of pytest count where a developer runs pytest, and not where a class is graded."""
    monkeypatch.delenv("PYTHONPATH")
    for folder in (tiny.root, tiny.root / "tests", tiny.hidden.parent):
        for path in shadowed.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(shadowed)
    assert points_here(tiny) == POINTS


def test_a_suite_finds_the_course_wherever_the_command_was_started(tmp_path, monkeypatch):
    """It runs in the course's folder, even where the caller's own folder is gone."""
    suite = f"{SUITE}\n\ndef test_folder():\n    import os\n    assert os.getcwd() == {str(tmp_path)!r}\n"
    assignment = make_course(tmp_path, suites={"test_scaler.py": suite})
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert points_here(assignment) == {RIGHT: 2.0, IN_PLACE: 1.6, IDENTITY: 0.0}


@pytest.fixture
def _strict_umask():
    before = os.umask(0o777)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_strict_umask")
def test_no_umask_changes_a_grade(tmp_path):
    """What an answer writes it can read, under the strictest umask of the caller's."""
    os.umask(0o077)
    writes = RIGHT.replace(
        "        return",
        "        with open('note', 'w') as note: note.write('x')\n"
        "        with open('note') as note: note.read()\n        return",
    )
    assignment = make_course(tmp_path)
    os.umask(0o777)
    with closing(GradingProcess()) as process:
        assert process.grade_notebook(assignment, handed_in(assignment, writes)).points == 2.0


CLOSED = """
import os, sys
os.close(0), os.close(1), os.close(2)
from pathlib import Path
from autograder.course.assignment import Assignment
from autograder.grading.process import GradingProcess
from tests.autograder.support.tiny import RIGHT, handed_in
assignment = Assignment(Path(sys.argv[1]), "tiny")
report = GradingProcess().grade_notebook(assignment, handed_in(assignment, RIGHT))
Path("points").write_text(str(report.points))
"""


def test_closed_standard_streams_change_no_grade(tiny):
    """As a service or a shell may leave them."""
    subprocess.run(
        [sys.executable, "-c", CLOSED, str(tiny.root)],
        cwd=tiny.root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        check=True,
    )
    assert (tiny.root / "points").read_text() == "2.0"


def test_the_same_names_are_in_the_same_order_in_each_worker(tiny):
    """A set of names has one order: the hash of a text does not depend on the process."""
    code = f"{RIGHT}    def __init__(self):\n        self.factor = hash('name')\n"
    suite = (
        "def test_hash(submission):\n    raise AssertionError(str(submission.Scaler().factor))\n"
    )
    (tiny.hidden / "test_scaler.py").write_text(suite)
    messages = set()
    for _ in range(2):
        with closing(GradingProcess()) as process:
            report = process.grade_notebook(tiny, handed_in(tiny, code))
        messages.add(report.items[0].properties[0].message)
    assert len(messages) == 1
