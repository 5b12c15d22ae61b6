"""Who needs a human eye: each reason once, those by which a grade waits first."""

import pytest

from autograder.class_report.attention import reasons
from autograder.class_report.library_use import LibraryUse
from autograder.class_report.similarity import Alike, Answer
from autograder.course.assignment import Item
from autograder.course.rubric import ItemRubric
from autograder.gradebook.class_record import ClassRecord, Record
from autograder.gradebook.entry import NOT_COLLECTED, NOT_GRADED, Entry
from autograder.gradebook.submitted import Submitted
from autograder.results.report import NOT_ISOLATED, Status
from autograder.results.standing import Mark

ITEMS = [Item("one", 1.0, ItemRubric(title="Scale"))]


def record(student, status=Status.GRADED, remarks=(), cause="", **more):
    by_hand = more.pop("by_hand", ())
    entry = Entry(student, {"one": 1.0}, status, remarks, cause or "; ".join(remarks), **more)
    marks = {name: Mark(1.0, manual=1.0) for name in by_hand}
    return Record(entry, submitted=Submitted("", None, 0.0, marks=marks))


def like(*students, cell="dropout"):
    shown = tuple(Answer(student, "", student) for student in students[:2])
    return Alike(cell, students, shown, 100, 7, 6, 30.0)


def reasons_of(records, uses=None, groups=()):
    """Return each reason's title, and what is said of whom."""
    return {
        reason.title: {case.student: text for case, text in reason.cases}
        for reason in reasons(ClassRecord(ITEMS, records), uses or {}, groups)
    }


def test_nothing_odd_is_no_reason():
    """A graded class, of which some are missing, has none."""
    assert (
        reasons_of([record("ann"), record("bob", Status.MISSING, cause="nothing was handed in")])
        == {}
    )


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (Status.HELD, "held back by a fault of ours"),
        (NOT_GRADED, "not graded yet"),
        (NOT_COLLECTED, "handed in, and not collected"),
        (Status.UNREADABLE, "could not be read"),
        (Status.TIMED_OUT, "timed out"),
    ],
)
def test_a_status_has_its_cause_and_the_next_step(status, title):
    """It is the one that `autograder status` shows."""
    step = "run `autograder grade tiny`"
    (reason,) = reasons(
        ClassRecord(ITEMS, [record("ann", status, cause="a loop", next_step=step)]), {}, []
    )
    assert reason.title == title
    assert [(case.student, text) for case, text in reason.cases] == [("ann", "a loop")]
    assert reason.what_to_do


def test_remarks_are_shown_once():
    """Those of a file that could not be read are its cause already."""
    records = [
        record("ann", Status.REMARKS, ("late cell", "odd cell")),
        record("bob", Status.UNREADABLE, ("cut off",)),
    ]
    assert reasons_of(records) == {
        "could not be read": {"bob": "cut off"},
        "remarks": {"ann": "late cell; odd cell"},
    }


def test_a_forbidden_library_is_shown_with_its_line():
    """Whoever uses none is not named."""
    uses = {"ann": [LibraryUse("torch", "dropout", 3, "import torch")], "bob": []}
    assert reasons_of([record("ann"), record("bob")], uses) == {
        "a forbidden library in graded code": {"ann": "dropout, line 3: import torch"}
    }


def test_each_student_of_a_group_has_the_names_of_the_others():
    """In each cell; of a large group some are named, and the others counted."""
    many = tuple(f"s{n}" for n in range(8))
    groups = [like("ann", "bob"), like("ann", "cem", cell="l2"), like(*many)]
    names = ["ann", "bob", "cem", *many]
    (found,) = reasons_of([record(name) for name in names], groups=groups).values()
    assert found["ann"] == "dropout: like bob; l2: like cem"
    assert found["bob"] == "dropout: like ann"
    assert found["s0"] == "dropout: like s1, s2, s3, s4, s5 and 2 more"
    assert set(found) == set(names)


def test_scores_by_hand_and_grading_without_isolation_are_listed():
    """A human's score may be out of date, and a grade without isolation may be stolen."""
    records = [record("ann", by_hand=("one",)), record("bob", isolation=NOT_ISOLATED)]
    assert reasons_of(records) == {
        "graded without isolation": {"bob": ""},
        "a score by hand": {"ann": "Scale"},
    }


def test_what_keeps_a_grade_back_comes_first():
    """Then what students may have done, then what is good to know."""
    records = [
        record("ann", Status.REMARKS, ("odd",)),
        record("bob", Status.TIMED_OUT),
        record("cem", Status.HELD),
        record("dan", by_hand=("one",)),
    ]
    assert list(reasons_of(records, groups=[like("ann", "dan")])) == [
        "held back by a fault of ours",
        "timed out",
        "near-identical answers",
        "a score by hand",
        "remarks",
    ]
