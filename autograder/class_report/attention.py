"""The submissions that a human should look at, and why; and what stands out in a class."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from autograder.class_report.facts import ClassFacts
from autograder.class_report.library_use import LibraryUse
from autograder.class_report.similarity import Alike
from autograder.gradebook.class_record import ClassRecord, Record
from autograder.gradebook.entry import NOT_COLLECTED, NOT_GRADED
from autograder.results.report import NEXT_STEP, NOT_ISOLATED, Status
from autograder.text.wording import counted_as

NAMED = 5  # of similar answers
MAX_LINE = 100  # characters of a student's code


class Title(StrEnum):
    """Why a submission needs a human eye, as the pages say it."""

    HELD = "held back by a fault of ours"
    LEFT_OUT = "handed in, and not collected"
    WAITING = "not graded yet"
    UNREADABLE = "could not be read"
    TIMED_OUT = "timed out"
    NEAR_IDENTICAL = "near-identical answers"
    LIBRARY = "a forbidden library in graded code"
    BARE = "graded without isolation"
    BY_HAND = "a score by hand"
    REMARKS = "remarks"


@dataclass(frozen=True)
class Reason:
    """A reason to look at some submissions.

    Parameters
    ----------
    title : Title
    what_to_do : str
    cases : tuple of (Record, str)
        Each submission, with a remark.
    """

    title: Title
    what_to_do: str
    cases: tuple[tuple[Record, str], ...]


def reasons(
    whole: ClassRecord,
    uses: dict[str, list[LibraryUse]],
    groups: Iterable[Alike],
) -> list[Reason]:
    """Return the reasons that hold for at least one submission.

    Parameters
    ----------
    whole : ClassRecord
    uses : dict of str to list of LibraryUse
        Forbidden ones, by student.
    groups : iterable of Alike
    """
    records, titles = whole.records, whole.titles
    by_status = {
        Title.HELD: Status.HELD,
        Title.LEFT_OUT: NOT_COLLECTED,
        Title.WAITING: NOT_GRADED,
        Title.UNREADABLE: Status.UNREADABLE,
        Title.TIMED_OUT: Status.TIMED_OUT,
    }
    found = [
        Reason(title, _next_step(status, records), tuple((r, r.entry.cause) for r in theirs))
        for title, status in by_status.items()
        if (theirs := [record for record in records if record.entry.status == status])
    ]
    partners = _partners(groups)
    rest = (
        (
            Title.NEAR_IDENTICAL,
            "compare them below; being alike proves nothing, so judge for yourself",
            {student: "; ".join(remarks) for student, remarks in partners.items()},
        ),
        (
            Title.LIBRARY,
            "read the line; the grader used no value from it",
            {
                student: "; ".join(f"{u.cell}, line {u.line}: {u.code[:MAX_LINE]}" for u in theirs)
                for student, theirs in uses.items()
                if theirs
            },
        ),
        (
            Title.BARE,
            "grade again where student code can be confined: see SECURITY.md",
            {r.student: "" for r in records if r.entry.isolation == NOT_ISOLATED},
        ),
        (
            Title.BY_HAND,
            "check that it still holds: it takes precedence over the automatic score",
            {r.student: "; ".join(titles[one] for one in r.by_hand) for r in records if r.by_hand},
        ),
        (
            Title.REMARKS,
            "read them; they cost no points by themselves",
            {
                r.student: "; ".join(r.entry.remarks)
                for r in records
                if r.entry.remarks and r.entry.status not in by_status.values()
            },
        ),
    )
    for title, what_to_do, remarks in rest:
        if cases := tuple((r, remarks[r.student]) for r in records if r.student in remarks):
            found.append(Reason(title, what_to_do, cases))
    return found


def findings(facts: ClassFacts, reasons: Sequence[Reason], groups: Sequence[Alike]) -> list[str]:
    """Return what stands out, the most important first."""
    return [*_waiting(reasons), *_suspicious(facts, reasons, groups), *_learned(facts)]


def _partners(groups: Iterable[Alike]) -> dict[str, list[str]]:
    """Return the names of the similar answers, by student."""
    partners: dict[str, list[str]] = {}
    for group in groups:
        for student in group.students:
            others = [other for other in group.students if other != student]
            more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
            remark = f"{group.cell}: like {', '.join(others[:NAMED])}{more}"
            partners.setdefault(student, []).append(remark)
    return partners


def _next_step(status: str, records: Sequence[Record]) -> str:
    known: dict[str, str] = {str(one): step for one, step in NEXT_STEP.items()}
    theirs = (record.entry.next_step for record in records if record.entry.status == status)
    return known.get(status) or next(theirs, "")


def _waiting(reasons: Sequence[Reason]) -> Iterator[str]:
    for reason in reasons:
        if reason.title in (Title.HELD, Title.WAITING, Title.UNREADABLE):
            yield _with_count(reason)


def _suspicious(
    facts: ClassFacts, reasons: Sequence[Reason], groups: Sequence[Alike]
) -> Iterator[str]:
    for item in facts.items:
        value = item.discrimination.value
        if value is not None and value < 0:
            title, meaning = facts.titles[item.name], item.discrimination.meaning
            yield f"{title} discriminates by {value:.2f}: {meaning}"
    if groups:
        students = {student for group in groups for student in group.students}
        yield (
            f"{len(students)} students have near-identical answers, in "
            f"{counted_as(len(groups), 'group')}: compare them"
        )
    for reason in reasons:
        if reason.title in (Title.LIBRARY, Title.TIMED_OUT):
            yield _with_count(reason)


def _learned(facts: ClassFacts) -> Iterator[str]:
    rates = [
        (rate.rate, rate)
        for item, rates in facts.properties.items()
        if item not in facts.criteria
        for rate in rates
    ]
    known = [(share, rate) for share, rate in rates if share is not None and share < 1]
    if known:
        share, rate = min(known, key=lambda pair: pair[0])
        yield (
            f"the property that fewest pass, {100 * share:.0f} %: {rate.sentence} "
            f"[{facts.titles[rate.item]}]"
        )
    totals = facts.totals
    if totals.mean is not None and totals.median is not None:
        yield (
            f"{counted_as(totals.n, 'submission')} graded: mean {totals.mean:.2f} points, median "
            f"{totals.median:.2f}, {totals.full} with full marks"
        )
    else:
        yield "nobody is graded yet: run `autograder grade`"


def _with_count(reason: Reason) -> str:
    return f"{reason.title}, {counted_as(len(reason.cases), 'submission')}: {reason.what_to_do}"
