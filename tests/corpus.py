"""What the tests on mutants and variants share: specimens put into notebooks, and graded."""

from collections.abc import Iterable
from itertools import zip_longest

import pytest

from autograder.assignment import Assignment
from autograder.grader import GradingProcess
from autograder.outcome import Outcome
from autograder.report import Report
from autograder.specimen import Specimen
from autograder.submission import filled
from tests.conftest import PROJECT

ASSIGNMENT = Assignment(PROJECT, "dropout_l2")


def by_name(specimens: Iterable[Specimen]) -> list:
    """Put one specimen in each solution cell, until all have been in: each costs its own items."""
    cells: dict[str, list[Specimen]] = {}
    for specimen in specimens:
        cells.setdefault(specimen.grade_id, []).append(specimen)
    groups = [list(filter(None, group)) for group in zip_longest(*cells.values())]
    return [pytest.param(group, id="+".join(s.name for s in group)) for group in groups]


def graded(process: GradingProcess, specimens: list[Specimen]) -> Report:
    answers = {specimen.grade_id: specimen.source for specimen in specimens}
    return process.grade(ASSIGNMENT, filled(ASSIGNMENT.release, ASSIGNMENT.reference | answers))


def lost(report: Report) -> set[str]:
    return {item.name for item in report.items if item.points != item.max_points}


def not_run(report: Report) -> list[str]:
    return [
        result.message
        for item in report.items
        for result in item.properties
        if result.outcome is Outcome.NOT_RUN
    ]
