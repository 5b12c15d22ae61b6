"""Runs a submission's cells in a sandbox, so that its names can be graded."""

import contextlib
from collections import deque
from collections.abc import Sequence
from typing import Any

from autograder.code.stub import stub_of
from autograder.course.assignment import Assignment
from autograder.course.submission import Cell, Submission
from autograder.sandbox.budget import Budget
from autograder.sandbox.isolation import Layers
from autograder.sandbox.sandbox import DiedError, Sandbox, SandboxError, StudentError, TimedOutError
from autograder.session.proxy import Namespace, new_pipeline
from autograder.text.wording import counted_as, one_line

NOT_PYTHON = ("SyntaxError", "IndentationError", "TabError")
MAX_REMARKS = 100
FEW = 3  # failed statements of a cell that a remark shows
RESTARTS = 8  # of a worker that ends or hangs while the cells run


class Session:
    """One worker in which a submission's cells have been run.

    If a statement hangs or ends the worker, another worker skips it. The other worker runs only
    definitions, so that a notebook of endless demonstrations is read in bounded time.

    Parameters
    ----------
    assignment : Assignment
    submission : Submission
    budget : Budget
        Shared by all sessions of one submission.
    seed : int
        For the random numbers of the student's own code.
    skip : list of (cell, line)
        Statements to skip; those that hang or end the worker are added.
    layers : Layers
        What confines the worker.

    Raises
    ------
    SandboxError
        If a worker cannot be started, or fails by our fault.
    DiedError
        If the cells cannot be run to the end.
    """

    def __init__(
        self,
        assignment: Assignment,
        submission: Submission,
        budget: Budget,
        seed: int,
        skip: list[tuple[int, int]],
        layers: Layers,
    ) -> None:
        self.assignment = assignment
        self.layers = layers
        self.budget = budget
        self.seed = seed
        self.remarks: list[str] = []
        code = [cell for cell in submission.cells if cell.kind == "code"]
        self._titles = [
            title
            for title, cell in zip(submission.titles, submission.cells, strict=True)
            if cell.kind == "code" and not cell.grade
        ]
        self._cells = [
            {"source": code.python, "role": assignment.role(cell, code), **_file(assignment, cell)}
            for cell, code in zip(submission.cells, submission.codes, strict=True)
            if cell.kind == "code" and not cell.grade
        ]
        self._graded = _places(code)
        self.sandbox = self._run_cells(skip)
        self.pipeline = new_pipeline(self.sandbox)

    @property
    def namespace(self) -> Namespace:
        """The notebook's names."""
        return Namespace(self.pipeline)

    def enter(self, item: str) -> Namespace:
        """Return the notebook's names, with the values that they have at an item's cell.

        All items of one answer see the same values, so the code cannot know which item is graded.
        """
        self.pipeline.forget()
        with contextlib.suppress(StudentError):  # if the worker has ended, every name says so
            self.sandbox.ask("enter", {"graded": item}, self.assignment.limits.call_seconds)
        return self.namespace

    def close(self) -> None:
        """End the worker."""
        self.sandbox.close()

    def _run_cells(self, skip: list[tuple[int, int]]) -> Sandbox:
        while True:
            opening = self.assignment.opening
            sandbox = Sandbox(self.assignment.limits, opening, self.budget, self.seed, self.layers)
            opened = [{"source": s, "role": "given"} for s in opening.cells[: sandbox.opened]]
            first = len(opened) if self._cells[: len(opened)] == opened else 0
            reached: deque[Any] = deque(maxlen=1)  # the latest event
            try:
                remarks = sandbox.ask(
                    "run",
                    {
                        "cells": self._cells[first:],
                        "first": first,
                        "skip": skip,
                        "definitions_only": bool(skip),
                        "graded": self._graded,
                    },
                    self.assignment.limits.statement_seconds,
                    on_event=reached.append,
                )
            except DiedError as death:
                place = self._place(reached[0]) if reached else None
                if place is None or self.budget.left <= 0 or len(skip) == RESTARTS:
                    raise
                skip.append(place)
                verb = "did not finish" if isinstance(death, TimedOutError) else "ended the process"
                cell, line = place
                self._remark(f"{self._titles[cell]}, line {line}: skipped: it {verb}")
                continue
            except StudentError as error:  # each statement's error is caught in the worker
                sandbox.close()
                if not reached:
                    raise SandboxError(f"the cells could not be run: {error}") from error
                # a statement has broken what runs the statements
                raise DiedError(f"the cells could not be run: {error}") from None
            self._remark_on_failures(remarks if isinstance(remarks, list) else [])
            return sandbox

    def _remark_on_failures(self, remarks: list[Any]) -> None:
        """Add one remark for each cell with failed statements."""
        failures: dict[int, list[tuple[int, str]]] = {}
        for remark in remarks:
            match remark:
                case {"cell": int(cell), "line": int(line), "cause": str(cause)}:
                    if self._matters(cell, cause):
                        failures.setdefault(cell, []).append((line, cause))
        for cell, failed in failures.items():
            parts = [
                f"line {line}: {one_line(cause)}{_advice(cause)}" for line, cause in failed[:FEW]
            ]
            if len(failed) > FEW:
                more = counted_as(len(failed) - FEW, "more statement")
                parts.append(f"and {more} failed")
            self._remark(f"{self._titles[cell]}, {'; '.join(parts)}")

    def _matters(self, cell: int, cause: str) -> bool:
        """Return whether a failed statement needs a remark: in an answer, or if it is not Python.

        Other statements are demonstrations, which may need what a worker does not have.
        """
        known = 0 <= cell < len(self._cells)
        return known and (self._cells[cell]["role"] == "answer" or cause.startswith(NOT_PYTHON))

    def _place(self, event: object) -> tuple[int, int] | None:
        match event:
            case (int(cell), int(line)) if 0 <= cell < len(self._cells):
                return cell, line
        return None

    def _remark(self, remark: str) -> None:
        if len(self.remarks) < MAX_REMARKS:
            self.remarks.append(remark)


def _file(assignment: Assignment, cell: Cell) -> dict[str, Any]:
    """Return what a worker needs to run a cell that is a file; empty for others."""
    if not cell.file:
        return {}
    stub = assignment.stubs.get(cell.grade_id, "")
    return {"file": cell.file, "names": sorted(stub_of(stub).names)}


def _places(code: Sequence[Cell]) -> dict[str, int]:
    """Return, for each graded cell by its name, how many other code cells precede it.

    Graded cells without a solution cell between them judge the same answer. They share the place of
    the last one, so that a student's additions before it count for all of them.
    """
    places: dict[str, int] = {}
    together: list[str] = []
    others = 0
    for cell in code:
        if cell.solution:
            together = []
        if cell.grade:
            together.append(cell.grade_id)
            places.update(dict.fromkeys(together, others))
        else:
            others += 1
    return places


def _advice(cause: str) -> str:
    """Return what to do about a pasted character that Python does not have."""
    if "SyntaxError: invalid " in cause and "character" in cause:
        return ": it only looks like a blank, a quotation mark or a sign of Python, so type it anew"
    return ""
