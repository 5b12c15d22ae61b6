"""What is put off: it is done in its order, fails where it is seen, and never goes unseen."""

import contextlib
import types

import numpy as np
import pytest

from autograder import expect
from autograder.agenda import AT_ONCE
from autograder.outcome import Outcome
from autograder.pytest_plugin import Grading
from autograder.sandbox import DiedError, Sandbox, StudentError, TimedOutError
from autograder.standin import Method, StandIn, kind_of, repeat, together
from autograder.submission import Submission
from autograder.suite import run_suites
from autograder.worker.wire import MAX_TEXT, WireError
from tests.autograder.tiny import handed_in, make_course

CODE = """\
import os
import numpy as np

log = []

def told():
    return list(log)

def do(what):
    if what == "raise":
        raise ValueError("no")
    if what == "hang":
        while True:
            pass
    if what == "exit":
        os._exit(3)

class Layer:
    def __init__(self, what="", inner=None):
        log.append(f"make {what}")
        do(what)
        self.inner = inner
        self.rate = 1

    def __call__(self, x):
        log.append("call")
        return x

    def scale(self, x):
        log.append("scale")
        x *= self.rate
        return x

    def fail(self):
        raise ValueError("failed")

    def shadow(self, value):
        self.scale = value

    @property
    def knob(self):
        return self.rate

    @knob.setter
    def knob(self, value):
        log.append(f"knob {value}")
        do(value)
        self.rate = value

class Sub(Layer):
    pass

class New:
    def __new__(cls, what):
        return 3 if what == "int" else Layer()

    def scale(self, x):
        return x

class Meta(type):
    def __call__(cls, *args):
        return 5

class Called(metaclass=Meta):
    pass

class Slots:
    __slots__ = ("scale", "rate")

    def __init__(self, scale=None):
        if scale is not None:
            self.scale = scale
        self.rate = 2

class Anything:
    def __getattribute__(self, name):
        return 7

    def scale(self, x):
        return x

class Fallback:
    def __getattr__(self, name):
        return {"missing": 4}[name]

    def scale(self, x):
        return x + 1

class Changes:
    def __init__(self, x):
        x[...] = 9

class Turns:
    def __init__(self):
        self.__class__ = Layer
        self.rate = 2

def Function(what=""):
    return 6

def grow():
    return Layer()

def forget_scale():
    del Layer.scale

def replace_new():
    Layer.__new__ = staticmethod(lambda cls, *args: 3)
"""


@pytest.fixture
def opened(session):
    return session(CODE, call_seconds=0.4)


@pytest.fixture
def names(opened):
    return opened.namespace


@pytest.fixture
def exchanges(monkeypatch):
    """How many requests each exchange with a worker has."""
    counted = []
    exchange = Sandbox.exchange

    def counting(sandbox, requests, *args, **kwargs):
        counted.append(len(requests))
        return exchange(sandbox, requests, *args, **kwargs)

    monkeypatch.setattr(Sandbox, "exchange", counting)
    return counted


@pytest.fixture(scope="module")
def local():
    """The same names in this process."""
    module = types.ModuleType("local")
    exec(compile(CODE, "<local>", "exec"), module.__dict__)  # noqa: S102  # our own, above
    return module


def test_what_needs_no_answer_travels_with_what_does(names, exchanges):
    """Two objects, two writes and a method are one exchange with the call, done in their order."""
    Layer, told = names.Layer, names.told  # noqa: N806  # a class
    del exchanges[:]
    layer = Layer("a", inner=Layer("b"))
    layer.knob = 2
    layer.knob = 3
    assert layer.scale(np.ones(1)).tolist() == [3.0]
    assert exchanges == [6]
    assert told() == ["make b", "make a", "knob 2", "knob 3", "scale"]


def test_a_written_array_is_the_one_of_that_moment(names):
    """What a suite makes of its array after a write is not what was written."""
    layer, x = names.Layer(), np.ones(2)
    layer.rate = x
    x[...] = 5
    assert layer.rate.tolist() == [1.0, 1.0]


def test_each_way_of_asking_does_first_what_waits(names):
    """Calls, reads, names, many calls and kinds are answered after what was put off before."""
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
        assert names.told().count(f"make {number}") == 1
        assert [entry for entry in names.told() if entry.startswith("make")][-1] == f"make {number}"


def test_the_queue_is_bounded(names, exchanges):
    """What waits is sent before it is more than a waiting worker's end has room for."""
    layer = names.Layer()
    del exchanges[:]
    for _ in range(9):
        layer.rate = np.zeros(AT_ONCE // 8 // 4)
    assert len(exchanges) == 2
    layer.rate = np.zeros(AT_ONCE)
    assert layer(np.zeros(AT_ONCE)).size == layer.rate.size


def test_what_has_no_room_in_a_frame_is_told_at_its_own_line(opened, names):
    """What waits before it is done, and nothing of it is left to be told later."""
    layer = names.Layer()
    layer.rate = 2
    with pytest.raises(WireError, match="limit"):
        layer.rate = "x" * MAX_TEXT
    with pytest.raises(WireError, match="limit"):
        names.Layer("x" * MAX_TEXT)
    assert layer.rate == 2
    assert names.told() == ["make "]
    opened.agenda.settle()


def test_a_constructors_changes_of_an_array_are_seen_at_once(names):
    """A making that gets an array is not put off: what it changes in place is changed here."""
    x = np.zeros(2)
    names.Changes(x)
    assert x.tolist() == [9.0, 9.0]


ENDS = {
    "raise": (StudentError, r"^ValueError: no \(line 11 of its cell, in do\) \[LABEL\]$"),
    "hang": (TimedOutError, r"^no answer within 0.4 seconds for one answer \[LABEL\]$"),
    "exit": (DiedError, r"^the code ended its own process \(exit code 3\) \[LABEL\]$"),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_constructor_that_fails_is_told_as_itself(names, how):
    """The error has the text of the making, whatever it travels with; what follows is not done."""
    kind, text = ENDS[how]
    layer, other = names.Layer(how), names.Layer("other")
    other.knob = 4
    with pytest.raises(kind, match=text.replace("LABEL", "Layer")):
        layer(1)
    if how == "raise":
        assert names.told() == ["make raise"]
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
        with pytest.raises(kind, match="^not run, since before this: " + text[1:-15]):
            names.Layer("later")


@pytest.mark.parametrize("how", ENDS)
def test_a_setter_that_fails_is_told_as_itself(names, how):
    """The error has the text of the write, and the object is not to be used any more."""
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
        assert names.told() == ["make ", "knob raise"]


def test_each_operation_has_the_time_of_a_call(student):
    """Several slow ones may take longer together than one may."""
    code = (
        "import time\nclass Slow:\n    def __init__(self): time.sleep(0.25)\n"
        "    def __setattr__(self, name, value): time.sleep(0.25)\n"
        "    def f(self): return 1\n"
    )
    slow = student(code, call_seconds=0.5).Slow()
    slow.a = slow.b = 1
    assert slow.f() == 1


def test_what_has_failed_unheard_is_told_in_the_end(opened, names):
    """A suite that lets a call fail cannot lose the failure of a making before it."""
    layer = names.Layer("raise")
    with contextlib.suppress(StudentError):
        layer(1)
    with pytest.raises(StudentError, match=r"\[Layer\]"):
        opened.agenda.settle()
    opened.agenda.settle()  # once
    with contextlib.suppress(StudentError):
        layer(1)
    with pytest.raises(StudentError, match=r"\[Layer\]"):
        opened.agenda.settle()


def test_what_waits_at_the_end_is_done_and_told(opened, names):
    """A making that nothing has been asked of fails in the end, if it fails."""
    names.Layer("fine")
    opened.agenda.settle()
    names.Layer("raise")
    with pytest.raises(StudentError, match=r"\[Layer\]"):
        opened.agenda.settle()
    assert names.told() == ["make fine", "make raise"]


def test_what_is_asked_together_is_one_exchange(names, exchanges):
    """Two calls, a read and a write between them are done in their order, and answered in it."""
    layer = names.Layer()
    names.told()
    del exchanges[:]
    x = np.ones(1)

    def write_and_scale():
        layer.knob = 3
        return layer.scale(x)

    first, rate, last = together(layer, lambda: layer(x), lambda: layer.rate, write_and_scale)
    assert (first.tolist(), rate, last.tolist(), x.tolist()) == ([1.0], 1, [3.0], [3.0])
    assert exchanges == [5]  # the look for the method is one of them
    assert names.told()[-3:] == ["call", "knob 3", "scale"]


def test_what_is_asked_together_of_another_object_is_asked_in_turn(local):
    """Each is asked of a local object when its turn comes, and not before."""
    layer = local.Layer()
    asked = together(layer, lambda: layer(1), layer.fail, lambda: layer(2))
    assert next(asked) == 1
    with pytest.raises(ValueError, match="failed"):
        next(asked)


def test_what_fails_of_several_is_told_when_its_turn_comes(opened, names):
    """What stands before it is answered, what stands behind it is not done, and nothing is said
    of it at the end, as nothing is of a call that a suite did not come to.
    """
    layer = names.Layer()
    asks = [lambda: layer(1), layer.fail, lambda: layer.scale(2), lambda: layer.rate]
    asked = together(layer, *asks)
    assert names.told() == ["make ", "call"]
    assert next(asked) == 1
    with pytest.raises(StudentError, match=r"^ValueError: failed .* \[Layer.fail\]$"):
        next(asked)
    together(layer, layer.fail, lambda: layer.rate)
    assert layer.scale(np.ones(1)).tolist() == [1.0]
    opened.agenda.settle()


def test_the_last_of_several_may_fail(names):
    """Then the others are answered."""
    layer = names.Layer()
    asked = together(layer, lambda: layer.rate, lambda: layer(2), layer.fail)
    assert [next(asked), next(asked)] == [1, 2]
    with pytest.raises(StudentError, match=r"\[Layer.fail\]$"):
        next(asked)


@pytest.mark.parametrize("how", ["hang", "exit"])
def test_what_ends_the_worker_between_several_is_told_there(names, how):
    """What was answered before that is answered all the same."""
    kind, _ = ENDS[how]
    layer = names.Layer()
    asked = together(layer, lambda: layer(1), lambda: names.do(how), lambda: layer(2))
    assert next(asked) == 1
    with pytest.raises(kind, match=r"\[do\]$"):
        next(asked)


def test_an_attribute_that_turns_out_to_be_a_method_is_called(names):
    """Among several, too, a method that no class tells of is looked for and called."""
    layer = names.Fallback()
    layer.other = names.Layer().scale
    rate, made, missing = together(
        layer, lambda: layer.missing, lambda: layer.other(np.ones(1)), lambda: layer.missing
    )
    assert (rate, made.tolist(), missing) == (4, [1.0], 4)


def test_of_several_a_plain_value_fails_as_a_local_one_would(names):
    """Where an object turns out to be a number, calling it is Python's own error."""
    made_by, thing = names.Layer, names.Layer()
    asked = together(thing, lambda: thing.rate, lambda: thing.rate(1), lambda: thing.rate)
    assert next(asked) == 1
    with pytest.raises(TypeError, match="not callable"):
        next(asked)
    names.replace_new()
    number = made_by()
    with pytest.raises(TypeError, match="not callable"):
        next(together(number, lambda: number(1), lambda: number(2)))


def test_what_stands_before_a_failure_of_this_side_is_answered(names):
    """Also where the last cannot be asked for at all, and so sends nothing."""
    made_by, layer = names.Layer, names.Layer()
    names.replace_new()
    number = made_by()
    with pytest.raises(TypeError):
        number(1)  # from here on it is known to be one
    asked = together(layer, lambda: layer(7), lambda: number.missing)
    assert next(asked) == 7
    with pytest.raises(AttributeError, match="missing"):
        next(asked)


def test_several_large_arrays_are_no_deadlock(names, exchanges):
    """More than a waiting worker's end has room for is asked in more exchanges than one."""
    layer = names.Layer()
    layer(1)
    x = np.zeros(2 * AT_ONCE)
    del exchanges[:]
    answers = list(together(layer, *[lambda: layer(x)] * 4))
    assert [answer.size for answer in answers] == [x.size] * 4
    assert len(exchanges) == 4


def test_what_fails_in_one_line_is_heard_there(opened, names):
    """A suite may let an object fail that it makes and uses in one line."""
    with contextlib.suppress(StudentError):
        names.Layer("raise")(1)
    with contextlib.suppress(StudentError):
        names.Layer("fine").missing()
    opened.agenda.settle()


def test_nothing_leaks_into_the_next_item(opened, names):
    """What waits when an item is entered is done before, and its failure is forgotten."""
    names.Layer("raise")
    assert opened.enter("test_scaler").told() == ["make raise"]
    opened.agenda.settle()


SUITE = """
import contextlib
from autograder.sandbox import StudentError

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
    """A property fails for what was put off, as it did at once, and before all other reasons."""
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
    """Where a call may give anything, its value is asked for: what comes back is the value."""
    assert names.Function() == 6
    assert names.Called(1) == 5
    assert names.New("int") == 3
    assert kind_of(names.New("layer")) == "Layer"
    assert names.grow().rate == 1
    _ = names.Layer  # so that the next line is one exchange
    del exchanges[:]
    assert isinstance(names.Layer(), StandIn)
    assert exchanges == []


def test_a_class_that_changes_its_ways_harms_itself_alone(names):
    """A class that makes something else later on: the value is there once it is known."""
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


def test_a_method_is_called_in_one_exchange(names, exchanges):
    """The look for a method travels with the call; errors have the text of whichever failed."""
    layer = names.Sub()
    layer(1)
    del exchanges[:]
    assert layer.scale(np.ones(2)).tolist() == [1.0, 1.0]
    assert exchanges == [2]
    with pytest.raises(StudentError, match=r"^ValueError: failed .* \[Layer.fail\]$"):
        layer.fail()
    with pytest.raises(StudentError, match=r"^AttributeError: .* \[Sub.missing\]$"):
        layer.missing()
    names.forget_scale()
    with pytest.raises(
        StudentError,
        match=r"^AttributeError: 'Sub' object has no attribute 'scale' .*\[Sub.scale\]$",
    ):
        layer.scale(1)
    assert layer(2) == 2


def test_a_method_is_the_one_of_that_moment(names):
    """A method that was read before an attribute took its place is still the method."""
    layer = names.Layer()
    method = layer.scale
    layer.scale = 3
    assert layer.scale + 1 == 4
    assert method(np.ones(1)).tolist() == [1.0]


@pytest.mark.parametrize("where", ["names", "local"])
def test_an_attribute_in_a_methods_place_is_that_attribute(where, request):
    """An object's own attribute of the same name wins, here as in the same process."""
    names = request.getfixturevalue(where)
    layer = names.Layer()
    layer.shadow(names.Layer().fail)
    with pytest.raises(Exception, match="failed"):
        layer.scale()
    for value in (3, 2.5, True):
        layer.shadow(value)
        assert layer.scale == value
        assert float(layer.scale) == value
        with pytest.raises(TypeError, match="object is not callable"):
            layer.scale(1)
    layer.shadow(3)
    assert expect.number(layer.scale, "scale", "") == 3
    layer.shadow(np.ones(2))
    assert expect.array(layer.scale, (2,), "scale", "").tolist() == [1.0, 1.0]
    expect.untouched(layer.scale, np.ones(2), "scale", "")
    layer.shadow({"a": np.ones(2)})
    assert expect.entry(layer.scale, "a", (2,), "").tolist() == [1.0, 1.0]
    layer.shadow({"a": [1, 2]})
    assert layer.scale["a"] == [1, 2]
    assert list(layer.scale) == ["a"]
    assert len(layer.scale) == 1
    layer.shadow([])
    assert not layer.scale
    layer.shadow(None)
    with pytest.raises(TypeError, match="'NoneType' object is not callable"):
        layer.scale(1)


@pytest.mark.parametrize("where", ["names", "local"])
def test_whatever_finds_attributes_finds_them(where, request):
    """Slots, `__getattr__` and `__getattribute__` have the last word."""
    names = request.getfixturevalue(where)
    with pytest.raises((StudentError, AttributeError)):
        _ = names.Slots().scale
    slots = names.Slots(4)
    assert (slots.scale, slots.rate) == (4, 2)
    assert names.Anything().scale + 1 == 8
    assert names.Fallback().missing == 4
    assert names.Fallback().scale(1) == 2


def test_a_method_is_an_argument_too(names):
    """A method that has not been looked for yet is passed as itself."""
    layer = names.Layer(inner=names.Layer().fail)
    inner = layer.inner
    assert kind_of(inner) == "Layer.fail"
    with pytest.raises(StudentError, match=r"failed .*\[Layer.fail\]$"):
        inner()


def test_a_method_says_what_it_is(names):
    """A method that is not called is as good as one."""
    method = names.Layer().scale
    assert isinstance(method, Method)
    assert repr(method) == "<a student's Layer.scale>"
    assert method == method
    assert method != 3
    assert method
    with pytest.raises(TypeError):
        method[0]


FORGED = """\
import os, socket, sys
from autograder.worker import wire

def forge(frame):
    for number in range(3, 64):
        try:
            connection = socket.socket(fileno=number)
        except OSError:
            continue
        connection.sendall(frame)
        connection.detach()
        return

def number():
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["number"]

class Layer:
    def __init__(self):
        forge(FRAME)
    def f(self):
        return 1

class Reads:
    def __getattr__(self, name):
        forge(READ)
"""


@pytest.mark.parametrize(
    "frame",
    [
        "bytes(8) * 9",
        "b'\\xff' * 100",
        "wire.pack({'number': -1, 'value': 1})",
        "wire.pack({'number': number(), 'value': 1})",
        "wire.pack({'number': number() + 1, 'value': 1})",
        "wire.pack({'number': number(), 'value': wire.Ref(2**62 + 1)})",
        "wire.pack({'number': number(), 'value': wire.Ref(2**62 + 2, 'x', ('y', {'f': 'z'}))})",
        "wire.pack({'number': number(), 'value': 1, 'changed': []})",
        "wire.pack({'number': number(), 'error': 'x'})",
        "wire.pack({'number': number(), 'error': ['a\\n', {'b': wire.Ref(3)}]})",
        "wire.pack({'event': 3}) * 9",
    ],
)
def test_a_forged_answer_harms_its_author_alone(student, frame):
    """Frames of a constructor's own are an error of the student's, or change nothing at all."""
    names = student(FORGED.replace("FRAME", frame).replace("READ", "b''"))
    layer = names.Layer()
    for _ in range(3):
        try:
            assert layer.f() == 1
        except (StudentError, TypeError, AttributeError) as error:
            assert str(error).isprintable()


@pytest.mark.parametrize(
    "frame", ["bytes(8)", "wire.pack({'number': number(), 'value': 1, 'changed': []})"]
)
def test_an_answer_is_one_to_what_was_asked(student, frame):
    """A value that was asked for is never what stands for a foretold one, or what a call changes."""
    reads = student(FORGED.replace("FRAME", "b''").replace("READ", frame)).Reads()
    with pytest.raises(DiedError, match="the code answered with something unreadable"):
        _ = reads.anything
