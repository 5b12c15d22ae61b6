"""Forbidden acts: a process that nothing confines can do them, and they do no harm."""

import json
import subprocess
import sys

import pytest

CODE = """
import json, sys
from autograder.worker.forbidden_acts import succeeding
print(json.dumps(succeeding(sys.argv[1])))
"""
FILES = {"read a file of the grader", "write beside it", "change its mode", "empty it"}
PROCESSES = {"fork", "start a program", "open a socket", "signal its parent", "limit its parent"}


@pytest.fixture
def secret(tmp_path):
    """An empty file of the grader's."""
    file = tmp_path / "secret"
    file.write_bytes(b"")
    file.chmod(0o644)
    return file


def acts_of_a_process(secret):
    """Return the acts that a process can do; its parent, which it may trace, is a shell."""
    words = [sys.executable, "-c", CODE, str(secret)]
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@"; exit $?', "sh", *words], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def test_a_process_that_is_not_confined_can_do_them(secret):
    """The file stays as it was, and so the acts can be tried anywhere."""
    assert acts_of_a_process(secret) >= FILES | PROCESSES
    assert (secret.read_bytes(), secret.stat().st_mode & 0o777) == (b"", 0o644)


def test_an_act_that_fails_is_not_named(secret):
    """There is no file to read, change or empty."""
    secret.unlink()
    assert acts_of_a_process(secret) & FILES == {"write beside it"}
