"""What runs on the workers of a cluster: two functions, and the course that lies there."""

import os
import threading
from dataclasses import asdict, dataclass
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
    """A cluster that cannot grade; the text says what there should be, and what to do."""


@dataclass(frozen=True)
class WorkerInfo:
    """What a worker tells of itself.

    Parameters
    ----------
    engine : str
        The version of this package.
    course : str
        The folder of its course.
    versions : dict of str to str
        Of the assignment there, by the notebook's name.
    level : str
        What confines student code; empty if nothing does, and that is not allowed.
    fault : str
        Why something of this is missing.
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
    """Return what this worker has and can, as a `Sight`'s data."""
    here = _here(course)
    sight = WorkerInfo(autograder.__version__, str(here.root))
    try:
        versions = {notebook: Assignment(here, name, notebook).version for notebook in notebooks}
        sight = WorkerInfo(**{**asdict(sight), "versions": versions})
        level = isolation.describe(probe.level(allow_none=allow_no_isolation))
        return {**asdict(sight), "level": level}
    except (AssignmentError, NotIsolatedError, OSError, ValueError) as error:
        return {**asdict(sight), "fault": str(error)}


def grade_on_worker(
    course: Plain,
    name: str,
    versions: dict[str, str],
    notebooks: dict[str, Plain],
    *,
    allow_no_isolation: bool,
) -> dict[str, str]:
    """Grade a submission with the course that lies on this worker: a pure function.

    Parameters
    ----------
    course : dict
        `Course.layout()`, of the course that lies elsewhere: this worker has a copy.
    name : str
        The assignment's.
    versions : dict of str to str
        By the notebook's name, of the assignment that is to judge it.
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
        If the course here is of another version: then nothing is graded.
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
    """Import an assignment's suites; return what is wrong with them. See `grade_on_worker`."""
    process = _own.process(allow_no_isolation=allow_no_isolation)
    assignments = _assignments(course, name, versions).values()
    return [fault for assignment in assignments for fault in process.import_faults(assignment)]


def differing(wanted: dict[str, str], found: dict[str, str], course: Path) -> str:
    """Return which versions in a course are not those wanted; empty if all are."""
    differing = [name for name, version in wanted.items() if found.get(name) != version]
    return "; ".join(
        f"must have {name} in version {wanted[name]}, got {found.get(name)} in {course}"
        for name in differing
    )


class _Own(threading.local):
    """What a worker's thread keeps for the submissions after this one."""

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
    # read anew each time, which takes a hundredth of a second: the folder may be brought up to date
    assignments = {notebook: Assignment(here, name, notebook) for notebook in versions}
    found = {notebook: one.version for notebook, one in assignments.items()}
    if wrong := differing(versions, found, here.root):
        raise ClusterError(
            f"a worker {wrong}: bring the course's folder of this version to the workers"
        )
    return assignments


def _here(course: Plain) -> Course:
    """Return this worker's copy of a course."""
    root = Path(os.environ.get(COURSE) or Path.cwd()).resolve()
    return Course(root, **{**course, "ignore": tuple(course["ignore"])})
