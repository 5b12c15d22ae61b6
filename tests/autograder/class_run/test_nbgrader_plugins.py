"""nbgrader's extension points: any file has a grade or a reason, and nothing scores by accident."""

import logging
import shutil
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.utils import determine_grade
from traitlets.config import Application

from autograder.class_run import nbgrader_plugins
from autograder.class_run.nbgrader_plugins import (
    GradeCells,
    RestoreCells,
    SaveGrades,
    SubmissionExporter,
)
from autograder.course.assignment import AssignmentError
from autograder.grading.graded import held
from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.report import KEY, Report, Status
from tests.autograder.support.course import converter_of, enter
from tests.autograder.support.tiny import RIGHT, claimed, handed_in

RESOURCES = {"nbgrader": {"student": "ann", "assignment": "tiny", "notebook": "tiny"}}


@pytest.fixture
def here(tiny, monkeypatch):
    """The tiny course as the working directory, as nbgrader has it."""
    monkeypatch.chdir(tiny.root)
    return tiny


def test_a_notebook_is_restored_with_its_remarks(here):
    """The metadata keeps the corrections for the grader, instead of the student's metadata."""
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
    resources = RESOURCES | {KEY: {"unreadable": "it is empty", "remarks": ["a link"]}}
    restored, _ = RestoreCells().preprocess(nbformat.v4.new_notebook(), resources)
    assert restored.metadata[KEY] == {"unreadable": "it is empty", "remarks": ["a link"]}
    graded, _ = GradeCells().preprocess(restored, RESOURCES)
    assert score(graded, "test_scaler") == 0.0
    assert graded.metadata[KEY]["status"] == Status.UNREADABLE
    assert graded.metadata[KEY]["remarks"] == ["it is empty", "a link"]


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


def grading_with(monkeypatch, grade):
    """Grade with a function instead of a process."""
    warm = SimpleNamespace(grade_notebook=grade)
    monkeypatch.setattr(nbgrader_plugins, "grading_process", lambda **_: warm)


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
    """A cell's only output is the number of points."""
    report = report_of(here, *outcomes)
    grading_with(monkeypatch, lambda assignment, notebook: report)
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
    grading_with(monkeypatch, lambda assignment, notebook: held(assignment, "x"))
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
    app = SimpleNamespace(coursedir=coursedir, log=logging.getLogger("course"))
    monkeypatch.setattr(Application, "instance", lambda: app)
    return url


def test_a_new_gradebook_gets_to_know_the_assignment(here, gradebook_url):
    """A course whose release is there can grade at once: the items are entered with their points."""
    for _ in range(2):
        enter(converter_of(here, gradebook_url))
    with Gradebook(gradebook_url, "course") as gradebook:
        [notebook] = gradebook.find_assignment("tiny").notebooks
        cells = {cell.name: cell.max_score for cell in notebook.grade_cells}
    assert cells == {"test_scaler": 2.0}


@pytest.mark.parametrize("left", ["assignment", "notebook"])
def test_what_is_left_out_of_a_gradebook_is_entered(here, gradebook_url, left):
    """An interrupted grading left it out; the instructor's entries stay."""
    with Gradebook(gradebook_url, "course") as gradebook:
        gradebook.add_assignment("tiny", duedate="2026-01-01 10:00:00")
        if left == "notebook":
            gradebook.add_notebook("tiny", "tiny")
    enter(converter_of(here, gradebook_url))
    with Gradebook(gradebook_url, "course") as gradebook:
        assert gradebook.find_assignment("tiny").duedate.year == 2026
        assert gradebook.find_grade_cell("test_scaler", "tiny", "tiny").max_score == 2.0
        assert gradebook.find_source_cell("scaler", "tiny", "tiny").source


def test_a_notebook_with_submissions_is_left_alone(here, gradebook_url):
    """The instructor's change of an assignment is entered by nbgrader's own command."""
    enter(converter_of(here, gradebook_url))
    with Gradebook(gradebook_url, "course") as gradebook:
        gradebook.add_student("ann")
        gradebook.add_submission("tiny", "ann")
        gradebook.db.delete(gradebook.find_source_cell("scaler", "tiny", "tiny"))
        gradebook.db.commit()
    enter(converter_of(here, gradebook_url))
    with Gradebook(gradebook_url, "course") as gradebook:
        cells = gradebook.find_notebook("tiny", "tiny").source_cells
        assert {cell.name for cell in cells} == {"test_scaler"}


ESSAY = {"grade": True, "solution": True, "points": 3}


@pytest.fixture
def graded(here, gradebook_url):
    """A graded notebook of one item and two answers read by hand, known to the gradebook."""
    path = here.root / "source" / "tiny" / "tiny.ipynb"
    source = nbformat.read(path, as_version=4)
    source.cells += [
        claimed("essay stub", grade_id="essay", **ESSAY),
        claimed("other stub", grade_id="other", **ESSAY),
    ]
    nbformat.write(source, path)
    enter(converter_of(here, gradebook_url))
    with Gradebook(gradebook_url) as gradebook:
        gradebook.add_student("ann")
        gradebook.add_submission("tiny", "ann")
        known = gradebook.find_source_cell("other", "tiny", "tiny")
        unchanged = claimed(known.source, grade_id="other", checksum=known.checksum, **ESSAY)
    nb = handed_in(here, RIGHT)
    nb.cells += [
        claimed("my essay", grade_id="essay", **ESSAY),
        unchanged,
    ]
    nb.metadata[KEY] = nbformat.from_dict(report_of(here, Outcome.PASSED).to_dict())
    return nb


def save(nb, url):
    SaveGrades().preprocess(nb, {"nbgrader": RESOURCES["nbgrader"] | {"db_url": url}})


def grades(url):
    """Return each grade as it stands: automatic score, manual score, whether someone must look."""
    with Gradebook(url) as gradebook:
        [notebook] = gradebook.find_submission("tiny", "ann").notebooks
        found = {
            g.name: (g.auto_score, g.manual_score, bool(g.needs_manual_grade))
            for g in notebook.grades
        }
        comments = {comment.name: comment.auto_comment for comment in notebook.comments}
    return found, comments


def test_grades_are_saved_from_the_report(graded, gradebook_url):
    """Items get the report's points, not those of the cells' outputs; answers wait for a reader."""
    graded.cells[3].outputs = [
        nbformat.v4.new_output("execute_result", data={"text/plain": "0.5"}, execution_count=1)
    ]
    save(graded, gradebook_url)
    found, comments = grades(gradebook_url)
    assert found == {
        "test_scaler": (2.0, None, False),
        "essay": (None, None, True),
        "other": (0, None, False),
    }
    assert comments == {"scaler": None, "essay": None, "other": "No response."}


def test_what_did_not_run_is_held_back(graded, here, gradebook_url):
    """An item that our fault kept from running has no score, and waits for a human."""
    save(graded, gradebook_url)
    graded.metadata[KEY] = nbformat.from_dict(report_of(here, Outcome.NOT_RUN).to_dict())
    save(graded, gradebook_url)
    assert grades(gradebook_url)[0]["test_scaler"] == (None, None, True)


def test_a_score_by_hand_stays_and_is_flagged(graded, gradebook_url):
    """As with nbgrader's own preprocessor."""
    with Gradebook(gradebook_url) as gradebook:
        gradebook.find_grade("test_scaler", "tiny", "tiny", "ann").manual_score = 0.5
        gradebook.db.commit()
    save(graded, gradebook_url)
    assert grades(gradebook_url)[0]["test_scaler"] == (2.0, 0.5, True)


def test_all_grades_are_saved_or_none(graded, gradebook_url, monkeypatch):
    """An error between them leaves every grade as it was."""

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(LateSubmissionPlugin, "late_submission_penalty", fail)
    with Gradebook(gradebook_url) as gradebook:
        gradebook.update_or_create_assignment("tiny", duedate="2026-01-01")
        gradebook.update_or_create_submission("tiny", "ann", timestamp="2026-01-02")
    before = grades(gradebook_url)
    with pytest.raises(ZeroDivisionError):
        save(graded, gradebook_url)
    assert grades(gradebook_url) == before


def test_a_release_at_the_formgraders_button_leaves_its_settings_as_they_were(tiny_course):
    """Otherwise the Formgrader could not collect afterwards: it uses one object for all."""
    before = {name: getattr(tiny_course.coursedir, name) for name in ("student_id", "ignore")}
    result = tiny_course.api.generate_assignment("tiny", force=True)
    assert result["success"], result
    after = {name: getattr(tiny_course.coursedir, name) for name in before}
    assert (after, after["student_id"]) == (before, "*")


def test_a_stock_notebook_in_excess_ends_its_students_grading_alone(tmp_path):
    """Before nbgrader reads it, and after its code has run: nbgrader's pages read the result."""
    exporter = SubmissionExporter()
    exporter.is_stock = True
    path = tmp_path / "ps1.ipynb"
    cells = [nbformat.v4.new_code_cell("x = 1") for _ in range(1001)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    with pytest.raises(NbGraderException, match=r"ps1.ipynb cannot be graded: .* got 1001"):
        exporter.from_filename(str(path))
    nbformat.write(nbformat.v4.new_notebook(cells=cells[1:]), path)
    assert exporter.from_filename(str(path))[0]

    def run(notebook, resources):
        notebook.cells[0].outputs = [nbformat.v4.new_output("display_data")] * 30_000
        return notebook, resources

    exporter.register_preprocessor(run, enabled=True)
    with pytest.raises(
        NbGraderException, match=r"ps1.ipynb cannot be graded: .* at most 50000 parts"
    ):
        exporter.from_filename(str(path))
