"""Collects the results of a run of suites."""

import pytest

FunctionName = tuple[str, str]  # an item, and a function of its suite


class ResultCollector:
    """Takes the results of a run's functions.

    The suites' one plugin calls it: pytest would keep each further plugin for ever.
    """

    def call(self, function: pytest.Function) -> bool | None:
        """Call a function instead of pytest, or return None to let pytest call it."""
        return None

    def is_done(self, function: pytest.Function) -> bool:
        """Return whether a function need not run, after the results so far."""
        return False

    def take(self, function: pytest.Function, call: pytest.CallInfo[None]) -> None:
        """Take the result of a function's setup, call or teardown."""
        raise NotImplementedError
