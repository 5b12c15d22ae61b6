"""Grades one submission: a function of the assignment and the notebook, in a process of its own.

The process is trusted and stays warm: PyTorch and the suites are loaded once for a whole class. It
reads requests from its standard input and writes reports to its standard output, a JSON line each.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat

from autograder.assignment import Assignment, AssignmentError
from autograder.outcome import ItemResult, Outcome, PropertyResult
from autograder.pytest_plugin import Grading
from autograder.report import KEY, Report, Status
from autograder.sandbox import Budget
from autograder.submission import Submission
from autograder.suite import run_suites


def grade(assignment: Assignment, submission: Submission, remarks: tuple[str, ...] = ()) -> Report:
    """Grade a submission in this process.

    Parameters
    ----------
    assignment : Assignment
    submission : Submission
    remarks : tuple of str
        What has been noticed about the notebook before.

    Returns
    -------
    report : Report
        The same for the same code and the same version of the assignment.
    """
    seed = int(submission.digest[:12], 16)
    budget = Budget(assignment.limits.submission_seconds)
    run = run_suites(assignment, Grading(submission, seed, budget, assignment=assignment))
    sys.stderr.writelines(f"{fault}\n" for fault in run.faults)
    all_remarks = tuple(dict.fromkeys([*remarks, *run.remarks]))
    if any(item.points is None for item in run.items):
        status = Status.HELD
    elif run.timed_out:
        status = Status.TIMED_OUT
    else:
        status = Status.REMARKS if all_remarks else Status.GRADED
    return Report(status, tuple(run.items), all_remarks, seed, assignment.version)


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


def grade_in_own_process(assignment: Assignment, notebook: nbformat.NotebookNode) -> Report:
    """Grade a notebook in the warm grading process; a fault of ours gives a report that says so."""
    try:
        return _process(assignment.version).grade(assignment, notebook)
    except (OSError, ValueError, EOFError) as error:
        _process.cache_clear()
        return held(assignment, f"the grading process broke: {error!r}")


class GradingProcess:
    """The trusted process that runs `serve`, for as long as this object lives."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder.grader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the one who started us: it closes our input
        )

    def grade(self, assignment: Assignment, notebook: nbformat.NotebookNode) -> Report:
        """Send a notebook and return its report.

        Raises
        ------
        OSError, EOFError, ValueError
            If the process broke.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {
            "root": str(assignment.root.resolve()),
            "assignment": assignment.name,
            "notebook_name": assignment.notebook,
            "notebook": notebook,
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise EOFError(f"it ended with exit code {self._process.wait()}")
        return Report.from_dict(json.loads(answer))

    def __del__(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()


@lru_cache(maxsize=1)
def _process(version: str) -> GradingProcess:
    """Return the process for a version of an assignment; another needs its suites loaded anew."""
    return GradingProcess()


def _not_there(cause: str) -> PropertyResult:
    return PropertyResult(
        "readable", "The notebook can be read.", Outcome.FAILED, cause, essential=True
    )


def serve(requests: Iterator[str], answers: Any) -> None:
    """Answer each request, a JSON line, with a report, a JSON line."""
    for line in requests:
        request = json.loads(line)
        assignment = Assignment(
            Path(request["root"]), request["assignment"], request["notebook_name"]
        )
        notebook = nbformat.from_dict(request["notebook"])
        remarks = tuple(notebook.metadata.get(KEY, {}).get("remarks", ()))
        try:
            report = grade(assignment, Submission.from_notebook(notebook), remarks)
        except AssignmentError as error:
            report = held(assignment, str(error))
        answers.write(json.dumps(report.to_dict()) + "\n")
        answers.flush()


if __name__ == "__main__":
    # what any library prints must not come between the answers
    with os.fdopen(os.dup(1), "w") as own_stdout:
        os.dup2(2, 1)
        serve(iter(sys.stdin.readline, ""), own_stdout)
