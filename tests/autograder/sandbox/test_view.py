"""The view of a worker: enough to compute, and nothing of the course or of other packages."""

import sys
import sysconfig
from pathlib import Path

import numpy as np
import torch

from autograder.sandbox.view import view


def sees(path):
    """Return whether the view has a path."""
    readable = view().readable
    return any(path == shown or shown in path.parents for shown in readable)


def test_the_interpreter_and_numpy_can_be_read():
    """So a worker computes, and imports modules that are not loaded yet."""
    for path in (
        Path(sys.executable).resolve(),
        Path(sysconfig.get_path("stdlib"), "fractions.py"),
        Path(sysconfig.get_path("stdlib"), "lib-dynload"),
        Path(np.__file__).with_name("linalg"),
    ):
        assert sees(path), path


def test_nothing_else_that_is_installed_can_be_read():
    """These are PyTorch, the trusted side of the engine and other packages."""
    for path in (
        Path(torch.__file__),
        Path(sysconfig.get_path("stdlib"), "site-packages"),
        Path(np.__file__).parent.parent,
        Path(__file__).parents[3] / "autograder" / "kit" / "oracle.py",
    ):
        assert not sees(path), path


def test_nothing_of_the_course_can_be_read():
    """These are the suites, the reference, the gradebook and the submissions."""
    root = Path(__file__).parents[3]
    for name in ("tests", "source", "reference_solution", "submitted", "gradebook.db"):
        assert not sees(root / name), name


def test_nothing_of_the_users_can_be_read():
    """These are the home folder, the system's settings and other processes."""
    for path in (Path.home(), Path("/etc/passwd"), Path("/proc"), Path("/sys"), Path("/tmp")):
        assert not sees(path), path
