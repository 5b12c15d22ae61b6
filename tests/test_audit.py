"""The suites of this assignment: proven by the audit, as its certificate says."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT


def test_the_certificate_is_true_and_current():
    """The audit finds no defect, and its result is the committed certificate to the letter."""
    done = subprocess.run(
        [Path(sys.executable).parent / "autograder", "audit", "dropout_l2", "--check"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    assert " 0 defects" in done.stdout
