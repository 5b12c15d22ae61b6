"""Assignments: read from their folders, with a remedy for each thing that is missing."""

import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.code.magic import CellCode
from autograder.course import engine_version
from autograder.course.assignment import Assignment, AssignmentError, Item
from autograder.course.submission import Cell, Submission
from tests.autograder.support.tiny import (
    GIVEN,
    RIGHT,
    SOLVED,
    STUB,
    SUITE,
    claimed,
    make_course,
    notebook,
)


def anew(assignment):
    """Return the assignment as another process finds it."""
    return Assignment(assignment.root, assignment.name)


def test_an_assignment_is_what_its_folders_hold(tiny):
    """Items, stubs, reference, given modules and forbidden libraries come from the files."""
    assert tiny.items == [Item("test_scaler", 2.0)]
    assert tiny.stubs == {"scaler": STUB}
    assert tiny.reference == {"scaler": SOLVED}
    assert tiny.given == GIVEN
    assert tiny.forbidden == ("torch",)
    assert tiny.suite(tiny.items[0]) == tiny.root / "tests/hidden/tiny/test_scaler.py"


def test_given_modules_are_found_in_packages(tmp_path):
    """Packages beside the notebook are given with their paths, and nothing else is."""
    given = GIVEN | {"deep/__init__.py": "", "deep/er/inner.py": "X = 1\n", "data.txt": "no module"}
    assignment = make_course(tmp_path, given=given)
    assert sorted(assignment.given) == ["deep/__init__.py", "deep/er/inner.py", "scaling.py"]


def test_cells_graded_by_hand_are_no_items(tiny):
    """A cell that is both solution and graded is for a reader, and needs no suite."""
    cells = notebook(
        claimed("essay", grade_id="essay", grade=True, solution=True, points=5),
        claimed("# hidden", grade_id="test_scaler", grade=True, points=1),
    )
    nbformat.write(cells, tiny.root / "source/tiny/tiny.ipynb")
    assert tiny.items == [Item("test_scaler", 1.0)]


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        (Cell("code", RIGHT, "scaler", solution=True), "answer"),
        (Cell("code", RIGHT, "scaler", solution=True, locked=True), "answer"),
        (Cell("code", STUB, "scaler", solution=True), "stub"),
        (Cell("code", f"\n\n{STUB}  \n", "scaler", solution=True), "stub"),
        (Cell("code", RIGHT, "scaler"), "own"),
        (Cell("code", RIGHT, "other", solution=True), "own"),
        (Cell("code", RIGHT), "own"),
        (Cell("code", RIGHT, "imports", locked=True), "given"),
    ],
)
def test_a_cell_has_the_role_that_the_release_gives_it(tiny, cell, role):
    """A filled-in solution cell is an answer, an unchanged one a stub, a locked one given."""
    assert tiny.role(cell, CellCode(cell.source)) == role


@pytest.mark.parametrize(
    ("stage", "attribute", "remedy"),
    [
        ("release", "release", "run `nbgrader generate_assignment tiny --force`"),
        ("source", "source", "write the assignment's notebook there"),
    ],
)
def test_a_missing_notebook_comes_with_its_remedy(tiny, stage, attribute, remedy):
    """Without its folder, or the notebook in it, an assignment says what to do."""
    (tiny.root / stage / "tiny" / "tiny.ipynb").unlink()
    for _ in range(2):
        with pytest.raises(AssignmentError) as caught:
            getattr(anew(tiny), attribute)
        assert f"{stage}/tiny must hold one notebook, got none: {remedy}" in str(caught.value)
        shutil.rmtree(tiny.root / stage / "tiny", ignore_errors=True)


def test_of_two_notebooks_one_must_be_named(tiny):
    """Two notebooks are one too many, unless the assignment says which one is meant."""
    folder = tiny.root / "source" / "tiny"
    shutil.copy(folder / "tiny.ipynb", folder / "other.ipynb")
    with pytest.raises(AssignmentError, match=r"got other.ipynb, tiny.ipynb: .* grades several"):
        _ = tiny.source
    assert Assignment(tiny.root, "tiny", "tiny").items == [Item("test_scaler", 2.0)]
    with pytest.raises(AssignmentError, match="must hold third.ipynb"):
        _ = Assignment(tiny.root, "tiny", "third").source


def test_a_missing_suite_comes_with_its_remedy(tiny):
    """Each graded cell needs the suite of its name."""
    (tiny.hidden / "test_scaler.py").unlink()
    with pytest.raises(AssignmentError, match=r"test_scaler.py not found: write a suite"):
        _ = tiny.items


def write(assignment, path, text):
    (assignment.root / path).write_text(text)


def change_points(assignment, points):
    path = assignment.root / "source/tiny/tiny.ipynb"
    cells = nbformat.read(path, as_version=4)
    cells.cells[3].metadata.nbgrader.points = points
    nbformat.write(cells, path)


def change_stub(assignment):
    path = assignment.root / "release/tiny/tiny.ipynb"
    cells = nbformat.read(path, as_version=4)
    cells.cells[2].source += "\n# more"
    nbformat.write(cells, path)


CHANGES = {
    "suite": lambda a: write(a, "tests/hidden/tiny/test_scaler.py", SUITE + "\n"),
    "conftest": lambda a: write(a, "tests/hidden/tiny/conftest.py", ""),
    "manifest": lambda a: write(a, "tests/hidden/tiny/manifest.toml", "[limits]\n"),
    "given": lambda a: write(a, "source/tiny/scaling.py", GIVEN["scaling.py"] + "\n"),
    "another given": lambda a: write(a, "source/tiny/more.py", ""),
    "data of a suite": lambda a: write(a, "tests/hidden/tiny/expected.csv", "1"),
    "points": lambda a: change_points(a, 3),
    "given cell": change_stub,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_version_changes_with_what_a_verdict_depends_on(tiny, change):
    """Another suite, given module, limit or number of points is another version."""
    before = tiny.version
    change(tiny)
    assert anew(tiny).version != before


def add_cell(assignment, stage):
    path = assignment.root / stage / "tiny/tiny.ipynb"
    cells = nbformat.read(path, as_version=4)
    cells.cells.append(new_code_cell("# more"))
    cells.cells[0].source = "# Another title"
    nbformat.write(cells, path)


def leave_checkpoints(assignment):
    for place in ("tests/hidden/tiny", "source/tiny"):
        folder = assignment.root / place / ".ipynb_checkpoints"
        folder.mkdir()
        (folder / "test_scaler-checkpoint.py").write_text("X = 1")


def compile_suite(assignment):
    cache = assignment.hidden / "__pycache__"
    cache.mkdir()
    (cache / "test_scaler.cpython-311-pytest-9.2.0.pyc").write_bytes(b"x")


SAME = {
    "text of the source": lambda a: add_cell(a, "source"),
    "text of the release": lambda a: add_cell(a, "release"),
    "notes beside the suites": lambda a: write(a, "tests/hidden/tiny/notes.md", "x"),
    "compiled suites": compile_suite,
    "checkpoints of an editor": leave_checkpoints,
    "a copy of an editor": lambda a: write(a, "tests/hidden/tiny/test_scaler.py~", "x"),
    "data beside the notebook": lambda a: write(a, "source/tiny/data.csv", "1"),
    "nothing": lambda a: None,
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_the_version_changes_with_nothing_else(tiny, change):
    """Text, notes and what Python leaves behind change no verdict."""
    before = tiny.version
    change(tiny)
    assert anew(tiny).version == before
    assert len(before) == 16 + len("-") + 8


def test_checkpoints_are_no_given_modules(tiny):
    """Students get what the instructor wrote, and nothing that an editor left."""
    leave_checkpoints(tiny)
    assert anew(tiny).given == GIVEN


def test_another_engine_is_another_version_of_the_same_suites(tiny, monkeypatch):
    """What it judged before is judged again, and the certificate stays."""
    before, suites = tiny.version, tiny.suites_version
    monkeypatch.setattr(engine_version.autograder, "__version__", "99")
    engine_version.engine_version.cache_clear()
    try:
        assert tiny.version != before
        assert tiny.suites_version == suites
    finally:
        monkeypatch.undo()
        engine_version.engine_version.cache_clear()
    assert tiny.version == before


ASK_WHAT_JUDGES = """
import sys
from autograder.grading import server as grading_server
from autograder.grading.process import GradingProcess
import autograder.kit.oracle, autograder.kit.masks, autograder.kit.series, autograder.kit.step
print(*sorted(m.partition(".")[2] for m in sys.modules if m.startswith("autograder.")))
"""
# they are loaded as well, and a verdict does not depend on them
NOT_JUDGING = [
    "cli",
    "commands",
    "course.certificate",
    "course.course",
    "course.imprint",
    "course.roster",
    "course.roster_file",
    "course.specimen",
    "course.spelling",
    "course.suite_file",
    "course.ulimits",
    "feedback.graded_cell",
    "files.spreadsheet",
    "gradebook.membership",
    "grading.diagnosis",
    "grading.child_process",
    "grading.error_lines",
    "grading.hung_suites",
    "grading.process",
    "grading.remarks",
    "intake.notebook",
    "intake.notebook_choice",
    "intake.refusal",
    "intake.team",
    "intake.unreachable",
    "kit.parts",
    "results.account",
    "results.report",
    "sandbox.borrowed_user",
    "sandbox.probe",
    "sandbox.scratch",
    "startup.loading",
    "suites.behaviour",
    "text.listing",
    "text.plain_text",
    "text.prose",
    "text.sanitizer",
    "text.suggestion",
    "text.wording",
]


def test_each_module_that_judges_is_part_of_the_version():
    """A new module of a grading process must be listed: does a verdict depend on it?"""
    done = subprocess.run(
        [sys.executable, "-c", ASK_WHAT_JUDGES], capture_output=True, text=True, check=True
    )
    loaded = {name for name in done.stdout.split() if "." in name and not name.startswith("worker")}
    assert loaded - {*NOT_JUDGING} - {*engine_version.JUDGING} == set()
    assert {*engine_version.JUDGING} <= loaded


def test_the_version_does_not_depend_on_where_the_course_lies(tmp_path):
    """The same course in another folder is the same version."""
    assert make_course(tmp_path / "a").version == make_course(tmp_path / "b").version


def test_a_course_reads_its_own_release(tiny):
    """The tiny course is one that nbgrader could have made: its cells keep their claims."""
    cells = Submission.from_notebook(tiny.release).cells
    assert [cell.grade_id for cell in cells] == ["", "", "scaler", "test_scaler"]
