"""The class report as one HTML page, which loads nothing."""

import base64
import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from autograder.class_report.attention import Reason
from autograder.class_report.facts import ClassFacts
from autograder.class_report.lecture import FEWEST, to_say
from autograder.class_report.plot import histogram
from autograder.class_report.similarity import Alike
from autograder.gradebook.class_record import ClassRecord, Record
from autograder.gradebook.lateness import in_words
from autograder.results.points import added, shown
from autograder.text.page import environment
from autograder.text.plain_text import visible
from autograder.text.wording import counted_as

MOST_MISTAKES = 12  # that are shown at once
MOST_BY_CRITERION = 4  # mistakes by which it was lost
MOST_GROUPS = 40  # groups of similar answers whose text is shown
MOST_TEXT = 8000  # characters of an answer
MANY_LINES = 4  # lines as released, from which on they are left out
TOTAL = "total"


@dataclass(frozen=True)
class ClassReport:
    """What the page shows.

    Parameters
    ----------
    name, version : str
        The assignment's, and its suites'.
    whole : ClassRecord
    facts : ClassFacts
    reasons : list of Reason
    groups : list of Alike
    findings : list of str
    stubs : dict of str to str
        The solution cells as released.
    """

    name: str
    version: str
    whole: ClassRecord
    facts: ClassFacts
    reasons: list[Reason]
    groups: list[Alike]
    findings: list[str]
    stubs: dict[str, str]


def page(report: ClassReport, formgrader: str, made: dt.datetime) -> str:
    """Return the page.

    Parameters
    ----------
    report : ClassReport
    formgrader : str
        The Formgrader's address, to which a student's name leads.
    made : datetime
        When, in UTC.
    """
    pages = environment(
        finalize=lambda value: visible(value) if type(value) is str else value,  # no made HTML
    )
    items, titles = report.whole.items, report.facts.titles
    distributions = [(TOTAL, added(item.points for item in items), report.facts.totals)]
    distributions += [
        (titles[item.name], item.maximum, item.distribution) for item in report.facts.items
    ]
    script = pages.get_template("class.js").render()
    noted: dict[str, list[str]] = defaultdict(list)
    for reason in report.reasons:
        for record, remark in reason.cases:
            noted[record.student].append(f"{reason.title}: {remark}" if remark else reason.title)

    def lost(record: Record) -> str:
        points = zip(items, record.points(items), strict=True)
        return " ".join(i.name for i, p in points if p is not None and p < i.points)

    return pages.get_template("class.html").render(
        name=report.name,
        version=report.version,
        made=made,
        items=items,
        records=report.whole.records,
        known={record.student: record for record in report.whole.records},
        number_of={made.advice: n for n, made in enumerate(report.facts.mistakes) if made.advice},
        facts=report.facts,
        findings=report.findings,
        lecture=to_say(report.facts),
        fewest=FEWEST,
        reasons=report.reasons,
        noted=dict(noted),
        groups=report.groups,
        most_groups=MOST_GROUPS,
        most_mistakes=MOST_MISTAKES,
        most_by_criterion=MOST_BY_CRITERION,
        excerpt=lambda cell, text: _excerpt(text, report.stubs.get(cell, "")),
        distributions=distributions,
        plots={
            title: histogram(distribution, maximum, f"Points, {title}")
            for title, maximum, distribution in distributions
        }
        if report.facts.totals.n
        else {},
        link=_linked(report.name, formgrader),
        late=lambda record: in_words(record.seconds_late),
        shown=shown,
        counted_as=counted_as,
        lost=lost,
        script=script,
        # the browser runs this script and no other
        script_hash="sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _linked(name: str, formgrader: str) -> Callable[[Record], str]:
    """Return a function that returns a submission's address in the Formgrader."""
    base = formgrader.rstrip("/")

    def link(record: Record) -> str:
        if record.notebook_id and record.report:
            return f"{base}/submissions/{record.notebook_id}/"
        return f"{base}/manage_submissions/{name}/"  # where it can be graded

    return link


def _excerpt(text: str, stub: str) -> str:
    """Return a student's text, with a mark for each longer passage of the release."""
    released = {*stub.splitlines(), ""}
    shown: list[str] = []
    for is_released, lines in groupby(text[:MOST_TEXT].splitlines(), released.__contains__):
        passage = list(lines)
        shown += ["⋮"] if is_released and len(passage) >= MANY_LINES else passage
    if len(text) > MOST_TEXT:
        shown.append(f"⋮ {len(text) - MOST_TEXT} more characters")
    return "\n".join(shown)
