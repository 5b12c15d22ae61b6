"""The ledger: every student's points and status, as the gradebook and the graded notebooks say."""

import shutil
from dataclasses import replace

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.gradebook import entry as ledger
from autograder.gradebook.class_record import read_class
from autograder.gradebook.entry import Entry
from autograder.gradebook.membership import Membership
from autograder.intake import collected_list
from autograder.intake.collected_list import Line
from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.report import KEY, NEXT_STEP, Report, Status
from tests.autograder.support.tiny import handed_in, make_course

PASSED = PropertyResult("test_a", "It scales.", Outcome.PASSED)


@pytest.fixture(scope="module")
def course(tmp_path_factory, empty_gradebook):
    """A course's assignment, and its gradebook with a student for each status."""
    assignment = make_course(tmp_path_factory.mktemp("ledger"))
    shutil.copy(empty_gradebook, assignment.root)
    url = f"sqlite:///{assignment.root / 'gradebook.db'}"
    with Gradebook(url, "course") as gradebook:
        gradebook.add_assignment("tiny")
        gradebook.add_assignment("other")
        gradebook.add_notebook("tiny", "tiny")
        gradebook.add_grade_cell("test_scaler", "tiny", "tiny", max_score=2, cell_type="code")
        for student in ("ann", "bob", "cem", "dan", "eve", "fay"):
            gradebook.add_student(student)
        score(gradebook, assignment, "ann", 1.5, Status.REMARKS, ("a remark",))
        score(gradebook, assignment, "bob", None, Status.HELD)
        score(gradebook, assignment, "cem", 1.0, Status.GRADED, manual=0.25)
        score(gradebook, assignment, "fay", 1.0, None)
        gradebook.add_submission("other", "dan")
    for student, name in {"eve": "tiny.ipynb", "gus": "tiny_final.ipynb"}.items():
        folder = assignment.root / "submitted" / student / "tiny"
        folder.mkdir(parents=True)
        (folder / name).touch()
    return assignment, url


def score(gradebook, assignment, student, points, status, remarks=(), manual=None):
    """Enter a student's score, and write the graded notebook with its report."""
    gradebook.add_submission("tiny", student)
    grade = gradebook.find_grade("test_scaler", "tiny", "tiny", student)
    grade.auto_score = points
    grade.manual_score = manual
    grade.needs_manual_grade = points is None
    gradebook.db.commit()
    graded = handed_in(assignment, "")
    if status is not None:
        items = (ItemResult("test_scaler", 2.0, (PASSED,)),)
        graded.metadata[KEY] = nbformat.from_dict(Report(status, items, remarks).to_dict())
    folder = assignment.root / "autograded" / student / "tiny"
    folder.mkdir(parents=True)
    nbformat.write(graded, folder / "tiny.ipynb")


def entry(course, student):
    records = read_class(*course).records
    return next(record.entry for record in records if record.student == student)


def test_a_graded_student_has_points_status_and_remarks(course):
    """The points are the gradebook's, status and remarks the report's."""
    assert entry(course, "ann") == Entry(
        "ann",
        {"test_scaler": 1.5},
        Status.REMARKS,
        ("a remark",),
        cause="a remark",
        next_step="read the remarks",
    )


def test_a_held_grade_has_no_points(course):
    """A score that waits for the course staff is not a zero."""
    held = entry(course, "bob")
    assert (held.points, held.status) == ({"test_scaler": None}, Status.HELD)
    assert held.is_graded


def test_a_score_given_by_hand_counts(course):
    """A TA's score replaces the grader's, as in nbgrader itself."""
    assert entry(course, "cem").points == {"test_scaler": 0.25}


def test_a_student_who_handed_nothing_in_is_missing(course):
    """Without a submission of this assignment there is neither a score nor a zero."""
    missing = entry(course, "dan")
    assert (missing.points, missing.status) == ({"test_scaler": None}, Status.MISSING)
    assert missing.cause == "nothing was handed in"
    assert not missing.is_graded


def test_a_submission_that_was_not_graded_has_its_own_status(course):
    """A submission without a report is not graded yet."""
    for student in ("eve", "fay", "gus"):
        line = entry(course, student)
        assert (line.points, line.status) == ({"test_scaler": None}, "not graded yet")
        assert line.next_step == "run `autograder grade tiny`"
        assert not line.is_graded


def test_who_was_removed_from_the_gradebook_is_not_missing(course):
    """Nor in a submission of their own: the folders are there, and the grade is not."""
    assignment, url = course
    with Gradebook(url, "course") as gradebook:
        gradebook.add_student("hal")
        score(gradebook, assignment, "hal", 1.0, Status.GRADED)
        gradebook.remove_student("hal")
    (assignment.root / "submitted" / "hal" / "tiny").mkdir(parents=True)
    whole = read_class(assignment, url)
    whole = Membership.of(assignment, whole).completed(whole)
    (hal,) = [record.entry for record in whole.records if record.student == "hal"]
    assert (hal.status, hal.total) == ("not graded yet", None)
    assert hal.cause == "graded before, and no longer in the gradebook"
    assert hal.next_step.startswith("remove the student's folders, or run `autograder grade tiny`")


def test_who_is_excluded_waits_for_nothing(course):
    """The settings say that no grade is wanted; one that there is stays."""
    assignment, url = course
    left_out = replace(assignment.course, student_id_exclude="EVE,ann")
    records = read_class(replace(assignment, course=left_out), url).records
    lines = {record.student: record.entry for record in records}
    assert (lines["eve"].status, lines["eve"].next_step) == ("excluded", "")
    assert not lines["eve"].is_graded
    assert lines["ann"].total == 1.5


def test_what_the_gradebook_asks_a_human_to_look_at_is_said(course):
    """As after a second grading of a cell with a score by hand, until somebody presses Resolve."""
    _, url = course
    assert entry(course, "cem").next_step == ""
    with Gradebook(url) as gradebook:
        grade = gradebook.find_grade("test_scaler", "tiny", "tiny", "cem")
        grade.needs_manual_grade = True
        gradebook.db.commit()
        try:
            assert entry(course, "cem").next_step == ledger.LOOK
            assert entry(course, "bob").next_step == NEXT_STEP[Status.HELD]
        finally:
            grade.needs_manual_grade = False
            gradebook.db.commit()


def test_what_was_left_out_when_it_was_collected_is_said(course):
    """A student whose file was left out has the status `not collected`; a graded one has a remark."""
    assignment, url = course
    folder = collected_list.folder(assignment)
    no_notebook = {"refused": collected_list.NO_NOTEBOOK, "is_left_out": True}
    whose = ("ann", "dan", "eve", "zoe")
    collected_list.add(folder, [Line(who, who, name="report.pdf", **no_notebook) for who in whose])
    try:
        lines = {record.student: record.entry for record in read_class(assignment, url).records}
        assert lines["dan"] == Entry(
            "dan",
            {"test_scaler": None},
            "not collected",
            cause="handed in report.pdf, no notebook",
            next_step=ledger.ASK,
        )
        assert not lines["dan"].is_graded
        assert lines["zoe"].status == "not collected"
        assert lines["ann"].remarks == ("a remark", "beside this, report.pdf, no notebook")
        assert lines["eve"].cause == (
            "handed in, and not graded since; beside this, report.pdf, no notebook"
        )
        for who in whose[:3]:
            assert lines[who] == entry(course, who)
    finally:
        (folder / collected_list.RECORD).unlink()


def test_students_of_the_roster_are_in_the_class(course):
    """Also students who are not in the gradebook; one in both has one line."""
    assignment, url = course
    (assignment.root / "roster.csv").write_text("id,email\nann,ann@u.edu\nyan,yan@u.edu\n")
    try:
        students = [record.student for record in read_class(assignment, url).records]
    finally:
        (assignment.root / "roster.csv").unlink()
    assert (students.count("ann"), students.count("yan")) == (1, 1)
