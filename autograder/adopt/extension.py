"""The one call by which a course's `nbgrader_config.py` adds our classes to nbgrader's.

An assignment with hidden suites, in `tests/hidden/<assignment>/`, uses our classes. All others use
nbgrader's.
"""

import warnings
from collections.abc import Iterator
from typing import Any

from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from autograder.startup import scripts

Settings = dict[str, dict[str, Any]]  # by a class of nbgrader's and the name of its setting

# grading needs them: our value replaces the course's
OURS: Settings = {
    # also for assignments with submissions: the gradebook gets the source's cells and keeps its
    # scores
    "GenerateAssignment": {
        "exporter_class": "autograder.class_run.nbgrader_plugins.SourceExporter",
    },
    "GenerateSolution": {
        "exporter_class": "autograder.class_run.nbgrader_plugins.SourceExporter",
    },
    "Autograde": {"exporter_class": "autograder.class_run.nbgrader_plugins.SubmissionExporter"},
    "GenerateFeedback": {"exporter_class": "autograder.feedback.feedback.FeedbackExporter"},
    "HTMLExporter": {"optimistic_validation": True},  # once per page, not after each step
}
# a course may have others, for example for its own exchange: the course's value stays
PLUGINS: Settings = {
    "ZipCollectApp": {
        "extractor_plugin": "autograder.collect.archive.GuardedExtractor",
        "collector_plugin": "autograder.collect.collector.LmsCollector",
    },
    "ExchangeFactory": {
        "collect": "autograder.collect.exchange_collector.GuardedCollect",
        "list": "autograder.collect.exchange_list.GuardedList",
    },
    "ExportApp": {"plugin_class": "autograder.gradebook.export.GradesPlugin"},
}
# lists: our steps come after the course's own
STEPS: Settings = {
    # records the release's cells and files in it, so that check.py can name what is missing
    "GenerateAssignment": {"preprocessors": ["autograder.course.imprint.Imprint"]},
    "Autograde": {
        "sanitize_preprocessors": ["autograder.class_run.nbgrader_plugins.RestoreCells"],
        "autograde_preprocessors": [
            "autograder.class_run.nbgrader_plugins.GradeCells",
            "autograder.class_run.nbgrader_plugins.SaveGrades",
        ],
    },
    "GenerateFeedback": {"preprocessors": ["autograder.feedback.feedback.GetMarks"]},
    "HTMLExporter": {"preprocessors": ["autograder.feedback.formgrader_page.InertPage"]},
}
# they show what students write, without scripts, in the feedback and in the Formgrader
FILTERS = {
    "markdown2html": "autograder.text.sanitizer.MarkdownToHtml",
    "highlight_code": "autograder.text.code_html.CodeToHtml",
}


def configure(c: Config) -> None:
    """Add our classes to a course's settings, after the course's own lines.

    Parameters
    ----------
    c : Config
        What `get_config()` returns.
    """
    scripts.put_on_path()
    # harmless warnings about nbgrader's own queries under SQLAlchemy 2.1, once per submission
    warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
    for kind, name, value in _each(OURS):
        c[kind][name] = value
    for kind, name, plugin in _each(PLUGINS):
        c[kind].setdefault(name, plugin)
    for kind, name, steps in _each(STEPS):
        own = c[kind][name]
        if isinstance(own, LazyConfigValue):
            own.extend(steps)
        else:
            c[kind][name] = [*own, *steps]
    c.HTMLExporter.filters.update(FILTERS)


def replaced(c: Config) -> list[str]:
    """Return a course's settings that `configure` replaces, as "c.Autograde.exporter_class"."""
    return [
        f"c.{kind}.{name}"
        for kind, name, value in _each(OURS)
        if _found(c, kind, name) not in (None, value)
    ]


def lacking(c: Config) -> list[str]:
    """Return the settings in which our classes have no effect, as "c.Autograde.exporter_class".

    Parameters
    ----------
    c : Config
        All settings together, as nbgrader has read them.
    """
    lost = [(kind, name) for kind, name, value in _each(OURS) if _found(c, kind, name) != value]
    lost += [
        (kind, name)
        for kind, name, steps in _each(STEPS)
        if any(step not in (_found(c, kind, name) or []) for step in steps)
    ]
    return [f"c.{kind}.{name}" for kind, name in lost]


def _each(settings: Settings) -> Iterator[tuple[str, str, Any]]:
    """Yield each setting's class, name and value."""
    for kind, values in settings.items():
        for name, value in values.items():
            yield kind, name, value


def _found(c: Config, kind: str, name: str) -> Any:
    """Return what a setting is now; None if nothing sets it."""
    found = c[kind].get(name)
    return found.get_value([]) if isinstance(found, LazyConfigValue) else found
