"""The suites of each assignment: proven by the audit, as its certificate says."""

import subprocess
import sys
from itertools import cycle
from pathlib import Path

import pytest

from autograder.audit.edit_auditor import EditAuditor, Verdict
from autograder.course.assignment import Assignment
from tests.conftest import PROJECT

SOLUTIONS, EDITS = 4, 50  # of a sample of the audit by edits
CERTIFIED = sorted(path.stem for path in (PROJECT / "tests" / "certificates").glob("*.json"))


@pytest.mark.parametrize("name", CERTIFIED)
def test_the_certificate_is_true_and_current(name):
    """The audit finds no defect, and its result is the committed certificate to the letter."""
    done = subprocess.run(
        [Path(sys.executable).parent / "autograder", "audit", name, "--check"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    assert " 0 defects" in done.stdout


def evenly(many, count):
    """Return so many of a list, from all of its parts."""
    return [many[len(many) * number // count] for number in range(count)]


@pytest.mark.parametrize("name", CERTIFIED)
def test_no_edit_of_a_sample_survives(name, grading_process, monkeypatch):
    """The suites notice what single edits of some right solutions do: always the same ones."""
    monkeypatch.setattr(EditAuditor, "_processes", cycle([grading_process]))
    auditor = EditAuditor(Assignment(PROJECT, name), 1, lambda done, steps: None)
    names = evenly(sorted({one.name for one in auditor.solutions()}), SOLUTIONS)
    edits = [one for one in auditor.edits() if one.solution.name in names]
    trial = auditor.try_edits(evenly(edits, EDITS))
    assert trial.faults == []
    assert [
        (one.edited.place, one.edited.change, one.differing) for one in trial.of(Verdict.SURVIVOR)
    ] == []
    assert len(trial.of(Verdict.KILLED)) > EDITS / 2


def test_this_assignment_is_certified():
    """The assignment of this project has a certificate."""
    assert "dropout_l2" in CERTIFIED
