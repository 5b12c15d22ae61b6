"""The functions that run on a cluster's workers, with the worker's own copy of the course."""

import os
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import autograder
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Course
from autograder.grading.process import GradingProcess
from autograder.intake.handed_in import HandedIn
from autograder.sandbox import isolation, probe
from autograder.sandbox.isolation import NotIsolatedError

COURSE = "AUTOGRADER_COURSE"  # the environment variable that names the course's folder

Plain = dict[str, Any]


class ClusterError(Exception):
    """A cluster that cannot grade; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class WorkerInfo:
    """A worker's description of itself.

    Parameters
    ----------
    engine : str
        The version of this package.
    course : str
        The folder of its course.
    versions : dict of str to str, optional
        The assignment's versions there, by the notebook's name.
    level : str
        What confines student code; empty if nothing does and that is not allowed.
    fault : str
        Why one of these is missing.
    """

    engine: str = ""
    course: str = ""
    versions: dict[str, str] | None = None
    level: str = ""
    fault: str = ""


def describe_worker(
    course: Plain,
    name: str,
    notebooks: list[str],
    *,
    allow_no_isolation: bool,
) -> Plain:
    """Return the data of this worker's `WorkerInfo`."""
    here = _here(course)
    info = WorkerInfo(autograder.__version__, str(here.root))
    try:
        versions = {notebook: Assignment(here, name, notebook).version for notebook in notebooks}
        info = replace(info, versions=versions)
        info = replace(info, level=isolation.describe(probe.level(allow_none=allow_no_isolation)))
    except (AssignmentError, NotIsolatedError, OSError, ValueError) as error:
        info = replace(info, fault=str(error))
    return asdict(info)


def grade_on_worker(
    course: Plain,
    name: str,
    versions: dict[str, str],
    notebooks: dict[str, Plain],
    *,
    allow_no_isolation: bool,
) -> dict[str, str]:
    """Grade a submission with this worker's copy of the course.

    Parameters
    ----------
    course : dict
        The original's `Course.layout()`.
    name : str
        The assignment's name.
    versions : dict of str to str
        The assignment's version, by the notebook's name.
    notebooks : dict of str to dict
        `HandedIn.to_dict()`, by the notebook's name.
    allow_no_isolation : bool

    Returns
    -------
    graded : dict of str to str
        The graded notebooks' texts, by the notebook's name.

    Raises
    ------
    ClusterError
        If the copy has another version. Then nothing is graded.
    NotIsolatedError
        If student code cannot be confined here, and that is not allowed.
    """
    assignments = _assignments(course, name, versions)
    process = _own.process(allow_no_isolation=allow_no_isolation)
    return {
        notebook: process.grade_file(assignments[notebook], HandedIn.from_dict(data)).text
        for notebook, data in notebooks.items()
    }


def import_there(
    course: Plain,
    name: str,
    versions: dict[str, str],
    *,
    allow_no_isolation: bool,
) -> list[str]:
    """Import an assignment's suites; return their faults. See `grade_on_worker`."""
    process = _own.process(allow_no_isolation=allow_no_isolation)
    assignments = _assignments(course, name, versions).values()
    return [fault for assignment in assignments for fault in process.import_faults(assignment)]


def differing(wanted: dict[str, str], found: dict[str, str], course: Path) -> str:
    """Return which versions in a course are not the wanted ones; empty if all are."""
    return "; ".join(
        f"must have {name} in version {version}, got {found.get(name)} in {course}"
        for name, version in wanted.items()
        if found.get(name) != version
    )


class _Own(threading.local):
    """The grading process that a worker's thread reuses."""

    def __init__(self) -> None:
        self._processes: dict[bool, GradingProcess] = {}

    def process(self, *, allow_no_isolation: bool) -> GradingProcess:
        return self._processes.setdefault(
            allow_no_isolation, GradingProcess(allow_no_isolation=allow_no_isolation)
        )


_own = _Own()


def _assignments(course: Plain, name: str, versions: dict[str, str]) -> dict[str, Assignment]:
    """Return this worker's copy of an assignment, in the wanted versions, by notebook."""
    here = _here(course)
    # read each time, which takes 0.01 seconds: the folder may have been updated
    assignments = {notebook: Assignment(here, name, notebook) for notebook in versions}
    found = {notebook: one.version for notebook, one in assignments.items()}
    if wrong := differing(versions, found, here.root):
        raise ClusterError(
            f"a worker {wrong}: copy this version of the course's folder to the workers"
        )
    return assignments


def _here(course: Plain) -> Course:
    """Return this worker's copy of a course."""
    root = Path(os.environ.get(COURSE) or Path.cwd()).resolve()
    return Course(root, **{**course, "ignore": tuple(course["ignore"])})
