"""When something was handed in, as a text says it: believed only if it can be true."""

import warnings
from datetime import UTC, datetime, timedelta

from dateutil import parser
from nbgrader.utils import parse_utc

MAX_LENGTH = 200  # characters
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # files without a date have that of 1970 or 1980
AHEAD = timedelta(days=1)  # of our clock, and of time zones
IMPOSSIBLE = f"it must be a date and time after {EARLIEST.year}, and not in the future"


def read_time(text: str) -> datetime | None:
    """Return the time that a text says, in UTC and without a zone, as nbgrader keeps times.

    None if the text is no whole date, or none at which anything can have been handed in: a time in
    the future would keep out all that is handed in after it.
    """
    try:
        time = parse_utc(text.strip())
        is_whole = len(text) <= MAX_LENGTH and _has_date(text)
    except Exception:  # noqa: BLE001  # dateutil raises many kinds at hostile text
        return None
    return time if is_whole and is_possible(time.replace(tzinfo=UTC)) else None


def is_possible(time: datetime) -> bool:
    """Tell whether anything can have been handed in at a time, which has a zone."""
    return EARLIEST <= time <= datetime.now(UTC) + AHEAD


def _has_date(text: str) -> bool:
    """Tell whether a text has a year, a month and a day: a parser takes today's for what lacks."""
    with warnings.catch_warnings(action="ignore"):  # of zones that it does not know
        found = {
            parser.parse(text, default=default).date()
            for default in (datetime(2000, 1, 1, tzinfo=UTC), datetime(2001, 2, 2, tzinfo=UTC))
        }
    return len(found) == 1
