"""The students for whom a run waits, by a clock that the tests set."""

import pytest

from autograder.commands.waiting import NAMED, PATIENCE, QUIET, Waiting


class Clock:
    """Shows the time that a test sets."""

    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shown():
    """The lines on a terminal."""
    return []


@pytest.fixture
def logged():
    """The lines in a log."""
    return []


@pytest.fixture
def waiting(clock, shown, logged):
    return Waiting(shown.append, logged.append, clock)


def test_who_takes_long_is_named_with_the_time(waiting, clock, shown):
    """The one who takes longest is first; nobody is named before that."""
    waiting.watch(["ann", "bob"])
    clock.now += PATIENCE + 1
    waiting.watch(["cem", "bob"])
    clock.now += PATIENCE
    waiting.watch(["cem", "bob", "dan"])
    assert shown == ["", "waiting for bob (4 s)", "waiting for bob (7 s), cem (3 s)"]


def test_of_many_the_first_are_named(waiting, clock, shown):
    """And how many more there are."""
    many = [f"student-{number}" for number in range(NAMED + 2)]
    waiting.watch(many)
    clock.now += PATIENCE
    waiting.watch(many)
    assert shown[-1] == "waiting for student-0 (3 s), student-1 (3 s), student-2 (3 s), 2 more"


def test_who_is_graded_again_begins_again(waiting, clock, shown):
    """Once a submission is graded, nobody waits for it."""
    waiting.watch(["ann"])
    clock.now += 2 * PATIENCE
    waiting.finish("ann")
    waiting.watch(["ann"])
    assert shown == ["", ""]


def test_a_log_has_a_line_only_after_a_long_silence(waiting, clock, logged):
    """And another one after as long again."""
    for _ in range(2 * int(QUIET) + 1):
        waiting.watch(["ann"])
        clock.now += 1
    assert logged == ["waiting for ann (30 s)", "waiting for ann (60 s)"]


def test_each_result_ends_the_silence(waiting, clock, logged):
    """A log that grows anyway needs no such line."""
    for _ in range(4):
        waiting.watch(["ann", "bob"])
        clock.now += QUIET - 1
        waiting.finish("bob")
    assert logged == []


def test_a_name_moves_no_cursor(waiting, clock, shown):
    """It is a folder's name, which a student may have chosen."""
    waiting.watch(["e\x1bve"])
    clock.now += PATIENCE
    waiting.watch(["e\x1bve"])
    assert shown[-1] == r"waiting for e\x1bve (3 s)"
