"""What a cluster's worker reports of itself, and what it refuses to grade."""

from pathlib import Path

import pytest

import autograder
from autograder.class_run.cluster_worker import (
    ClusterError,
    WorkerInfo,
    describe_worker,
    grade_on_worker,
)
from autograder.course.course import Course
from autograder.intake.handed_in import HandedIn
from autograder.sandbox import isolation, probe
from autograder.sandbox.isolation import NotIsolatedError

ELSEWHERE = Course(Path("/elsewhere")).layout()  # as the machine with the class sends it


@pytest.fixture
def described(monkeypatch, tiny):
    """A function that returns what a worker reports; the tiny course lies on it."""
    monkeypatch.setenv("AUTOGRADER_COURSE", str(tiny.root))

    def describe(layout=ELSEWHERE, *, allow_no_isolation=False):
        options = {"allow_no_isolation": allow_no_isolation}
        return WorkerInfo(**describe_worker(layout, "tiny", ["tiny"], **options))

    return describe


def refuse():
    raise NotIsolatedError("there is none")


def test_a_worker_reports_what_it_has(described, tiny):
    """It reports the engine, the course, its version, and what confines student code there."""
    info = described()
    assert (info.engine, info.course) == (autograder.__version__, str(tiny.root))
    assert info.versions == {"tiny": tiny.version}
    assert info.level == isolation.describe(probe.reached())
    assert info.fault == ""


def test_a_worker_without_isolation_reports_why(described, monkeypatch):
    """If grading without isolation is allowed, that is its level."""
    monkeypatch.setattr(probe, "reached", refuse)
    assert (described().level, described().fault) == ("", "there is none")
    assert described(allow_no_isolation=True).level == "not isolated"


def test_a_worker_without_the_course_reports_where_it_looked(described, monkeypatch, tiny):
    """Without the environment variable, that is the folder in which it was started."""
    monkeypatch.delenv("AUTOGRADER_COURSE")
    monkeypatch.chdir(tiny.root / "source")
    assert described().versions is None
    assert str(tiny.root / "source") in described().fault


def test_a_worker_has_the_settings_of_the_course_that_it_grades_for(described, tiny):
    """Its copy lies in another folder, with the same names in it."""
    course = Course(Path("/elsewhere"), source_directory="/elsewhere/quelle")
    assert "quelle/tiny" in described(course.layout()).fault
    version = tiny.version
    (tiny.root / "source").rename(tiny.root / "quelle")
    assert described(course.layout()).versions == {"tiny": version}


def test_a_worker_with_other_suites_grades_nothing(described, tiny):
    """It compares the version at each submission, since a worker may join later."""
    versions, notebooks = {"tiny": "other"}, {"tiny": HandedIn().to_dict()}
    with pytest.raises(ClusterError, match=f"in version other, got {tiny.version} in {tiny.root}"):
        grade_on_worker(ELSEWHERE, "tiny", versions, notebooks, allow_no_isolation=False)
