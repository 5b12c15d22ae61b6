"""The context of a run of suites: the submission, its worker, and how it is graded."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from autograder.course.assignment import Assignment
from autograder.course.submission import Submission
from autograder.sandbox.budget import Budget
from autograder.sandbox.isolation import Layers
from autograder.sandbox.probe import reached
from autograder.session.proxy import Namespace
from autograder.session.session import Session


@dataclass
class Grading:
    """The context of a run of suites."""

    submission: Submission
    seed: int  # of every random number on the trusted side
    budget: Budget | None = None  # the submission's time; by default, from the assignment's limits
    remarks: list[str] = field(default_factory=list)  # of all sessions
    # (cell, line) of statements that hung or ended a worker
    skip: list[tuple[int, int]] = field(default_factory=list)
    assignment: Assignment | None = None  # by default, the one in whose folder a suite lies
    # of every random number in the workers; by default, derived from `seed`, one way
    worker_seed: int = -1
    layers: Layers = field(default_factory=reached)  # what confines the workers
    alone: bool = False  # whether each item has a worker of its own
    until_lost: bool = False  # whether an item ends with its first failure
    session: Session | None = None  # the worker that is used at present
    first: list[str] = field(default_factory=list)  # items that were the first in their workers
    # by a prefix of functions and an item: why they are not run
    held: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.worker_seed < 0:
            self.worker_seed = int(np.random.default_rng([self.seed, 1]).integers(2**63))

    def enter(self, assignment: Assignment, item: str) -> Namespace:
        """Return the submission's names for an item; other items may use the same worker."""
        if self.session is None or self.alone or not self.session.sandbox.alive:
            self.close()
            self.budget = self.budget or Budget(assignment.limits.submission_seconds)
            self.session = Session(
                assignment, self.submission, self.budget, self.worker_seed, self.skip, self.layers
            )
            self.remarks += [r for r in self.session.remarks if r not in self.remarks]
            self.first.append(item)
        return self.session.enter(item)

    def close(self) -> None:
        """End the worker."""
        if self.session is not None:
            self.session.close()
            self.session = None


GRADING = pytest.StashKey[Grading]()
