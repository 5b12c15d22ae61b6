"""Grades notebooks whose code nobody trusts, with hidden pytest suites, inside nbgrader."""

__version__ = "0.1.0"
