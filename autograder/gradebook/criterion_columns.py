"""The columns of an export with the points of each criterion, which the tests gave."""

from collections.abc import Iterable

from autograder.course.rubric import Rubric
from autograder.results.report import Report


def with_criteria(items: Iterable[str], rubric: Rubric) -> list[str]:
    """Return the columns of graded cells, each followed by those of its criteria."""
    return [
        column
        for item in items
        for column in (item, *(_column(item, name) for name in _names(rubric, item)))
    ]


def criterion_values(report: Report | None) -> dict[str, float | None]:
    """Return the automatic points of each criterion, by column; None in an item held back."""
    return {
        _column(item.name, result.criterion.name): None if item.points is None else result.points
        for item in (report.items if report else ())
        for result in item.rubric
    }


def _names(rubric: Rubric, item: str) -> list[str]:
    return [one.name for one in rubric[item].criteria] if item in rubric else []


def _column(item: str, criterion: str) -> str:
    return f"{item}: {criterion}"
