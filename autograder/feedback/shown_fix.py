"""What a student should fix, as the page of feedback shows it first."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from autograder.results.figure import Figure
from autograder.results.fix import Fix, fixes
from autograder.results.outcome import PropertyResult
from autograder.results.points import added, shown, with_unit
from autograder.results.report import Report, Status

ROWS, COLUMNS = 6, 12  # of a figure
AT_A_LINE = " (line "  # in the message of an error
FIGURES = 2  # side by side, such as the masks of two calls


@dataclass(frozen=True)
class ShownFix:
    """One cause of lost points.

    Attributes
    ----------
    heading : str
        What to do, or what does not hold.
    points : str
        What it costs in all, and how much of that an earlier fix costs, too.
    costs : list of str
        What it costs in each item, and for which criteria.
    proof : PropertyResult
        The failed property that shows it best.
    others : int
        How many more properties fail for this cause.
    is_told : bool
        Whether the heading says what the proof's message says.
    """

    heading: str
    points: str
    costs: list[str]
    proof: PropertyResult
    others: int
    is_told: bool

    @property
    def figures(self) -> list[Figure]:
        """What the student's code returned: the part in which it is wrong."""
        return [figure.cropped(ROWS, COLUMNS) for figure in self.proof.figures[:FIGURES]]


def shown_fixes(report: Report) -> list[ShownFix]:
    """Return what a submission's student should fix; nothing if there was no code to judge."""
    if report.status is Status.UNREADABLE:  # the remark says what to do
        return []
    found, counted = [], set[tuple[str, str]]()
    for fix in fixes(report.items):
        named = {(c.item.name, c.criterion.criterion.name): c for c in fix.costs if c.criterion}
        shared = added(named[key].points for key in named.keys() & counted)
        found.append(_shown(fix, shared))
        counted |= named.keys()
    return found


def question(report: Report) -> str:
    """Return something to think about after full marks: the same question for the same answers."""
    questions = [item.question for item in report.items if item.question]
    return questions[report.seed % len(questions)] if questions and is_full(report) else ""


def is_full(report: Report) -> bool:
    """Whether no test costs a point."""
    return all(item.points == item.max_points for item in report.items)


def _shown(fix: Fix, shared: float) -> ShownFix:
    first = fix.evidence[0]
    alike = [one for one in fix.evidence if one.criterion == first.criterion]
    proof = min(alike, key=_shows_no_pattern)  # the first that shows one, or else the first
    return ShownFix(
        heading=_heading(fix, proof),
        points=_points(fix.points, shared),
        costs=list(_costs(fix)),
        proof=proof,
        others=len(fix.evidence) - 1,
        is_told=bool(fix.message and not fix.advice),
    )


def _points(points: float, shared: float) -> str:
    """Return what a fix costs; some criteria may be `shared` with earlier ones."""
    if shared == points:
        return f"the same {with_unit(points)}"
    return f"{with_unit(points)}{f', {shown(shared)} of them counted above' if shared else ''}"


def _shows_no_pattern(result: PropertyResult) -> bool:
    """Return whether the pictures are masks in which all is dropped, or nothing."""
    parts = [figure.cropped(ROWS, COLUMNS) for figure in result.figures[:FIGURES]]
    signs = {sign for part in parts for row in part.rows for sign in row.split()}
    return len(signs) == 1 and not any(map(str.isalnum, signs.pop()))


def _heading(fix: Fix, proof: PropertyResult) -> str:
    if fix.advice:
        return fix.advice
    if not fix.message:
        return f"This does not hold yet: {proof.sentence}"
    if AT_A_LINE in fix.message:
        return f"Your code stops with {fix.message}"
    return f"Several tests fail in the same way: {fix.message}"


def _costs(fix: Fix) -> Iterator[str]:
    for item, group in groupby(fix.costs, key=lambda cost: cost.item):
        costs = list(group)
        points = added(cost.points for cost in costs)
        sentences = [c.criterion.criterion.sentence for c in costs if c.criterion]
        told = "all of it" if points == item.max_points else " ".join(sentences)
        yield f"{shown(points)} in {item.shown_name}{': ' if told else ''}{told}"
