"""Graded notebooks: in one go or in steps, the result is the same."""

from dataclasses import replace

import nbformat
import pytest

from autograder.course.assignment import AssignmentError
from autograder.grading.graded import Graded, held, render, report_on
from autograder.intake.handed_in import HandedIn
from autograder.intake.restoration import MAX_CAUSE, restored, unfinished
from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.report import KEY, Report, Status
from tests.autograder.gradebook.test_membership import add_table
from tests.autograder.support.tiny import IN_PLACE, STUB, handed_in

PASSED = PropertyResult("test_a", "It scales.", Outcome.PASSED)
FAILED = PropertyResult("test_b", "It <keeps> x.", Outcome.FAILED, "x is [Scaler]")


def half(assignment, notebook):
    """Give every notebook the same grade."""
    return Report(Status.GRADED, (ItemResult("test_scaler", 2.0, (PASSED, FAILED)),))


def never(assignment, notebook):
    pytest.fail("it should not be graded")


@pytest.fixture
def mine(tiny):
    return HandedIn(nbformat.writes(handed_in(tiny, IN_PLACE)).encode(), ("a remark",))


def read(one):
    return nbformat.reads(one.text, as_version=4)


def cell(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def test_at_once_is_the_same_as_in_steps(tiny, mine):
    """nbgrader writes a file between the steps, and reads it again."""
    at_once = Graded.of(tiny, mine, half)
    written = nbformat.writes(restored(tiny, *mine.read()))
    notebook = nbformat.reads(written, as_version=4)
    report = report_on(tiny, notebook, half)
    render(notebook, report)
    assert at_once == Graded(f"{nbformat.writes(notebook)}\n")
    assert at_once.report == report


def test_its_cells_are_those_that_nbformat_reads(tiny, mine):
    """They were checked when they were written."""
    one = Graded.of(tiny, mine, half)
    nbformat.validate(read(one))
    assert one.notebook.cells == read(one).cells


def test_each_graded_cell_has_one_result(tiny, mine):
    """It is a plain number, which nbgrader reads, below the account."""
    outputs = cell(read(Graded.of(tiny, mine, half)), "test_scaler").outputs
    assert [output.output_type for output in outputs] == ["display_data", "execute_result"]
    assert outputs[1].data == {"text/plain": "1.0"}
    assert "x is [Scaler]" in outputs[0].data["text/plain"]
    assert "It &lt;keeps&gt; x." in outputs[0].data["text/html"]


def test_each_character_of_an_account_is_visible(tiny, mine):
    """A message may quote the student, and the graded notebook is opened in Jupyter, too."""
    failed = replace(FAILED, message="got \u202ex\x1b[2J")

    def quote(assignment, notebook):
        return Report(Status.GRADED, (ItemResult("test_scaler", 2.0, (failed,)),))

    data = cell(read(Graded.of(tiny, mine, quote)), "test_scaler").outputs[0].data
    assert all(r"got \u202ex\x1b[2J" in text for text in data.values())


def test_the_report_names_what_was_graded(tiny, mine):
    """The next run uses it to find a changed submission."""
    one = Graded.of(tiny, mine, half)
    assert one.report.handed_in == mine.digest
    assert Report.from_dict(read(one).metadata[KEY]) == one.report


def test_what_was_found_reaches_the_one_who_grades(tiny, mine):
    """The remarks are in the restored notebook's metadata."""
    seen = []

    def grade(assignment, notebook):
        seen.append((notebook.cells[2].source, notebook.metadata[KEY]["remarks"]))
        return half(assignment, notebook)

    Graded.of(tiny, mine, grade)
    assert seen == [(IN_PLACE, ["a remark"])]


def test_what_is_no_notebook_is_not_graded(tiny):
    """It has no points, and no cell of it is called missing."""
    one = Graded.of(tiny, HandedIn(b"%PDF-1.7", ("it was misnamed",)), never)
    assert one.report.status is Status.UNREADABLE
    assert one.report.points == 0.0
    assert len(one.report.remarks) == 2
    assert one.report.remarks[1] == "it was misnamed"
    assert cell(read(one), "scaler").source == STUB


def test_a_teams_table_is_remarked_on_and_changes_nothing(tiny):
    """The first graded cell has the remark once; status, points and other remarks do not change."""
    add_table(tiny, "| *First* | *0000000* | *first@example.org* |\n")
    one = Graded.of(tiny, HandedIn(nbformat.writes(handed_in(tiny, IN_PLACE)).encode()), half)
    assert (one.report.status, one.report.points) == (Status.GRADED, 1.0)
    assert (one.report.remarks, one.report.cause) == ((), "")
    [note] = one.report.notes
    assert note.startswith("the team's table still holds its placeholders")
    assert (
        str(cell(read(one), "test_scaler").outputs).count("its placeholders") == 2
    )  # as text and as HTML


def test_what_is_no_notebook_has_no_team(tiny):
    """The remark gives the reason why the table is missing."""
    add_table(tiny, "| *First* | *0000000* | *first@example.org* |\n")
    assert Graded.of(tiny, HandedIn(b"%PDF-1.7"), never).report.notes == ()


def test_a_held_back_grade_has_a_cause_and_no_points(tiny, mine):
    """The staff reads the cause; the student reads that the grader is at fault."""
    one = Graded.held_back(tiny, "x" * 2 * MAX_CAUSE)
    assert one.is_held
    assert one.report.points is None
    assert one.report.cause == "x" * MAX_CAUSE
    output = cell(read(one), "test_scaler").outputs[0].data["text/plain"]
    assert "a fault of the grader" in output
    assert "xxx" not in output
    assert not Graded.of(tiny, mine, half).is_held


def test_a_fault_on_the_way_is_held_back_in_steps_as_well(tiny):
    """The metadata of the unfinished notebook has the cause."""
    notebook = unfinished(tiny, "we cannot divide")
    report = report_on(tiny, notebook, never)
    assert report == held(tiny, "we cannot divide")


def test_a_release_of_another_source_is_an_error_with_the_remedy(tiny, mine):
    """An item that the source does not have cannot be graded."""
    path = tiny.root / "release" / "tiny" / "tiny.ipynb"
    text = path.read_text().replace('"test_scaler"', '"test_old"')
    path.write_text(text)
    with pytest.raises(AssignmentError, match=r"\['test_old'\]: run `nbgrader generate_assignment"):
        Graded.of(replace(tiny), mine, never)


def test_a_grade_that_is_held_back_shows_no_points(tiny, mine):
    """The cell has 0.0, since nbgrader would give an empty one full marks."""
    notebook = restored(tiny, *mine.read())
    render(notebook, held(tiny, "?"))
    assert cell(notebook, "test_scaler").outputs[1].data == {"text/plain": "0.0"}
