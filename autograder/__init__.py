"""Grades notebooks whose code nobody trusts, with hidden pytest suites, inside nbgrader."""

import sys

__version__ = "1.0.0"

if sys.platform == "win32":
    raise ImportError(
        "autograder needs Linux, which can confine student code: use WSL or a container"
    )
