"""Finds the time when a file was handed in: from a pattern, the roster or the archive."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import PurePath

from dateutil import parser

from autograder.collect.candidate import Candidate
from autograder.course.roster import Roster
from autograder.intake.time_stamp import is_possible


@dataclass(frozen=True)
class HandInTimes:
    """The sources of hand-in times."""

    people: Roster
    zone: tzinfo  # time zone of times that name none
    entry_dates: str  # as `LmsCollector.entry_dates`
    dated: Collection[PurePath]  # the folders of archives whose dates may be hand-in dates

    def stamp(self, one: Candidate) -> str:
        """Return when a file was handed in, in UTC; empty if unknown."""
        person = self.people.people.get(one.owner.student)
        for text in (one.owner.timestamp, person.submitted if person else ""):
            with suppress(ValueError, OverflowError):
                if text.strip(" -"):
                    time = parser.parse(text)
                    return _utc(time if time.tzinfo else time.replace(tzinfo=self.zone))
        is_dated = any(folder in PurePath(one.file).parents for folder in self.dated)
        is_hand_in = self.entry_dates == "submitted" or (self.entry_dates == "auto" and is_dated)
        return _utc(datetime.fromtimestamp(one.date, UTC)) if is_hand_in else ""


def _utc(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if is_possible(time) else ""
