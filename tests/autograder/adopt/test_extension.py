"""One call adds our classes to a course's settings, and leaves the course's own where it can."""

import pytest
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from autograder.adopt.extension import (
    FILTERS,
    OURS,
    PLUGINS,
    STEPS,
    configure,
    lacking,
    replaced,
)


@pytest.fixture
def c(monkeypatch):
    """Settings as a configuration file begins with them; PATH is put back."""
    monkeypatch.setenv("PATH", "/usr/bin")
    return Config()


def each(settings):
    """Return all values."""
    return [value for values in settings.values() for value in values.values()]


def test_every_name_is_a_class_of_ours():
    """nbgrader imports it when it needs it."""
    named = [value for settings in (OURS, PLUGINS, STEPS) for value in each(settings)]
    names = [*FILTERS.values(), *(name for name in named if isinstance(name, str))]
    names += [name for value in named if isinstance(value, list) for name in value]
    assert len(names) > len(named)
    assert all(isinstance(import_item(name), type) for name in names)


def test_a_course_without_settings_gets_all_of_them(c):
    """nbgrader's converters have them (`course/stock.py` chooses between these and nbgrader's)."""
    assert len(lacking(c)) == len([*each(OURS), *each(STEPS)])
    configure(c)
    assert lacking(c) == []
    converter = Autograde(coursedir=CourseDirectory(config=c), config=c)
    for name, steps in STEPS["Autograde"].items():
        assert getattr(converter, name)[-len(steps) :] == steps
    assert converter.exporter_class.__name__ == "SubmissionExporter"


def test_a_courses_own_steps_stay(c):
    """The course may have set its steps in any form."""
    c.GenerateAssignment.preprocessors = ["nbgrader.preprocessors.ClearOutput"]
    c.Autograde.sanitize_preprocessors.append("mine.Step")
    c.HTMLExporter.preprocessors = ("mine.Page",)
    c.HTMLExporter.filters = {"mine": "mine.Filter"}
    configure(c)
    assert lacking(c) == []
    made = GenerateAssignment(coursedir=CourseDirectory(config=c), config=c)
    assert made.preprocessors == [
        "nbgrader.preprocessors.ClearOutput",
        "autograder.course.imprint.Imprint",
    ]
    assert "mine.Step" in c.Autograde.sanitize_preprocessors.get_value([])
    assert c.HTMLExporter.preprocessors[0] == "mine.Page"
    assert {*c.HTMLExporter.filters} == {"mine", *FILTERS}


def test_a_courses_own_exchange_and_export_stay(c):
    """A hub without a shared folder needs plugins of its own."""
    c.ExchangeFactory.collect = "hub.Collect"
    c.ExportApp.plugin_class = "hub.Export"
    configure(c)
    assert (c.ExchangeFactory.collect, c.ExportApp.plugin_class) == ("hub.Collect", "hub.Export")
    assert c.ExchangeFactory.list == PLUGINS["ExchangeFactory"]["list"]
    assert replaced(c) == []


def test_what_grading_needs_is_replaced_and_named(c):
    """The names tell the course's owner what changes."""
    c.GenerateFeedback.exporter_class = "mine.Exporter"
    assert replaced(c) == ["c.GenerateFeedback.exporter_class"]
    configure(c)
    assert c.GenerateFeedback.exporter_class == "autograder.feedback.feedback.FeedbackExporter"
    assert replaced(c) == []


def test_what_comes_later_and_replaces_ours_is_named(c):
    """It finds lost settings of both kinds."""
    configure(c)
    c.Autograde.autograde_preprocessors = ["mine.Step"]
    c.Autograde.exporter_class = "mine.Exporter"
    assert lacking(c) == ["c.Autograde.exporter_class", "c.Autograde.autograde_preprocessors"]
