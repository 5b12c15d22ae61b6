"""An item's results in words, for the student, as plain text and as HTML."""

from html import escape

from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.points import out_of
from autograder.results.report import NOT_ISOLATED, Report, Status

ADVICE = {  # to the student
    Status.REMARKS: "Read the remarks: they cost no points, but may explain lost points.",
    Status.UNREADABLE: "See the remark for the cause, and hand the notebook in again.",
    Status.TIMED_OUT: "Look for a loop that never ends, or that is too slow.",
    Status.HELD: "You need not do anything.",
}

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
    """Return an item's results as HTML, for the student; all texts are escaped."""
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
    """Return the remarks for an item; the first item has the notes too."""
    return report.remarks + (report.notes if item == report.items[0] else ())


def status_lines(report: Report) -> list[str]:
    """Return what a student should know about the status."""
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
        gate = "; if the code ends like this, the whole item scores 0"
    elif result.essential:
        gate = "; without this property, the whole item scores 0"
    return result.message + gate
