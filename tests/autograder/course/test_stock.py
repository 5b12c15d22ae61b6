"""Assignments without hidden suites go through nbgrader's own steps, the others through ours."""

import logging
import shutil

import nbformat
import pytest
from nbgrader.apps import ZipCollectApp
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback, GenerateSolution
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets.config import Config, PyFileConfigLoader

from autograder.class_run.nbgrader_plugins import SourceExporter, SubmissionExporter
from autograder.collect.collector import LmsCollector
from autograder.course.assignment import IMPRINT, Assignment
from autograder.course.imprint import Imprint
from autograder.course.stock import choose_steps, collects_as_nbgrader, has_suites
from autograder.feedback.feedback import GetMarks
from tests.autograder.support.tiny import RIGHT, handed_in
from tests.conftest import PROJECT

OURS = {
    "sanitize_preprocessors": ["autograder.class_run.nbgrader_plugins.RestoreCells"],
    "autograde_preprocessors": [
        "autograder.class_run.nbgrader_plugins.GradeCells",
        "autograder.class_run.nbgrader_plugins.SaveGrades",
    ],
}


def settings():
    return PyFileConfigLoader("nbgrader_config.py", path=str(PROJECT)).load_config()


def converter(assignment, name="tiny", kind=Autograde, config=None):
    """Return a converter of nbgrader's for an assignment of the tiny course."""
    coursedir = CourseDirectory(root=str(assignment.root), assignment_id=name)
    return kind(coursedir=coursedir, config=settings() if config is None else config)


def named(steps):
    return [step if isinstance(step, str) else step.__name__ for step in steps]


def test_ours_go_through_our_steps_alone(tiny):
    """Whatever else the settings name, so that no step of nbgrader's runs student code as we are."""
    ours = converter(tiny)
    assert choose_steps(ours)
    assert {name: named(getattr(ours, name)) for name in OURS} == OURS
    feedback = converter(tiny, kind=GenerateFeedback)
    choose_steps(feedback)
    assert named(feedback.preprocessors) == [f"autograder.feedback.feedback.{GetMarks.__name__}"]


def test_settings_that_are_read_twice_give_each_step_once(tiny):
    """As nbgrader reads a file in two of its folders."""
    twice = settings()
    twice.merge(settings())
    ours = converter(tiny, config=twice)
    assert len(ours.sanitize_preprocessors) > len(converter(tiny).sanitize_preprocessors)
    choose_steps(ours)
    assert {name: named(getattr(ours, name)) for name in OURS} == OURS


@pytest.mark.parametrize("kind", [Autograde, GenerateFeedback])
@pytest.mark.parametrize("config", [None, Config({"Autograde": OURS})], ids=["added", "alone"])
def test_others_go_through_nbgraders_own(tiny, kind, config):
    """Also where a course's settings name ours alone, as they did."""
    other, own = converter(tiny, "ps1", kind, config), converter(tiny, "ps1", kind, Config())
    assert not choose_steps(other)
    for name in ("preprocessors", *(OURS if kind is Autograde else ())):
        assert getattr(other, name) == getattr(own, name)


def test_the_users_own_steps_stay_for_the_others(tiny):
    """An assignment without suites is graded as the user wants nbgrader to."""
    config = settings()
    config.Autograde.autograde_preprocessors.append(Execute)
    other = converter(tiny, "ps1", config=config)
    choose_steps(other)
    assert named(other.autograde_preprocessors)[-1] == "Execute"
    assert named(other.autograde_preprocessors).count("Execute") == 2


def test_ours_are_not_graded_by_nbgraders_steps(tiny):
    """Settings that lost our steps end in an error, before student code is run as we are."""
    config = Config({"Autograde": {"sanitize_preprocessors": [Execute]}})
    with pytest.raises(NbGraderException, match="must name the steps of autograder"):
        choose_steps(converter(tiny, config=config))


@pytest.mark.parametrize("pattern", ["*", "t?ny", "[t]iny"])
def test_no_pattern_fits_ours(tiny, pattern):
    """nbgrader would take the same steps for all assignments of a pattern."""
    with pytest.raises(NbGraderException, match=r"pattern.*tiny"):
        choose_steps(converter(tiny, pattern))
    choose_steps(converter(tiny, "ps*"))


def test_the_log_says_once_that_nothing_is_isolated(tiny, caplog):
    """In one plain line, which names the assignment; of feedback there is nothing to say."""
    with caplog.at_level(logging.WARNING):
        choose_steps(converter(tiny))
        choose_steps(converter(tiny, "ps1", GenerateFeedback))
        assert not caplog.records
        choose_steps(converter(tiny, "ps1"))
    (line,) = caplog.messages
    assert line.startswith("ps1 has no hidden suites")
    assert "without isolation" in line


def test_an_empty_folder_of_suites_is_no_reason_to_run_student_code(tiny):
    """Suites that are missing are a fault that grading names; the folder alone decides."""
    shutil.rmtree(tiny.hidden)
    assert not tiny.has_suites
    tiny.hidden.mkdir()
    assert has_suites(converter(tiny).coursedir)


@pytest.mark.parametrize("kind", [GenerateAssignment, GenerateSolution])
def test_hidden_files_of_ours_are_not_copied(tiny, kind):
    """Those of others are, as with nbgrader; the Formgrader's own settings stay as they are."""
    for name, ignored in (("tiny", True), ("ps1", False)):
        one = converter(tiny, name, kind)
        shared = one.coursedir
        SourceExporter(parent=one, config=one.config)
        assert (".*" in one.coursedir.ignore) is ignored
        assert shared.ignore == CourseDirectory().ignore


@pytest.mark.parametrize(
    ("name", "kind", "own", "seconds"),
    [
        ("tiny", GenerateSolution, None, 120),
        ("tiny", GenerateSolution, 7, 7),
        ("ps1", GenerateSolution, None, 30),
        ("ps1", GenerateSolution, 7, 7),
        ("ps1", Autograde, None, 30),
    ],
)
def test_the_reference_solution_alone_has_two_minutes_a_cell(tiny, name, kind, own, seconds):
    """Unless the user says otherwise; nbgrader's 30 seconds hold for all other notebooks."""
    config = settings()
    if own is not None:
        config.Execute.timeout = own
    one = converter(tiny, name, kind, config)
    exporter = one.exporter_class(parent=one, config=one.config)
    assert Execute(parent=exporter).timeout == seconds


@pytest.mark.parametrize(("name", "is_ours"), [("tiny", True), ("ps1", False)])
def test_only_releases_of_ours_have_an_imprint(tiny, name, is_ours):
    """That of another assignment is nbgrader's to the byte."""
    released = handed_in(tiny, RIGHT)
    place = {"name": name, "path": str(tiny.root / "source" / "tiny")}
    names = {"assignment": name, "notebook": "tiny", "student": "."}
    step = Imprint(parent=SourceExporter(parent=converter(tiny, name, GenerateAssignment)))
    made, _ = step.preprocess(released, {"metadata": place, "nbgrader": names})
    assert (IMPRINT in made.metadata) is is_ours


def test_others_are_not_entered_into_a_gradebook(tiny):
    """nbgrader's own error says that `generate_assignment` does so."""
    assert SubmissionExporter(parent=converter(tiny, "ps1")).intake is None
    assert not (tiny.root / "gradebook.db").exists()


@pytest.mark.parametrize(
    ("name", "pattern", "is_stock"),
    [("ps1", r"(?P<student_id>\w+)", True), ("ps1", "", False), ("tiny", r"(\w+)", False)],
)
def test_others_are_collected_as_nbgrader_does(tiny, name, pattern, is_stock):
    """If a pattern says how; without one, nbgrader's own plugin would collect nothing."""
    app = ZipCollectApp(config=Config({"FileNameCollectorPlugin": {"named_regexp": pattern}}))
    app.coursedir = CourseDirectory(root=str(tiny.root), assignment_id=name)
    assert collects_as_nbgrader(app) is is_stock
    if is_stock:
        assert LmsCollector(parent=app).collect("ann.ipynb") == {"student_id": "ann"}


def test_an_assignment_knows_its_suites(tmp_path):
    """By the folder of its name."""
    assert not Assignment(tmp_path, "ps1").has_suites


@pytest.mark.parametrize("is_imprinted", [True, False])
def test_an_assignment_that_has_lost_its_suites_is_refused(tiny, caplog, is_imprinted):
    """nbgrader's own rule would give full marks for each of its graded cells, which hold no test."""
    [path] = (tiny.root / "release" / "tiny").glob("*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop(IMPRINT, None)
    if is_imprinted:
        notebook.metadata[IMPRINT] = {"notebook": "tiny.ipynb", "cells": {}, "files": {}}
    nbformat.write(notebook, path)
    shutil.rmtree(tiny.hidden)
    if not is_imprinted:
        assert not choose_steps(converter(tiny))
        return
    with pytest.raises(NbGraderException, match="tests/hidden/tiny is not there: put the suites"):
        choose_steps(converter(tiny))
    assert "tiny was released for hidden suites" in caplog.text
    choose_steps(converter(tiny, kind=GenerateAssignment))  # by which it becomes nbgrader's own
