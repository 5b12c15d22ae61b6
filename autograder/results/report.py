"""The results of one graded submission as plain data: its status, items and remarks."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder.results.outcome import CriterionResult, ItemResult, Outcome
from autograder.results.points import total

KEY = "autograder"  # of our data in a notebook's metadata
NOT_ISOLATED = "not isolated"


class Status(StrEnum):
    """The status of a submission."""

    GRADED = "graded"
    REMARKS = "graded with remarks"
    UNREADABLE = "could not be read"
    MISSING = "missing"
    TIMED_OUT = "timed out"
    HELD = "grader's fault"


NEXT_STEP = {  # for the course staff
    Status.GRADED: "",
    Status.REMARKS: "read the remarks",
    Status.UNREADABLE: "ask the student for the file again, and grade it",
    Status.MISSING: "ask the student, if you expected something",
    Status.TIMED_OUT: "look at the code, and grade by hand if it deserves more",
    Status.HELD: "mend the cause, and grade again (`nbgrader autograde` needs --force for it)",
}


@dataclass(frozen=True)
class Report:
    """One submission's results."""

    status: Status
    items: tuple[ItemResult, ...]
    # for the student and the TA; they never cost points by themselves
    remarks: tuple[str, ...] = ()
    seed: int = 0  # of every random number on the trusted side
    version: str = ""  # the digest of the suites, given code, points and limits
    isolation: str = ""  # what confined the student's code
    handed_in: str = ""  # the digest of what was handed in
    notes: tuple[str, ...] = ()  # remarks on the team's table; they do not change the status

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Report":
        """Return the report of data from `to_dict`."""
        items = tuple(map(ItemResult.from_dict, data["items"]))
        return cls(
            Status(data["status"]),
            items,
            tuple(data["remarks"]),
            data["seed"],
            data["version"],
            data["isolation"],
            data.get("handed_in", ""),  # earlier releases did not keep it
            tuple(data.get("notes", ())),  # likewise
        )

    @property
    def cause(self) -> str:
        """The cause of the status, for the course staff; empty without one."""
        causes = dict.fromkeys(self.remarks)
        for item in self.items:
            broken = [r.message for r in item.properties if r.outcome is Outcome.NOT_RUN]
            causes |= dict.fromkeys(message for message in broken if message)
        return "; ".join(causes)

    @property
    def points(self) -> float | None:
        """The sum of all items' automatic points; None if one of them is held back."""
        return total(item.points for item in self.items)

    @property
    def criteria(self) -> dict[str, list[CriterionResult]]:
        """The result of each criterion, by item; items without criteria are not in it."""
        return {item.name: item.rubric for item in self.items if item.criteria}

    @property
    def next_step(self) -> str:
        """What the course staff should do."""
        return NEXT_STEP[self.status]

    def item(self, name: str) -> ItemResult:
        """Return the result of an item by its name."""
        return next(item for item in self.items if item.name == name)


def report_in(path: Path) -> Report | None:
    """Return the report in a graded notebook; None if an interrupted run left none."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return Report.from_dict(json.loads(path.read_bytes())["metadata"][KEY])
    return None
