"""Score entries: the gradebook gets all of a submission, or nothing of it."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from nbformat.v4 import new_output
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.utils import compute_checksum
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from traitlets.config import Config, Configurable

from autograder.course.transaction import transaction
from autograder.gradebook.lateness import late_plugin
from autograder.gradebook.score_entry import ScoreEntry
from autograder.grading.graded import held, unreadable
from tests.autograder.support.tiny import claimed, handed_in
from tests.left_behind import rows


@pytest.fixture
def path(tmp_path, empty_gradebook):
    """A gradebook that knows an item and a task, and one student who handed in a day late."""
    path = tmp_path / "gradebook.db"
    shutil.copy(empty_gradebook, path)
    with Gradebook(f"sqlite:///{path}", "course") as gradebook:
        gradebook.add_assignment("tiny", duedate="2026-01-01 00:00:00 UTC")
        gradebook.add_notebook("tiny", "tiny")
        cell = {"notebook": "tiny", "assignment": "tiny"}
        gradebook.add_grade_cell("test_scaler", max_score=2, cell_type="code", **cell)
        gradebook.add_grade_cell("essay", max_score=3, cell_type="markdown", **cell)
        gradebook.add_solution_cell("scaler", **cell)
        gradebook.add_solution_cell("essay", **cell)
        gradebook.add_student("ann")
        gradebook.add_submission("tiny", "ann", timestamp="2026-01-02 00:00:00 UTC")
    return path


@pytest.fixture
def gradebook(path):
    with Gradebook(f"sqlite:///{path}?timeout=0.1", "course") as gradebook:
        yield gradebook


# ---- one transaction


def enter_bob(gradebook):
    gradebook.update_or_create_student("bob")
    return gradebook.update_or_create_submission("tiny", "bob", timestamp="2026-01-01 00:00:00 UTC")


def test_nothing_is_seen_before_the_end_of_the_block(gradebook, path):
    """nbgrader's methods commit at their end: not here."""
    before = rows(path)
    with transaction(gradebook):
        submission = enter_bob(gradebook)
        submission.notebooks[0].grades[0].auto_score = 1.0
        gradebook.db.flush()
        assert rows(path) == before
    assert "bob" in str(rows(path)["submitted_assignment"])


@pytest.mark.parametrize("error", [KeyError, MissingEntry, KeyboardInterrupt])
def test_what_raises_takes_all_of_the_block_back(gradebook, path, error):
    """A student and a submission that nbgrader has committed are taken back, too."""
    before = rows(path)

    def enter_and_fail():
        with transaction(gradebook):
            enter_bob(gradebook)
            raise error

    with pytest.raises(error):
        enter_and_fail()
    assert rows(path) == before


def test_what_nbgrader_takes_back_itself_takes_all_back(gradebook, path):
    """Its own methods roll back after an error."""
    before = rows(path)

    def enter_twice():
        with transaction(gradebook):
            enter_bob(gradebook)
            gradebook.db.expunge_all()  # so that only the database knows that there is one
            gradebook.add_student("bob")

    with pytest.raises(InvalidEntry):
        enter_twice()
    assert rows(path) == before


def test_after_the_block_the_gradebook_is_as_it_was(gradebook, path):
    """Its methods commit at their end again, whether the block has raised or not."""
    with transaction(gradebook):
        enter_bob(gradebook)
    gradebook.add_student("cem")
    assert "cem" in str(rows(path)["student"])
    with pytest.raises(KeyError), transaction(gradebook):
        raise KeyError
    gradebook.add_student("dan")
    assert "dan" in str(rows(path)["student"])
    with pytest.raises(InvalidEntry):
        gradebook.add_student("dan")
    assert gradebook.find_student("cem").id == "cem"


def test_what_is_known_in_the_block_is_not_read_again(gradebook):
    """Not for each commit of nbgrader's; after the block, and in the next one, it is read anew."""
    asked = []
    event.listen(gradebook.engine, "before_cursor_execute", lambda *what: asked.append(what[2]))

    def read(submission):
        before = len(asked)
        assert {grade.name for grade in submission.notebooks[0].grades} == {"essay", "test_scaler"}
        return asked[before:]

    with transaction(gradebook):
        submission = enter_bob(gradebook)
        gradebook.update_or_create_student("cem")
        assert read(submission) == []
    found = gradebook.find_submission("tiny", "bob")
    assert read(found) != []
    gradebook.db.commit()
    assert read(found) != []


def test_a_locked_gradebook_is_another_error_than_a_wrong_entry(gradebook, path, caplog):
    """It is noticed at the beginning: nbgrader's methods would blame the student's name."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"), transaction(gradebook):
            enter_bob(gradebook)
    assert caplog.records == []
    with transaction(gradebook):
        enter_bob(gradebook)


def test_a_full_disk_is_another_error_than_a_wrong_entry(gradebook, path):
    """Even if it gets full in the middle, where nbgrader's methods take it for a wrong entry."""
    before = rows(path)

    def fill():
        with transaction(gradebook):
            connection = gradebook.db.connection()
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            for number in range(1000):
                gradebook.update_or_create_student(f"student{number}")

    with pytest.raises(OperationalError, match="full"):
        fill()
    assert rows(path) == before


# ---- scores and comments


ESSAY = {"grade": True, "solution": True, "grade_id": "essay", "points": 3}


def with_essay(assignment, answer="", text="", *, signed=False):
    whole = handed_in(assignment, answer)
    essay = claimed(text, **ESSAY)
    essay.cell_type = "markdown"
    if signed:
        essay.metadata.nbgrader.checksum = compute_checksum(essay)
    whole.cells.append(essay)
    return whole


def test_an_items_points_are_the_reports(tiny):
    """Its cell's output does not count: it may be the student's."""
    whole = handed_in(tiny, "")
    whole.cells[-1].outputs = [new_output("execute_result", data={"text/plain": "2.0"})]
    report = unreadable(tiny, "?")
    assert ScoreEntry.of(whole, report).grades == {"test_scaler": 0.0}
    assert ScoreEntry.of(whole, held(tiny, "?")).grades == {"test_scaler": None}


@pytest.mark.parametrize(
    ("signed", "score", "comment"), [(True, 0, "No response."), (False, None, None)]
)
def test_what_a_human_grades_has_nbgraders_own_score(tiny, signed, score, comment):
    """None until somebody has looked; an unchanged answer needs no look."""
    scores = ScoreEntry.of(with_essay(tiny, text="Because.", signed=signed), unreadable(tiny, "?"))
    assert scores.grades == {"test_scaler": 0.0, "essay": score}
    assert scores.comments["essay"] == comment


def enter(gradebook, grades, comments=None, late=None):
    with transaction(gradebook):
        submitted = gradebook.find_submission_notebook("tiny", "tiny", "ann")
        known = {"test_scaler": 1.5, "essay": None, **grades}
        reported = comments or {"scaler": None, "essay": "No response."}
        ScoreEntry(known, reported).enter(submitted, late or LateSubmissionPlugin())


def found(gradebook, name="test_scaler"):
    grade = gradebook.find_grade(name, "tiny", "tiny", "ann")
    return grade.auto_score, grade.manual_score, bool(grade.needs_manual_grade)


def test_what_has_no_score_yet_asks_for_a_human(gradebook):
    """A cell with a score does not."""
    enter(gradebook, {})
    assert found(gradebook) == (1.5, None, False)
    assert found(gradebook, "essay") == (None, None, True)
    comment = gradebook.find_comment("essay", "tiny", "tiny", "ann")
    assert comment.auto_comment == "No response."


def test_a_score_by_hand_stays_and_asks_for_a_look(gradebook):
    """The automatic one may have changed beneath it."""
    gradebook.find_grade("test_scaler", "tiny", "tiny", "ann").manual_score = 0.25
    gradebook.db.commit()
    enter(gradebook, {})
    assert found(gradebook) == (1.5, 0.25, True)


@pytest.mark.parametrize(
    ("grades", "comments"), [({"test_other": 1.0}, None), ({}, {"other": None})], ids=str
)
def test_a_cell_that_the_gradebook_does_not_know_is_an_error(gradebook, path, grades, comments):
    """Then nothing of the notebook is entered."""
    before = rows(path)
    with pytest.raises(MissingEntry, match="other"):
        enter(gradebook, grades, comments)
    assert rows(path) == before


class Plugin(LateSubmissionPlugin):
    def __init__(self, penalty):
        super().__init__()
        self.penalty, self.asked = penalty, []

    def late_submission_penalty(self, student, score, seconds):
        self.asked.append((student, score, seconds))
        return self.penalty


@pytest.mark.parametrize(
    ("penalty", "kept"), [(None, None), (0.5, 0.5), (-1.0, 0.0), (9.0, 1.5)], ids=str
)
def test_a_penalty_takes_no_more_than_there_is(gradebook, penalty, kept):
    """The course's plugin gets the new score; its penalty is kept within bounds."""
    plugin = Plugin(penalty)
    enter(gradebook, {}, late=plugin)
    assert plugin.asked == [("ann", 1.5, 24 * 3600)]
    submitted = gradebook.find_submission_notebook("tiny", "tiny", "ann")
    assert submitted.late_submission_penalty == kept


def test_who_is_no_longer_late_has_no_penalty(gradebook):
    """One of an earlier submission, or due date, goes."""
    enter(gradebook, {}, late=Plugin(1.0))
    gradebook.update_or_create_assignment("tiny", duedate="2026-02-01 00:00:00 UTC")
    plugin = Plugin(1.0)
    enter(gradebook, {}, late=plugin)
    assert plugin.asked == []
    submitted = gradebook.find_submission_notebook("tiny", "tiny", "ann")
    assert submitted.late_submission_penalty is None


def test_penalties_are_those_of_the_settings():
    """As nbgrader reads them."""
    config = Config()
    config.LateSubmissionPlugin.penalty_method = "zero"
    plugin = late_plugin(Configurable(config=config))
    assert plugin.late_submission_penalty("ann", 1.5, 60) == 1.5
    assert late_plugin(Configurable()).late_submission_penalty("ann", 1.5, 60) is None
