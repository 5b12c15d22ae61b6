"""Reads the time of handing in from a text, and rejects impossible times."""

import warnings
from datetime import UTC, datetime, timedelta

from dateutil import parser
from nbgrader.utils import parse_utc

MAX_LENGTH = 200  # characters
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # files without a date have 1970 or 1980
AHEAD = timedelta(days=1)  # for wrong clocks and time zones
IMPOSSIBLE = f"it must be a date and time after {EARLIEST.year}, and not in the future"


def read_time(text: str) -> datetime | None:
    """Return the time in a text, in UTC and without a zone, as nbgrader stores times.

    None if the text is not a whole date, or an impossible one: a time in the future would block all
    later submissions.
    """
    try:
        time = parse_utc(text.strip())
        is_whole = len(text) <= MAX_LENGTH and _has_date(text)
    except Exception:  # noqa: BLE001  # dateutil raises many kinds at hostile text
        return None
    return time if is_whole and is_possible(time.replace(tzinfo=UTC)) else None


def is_possible(time: datetime) -> bool:
    """Return whether a submission can be from a time, which has a zone."""
    return EARLIEST <= time <= datetime.now(UTC) + AHEAD


def _has_date(text: str) -> bool:
    """Return whether a text has a year, a month and a day: the parser would fill in today's."""
    with warnings.catch_warnings(action="ignore"):  # about unknown zones
        found = {
            parser.parse(text, default=default).date()
            for default in (datetime(2000, 1, 1, tzinfo=UTC), datetime(2001, 2, 2, tzinfo=UTC))
        }
    return len(found) == 1
