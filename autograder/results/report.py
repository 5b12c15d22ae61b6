"""The account of one graded submission: what a student, a TA and the gradebook are told."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Any

from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.points import out_of, total

KEY = "autograder"  # of our part of a notebook's metadata
NOT_ISOLATED = "not isolated"


class Status(StrEnum):
    """What became of a submission."""

    GRADED = "graded"
    REMARKS = "graded with remarks"
    UNREADABLE = "could not be read"
    MISSING = "missing"
    TIMED_OUT = "timed out"
    HELD = "grader's fault"


NEXT_STEP = {  # of the course staff
    Status.GRADED: "",
    Status.REMARKS: "read the remarks",
    Status.UNREADABLE: "ask the student for the file again, and grade it",
    Status.MISSING: "ask the student, if you expected something",
    Status.TIMED_OUT: "look at the code, and grade by hand if it deserves more",
    Status.HELD: "mend the cause, and grade again (`nbgrader autograde` needs --force for it)",
}
ADVICE = {  # to the student
    Status.REMARKS: "Read the remarks: they cost no points, and may tell why some were lost.",
    Status.UNREADABLE: "See the remark for the cause, and hand the notebook in again.",
    Status.TIMED_OUT: "Look for a loop that never ends, or that is needlessly slow.",
    Status.HELD: "You need not do anything.",
}


@dataclass(frozen=True)
class Report:
    """One submission's results.

    Parameters
    ----------
    status : Status
    items : tuple of ItemResult
    remarks : tuple of str
        What the student and the TA should know; never a reason for a lost point by itself.
    seed : int
        The seed of every random number on the trusted side.
    version : str
        The digest of the suites, given code, points and limits.
    isolation : str
        What confined the student's code.
    handed_in : str
        The digest of what was handed in.
    notes : tuple of str
        Remarks on the team's table: told as remarks are, and no reason for another status.
    """

    status: Status
    items: tuple[ItemResult, ...]
    remarks: tuple[str, ...] = ()
    seed: int = 0
    version: str = ""
    isolation: str = ""
    handed_in: str = ""
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Report":
        """Return the report that `to_dict` made the data of."""
        items = tuple(map(ItemResult.from_dict, data["items"]))
        return cls(
            Status(data["status"]),
            items,
            tuple(data["remarks"]),
            data["seed"],
            data["version"],
            data["isolation"],
            data.get("handed_in", ""),  # of an earlier release, which did not keep it
            tuple(data.get("notes", ())),  # likewise
        )

    @property
    def cause(self) -> str:
        """What has to be said of the status, to the course staff; empty if nothing has."""
        causes = dict.fromkeys(self.remarks)
        for item in self.items:
            broken = [r.message for r in item.properties if r.outcome is Outcome.NOT_RUN]
            causes |= dict.fromkeys(message for message in broken if message)
        return "; ".join(causes)

    @property
    def points(self) -> float | None:
        """The sum of all items' automatic points; None while one of them is held back."""
        return total(item.points for item in self.items)

    @property
    def next_step(self) -> str:
        """What the course staff does about it."""
        return NEXT_STEP[self.status]

    def item(self, name: str) -> ItemResult:
        """Return the result of an item by its name."""
        return next(item for item in self.items if item.name == name)


def report_in(path: Path) -> Report | None:
    """Return the report in a graded notebook, where it is written last of all.

    None if there is none: a grader that was ended half-way leaves half a notebook, or none.
    """
    with suppress(OSError, ValueError, KeyError, TypeError):
        return Report.from_dict(json.loads(path.read_bytes())["metadata"][KEY])
    return None


MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.NOT_RUN: "?"}


def item_text(report: Report, name: str) -> str:
    """Return an item's results as plain text, for the student."""
    item = report.item(name)
    lines = [_headline(report, item), *status_lines(report)]
    lines += [f"  {diagnosis.advice}" for diagnosis in item.diagnosis]
    lines += [f"  remark: {remark}" for remark in _remarks(report, item)]
    for result in item.properties:
        lines.append(f"{MARKS[result.outcome]} {result.sentence}")
        if message := message_of(result):
            lines.append(f"    {message}")
    return "\n".join(lines)


def item_html(report: Report, name: str) -> str:
    """Return an item's results as HTML, for the student; whatever came from code is escaped."""
    item = report.item(name)
    rows = []
    for result in item.properties:
        message = message_of(result)
        detail = f"<br><code>{escape(message)}</code>" if message else ""
        rows.append(
            f'<li style="margin-bottom: 0.5em">{MARKS[result.outcome]} <b>{result.outcome}</b>: '
            f"{escape(result.sentence)}{detail}</li>"
        )
    status = "".join(f"<p>{escape(line)}</p>" for line in status_lines(report))
    advice = "".join(f"<p>{escape(diagnosis.advice)}</p>" for diagnosis in item.diagnosis)
    remarks = "".join(f"<p>Remark: {escape(remark)}</p>" for remark in _remarks(report, item))
    return (
        f"<p><b>{escape(_headline(report, item))}</b></p>{status}{advice}{remarks}"
        f'<ul style="list-style: none; padding-left: 0">{"".join(rows)}</ul>'
    )


def _headline(report: Report, item: ItemResult) -> str:
    if item.points is None:
        return (
            "Not graded yet: a fault of the grader, not of yours. The course staff will see to it."
        )
    return out_of(item.points, item.max_points)


def _remarks(report: Report, item: ItemResult) -> tuple[str, ...]:
    """Return the remarks to be told with an item; the notes once, with the first."""
    return report.remarks + (report.notes if item == report.items[0] else ())


def status_lines(report: Report) -> list[str]:
    """Return what a student should know of the status."""
    advice = ADVICE.get(report.status)
    lines = [f"Status: {report.status}. {advice}"] if advice else []
    if report.isolation == NOT_ISOLATED:
        lines.append("The code was graded not isolated from the grader.")
    return lines


def message_of(result: PropertyResult) -> str:
    """Return why a property failed, for the student; empty if it did not."""
    if result.outcome is not Outcome.FAILED:
        return ""  # why a property did not run is for the operator, in the log
    gate = ""
    if result.ended:
        gate = "; where the code ends so, the whole item is worth nothing"
    elif result.essential:
        gate = "; without this property the item is worth nothing"
    return result.message + gate
