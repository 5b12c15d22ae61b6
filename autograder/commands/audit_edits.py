"""`autograder audit --edits`: shows the single edits of right solutions that nothing notices."""

from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from autograder.audit.edit_auditor import EditAuditor, Trial, Tried, Verdict
from autograder.audit.edit_kinds import KINDS
from autograder.commands import console
from autograder.course.assignment import Assignment
from autograder.text.wording import counted_as

COUNTED = ("made", *Verdict)
LONGEST = 100  # characters of a fact that are shown


def run(assignment: Assignment, jobs: int, only: str, *, as_json: bool) -> int:
    """Try the edits of the solutions whose names match, print the result, return the exit code."""
    with console.progress(
        console.console(stderr=True), *Progress.get_default_columns(), MofNCompleteColumn()
    ) as progress:
        bar = progress.add_task("grading edits")

        def tick(done: int, steps: int) -> None:
            progress.update(bar, completed=done, total=steps)

        auditor = EditAuditor(assignment, jobs, tick)
        trial = auditor.try_edits(auditor.edits(only))
    if as_json:
        console.print_json(document(assignment.name, trial))
    else:
        print_trial(console.console(), trial)
    return int(bool(trial.faults or trial.of(Verdict.SURVIVOR)))


def print_trial(on: Console, trial: Trial) -> None:
    """Print each survivor with the facts that differ, notes, faults, and the counts by kind."""
    for one in trial.of(Verdict.SURVIVOR):
        on.print(f"Survivor: {one.edited.place}: {one.edited.change}", style="red")
        for item, facts in one.differing.items():
            on.print(f"  these observations of {item} differ:")
            for name, (unedited, edited) in facts.items():
                on.print(f"    {name}: {_cut(unedited)} → {_cut(edited)}")
    for fault in trial.faults:
        on.print(f"Defect: {fault}", style="red")
    table = console.table()
    table.add_column("kind of edit")
    for title in COUNTED:
        table.add_column(title, justify="right")
    for kind, counts in _counts(trial).items():
        if counts["made"]:
            table.add_row(kind, *map(str, counts.values()))
    console.show(on, table)
    survivors, faults = len(trial.of(Verdict.SURVIVOR)), len(trial.faults)
    totals = (
        counted_as(len(trial.tried), "edit"),
        counted_as(survivors, "survivor"),
        counted_as(faults, "defect"),
    )
    on.print(", ".join(totals))


def document(assignment: str, trial: Trial) -> dict[str, Any]:
    """Return the result as a JSON document."""
    return {
        "assignment": assignment,
        "counts": _counts(trial),
        "survivors": [
            {**_place(one), "differing": one.differing} for one in trial.of(Verdict.SURVIVOR)
        ],
        "equivalent": [_place(one) for one in trial.of(Verdict.EQUIVALENT)],
        "faults": trial.faults,
    }


def _counts(trial: Trial) -> dict[str, dict[str, int]]:
    """Return the number of edits by kind and verdict, with those of all kinds at the end."""
    kinds = {kind: [one for one in trial.tried if one.edited.edit.kind == kind] for kind in KINDS}
    return {
        kind: {
            "made": len(tried),
            **{verdict: sum(one.verdict is verdict for one in tried) for verdict in Verdict},
        }
        for kind, tried in {**kinds, "all": trial.tried}.items()
    }


def _place(one: Tried) -> dict[str, str]:
    edit = one.edited.edit
    return {
        "place": one.edited.place,
        "kind": edit.kind,
        "before": edit.before,
        "after": edit.after,
    }


def _cut(fact: str) -> str:
    return fact if len(fact) <= LONGEST else f"{fact[:LONGEST]}..."
