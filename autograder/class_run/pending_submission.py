"""A submission to grade, and the reason for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import InvalidEntry

from autograder.course.assignment import Assignment
from autograder.intake.handed_in import Notebooks
from autograder.results.report import Status, report_in


@dataclass(frozen=True)
class PendingSubmission:
    """A submission to grade.

    Parameters
    ----------
    student : str
    folder : Path
        In `submitted/`.
    notebooks : dict of str to HandedIn
        By name.
    reason : str
        Why the run grades it, in words.
    """

    student: str
    folder: Path
    notebooks: Notebooks
    reason: str


def check_name(student: str) -> None:
    """Raise `InvalidEntry` if the gradebook cannot hold a student's id."""
    try:
        student.encode()
    except UnicodeEncodeError:
        raise InvalidEntry(
            "the folder must have a name in UTF-8: rename it, and grade again"
        ) from None


def reason_to_grade(
    graded: Path,
    notebooks: Notebooks,
    assignments: Mapping[str, Assignment],
    levels: frozenset[str],
) -> str:
    """Return why to grade a submission again; empty if its grade, in the folder, is current."""
    for name, handed_in in notebooks.items():
        report = report_in(graded / f"{name}.ipynb")
        if report is None:
            return "not graded yet"
        if report.status is Status.HELD:
            return "held back until now"
        if report.handed_in != handed_in.digest:
            return "handed in anew"
        if report.version != (assignment := assignments[name]).version:
            is_same = report.version.partition("-")[0] == assignment.suites_version
            return "the engine has changed" if is_same else "the suites have changed"
        if report.isolation and report.isolation not in levels:
            return "another isolation"
    return ""
