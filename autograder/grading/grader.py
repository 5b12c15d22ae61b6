"""Grades one submission in this process; the result depends on the assignment and code alone."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from autograder.course.assignment import Assignment, Item
from autograder.course.certificate import certificate_of, path_of
from autograder.course.submission import Submission
from autograder.grading.diagnosis import deviations, diagnose
from autograder.grading.hung_suites import Held
from autograder.results.outcome import Diagnosis, Examination, ItemResult, Score
from autograder.results.report import Report, Status
from autograder.sandbox import isolation, probe, progress
from autograder.sandbox.budget import Budget
from autograder.sandbox.isolation import Layers
from autograder.sandbox.template import forget_templates, template
from autograder.suites import behaviour
from autograder.suites.context import Grading
from autograder.suites.suite import SuiteRun, run_suites
from autograder.text.wording import counted_as

OBSERVING_SECONDS = 10.0  # of a submission's time, at most
TRIES = 2  # the system may end a template, for example if memory is short


def grade(
    assignment: Assignment,
    submission: Submission,
    remarks: tuple[str, ...] = (),
    layers: Layers | None = None,
    held: Held | None = None,
    spent: float = 0.0,
) -> Report:
    """Grade a submission in this process.

    Parameters
    ----------
    assignment : Assignment
    submission : Submission
    remarks : tuple of str
        Earlier remarks on the notebook.
    layers : Layers, optional
        What confines the student's code; by default, the best that this machine has.
    held : Held, optional
        See `Grading`.
    spent : float
        How many seconds of the submission's time earlier tries have used.

    Returns
    -------
    report : Report
        The same for the same code and the same version of the assignment.
    """
    layers = probe.reached() if layers is None else layers
    budget = Budget(assignment.limits.submission_seconds, spent, progress.own)
    for _ in range(TRIES):
        parent = template(layers, assignment.limits, assignment.opening)
        report = _grade(assignment, submission, remarks, layers, held or {}, budget)
        if not parent.broken:  # otherwise its workers have ended by our fault
            break
        forget_templates()
    return report


def _grade(
    assignment: Assignment,
    submission: Submission,
    remarks: tuple[str, ...],
    layers: Layers,
    held: Held,
    budget: Budget,
) -> Report:
    grading, run = _run(assignment, submission, assignment.items, layers, held, budget)
    all_remarks = tuple(dict.fromkeys([*remarks, *run.remarks]))
    if any(item.points is None for item in run.items):
        status = Status.HELD
    elif run.timed_out:
        status = Status.TIMED_OUT
    else:
        status = Status.REMARKS if all_remarks else Status.GRADED
    items = tuple(_diagnosed(assignment, grading, run.items))
    confined_by = isolation.describe(layers)
    return Report(status, items, all_remarks, grading.seed, assignment.version, confined_by)


def examine(
    assignment: Assignment,
    submission: Submission,
    names: list[str],
    layers: Layers,
    *,
    whole: bool,
    chance: int,
    until_lost: bool = False,
) -> Examination:
    """Grade some items of a specimen, and observe those that lose points, or the `whole` of them.

    `chance` is the seed of the specimen's own random numbers while it is observed. With
    `until_lost`, all ends with the first failure, and then nothing is observed. The items run in
    the order of `names` then.
    """
    items = [item for item in assignment.items if item.name in names]
    groups = [items]
    if until_lost:
        groups = [[item] for item in sorted(items, key=lambda item: names.index(item.name))]
    results: list[ItemResult] = []
    broken: list[str] = []
    for group in groups:
        _, run = _run(assignment, submission, group, layers, until_lost=until_lost)
        results += run.items
        broken += run.faults
        if until_lost and any(result.fails for result in run.items):
            return Examination(results, {}, broken)
    lost = {result.name for result in results if result.points != result.max_points}
    observed = [item for item in items if whole or item.name in lost]
    grading = Grading(
        submission, behaviour.SEED, assignment=assignment, worker_seed=chance, layers=layers
    )
    facts, faults = behaviour.observe(assignment, grading, observed)
    return Examination(results, facts, broken + faults)


def repeat(
    assignment: Assignment,
    submission: Submission,
    names: list[str],
    layers: Layers,
    seeds: Iterable[int],
) -> list[dict[str, Score]]:
    """Grade some items of a solution with other seeds; return its scores by item, for each seed."""
    items = [item for item in assignment.items if item.name in names]
    scores = []
    for seed in seeds:
        budget = Budget(assignment.limits.submission_seconds)
        grading = Grading(submission, seed, budget, assignment=assignment, layers=layers)
        results = run_suites(assignment, grading, items).items
        scores.append({item.name: Score.of(item) for item in results})
    return scores


def _run(
    assignment: Assignment,
    submission: Submission,
    items: list[Item],
    layers: Layers,
    held: Held | None = None,
    budget: Budget | None = None,
    *,
    until_lost: bool = False,
) -> tuple[Grading, SuiteRun]:
    """Run the suites of items on a submission, with the submission's own seed."""
    budget = budget or Budget(assignment.limits.submission_seconds)
    grading = Grading(submission, submission.seed, budget, assignment=assignment, layers=layers)
    grading.held, grading.until_lost = held or {}, until_lost
    run = run_suites(assignment, grading, items)
    _log(run.faults)
    return grading, run


def _diagnosed(
    assignment: Assignment, grading: Grading, results: list[ItemResult]
) -> Iterator[ItemResult]:
    """Add to each item that lost points the known mistakes that it behaves like."""
    lost = [
        item
        for item, result in zip(assignment.items, results, strict=True)
        if result.points is not None and result.points < result.max_points
    ]
    certificate = certificate_of(assignment)
    if lost and certificate is None:
        _log_once(
            f"{path_of(assignment)} is missing or not of the present version, so no mistake is "
            f"named: run `autograder audit {assignment.name}`"
        )
    found: dict[str, tuple[Diagnosis, ...]] = {}
    if lost and certificate is not None and grading.budget is not None and grading.budget.left > 0:
        again = replace(
            grading,
            seed=behaviour.SEED,
            budget=Budget(min(grading.budget.left, OBSERVING_SECONDS)),
            remarks=[],
        )
        facts, faults = behaviour.observe(assignment, again, lost)
        _log(faults)
        found = diagnose(certificate.mistakes, deviations(facts, certificate.reference))
    for result in results:
        yield replace(result, diagnosis=found.get(result.name, ()))


@lru_cache(maxsize=16)
def _log_once(text: str) -> None:
    _log([text])


def _log(faults: list[str]) -> None:
    """Log in one line what could not be run: a broken suite has many faults."""
    if faults:
        more = f" (and {counted_as(len(faults) - 1, 'more fault')})" if len(faults) > 1 else ""
        sys.stderr.write(f"{' '.join(faults[0].split())}{more}\n")
