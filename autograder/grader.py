"""Grades one submission: a function of the assignment and the notebook, in a process of its own.

The process is trusted and stays warm: PyTorch and the suites are loaded once for a whole class. It
reads requests from its standard input and writes reports to its standard output, a JSON line each.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

from autograder import behaviour, isolation, probe
from autograder.assignment import Assignment, AssignmentError, Item
from autograder.behaviour import Facts
from autograder.certificate import certificate_of, path_of
from autograder.diagnosis import deviations, diagnose
from autograder.isolation import Layers
from autograder.outcome import Diagnosis, ItemResult, Outcome, PropertyResult
from autograder.probe import NotIsolatedError
from autograder.pytest_plugin import Grading
from autograder.report import KEY, Report, Status
from autograder.sandbox import Budget
from autograder.submission import Submission
from autograder.suite import SuiteRun, run_suites
from autograder.template import close_all, template
from autograder.worker.confinement import Layer

# for arrays as small as these, more threads only keep a processor from others
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
OBSERVING_SECONDS = 10.0  # of a submission's time, at most
ENDING_SECONDS = 5.0
TRIES = 2  # of what the system may end at any moment, such as where memory is short


class Examination(NamedTuple):
    """What the audit learns of a specimen.

    Parameters
    ----------
    items : list of ItemResult
    facts : dict of str to Facts
        What it does, by item.
    faults : list of str
        What broke on our side.
    """

    items: list[ItemResult]
    facts: dict[str, Facts]
    faults: list[str]


def grade(
    assignment: Assignment,
    submission: Submission,
    remarks: tuple[str, ...] = (),
    layers: Layers | None = None,
) -> Report:
    """Grade a submission in this process.

    Parameters
    ----------
    assignment : Assignment
    submission : Submission
    remarks : tuple of str
        What has been noticed about the notebook before.
    layers : Layers, optional
        What confines the student's code; without it, the best that can be had.

    Returns
    -------
    report : Report
        The same for the same code and the same version of the assignment.
    """
    layers = probe.reached() if layers is None else layers
    for _ in range(TRIES):
        parent = template(layers, assignment.limits)
        report = _grade(assignment, submission, remarks, layers)
        if not parent.broken:  # else its workers have ended with it: no fault of the student's
            break
        template.cache_clear()
    return report


def _grade(
    assignment: Assignment, submission: Submission, remarks: tuple[str, ...], layers: Layers
) -> Report:
    grading, run = _run(assignment, submission, assignment.items, layers)
    all_remarks = tuple(dict.fromkeys([*remarks, *run.remarks]))
    if any(item.points is None for item in run.items):
        status = Status.HELD
    elif run.timed_out:
        status = Status.TIMED_OUT
    else:
        status = Status.REMARKS if all_remarks else Status.GRADED
    items = tuple(_diagnosed(assignment, grading, run.items))
    told = isolation.describe(layers)
    return Report(status, items, all_remarks, grading.seed, assignment.version, told)


def examine(
    assignment: Assignment,
    submission: Submission,
    names: list[str],
    layers: Layers,
    *,
    whole: bool,
    chance: int,
) -> Examination:
    """Grade some items of a specimen, and observe what it loses of them, or the `whole` of them.

    The random numbers of its own with which it is observed follow from `chance`.
    """
    items = [item for item in assignment.items if item.name in names]
    _, run = _run(assignment, submission, items, layers)
    observed = [
        item
        for item, result in zip(items, run.items, strict=True)
        if whole or result.points != result.max_points
    ]
    grading = Grading(
        submission, behaviour.SEED, assignment=assignment, worker_seed=chance, layers=layers
    )
    facts, faults = behaviour.observe(assignment, grading, observed)
    return Examination(run.items, facts, run.faults + faults)


def repeat(
    assignment: Assignment,
    submission: Submission,
    names: list[str],
    layers: Layers,
    seeds: Iterable[int],
) -> list[str]:
    """Grade some items of a right solution with other seeds; return what it lost, in words."""
    items = [item for item in assignment.items if item.name in names]
    losses = []
    for seed in seeds:
        budget = Budget(assignment.limits.submission_seconds)
        grading = Grading(submission, seed, budget, assignment=assignment, layers=layers)
        losses += [
            f"with seed {seed}: {item.name}: {result.name}: {result.message}"
            for item in run_suites(assignment, grading, items).items
            for result in item.properties
            if result.outcome is not Outcome.PASSED
        ]
    return losses


def _run(
    assignment: Assignment, submission: Submission, items: list[Item], layers: Layers
) -> tuple[Grading, SuiteRun]:
    """Run the suites of items on a submission, with the seed that belongs to it."""
    seed = int(submission.digest[:12], 16)
    budget = Budget(assignment.limits.submission_seconds)
    grading = Grading(submission, seed, budget, assignment=assignment, layers=layers)
    run = run_suites(assignment, grading, items)
    _tell(run.faults)
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
        _tell_once(
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
        _tell(faults)
        found = diagnose(certificate.mistakes, deviations(facts, certificate.reference))
    for result in results:
        yield replace(result, diagnosis=found.get(result.name, ()))


@lru_cache(maxsize=16)
def _tell_once(text: str) -> None:
    _tell([text])


def _tell(faults: list[str]) -> None:
    sys.stderr.writelines(f"{fault}\n" for fault in faults)


def unreadable(assignment: Assignment, cause: str) -> Report:
    """Return the report of a file that could not be read: no points, and the reason."""
    items = tuple(
        ItemResult(item.name, item.points, (_not_there(cause),)) for item in assignment.items
    )
    return Report(Status.UNREADABLE, items, (cause,), version=assignment.version)


def held(assignment: Assignment, cause: str) -> Report:
    """Return the report of a submission that could not be graded by our fault."""
    fault = PropertyResult("grader", "The grader works.", Outcome.NOT_RUN, cause)
    items = tuple(ItemResult(item.name, item.points, (fault,)) for item in assignment.items)
    return Report(Status.HELD, items, version=assignment.version)


def grade_in_own_process(
    assignment: Assignment, notebook: nbformat.NotebookNode, *, allow_no_isolation: bool = False
) -> Report:
    """Grade a notebook in the warm grading process; a fault of ours gives a report that says so.

    Raises
    ------
    NotIsolatedError
        If student code cannot be confined here, and that is not allowed.
    """
    cause = ""
    for _ in range(TRIES):
        try:
            process = _process(assignment.version, allow_no_isolation=allow_no_isolation)
            return process.grade(assignment, notebook)
        except (OSError, ValueError) as error:
            cause = f"the grading process broke: {error!r}"
            _process.cache_clear()
    return held(assignment, cause)


class GradingProcess:
    """The trusted process that runs `serve`, for as long as this object lives.

    Parameters
    ----------
    layers : Layers, optional
        What is to confine student code; without it, the best that can be had.
    allow_no_isolation : bool
        Whether, without `layers`, that may be nothing.

    Raises
    ------
    NotIsolatedError
    """

    def __init__(self, layers: Layers | None = None, *, allow_no_isolation: bool = False) -> None:
        chosen = None if layers is None else sorted(layers)
        options = {"layers": chosen, "allow_no_isolation": allow_no_isolation}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder.grader", json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | ONE_THREAD,
            start_new_session=True,  # Ctrl-C is for the one who started us: it closes our input
        )
        if reason := self._answer():
            raise NotIsolatedError(reason)

    def grade(self, assignment: Assignment, notebook: nbformat.NotebookNode) -> Report:
        """Grade a notebook.

        Raises
        ------
        OSError, ValueError
            Here and in the other methods, if the process broke.
        """
        return Report.from_dict(self._ask("grade", assignment, notebook))

    def examine(
        self,
        assignment: Assignment,
        notebook: nbformat.NotebookNode,
        names: list[str],
        *,
        whole: bool,
        chance: int,
    ) -> Examination:
        """Examine a specimen: see `examine`."""
        items, facts, faults = self._ask(
            "examine", assignment, notebook, names=names, whole=whole, chance=chance
        )
        return Examination([ItemResult.from_dict(item) for item in items], facts, faults)

    def repeat(
        self,
        assignment: Assignment,
        notebook: nbformat.NotebookNode,
        names: list[str],
        seeds: range,
    ) -> list[str]:
        """Grade a right solution again and again: see `repeat`."""
        answer: list[str] = self._ask("repeat", assignment, notebook, names=names, seeds=[*seeds])
        return answer

    def _ask(
        self, do: str, assignment: Assignment, notebook: nbformat.NotebookNode, **more: Any
    ) -> Any:
        assert self._process.stdin is not None
        request = {
            "do": do,
            "root": str(assignment.root.resolve()),
            "assignment": assignment.name,
            "notebook_name": assignment.notebook,
            "notebook": notebook,
            **more,
        }
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            return self._answer()
        except BaseException:  # Ctrl-C too: what it answers later is not for the next submission
            self.close()
            raise

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer:
            raise ConnectionError(f"it ended with exit code {self._process.wait()}")
        return json.loads(answer)

    def close(self) -> None:
        """End the process: at the end of its input it tidies up, and ends itself."""
        assert self._process.stdin is not None
        with suppress(OSError, ValueError):  # it has ended already
            self._process.stdin.close()
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __del__(self) -> None:
        self.close()


@lru_cache(maxsize=1)
def _process(version: str, *, allow_no_isolation: bool) -> GradingProcess:
    """Return the process for a version of an assignment; another needs its suites loaded anew."""
    return GradingProcess(allow_no_isolation=allow_no_isolation)


def _not_there(cause: str) -> PropertyResult:
    return PropertyResult(
        "readable", "The notebook can be read.", Outcome.FAILED, cause, essential=True
    )


def serve(requests: Iterable[str], answers: Any, layers: Layers) -> None:
    """Answer each request, a JSON line, with a report, a JSON line."""
    for line in requests:
        request = json.loads(line)
        assignment = Assignment(
            Path(request["root"]), request["assignment"], request["notebook_name"]
        )
        notebook = nbformat.from_dict(request["notebook"])
        submission = Submission.from_notebook(notebook)
        answer: Any
        if request["do"] == "examine":
            examination = examine(
                assignment,
                submission,
                request["names"],
                layers,
                whole=request["whole"],
                chance=request["chance"],
            )
            answer = [[asdict(item) for item in examination.items], *examination[1:]]
        elif request["do"] == "repeat":
            answer = repeat(assignment, submission, request["names"], layers, request["seeds"])
        else:
            remarks = tuple(notebook.metadata.get(KEY, {}).get("remarks", ()))
            try:
                answer = grade(assignment, submission, remarks, layers).to_dict()
            except AssignmentError as error:
                answer = held(assignment, str(error)).to_dict()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _until_hung_up() -> Iterator[str]:
    """Return the lines of the standard input; at its end, end at once, whatever is going on.

    So nothing goes on for somebody who is no longer there.
    """
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in iter(sys.stdin.readline, ""):
            lines.put(line)
        try:
            close_all()
        finally:
            os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return iter(lines.get, None)


def main() -> None:
    """Say whether student code can be confined, then serve."""
    options = json.loads(sys.argv[1])
    requests = _until_hung_up()
    # what any library prints must not come between the answers
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        try:
            if options["layers"] is None:
                layers = probe.level(allow_none=options["allow_no_isolation"])
            else:
                layers = frozenset(map(Layer, options["layers"]))
        except NotIsolatedError as error:
            answers.write(json.dumps(str(error)) + "\n")
            answers.flush()
            close_all()
            os._exit(0)  # past the thread that reads
        answers.write(json.dumps("") + "\n")
        answers.flush()
        serve(requests, answers, layers)


if __name__ == "__main__":
    main()
