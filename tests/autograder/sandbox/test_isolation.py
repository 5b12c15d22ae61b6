"""The names of a level, and the user that a worker becomes."""

import os
import subprocess
import sys

import pytest

from autograder.course.limits import Limits
from autograder.sandbox import isolation
from autograder.sandbox.isolation import confinement, describe
from autograder.worker.confinement import Layer
from tests.conftest import PROJECT


def test_a_level_is_described_by_its_layers():
    """The outermost layer comes first; without layers the text says so."""
    assert describe({Layer.SECCOMP, Layer.BUBBLEWRAP}) == "bubblewrap, seccomp"
    assert describe(isolation.ALL) == "bubblewrap, Landlock, seccomp"
    assert describe(isolation.NONE) == "not isolated"


def test_limits_are_the_assignments():
    """The units are the system's: bytes and whole seconds."""
    limits = Limits(memory_mb=3, file_mb=2, submission_seconds=7.5, threads=5)
    reported = confinement(isolation.ALL, "/tmp", limits)
    assert reported["threads"] == 5
    assert reported["limits"] == {
        "RLIMIT_AS": 3 * 2**20,
        "RLIMIT_CPU": 8,
        "RLIMIT_FSIZE": 2 * 2**20,
        "RLIMIT_NOFILE": isolation.OPEN_FILES,
        "RLIMIT_CORE": 0,
    }


@pytest.mark.parametrize("missing", ["root", "the right", "the users"])
def test_only_root_with_its_rights_has_workers_of_another_user(monkeypatch, missing):
    """If there is no other user to become, a worker does not change user."""
    monkeypatch.setattr(os, "geteuid", lambda: 1 if missing == "root" else 0)
    monkeypatch.setattr(isolation, "_rights", lambda: 0 if missing == "the right" else -1)
    monkeypatch.setattr(isolation, "_mapped", lambda: missing != "the users")
    assert not isolation.users(isolation.ALL)


def test_root_has_workers_of_a_user_who_owns_nothing(monkeypatch):
    """In namespaces, that user needs no right of root."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(isolation, "_rights", lambda: -1)
    monkeypatch.setattr(isolation, "_mapped", lambda: True)
    assert isolation.users(isolation.ALL) == isolation.USERS
    assert confinement(isolation.ALL, "/tmp", Limits())["reads_as_root"] is False


LOWER = """
import resource
for name, most in {limits}.items():
    resource.setrlimit(getattr(resource, name), (most, most))
from autograder.sandbox import isolation; from autograder.sandbox import probe
assert probe.reached() == isolation.ALL, probe.shortfall()
"""


def test_lower_limits_of_the_system_are_taken_as_they_are():
    """A worker starts, and is as confined as without them."""
    limits = {
        "RLIMIT_AS": 1_500 * 2**20,
        "RLIMIT_FSIZE": 8 * 2**20,
        "RLIMIT_NPROC": 60,
        "RLIMIT_CORE": 0,
    }
    code = LOWER.format(limits=limits)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
