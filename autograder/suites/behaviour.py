"""What a solution does on fixed inputs, as facts: repeatable texts.

Besides its properties, `test_*`, a suite may have observations: functions named `observe_*` that
take the same fixtures and return what they see. Two solutions with the same facts behave alike.
The facts of a submission are compared with those of known mistakes to name its mistake. They do not
change its points.
"""

import re
from typing import Any

import numpy as np
import pytest

from autograder.course.assignment import Assignment, Item
from autograder.kit import Parts
from autograder.results.outcome import Facts
from autograder.sandbox.sandbox import DiedError, StudentError
from autograder.suites.context import Grading
from autograder.suites.loaded_suites import run_functions
from autograder.suites.result_collector import ResultCollector
from autograder.suites.suite import uses_a_plain_value_as_an_object

SEED = 0  # of the inputs, the same for all solutions: a fact depends on the solution alone
DIGITS = 4  # of a number in a fact: enough to distinguish any two mistakes
PLACE = re.compile(r" \(line \d+ of .+, in .*\)$")
VARYING = re.compile(r"""'[^']*'|"[^"]*"|\d+""")  # names and numbers
FAILS = "fails: "  # begins the fact of an observation that fails
FAILURES = (AssertionError, StudentError, pytest.fail.Exception)  # the student's
# simple numbers often lie half-way between two facts: else a rounding error would decide
UP = 1 + 1e-9
MANY = 40  # numbers: a fact has only the first numbers and the sum of a larger array


def observe(
    assignment: Assignment, grading: Grading, items: list[Item]
) -> tuple[dict[str, Facts], list[str]]:
    """Observe items of a submission, all in one worker unless the code ends it.

    A fact may depend on earlier observations. So a mistake that affects several layers may be named
    only where all its effects are seen.

    Parameters
    ----------
    assignment : Assignment
    grading : Grading
        The submission; its seed should be `SEED`.
    items : list of Item

    Returns
    -------
    facts : dict of str to Facts
        By the item's name.
    faults : list of str
        What broke on our side, for the operator: such an item has no facts.
    """
    observer = _Observer()
    observer.faults += run_functions(assignment, grading, items, "observe_", observer)
    grading.close()
    facts = {item.name: observer.facts.get(item.name, {}) for item in items}
    for name in observer.broken:
        facts[name] = {}
    return facts, observer.faults


class _Observer(ResultCollector):
    """Keeps what observations return."""

    def __init__(self) -> None:
        self.facts: dict[str, Facts] = {}
        self.broken: set[str] = set()
        self.faults: list[str] = []

    def call(self, function: pytest.Function) -> bool:
        names = function._fixtureinfo.argnames  # noqa: SLF001  # as pytest's own hook does
        value = function.obj(**{name: function.funcargs[name] for name in names})
        if not isinstance(value, Parts):
            self._keep(function, _text(value))
            return True
        for part, see in value.items():
            try:
                fact = _text(see())
            except FAILURES as error:
                fact = _fact_of(error)
            self._keep(function, fact, f" {part}")
        return True

    def take(self, function: pytest.Function, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is None:
            return
        error = call.excinfo.value
        if isinstance(error, FAILURES):
            self._keep(function, _fact_of(error))
        elif uses_a_plain_value_as_an_object(error):
            self._keep(function, f"{FAILS}{error}")
        else:
            self.broken.add(function.path.stem)
            self.faults.append(f"{function.nodeid}: {type(error).__name__}: {error}")

    def _keep(self, item: pytest.Function, fact: str, part: str = "") -> None:
        name = item.name.removeprefix("observe_") + part
        self.facts.setdefault(item.path.stem, {})[name] = fact


def _fact_of(error: BaseException) -> str:
    """Return an error as a fact: of a student's error, the type and constant text."""
    if isinstance(error, DiedError):
        return f"{FAILS}the process ended"
    text = str(error).partition(" [")[0]
    if not isinstance(error, StudentError):
        return f"{FAILS}{text}"
    kind, _, words = PLACE.sub("", text).partition(":")
    if kind == NotImplementedError.__name__:
        return f"{FAILS}{kind}"  # its text varies
    return f"{FAILS}{kind}: {VARYING.sub('#', words.strip())}".rstrip(": ")


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return f"({', '.join(map(_text, value))})"
    if isinstance(value, np.ndarray):
        if value.size > MANY:
            return _text([*value.ravel()[:DIGITS], value.sum()])
        # relative to the largest, so that rounding errors next to zero make no difference
        unit = float(np.abs(value[np.isfinite(value)]).max(initial=0.0))
        return _text([0.0 if abs(v) <= unit * 10**-DIGITS else float(v) for v in value.ravel()])
    if isinstance(value, (float, np.floating)):
        return f"{float(value) * UP + 0.0:.{DIGITS}g}"
    return str(value)
