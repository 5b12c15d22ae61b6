"""An item's results in words, for the student, as plain text and as HTML.

Criteria come first; below a lost one come its failed properties, which are the evidence.
"""

from collections.abc import Iterable
from html import escape

from autograder.results.outcome import CriterionResult, ItemResult, Outcome, PropertyResult
from autograder.results.points import out_of, with_unit
from autograder.results.report import NOT_ISOLATED, Report, Status

ADVICE = {  # to the student
    Status.REMARKS: "Read the remarks: they cost no points, but may explain lost points.",
    Status.UNREADABLE: "See the remark for the cause, and hand the notebook in again.",
    Status.TIMED_OUT: "Look for a loop that never ends, or that is too slow.",
    Status.HELD: "You need not do anything.",
}

MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.NOT_RUN: "?"}
LIST = '<ul style="list-style: none; padding-left: {}">'
ENTRY = '<li style="margin-bottom: 0.5em">'


def item_text(report: Report, name: str) -> str:
    """Return an item's results as plain text, for the student."""
    item = report.item(name)
    lines = [_headline(report, item), *status_lines(report)]
    lines += [f"  {diagnosis.advice}" for diagnosis in item.diagnosis]
    lines += [f"  remark: {remark}" for remark in _remarks(report, item)]
    lines += zero_lines(item)
    lines += _as_text(_without_criterion(item))
    for result in item.rubric:
        told = f"{criterion_points(result)}: {result.criterion.sentence}"
        lines.append(f"{MARKS[result.shown_as]} {told}")
        lines += [f"    {line}" for line in _as_text(result.evidence)]
    return "\n".join(lines)


def item_html(report: Report, name: str) -> str:
    """Return an item's results as HTML, for the student; all texts are escaped."""
    item = report.item(name)
    lines = [*status_lines(report), *(diagnosis.advice for diagnosis in item.diagnosis)]
    lines += [f"Remark: {remark}" for remark in _remarks(report, item)]
    lines += zero_lines(item)
    rows = _as_html(_without_criterion(item))
    for result in item.rubric:
        evidence = _as_html(result.evidence)
        rows += (
            f"{ENTRY}{MARKS[result.shown_as]} <b>{criterion_points(result)}</b>: "
            f"{escape(result.criterion.sentence)}"
            f"{LIST.format('1.5em') + evidence + '</ul>' if evidence else ''}</li>"
        )
    return (
        f"<p><b>{escape(_headline(report, item))}</b></p>"
        f"{''.join(f'<p>{escape(line)}</p>' for line in lines)}"
        f"{LIST.format(0)}{rows}</ul>"
    )


def criterion_points(result: CriterionResult) -> str:
    """Return the points that a criterion earned, and its maximum."""
    if result.points is not None:
        return out_of(result.points, result.max_points)
    state = result.outcome if result.outcome is Outcome.NOT_RUN else "not graded yet"
    return f"{state}, of {with_unit(result.max_points)}"


def zero_lines(item: ItemResult) -> list[str]:
    """Return why criteria score 0 whose own properties may hold: a sentence for each reason."""
    gates = [result for result in item.gates if result.criterion]  # others say it themselves
    if gates:
        gate = min(gates, key=lambda result: result.shown_as is not Outcome.FAILED)
        ended, failed = "the code did not reach the end of this test", "this essential test failed"
        return [f"The item scores 0, because {ended if gate.ended else failed}: {gate.sentence}"]
    return [
        f"This criterion earns points only if another one does: {result.criterion.sentence}"
        for result in item.rubric
        if result.outcome is Outcome.PASSED and result.points == 0 != result.max_points
    ]


def status_lines(report: Report) -> list[str]:
    """Return what a student should know about the status."""
    advice = ADVICE.get(report.status)
    lines = [f"Status: {report.status}. {advice}"] if advice else []
    if report.isolation == NOT_ISOLATED:
        lines.append("The code was graded not isolated from the grader.")
    return lines


def message_of(result: PropertyResult) -> str:
    """Return why a property failed, for the student; empty if it did not, or was not run."""
    if result.outcome is not Outcome.FAILED:
        return ""  # why a property did not run is for the operator, in the log
    if result.criterion:  # a sentence about the item says what a gate costs
        return result.message if result.shown_as is Outcome.FAILED else ""
    gate = ""
    if result.ended:
        gate = "; if the code ends like this, the whole item scores 0"
    elif result.essential:
        gate = "; without this property, the whole item scores 0"
    return result.message + gate


def _headline(report: Report, item: ItemResult) -> str:
    if item.points is None:
        return (
            "Not graded yet: a fault of the grader, not of yours. The course staff will see to it."
        )
    return out_of(item.points, item.max_points)


def _remarks(report: Report, item: ItemResult) -> tuple[str, ...]:
    """Return the remarks for an item; the first item has the notes too."""
    return report.remarks + (report.notes if item == report.items[0] else ())


def _without_criterion(item: ItemResult) -> list[PropertyResult]:
    return [result for result in item.properties if not result.criterion]


def _as_text(results: Iterable[PropertyResult]) -> list[str]:
    lines = []
    for result in results:
        word = f"{result.shown_as}: " if result.shown_as is Outcome.NOT_RUN else ""
        lines.append(f"{MARKS[result.shown_as]} {word}{result.sentence}")
        if message := message_of(result):
            lines.append(f"    {message}")
    return lines


def _as_html(results: Iterable[PropertyResult]) -> str:
    rows = ""
    for result in results:
        message = message_of(result)
        detail = f"<br><code>{escape(message)}</code>" if message else ""
        rows += (
            f"{ENTRY}{MARKS[result.shown_as]} <b>{result.shown_as}</b>: "
            f"{escape(result.sentence)}{detail}</li>"
        )
    return rows
