"""What an ordinary user may do is tested as one, in CI too, where all other tests are run by root."""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from tests import users
from tests.conftest import PROJECT
from tests.users import ANN, run_as

# a worker of root's becomes another user; an ordinary user's has nobody to become
TESTS = [
    "tests/autograder/sandbox/test_probe.py::test_what_only_an_ordinary_users_workers_could_do_is_tried",
    "tests/autograder/worker/test_confinement.py",
    "tests/autograder/worker/test_tree.py::test_what_nobody_may_list_is_removed",
    "tests/autograder/worker/test_tree.py::test_what_cannot_be_listed_is_excessive",
    "tests/autograder/sandbox/test_template.py::test_workers_are_forked_from_one_process",
    "tests/autograder/sandbox/test_template.py::test_a_worker_that_does_not_end_by_itself_is_ended",
]
# the best level, and the one without namespaces: what lies between is tried as root
LEVELS = "not bubblewrap or landlock or namespaces"


@pytest.fixture
def place():
    """A folder that any user can enter."""
    users.require()
    folder = Path(tempfile.mkdtemp(prefix="ordinary-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_an_ordinary_user_confines_workers(place):
    """The tests whose result depends on the user hold, those that root skips above all."""
    words = ["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--rootdir", str(PROJECT)]
    words += ["-k", LEVELS]
    done = run_as(
        ANN,
        [sys.executable, *words, *(str(PROJECT / test) for test in TESTS)],
        folder := _own(place),
        PYTHONDONTWRITEBYTECODE="1",
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert folder.is_dir()
    assert re.search(r"\b\d+ passed", done.stdout)
    reasons = {line for line in done.stdout.splitlines() if line.startswith("SKIPPED")}
    assert [line for line in reasons if "ordinary user" in line] == []


def _own(place):
    folder = place / "work"
    folder.mkdir()
    os.chown(folder, ANN, users.GROUP)
    return folder
