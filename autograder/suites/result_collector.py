"""What a run of suites hands its results to."""

import pytest

FunctionName = tuple[str, str]  # an item, and a function of its suite


class ResultCollector:
    """Takes the outcomes of a run's functions.

    pytest calls it by way of the suites' one plugin: it keeps hold of each plugin it ever had.
    """

    def call(self, function: pytest.Function) -> bool | None:
        """Call a function in pytest's stead; None leaves that to pytest."""
        return None

    def take(self, function: pytest.Function, call: pytest.CallInfo[None]) -> None:
        """Take what became of a function's setup, call or teardown."""
        raise NotImplementedError
