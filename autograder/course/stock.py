"""Assignments without hidden suites: stock nbgrader releases, grades, shows and exports them.

Each of our classes at nbgrader's extension points asks here whether its assignment has hidden
suites. If not, it hands the assignment over to nbgrader's own class.
"""

import copy
from pathlib import Path
from typing import Any

from nbgrader.apps import ZipCollectApp
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import FileNameCollectorPlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import import_item
from traitlets.config import LoggingConfigurable

from autograder.course.assignment import Assignment
from autograder.course.settings import course_of
from autograder.files.staging import original

STEPS = ("preprocessors", "sanitize_preprocessors", "autograde_preprocessors")
HIDDEN_FILES = ".*"  # files that tools leave behind


class SuiteStep(NbGraderPreprocessor):
    """A step for assignments with hidden suites, instead of nbgrader's own steps."""


def has_suites(coursedir: CourseDirectory) -> bool:
    """Return whether the assignment that nbgrader works on has hidden suites."""
    return Assignment(course_of(coursedir), coursedir.assignment_id).has_suites


def assignment_of(one: LoggingConfigurable, resources: dict[str, Any]) -> Assignment:
    """Return the assignment of a notebook that one of our classes converts."""
    names = resources["nbgrader"]
    while one.parent is not None and not isinstance(one, BaseConverter):
        one = one.parent
    # without a converter, nbgrader has the course's folder as working directory
    course = course_of(original(one.coursedir)) if isinstance(one, BaseConverter) else Path.cwd()
    return Assignment(course, names["assignment"], names["notebook"])


def choose_steps(converter: BaseConverter) -> bool:
    """Keep a converter's steps for its kind of assignment; return whether it has hidden suites.

    Parameters
    ----------
    converter : BaseConverter
        Its settings name the steps for both kinds. If they name only ours, the steps for the other
        kind are nbgrader's defaults.

    Raises
    ------
    NbGraderException
        If the assignment has suites, and its name is a pattern or the settings have none of our
        steps.
    """
    try:
        is_ours = _chosen(converter)
    except NbGraderException as error:
        # nbgrader does not show such an error
        converter.log.error("%s", error)  # noqa: TRY400  # the error's text is enough
        raise
    if isinstance(converter, Autograde) and not is_ours:
        converter.log.warning(
            "%s has no hidden suites: nbgrader runs its student code as you, without isolation",
            converter.coursedir.assignment_id,
        )
    return is_ours


def collects_as_nbgrader(app: Any) -> bool:
    """Return whether `nbgrader zip_collect` uses nbgrader's own plugins.

    It does so for an assignment without hidden suites if a `named_regexp` identifies the students.
    Without a pattern, nbgrader's own plugin would collect nothing.
    """
    if not isinstance(app, ZipCollectApp) or has_suites(app.coursedir):
        return False
    return bool(FileNameCollectorPlugin(parent=app).named_regexp)


def without_hidden_files(coursedir: CourseDirectory) -> CourseDirectory:
    """Return a copy of the settings for which nbgrader copies no hidden file.

    The Formgrader uses the original for assignments of both kinds. At the end of a run nbgrader
    resets `student_id`; the original's is reset, too.
    """
    own = copy.copy(coursedir)
    own.ignore = [*coursedir.ignore, HIDDEN_FILES]
    own.observe(lambda change: setattr(coursedir, "student_id", change.new), "student_id")
    return own


def _chosen(converter: BaseConverter) -> bool:
    _check_pattern(converter.coursedir)
    is_ours = has_suites(converter.coursedir)
    if isinstance(converter, Autograde):
        _check_suites(converter.coursedir)
    for name in filter(converter.has_trait, STEPS):
        named = getattr(converter, name)
        steps = [step for step in named if _is_for_suites(step) == is_ours]
        if is_ours and named and not steps:
            raise NbGraderException(
                f"c.{type(converter).__name__}.{name} must name the steps of autograder, got "
                f"{named}: run `autograder init`, whose lines must come last"
            )
        if is_ours:
            # nbgrader reads a file twice if two of its folders are the same, and adds steps twice
            steps = list(dict.fromkeys(steps))
        setattr(converter, name, steps if steps or is_ours else converter.trait_defaults(name))
    return is_ours


def _check_pattern(coursedir: CourseDirectory) -> None:
    """Refuse a pattern such as `*`: nbgrader would use the same steps for both kinds."""
    name = coursedir.assignment_id
    hidden = Assignment(course_of(coursedir), name).hidden
    fitting = sorted(path.name for path in hidden.parent.glob(name))
    if fitting and fitting != [name]:
        raise NbGraderException(
            f"the assignment must be one, got the pattern {name!r}, which fits {fitting} with "
            "hidden suites: name each assignment"
        )


def _check_suites(coursedir: CourseDirectory) -> None:
    """Refuse an assignment that has lost its suites: nbgrader would give each item full marks."""
    assignment = Assignment(course_of(coursedir), coursedir.assignment_id)
    if assignment.has_lost_suites:
        raise NbGraderException(
            f"{assignment.name} was released for hidden suites, but "
            f"{assignment.course.shown(assignment.hidden)} is not there: put the suites back; if "
            "nbgrader's own tests are to grade it, run "
            f"`nbgrader generate_assignment {assignment.name} --force`"
        )


def _is_for_suites(step: Any) -> bool:
    """Return whether a step in the settings is one of ours."""
    kind = import_item(step) if isinstance(step, str) else step
    return issubclass(kind if isinstance(kind, type) else type(kind), SuiteStep)
