"""Pending submissions: which grade is current, and the reason for a new one in words."""

import json
from dataclasses import replace

import pytest
from nbgrader.api import InvalidEntry

from autograder.class_run.pending_submission import check_name, reason_to_grade
from autograder.intake.handed_in import HandedIn
from autograder.results.report import KEY, Report, Status

LEVEL = "bubblewrap, Landlock, seccomp"
HANDED_IN = HandedIn(b"{}")


@pytest.fixture
def current(tiny):
    """A report with which nothing has to be graded again."""
    digest = HANDED_IN.digest
    return Report(Status.GRADED, (), version=tiny.version, isolation=LEVEL, handed_in=digest)


@pytest.fixture
def reason(tmp_path, tiny):
    """A function that returns the reason to grade again, for the reports of a graded folder."""

    def of(**reports):
        for name, report in reports.items():
            text = json.dumps({"metadata": {KEY: report.to_dict()}})
            (tmp_path / f"{name}.ipynb").write_text(text)
        names = ["a", *sorted({*reports} - {"a"})]
        every = dict.fromkeys(names, HANDED_IN)
        return reason_to_grade(tmp_path, every, dict.fromkeys(names, tiny), frozenset({LEVEL}))

    return of


def test_a_current_grade_needs_no_other(reason, current):
    """Nor does one from before that names no isolation: student code was never run."""
    assert reason(a=current) == ""
    assert reason(a=replace(current, isolation="")) == ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": Status.HELD}, "held back until now"),
        ({"handed_in": "another"}, "handed in anew"),
        ({"version": "another"}, "the suites have changed"),
        ({"isolation": "not isolated"}, "another isolation"),
    ],
)
def test_each_change_has_its_reason(reason, current, change, why):
    """In the words that a dry run shows."""
    assert reason(a=replace(current, **change)) == why


def test_another_engine_is_not_taken_for_other_suites(reason, current, tiny):
    """The version of the engine stands behind that of the suites."""
    earlier = f"{tiny.suites_version}-0123"
    assert reason(a=replace(current, version=earlier)) == "the engine has changed"


def test_each_notebook_must_have_a_current_grade(reason, current):
    """A submission is graded as a whole."""
    assert reason() == "not graded yet"
    assert reason(a=current, b=replace(current, handed_in="another")) == "handed in anew"


def test_a_name_must_be_utf8():
    """A folder's name in another encoding cannot be an id in the gradebook."""
    check_name("zoë")
    with pytest.raises(InvalidEntry, match="must have a name in UTF-8: rename it"):
        check_name("zo\udceb")
