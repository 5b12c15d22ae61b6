"""Deferred requests: they run in order, and each error is raised where a suite sees it."""

import contextlib

import numpy as np
import pytest

from autograder.course.submission import Submission
from autograder.results.outcome import Outcome
from autograder.sandbox.sandbox import DiedError, StudentError, TimedOutError
from autograder.session.pipeline import AT_ONCE
from autograder.session.proxy import Proxy, kind_of
from autograder.session.repetition import repeat
from autograder.suites.context import Grading
from autograder.suites.suite import run_suites
from autograder.worker.frame import MAX_TEXT, WireError
from tests.autograder.support.tiny import handed_in, make_course


@pytest.fixture
def names(diary):
    return diary.namespace


def test_what_needs_no_answer_travels_with_what_does(names, exchanges):
    """Two objects, two writes and a method travel with the call in one exchange, in order."""
    Layer, entries = names.Layer, names.entries  # noqa: N806  # a class
    del exchanges[:]
    layer = Layer("a", inner=Layer("b"))
    layer.knob = 2
    layer.knob = 3
    assert layer.scale(np.ones(1)).tolist() == [3.0]
    assert exchanges == [6]
    assert entries() == ["make b", "make a", "knob 2", "knob 3", "scale"]


def test_a_written_array_is_the_one_of_that_moment(names):
    """A later change of the suite's array does not change what was written."""
    layer, x = names.Layer(), np.ones(2)
    layer.rate = x
    x[...] = 5
    assert layer.rate.tolist() == [1.0, 1.0]


def test_each_way_of_asking_does_first_what_waits(names):
    """Calls, reads, names, many calls and kinds are answered after the deferred requests."""
    asks = [
        lambda layer: layer(1),
        lambda layer: layer.inner,
        lambda layer: names.log,
        lambda layer: repeat(layer, 2, 1),
        kind_of,
        lambda layer: repeat(layer.scale, 2, 1),
    ]
    for number, ask in enumerate(asks):
        ask(names.Layer(str(number)))
        assert names.entries().count(f"make {number}") == 1
        assert [entry for entry in names.entries() if entry.startswith("make")][
            -1
        ] == f"make {number}"


def test_the_queue_is_bounded(names, exchanges):
    """The requests that wait are sent before they are too large for a waiting worker."""
    layer = names.Layer()
    del exchanges[:]
    for _ in range(9):
        layer.rate = np.zeros(AT_ONCE // 8 // 4)
    assert len(exchanges) == 2
    layer.rate = np.zeros(AT_ONCE)
    assert layer(np.zeros(AT_ONCE)).size == layer.rate.size


def test_a_request_too_large_for_a_frame_fails_at_its_own_line(diary, names):
    """Earlier requests are done, and the error is not raised again."""
    layer = names.Layer()
    layer.rate = 2
    with pytest.raises(WireError, match="limit"):
        layer.rate = "x" * MAX_TEXT
    with pytest.raises(WireError, match="limit"):
        names.Layer("x" * MAX_TEXT)
    assert layer.rate == 2
    assert names.entries() == ["make "]
    diary.pipeline.settle()


def test_a_constructors_changes_of_an_array_are_seen_at_once(names):
    """A constructor with an array argument is not deferred, since it may change the array."""
    x = np.zeros(2)
    names.Changes(x)
    assert x.tolist() == [9.0, 9.0]


ENDS = {
    "raise": (StudentError, r"^ValueError: no \(line 11 of its cell, in do\) \[LABEL\]$"),
    "hang": (TimedOutError, r"^the code did not return within 0.4 seconds \[LABEL\]$"),
    "exit": (DiedError, r"^the code ended its own process \(exit code 3\) \[LABEL\]$"),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_constructor_that_fails_raises_its_own_error(names, how):
    """The error has the constructor's text, and later requests are not done."""
    kind, text = ENDS[how]
    layer, other = names.Layer(how), names.Layer("other")
    other.knob = 4
    with pytest.raises(kind, match=text.replace("LABEL", "Layer")):
        layer(1)
    if how == "raise":
        assert names.entries() == ["make raise"]
        for use in (lambda: layer(1), lambda: layer.rate, lambda: other(1), lambda: other.rate):
            with pytest.raises(StudentError, match=text.replace("LABEL", "Layer")):
                use()
        for use in (lambda: setattr(other, "rate", 1), lambda: names.Layer(inner=layer)):
            with pytest.raises(StudentError, match=text.replace("LABEL", "Layer")):
                use()
        with pytest.raises(StudentError, match="ValueError: no"):
            kind_of(layer)
        assert names.Layer()(2) == 2
    else:
        with pytest.raises(kind, match="^not run, after an earlier failure: " + text[1:-15]):
            names.Layer("later")


@pytest.mark.parametrize("how", ENDS)
def test_a_setter_that_fails_raises_its_own_error(names, how):
    """The error has the setter's text, and the object cannot be used any more."""
    kind, text = ENDS[how]
    layer = names.Layer()
    layer.knob = how
    layer.rate = 5
    with pytest.raises(kind, match=text.replace("LABEL", "Layer.knob")):
        layer(1)
    if how == "raise":
        for _ in range(2):
            with pytest.raises(StudentError, match=r"\[Layer.knob\]$"):
                layer(1)
        assert names.entries() == ["make ", "knob raise"]


def test_each_operation_has_the_time_of_a_call(student):
    """Several slow operations may take longer together than one operation may."""
    code = (
        "import time\nclass Slow:\n    def __init__(self): time.sleep(0.25)\n"
        "    def __setattr__(self, name, value): time.sleep(0.25)\n"
        "    def f(self): return 1\n"
    )
    slow = student(code, call_seconds=0.5).Slow()
    slow.a = slow.b = 1
    assert slow.f() == 1


def test_an_error_that_the_suite_missed_is_raised_in_the_end(diary, names):
    """A suite that expects a call to fail cannot lose an earlier constructor's error."""
    layer = names.Layer("raise")
    with contextlib.suppress(StudentError):
        layer(1)
    with pytest.raises(StudentError, match=r"\[Layer\]"):
        diary.pipeline.settle()
    diary.pipeline.settle()  # once
    with contextlib.suppress(StudentError):
        layer(1)
    with pytest.raises(StudentError, match=r"\[Layer\]"):
        diary.pipeline.settle()


def test_requests_that_wait_at_the_end_are_sent(diary, names):
    """The error of an object that is never used is raised at the end."""
    names.Layer("fine")
    diary.pipeline.settle()
    names.Layer("raise")
    with pytest.raises(StudentError, match=r"\[Layer\]"):
        diary.pipeline.settle()
    assert names.entries() == ["make fine", "make raise"]


def test_what_fails_in_one_line_is_heard_there(diary, names):
    """A suite may expect an object that it makes and uses in one line to fail."""
    with contextlib.suppress(StudentError):
        names.Layer("raise")(1)
    with contextlib.suppress(StudentError):
        names.Layer("fine").missing()
    diary.pipeline.settle()


def test_nothing_leaks_into_the_next_item(diary, names):
    """Deferred requests are done when the next item is entered, and their errors are ignored."""
    names.Layer("raise")
    assert diary.enter("test_scaler").entries() == ["make raise"]
    diary.pipeline.settle()


SUITE = """
import contextlib
from autograder.sandbox.sandbox import StudentError

def test_a_swallowed_error(submission):
    scaler = submission.Scaler("bad")
    with contextlib.suppress(StudentError):
        scaler(1)

def test_an_error_before_an_assertion(submission):
    submission.Scaler("bad")
    raise AssertionError("later")

def test_a_swallowed_write(submission):
    scaler = submission.Scaler()
    scaler.knob = 1
    with contextlib.suppress(StudentError):
        scaler(1)

def test_one_line(submission):
    with contextlib.suppress(StudentError):
        submission.Scaler("bad")(1)

def test_fine(submission):
    assert submission.Scaler()(1) == 1
"""
ANSWER = """
class Scaler:
    def __init__(self, what=None):
        if what == "bad":
            raise ValueError(what)
    def __call__(self, x):
        return x
    @property
    def knob(self): pass
"""


@pytest.mark.usefixtures("fresh_suites")
def test_no_failure_is_lost_by_a_suite(tmp_path):
    """A property fails by the error of a deferred request, before all other reasons."""
    assignment = make_course(tmp_path, suites={"test_scaler.py": SUITE})
    submission = Submission.from_notebook(handed_in(assignment, ANSWER))
    [item] = run_suites(assignment, Grading(submission, seed=5)).items
    bad = "ValueError: bad (line 5 of its cell, in Scaler.__init__) [Scaler]"
    knob = "AttributeError: property 'knob' of 'Scaler' object has no setter [Scaler.knob]"
    assert [(result.outcome, result.message) for result in item.properties] == [
        (Outcome.FAILED, bad),
        (Outcome.FAILED, bad),
        (Outcome.FAILED, knob),
        (Outcome.PASSED, ""),
        (Outcome.PASSED, ""),
    ]


def test_only_a_class_makes_objects_unseen(names, exchanges):
    """If a call may return anything, the value is requested at once."""
    assert names.Function() == 6
    assert names.Called(1) == 5
    assert names.New("int") == 3
    assert kind_of(names.New("layer")) == "Layer"
    assert names.grow().rate == 1
    _ = names.Layer  # so that the next line is one exchange
    del exchanges[:]
    assert isinstance(names.Layer(), Proxy)
    assert exchanges == []


def test_a_class_that_changes_its_ways_harms_itself_alone(names):
    """If a class later makes something else, that value is used."""
    layer = names.Layer
    names.replace_new()
    thing = layer()
    with pytest.raises(TypeError, match="'int' object is not callable"):
        thing(1)
    with pytest.raises(TypeError, match="'int' object is not callable"):
        thing(1)
    with pytest.raises(AttributeError, match="'int' object has no attribute 'rate'"):
        thing.rate = 1
    with pytest.raises(AttributeError, match="'int' object has no attribute 'rate'"):
        _ = thing.rate


def test_an_object_that_changes_its_class_is_named_by_it(names):
    """The label of a later error names the class that the object has."""
    assert kind_of(names.Turns()) == "Layer"
    thing = names.Turns()
    assert thing.rate == 2
    with pytest.raises(StudentError, match=r"\[Layer.missing\]"):
        _ = thing.missing
