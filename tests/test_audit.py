"""The suites of each assignment: proven by the audit, as its certificate says."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

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


def test_this_assignment_is_certified():
    """The assignment of this project has a certificate."""
    assert "dropout_l2" in CERTIFIED
