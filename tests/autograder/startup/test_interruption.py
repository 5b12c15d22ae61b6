"""Ctrl-C waits for the end of what must not be cut in two."""

import signal

import pytest

from autograder.startup.interruption import postponed


def test_ctrl_c_waits_for_the_end_of_the_block():
    """Then it does what it always does."""
    done = []

    def interrupted():
        with postponed():
            signal.raise_signal(signal.SIGINT)
            done.append("the rest")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == ["the rest"]


def test_a_second_ctrl_c_does_not_wait():
    """Whoever presses it again means it."""
    done = []

    def interrupted():
        with postponed():
            signal.raise_signal(signal.SIGINT)
            done.append("once")
            signal.raise_signal(signal.SIGINT)
            done.append("twice")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == ["once"]


def test_without_ctrl_c_nothing_changes():
    """The handler of before is there again."""
    before = signal.getsignal(signal.SIGINT)
    with postponed():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
