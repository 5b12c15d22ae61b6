"""nbgrader's extension points: any file is graded or told apart, and nothing scores by accident."""

import io
import shutil
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade
from traitlets.config import Application

from autograder import nbgrader_plugins
from autograder.assignment import AssignmentError
from autograder.grader import held
from autograder.nbgrader_plugins import (
    GradeCells,
    RestoreCells,
    SubmissionExporter,
    enter_assignment,
)
from autograder.outcome import ItemResult, Outcome, PropertyResult
from autograder.report import KEY, Report, Status
from tests.autograder.conftest import RIGHT, claimed, handed_in

RESOURCES = {"nbgrader": {"student": "ann", "assignment": "tiny", "notebook": "tiny"}}


def test_a_notebook_is_exported_as_it_is():
    """A readable file passes through unchanged."""
    text = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")]))
    output, resources = SubmissionExporter().from_file(io.StringIO(text))
    assert nbformat.reads(output, as_version=4) == nbformat.reads(text, as_version=4)
    assert KEY not in resources


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{", b"PK\x03\x04", b"[]", b"\0" * 100])
def test_any_file_becomes_a_notebook(content):
    """A file that is no notebook becomes an empty one, with the reason beside it."""
    stream = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8")
    output, resources = SubmissionExporter().from_file(stream, {"a": 1})
    assert nbformat.reads(output, as_version=4).cells == []
    assert "the file is" in resources[KEY]["unreadable"]


@pytest.fixture
def here(tiny, monkeypatch):
    """The tiny course as the working directory, as nbgrader has it."""
    monkeypatch.chdir(tiny.root)
    return tiny


def test_a_notebook_is_restored_with_its_remarks(here):
    """What was put right is kept in the metadata for the grader, instead of what was there."""
    submitted = handed_in(here, RIGHT)
    submitted.metadata[KEY] = {"status": "graded", "unreadable": "forged"}
    del submitted.cells[3]
    restored, _ = RestoreCells().preprocess(submitted, RESOURCES)
    assert restored.metadata[KEY] == {
        "remarks": ["1 cell was missing, put back as released: `test_scaler`"]
    }
    assert restored.cells[2].source == RIGHT


def test_an_unreadable_file_is_restored_as_the_release(here):
    """The empty notebook gets the release's cells, so that each item has its zero."""
    resources = RESOURCES | {KEY: {"unreadable": "it is empty"}}
    restored, _ = RestoreCells().preprocess(nbformat.v4.new_notebook(), resources)
    assert restored.metadata[KEY] == {"unreadable": "it is empty"}
    graded, _ = GradeCells().preprocess(restored, RESOURCES)
    assert score(graded, "test_scaler") == 0.0
    assert graded.metadata[KEY]["status"] == Status.UNREADABLE


def score(graded, grade_id):
    """Return the score that nbgrader itself takes from a cell."""
    cell = next(
        c for c in graded.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )
    return determine_grade(cell)[0]


def report_of(assignment, *outcomes):
    properties = tuple(
        PropertyResult(f"test_{n}", "It holds.", outcome, "<b>why</b>")
        for n, outcome in enumerate(outcomes)
    )
    items = (ItemResult("test_scaler", 2.0, properties),)
    return Report(Status.GRADED, items, version=assignment.version)


@pytest.mark.parametrize(
    ("outcomes", "points"),
    [
        ([Outcome.PASSED], 2.0),
        ([Outcome.FAILED], 0.0),
        ([Outcome.PASSED, Outcome.FAILED, Outcome.PASSED], 1.33),
        ([Outcome.NOT_RUN], 0.0),
    ],
)
def test_nbgrader_reads_the_points_from_the_one_result(here, monkeypatch, outcomes, points):
    """Whatever a cell showed before, its one result is the number of points."""
    report = report_of(here, *outcomes)
    monkeypatch.setattr(nbgrader_plugins, "grade_in_own_process", lambda *_, **__: report)
    submitted = handed_in(here, RIGHT)
    submitted.cells[3].outputs = [
        nbformat.v4.new_output("execute_result", data={"text/plain": "77.0"}, execution_count=1)
    ]
    graded, _ = GradeCells().preprocess(submitted, RESOURCES)
    nbformat.validate(graded)
    assert score(graded, "test_scaler") == points
    assert [output.output_type for output in graded.cells[3].outputs] == [
        "display_data",
        "execute_result",
    ]
    assert "<b>why</b>" not in graded.cells[3].outputs[0].data["text/html"]
    assert Report.from_dict(graded.metadata[KEY]) == report


def test_a_release_that_is_not_current_comes_with_its_remedy(here):
    """An item that the source does not have is the operator's error, and says what to run."""
    path = here.root / "release" / "tiny" / "tiny.ipynb"
    release = nbformat.read(path, as_version=4)
    release.cells[3].metadata.nbgrader.grade_id = "test_former"
    nbformat.write(release, path)
    restored, _ = RestoreCells().preprocess(handed_in(here, RIGHT), RESOURCES)
    restored.metadata[KEY] = {"unreadable": "whatever it is"}
    with pytest.raises(AssignmentError, match="test_former.*nbgrader generate_assignment tiny"):
        GradeCells().preprocess(restored, RESOURCES)


def test_cells_graded_by_hand_are_left_to_the_reader(here, monkeypatch):
    """An answer that a TA reads gets no output and no score of ours."""
    monkeypatch.setattr(nbgrader_plugins, "grade_in_own_process", lambda a, nb, **_: held(a, "x"))
    submitted = handed_in(here, RIGHT)
    essay = claimed("my answer", grade_id="essay", grade=True, solution=True, points=1)
    by_hand = {**essay.metadata.nbgrader, "grade_id": "text"}
    text = nbformat.v4.new_markdown_cell("my text", metadata={"nbgrader": by_hand})
    submitted.cells += [essay, text]
    graded, _ = GradeCells().preprocess(submitted, RESOURCES)
    nbformat.validate(graded)
    assert graded.cells[4].outputs == []
    assert score(graded, "essay") is None


@pytest.fixture
def gradebook_url(here, empty_gradebook, monkeypatch):
    """The address of an empty gradebook, in an application that knows the course."""
    shutil.copy(empty_gradebook, here.root)
    url = f"sqlite:///{here.root / 'gradebook.db'}"
    coursedir = CourseDirectory(root=str(here.root), db_url=url, course_id="course")
    monkeypatch.setattr(Application, "instance", lambda: SimpleNamespace(coursedir=coursedir))
    return url


def test_a_new_gradebook_gets_to_know_the_assignment(here, gradebook_url):
    """A course whose release is there can grade at once: the items are entered with their points."""
    for _ in range(2):
        enter_assignment("tiny", "ann", ["tiny"])
    with Gradebook(gradebook_url, "course") as gradebook:
        [notebook] = gradebook.find_assignment("tiny").notebooks
        cells = {cell.name: cell.max_score for cell in notebook.grade_cells}
    assert cells == {"test_scaler": 2.0}


def test_a_gradebook_that_knows_the_assignment_is_left_alone(here, gradebook_url):
    """What the instructor has entered stays."""
    with Gradebook(gradebook_url, "course") as gradebook:
        gradebook.add_assignment("tiny")
    enter_assignment("tiny", "ann", ["tiny"])
    with Gradebook(gradebook_url, "course") as gradebook:
        assert gradebook.find_assignment("tiny").notebooks == []


def test_without_a_course_nothing_is_entered(here, monkeypatch):
    """In an application of another kind the hook does nothing."""
    monkeypatch.setattr(Application, "instance", SimpleNamespace)
    enter_assignment("tiny", "ann", ["tiny"])
    assert not (here.root / "gradebook.db").exists()
