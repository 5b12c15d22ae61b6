"""What a student wrote takes little time to render, or is shown as it was written."""

import contextlib
import gc
import itertools
import threading
import time
import weakref

import pytest

from autograder.text.prose import prose
from autograder.text.time_budget import (
    LONGEST,
    TOLD,
    OutOfTimeError,
    TimeBudget,
    at_most,
    plain,
)


def endless(_source):
    for _ in itertools.count():
        pass


def test_what_takes_too_long_is_plain():
    """No `except Exception` of a library keeps the limit from working."""

    def stubborn(source):
        try:
            return endless(source)
        except Exception:  # noqa: BLE001  # as some libraries do
            return endless(source)

    assert TimeBudget().render("<b>", stubborn) == f"{TOLD}<pre>&lt;b&gt;</pre>"


def test_a_page_has_one_budget():
    """What is left of it is for the pieces that follow."""
    budget = TimeBudget(0.2)
    assert budget.render("a", str.upper) == "A"
    assert budget.render("a", endless) == f"{TOLD}<pre>a</pre>"
    assert budget.render("a", str.upper) == f"{TOLD}<pre>a</pre>"


def test_a_limit_holds_around_another():
    """The inner one ends its own part; what it leaves of the outer one ends all."""
    with at_most(0.3):
        assert TimeBudget(0.1).render("a", endless) == f"{TOLD}<pre>a</pre>"
        assert TimeBudget().render("a", str.upper) == "A"
        with pytest.raises(OutOfTimeError):
            endless("b")


@pytest.mark.parametrize("source", ["[" * 9000, "> " * 4000, "- " * 4000, "*a " * 6000, "$" * 9999])
def test_no_text_is_too_deep(source):
    """Text that cannot be rendered is shown as it was written, as is all that takes too long."""
    assert TimeBudget().render(source, prose)


def test_a_long_text_is_shown_from_both_ends():
    """As it was written, with how much is left out; a picture is no text."""
    html = TimeBudget().render("a" * LONGEST + "b" * LONGEST, str.upper)
    assert html == TOLD + plain("a" * LONGEST + "b" * LONGEST)
    assert f"{LONGEST} characters are left out" in html
    picture = f"![x](data:image/png;base64,{'A' * LONGEST})"
    assert TimeBudget().render(picture, str.lower) == picture.lower()


def test_another_thread_has_the_limit_of_length():
    """Only the main thread can be interrupted."""
    found = []
    thread = threading.Thread(
        target=lambda: found.extend(
            [TimeBudget().render("a", str.upper), TimeBudget().render("a" * 30_000, str.upper)]
        )
    )
    thread.start()
    thread.join()
    assert found == ["A", TOLD + plain("a" * 30_000)]


def keep_busy(seconds):
    begin = time.process_time()
    while time.process_time() - begin < seconds:
        pass


def clean_up_and_go_on():
    gc.collect()
    keep_busy(2)


class Cleaned:
    """Something in a circle, so that only the garbage collector removes it."""

    def __init__(self):
        self.circle = self


class CleanedSlowly(Cleaned):
    def __del__(self):
        keep_busy(0.05)


def finalized():
    weakref.finalize(Cleaned(), keep_busy, 0.05)


@pytest.mark.parametrize("leave", [CleanedSlowly, finalized])
def test_a_limit_holds_although_an_object_is_being_removed(leave):
    """Python drops an error in what cleans up after an object, and prints it: none is raised there."""
    gc.collect()
    leave()
    with pytest.raises(OutOfTimeError), at_most(0.01):
        clean_up_and_go_on()


def test_a_limit_holds_although_the_garbage_collector_calls_back():
    """An error in a callback of the garbage collector would be dropped."""

    def call_back(*_):
        keep_busy(0.05)

    gc.callbacks.append(call_back)
    try:
        with pytest.raises(OutOfTimeError), at_most(0.01):
            clean_up_and_go_on()
    finally:
        gc.callbacks.remove(call_back)


def test_a_limit_holds_although_its_error_is_caught():
    """A library that catches everything is interrupted once more."""

    def run():
        with contextlib.suppress(BaseException):
            keep_busy(0.05)
        keep_busy(2)

    with pytest.raises(OutOfTimeError), at_most(0.01):
        run()


def test_a_limit_does_not_interrupt_what_ends_by_it():
    """While its error passes, a `finally` of a library runs to its end."""
    ended = []

    def run():
        try:
            keep_busy(2)
        finally:
            keep_busy(0.1)
            ended.append("ended")

    with pytest.raises(OutOfTimeError), at_most(0.01):
        run()
    assert ended == ["ended"]
