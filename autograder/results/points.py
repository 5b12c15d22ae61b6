"""Points as exact decimals: rounded once, to 6 decimal places, then added exactly.

Every screen, page, table and JSON document adds and writes points with these functions.
"""

from collections.abc import Iterable
from decimal import Decimal

DIGITS = 6  # after the decimal point
UNKNOWN = "-"  # in a table


def rounded(points: float) -> float:
    """Return points as a short decimal, such as 0.15 for 0.15000000000000002."""
    return round(float(points), DIGITS) + 0.0  # never -0.0


def added(points: Iterable[float]) -> float:
    """Return the exact sum of points."""
    return float(sum((Decimal(repr(rounded(p))) for p in points), Decimal()))


def total(points: Iterable[float | None]) -> float | None:
    """Return the exact sum of points; None if one of them is unknown."""
    known = list(points)
    return None if None in known else added(p for p in known if p is not None)


def less(points: float, penalty: float) -> float:
    """Return points minus a late penalty, and at least 0."""
    return max(0.0, added((points, -penalty)))


def shown(points: float | None) -> str:
    """Return points as text: 2, 2.26, 0.125, and a dash for unknown points."""
    if points is None:
        return UNKNOWN
    return f"{rounded(points):.{DIGITS}f}".rstrip("0").rstrip(".")


def with_unit(points: float) -> str:
    """Return points with their unit: 1 point, 0.5 points."""
    return f"{shown(points)} {'point' if rounded(points) == 1 else 'points'}"


def out_of(points: float, most: float) -> str:
    """Return points and their maximum: 1.5 of 2 points, 0 of 1 point."""
    return f"{shown(points)} of {with_unit(most)}"
