"""Late penalties: by nbgrader's plugin, and current after each run without grading."""

import datetime as dt
import json
import re

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin

from autograder.gradebook.lateness import in_words, late_penalty, seconds_late
from tests.autograder.support.tiny import IN_PLACE

DUE = dt.datetime.fromisoformat("2026-01-05 10:00")
HOUR = dt.timedelta(hours=1)
ZERO = 'c.LateSubmissionPlugin.penalty_method = "zero"'


@pytest.mark.parametrize(
    ("stamp", "due", "extension", "hours"),
    [
        (DUE + HOUR, DUE, None, 1),
        (DUE + 3 * HOUR, DUE, 2 * HOUR, 1),
        (DUE, DUE, None, 0),
        (None, DUE, HOUR, 0),
        (DUE, None, HOUR, 0),
    ],
    ids=str,
)
def test_how_late_it_is(stamp, due, extension, hours):
    """After the due date and the student's extension; nothing is late without both times."""
    assert seconds_late(stamp, due, extension) == hours * 3600


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, ""), (20, "1 min"), (5400, "1.5 h"), (36 * 3600, "1.5 d")]
)
def test_lateness_in_words(seconds, words):
    """In the largest unit."""
    assert in_words(seconds) == words


class Plugin(LateSubmissionPlugin):
    def __init__(self, penalty):
        super().__init__()
        self.penalty = penalty

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return self.penalty


@pytest.mark.parametrize(
    ("penalty", "entered"), [(None, None), (3 * 0.05, 0.15), (-1, 0.0), (9, 1.5)], ids=str
)
def test_a_penalty_is_a_decimal_within_bounds(penalty, entered):
    """From nothing to all points."""
    assert repr(late_penalty(Plugin(penalty), "ann", 1.5, 60.0)) == repr(entered)
    assert late_penalty(Plugin(penalty), "ann", 1.5, 0.0) is None


# ---- after grading


@pytest.fixture
def course(tiny_course, grade):
    """Ann and Bob, graded in time; the policy takes all points of a late submission."""
    tiny_course.set(ZERO)
    tiny_course.hand_in("ann", IN_PLACE, stamp="2026-01-05 12:00:00")
    tiny_course.hand_in("bob", IN_PLACE, stamp="2026-01-04 12:00:00")
    due(tiny_course, "2026-01-06 10:00:00 UTC")
    assert grade().code == 0
    assert penalties(tiny_course) == {"ann": 0.0, "bob": 0.0}
    return tiny_course


def due(course, date):
    with Gradebook(course.url, "deep_learning") as gradebook:
        gradebook.update_or_create_assignment("tiny", duedate=date)


def penalties(course):
    with Gradebook(course.url, "deep_learning") as gradebook:
        found = gradebook.assignment_submissions("tiny")
        return {one.student.id: one.late_submission_penalty for one in found}


def moved(ran):
    return [
        row[:4]
        for line in ran.out.splitlines()
        if len(row := re.split("  +", line.strip())) > 4 and row[0] != "student"
    ]


def test_another_due_date_moves_the_penalty_without_grading(course, grade):
    """The dry run shows it, the run enters it once, and back again."""
    due(course, "2026-01-05 10:00:00 UTC")
    ran = grade("--dry-run")
    assert moved(ran) == [["ann", "late penalty", "0", "1.5"]]
    assert "0 would be graded, 1 student would have other points" in ran.out
    assert penalties(course)["ann"] == 0.0
    ran = grade()
    assert ran.out.splitlines() == [
        "ann: late penalty 1.5 instead of 0: 2.0 h late",
        "2 submissions: 2 unchanged, 1 late penalty changed",
    ]
    assert penalties(course) == {"ann": 1.5, "bob": 0.0}
    assert course.entry("ann").total == 0.0
    assert grade().out == "2 submissions: 2 unchanged\n"
    assert moved(grade("--dry-run")) == []
    due(course, None)
    assert "ann: late penalty 0 instead of 1.5: not late any more" in grade().out
    assert penalties(course)["ann"] == 0.0


def test_an_extension_moves_it(course, grade):
    """That of one student."""
    due(course, "2026-01-03 10:00:00 UTC")
    grade()
    assert penalties(course) == {"ann": 1.5, "bob": 1.5}
    with Gradebook(course.url, "deep_learning") as gradebook:
        gradebook.grant_extension("tiny", "bob", days=3)
    assert moved(grade("--dry-run")) == [["bob", "late penalty", "1.5", "0"]]
    grade()
    assert penalties(course) == {"ann": 1.5, "bob": 0.0}


def test_another_policy_moves_it(course, grade):
    """By the settings at the run; the JSON document agrees."""
    due(course, "2026-01-05 10:00:00 UTC")
    grade()
    course.set('c.LateSubmissionPlugin.penalty_method = "none"')
    ran = grade("--json")
    assert json.loads(ran.out)["late_penalties"] == [
        {"student": "ann", "before": 1.5, "after": 0.0, "reasons": ["2.0 h late"]}
    ]
    assert json.loads(ran.out)["unchanged"] == ["ann", "bob"]
    assert penalties(course)["ann"] == 0.0


def test_a_score_by_hand_moves_what_depends_on_it(course, grade):
    """A penalty of all points is one of the points that there are now."""
    due(course, "2026-01-05 10:00:00 UTC")
    grade()
    course.mark_by_hand("ann", 2.0)
    assert course.entry("ann").total == 0.5  # as the gradebook has it until the next run
    assert moved(grade("--dry-run")) == [["ann", "late penalty", "1.5", "2"]]
    grade()
    assert course.entry("ann").total == 0.0


def test_only_the_students_named_are_looked_at(course, grade):
    """As with grading."""
    due(course, "2026-01-03 10:00:00 UTC")
    grade("--student", "bob")
    assert penalties(course) == {"ann": 0.0, "bob": 1.5}
    course.set('c.CourseDirectory.student_id_exclude = "ann"')
    grade()
    assert penalties(course) == {"ann": 0.0, "bob": 1.5}


def test_what_is_graded_anew_moves_with_its_points(course, grade):
    """The dry run shows the points and the penalty that they will have."""
    due(course, "2026-01-05 10:00:00 UTC")
    course.hand_in("ann", stamp="2026-01-05 12:00:00")
    rows = moved(grade("--dry-run"))
    assert rows == [["ann", "late penalty", "0", "2"], ["ann", "test_scaler", "1.5", "2"]]
    assert "ann: 0 of 2 points, graded; late penalty 2" in grade().out
    assert moved(grade("--dry-run")) == []
