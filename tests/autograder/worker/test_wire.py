"""Frames: every plain value arrives unchanged, and bad bytes raise only a WireError."""

import socket
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given

from autograder.worker import wire
from autograder.worker.frame import CHUNK, HEADER, MAX_TEXT, Receiver, WireError
from autograder.worker.wire import Ref
from tests.autograder.worker.conftest import DTYPES, parts, values


def there_and_back(value):
    return wire.unpack(*parts(wire.pack(value)))


def same(a, b):
    """Return whether two values have one type and equal bits; any nan equals any nan."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b) or (a != a and b != b)
    if isinstance(a, np.ndarray):
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    return a == b


@given(values)
def test_plain_values_come_back_as_they_were(value):
    """Numbers, text, containers and arrays keep their type, their order and every bit."""
    assert same(there_and_back(value), value)


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_keep_their_dtype(dtype):
    """Booleans, integers and floats of every width arrive as they were sent."""
    array = np.array([[0, 1], [1, 0]], dtype=dtype)
    assert same(there_and_back(array), array)


@pytest.mark.parametrize("value", [float("inf"), -float("inf"), -0.0, 5e-324, 0.1, 2**63 - 1])
def test_numbers_at_the_edges_come_back_exactly(value):
    """Infinities, signed zero, the smallest and the largest numbers are unchanged."""
    assert same(there_and_back(value), value)


@pytest.mark.parametrize(
    "array",
    [
        np.array(3.5),
        np.zeros((0, 4)),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(12).reshape(3, 4)[::2, ::-1],
        np.broadcast_to(np.array([1.0, 2.0]), (3, 2)),
        np.array([np.nan, np.inf, -0.0]),
        np.arange(3, dtype=">i4").astype("<i4"),
    ],
    ids=["0-d", "empty", "Fortran", "strided", "broadcast", "nan inf -0", "converted"],
)
def test_arrays_of_any_layout_come_back_equal(array):
    """The layout in memory does not matter, and the result can be written to."""
    back = there_and_back(array)
    assert back.shape == array.shape
    assert back.dtype == array.dtype
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable


def test_a_received_array_shares_no_memory_with_another():
    """Two arrays of one frame are independent of each other."""
    first, second = there_and_back([np.zeros(2), np.zeros(2)])
    first += 1
    assert second.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("value", "plain"), [(np.float32(0.5), 0.5), (np.int8(-3), -3), (np.bool_(True), True)]
)
def test_numpy_scalars_become_plain_numbers(value, plain):
    """A NumPy scalar arrives as Python's own number."""
    assert same(there_and_back(value), plain)


def test_subclasses_become_plain_values():
    """An instance of a subclass of str, int, list or ndarray arrives as the plain type."""
    text, number = type("Text", (str,), {})("a"), type("Number", (int,), {})(3)
    items, matrix = type("Items", (list,), {})([1]), np.ones((1, 1)).view(np.recarray)
    back = there_and_back([text, number, items, matrix])
    assert [type(thing) for thing in back] == [str, int, list, np.ndarray]
    assert same(back, ["a", 3, [1], np.ones((1, 1))])


@pytest.mark.parametrize("value", [np.longdouble(0.25), np.full(2, 0.25, dtype="longdouble")])
def test_long_doubles_arrive_as_doubles(value):
    """A long double arrives as a float, since its size depends on the machine."""
    back = there_and_back(value)
    assert np.asarray(back).dtype == np.float64
    assert np.all(back == value)


@pytest.mark.parametrize(
    "value",
    [
        np.array([None]),
        np.array([1j]),
        np.array([1j], dtype="complex64"),
        np.zeros(1, dtype=[("a", "f8")]),
        np.array(["a"]),
        np.array(["2020-01-01"], dtype="M8[D]"),
        2**63,
        1j,
        object(),
        {1, 2},
        b"bytes",
        {(1, 2): 3},
        {None: 3},
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_arrive_is_not_sent(value):
    """The sender refuses what the receiver would: other dtypes, objects, huge numbers."""
    with pytest.raises(WireError):
        wire.pack(value)


def test_nesting_has_a_limit_on_both_sides():
    """Thirty nested lists can be sent; forty are refused on both sides."""
    assert there_and_back(nested(30)) == nested(30)
    with pytest.raises(WireError, match="deep"):
        wire.pack(nested(40))
    with pytest.raises(WireError, match="deep"):
        wire.unpack(b'["list",' * 39 + b'["list"]' + b"]" * 39, b"")


def nested(levels):
    return [nested(levels - 1)] if levels > 1 else []


def test_objects_go_as_references():
    """The sender holds any other object, and the receiver resolves its reference."""
    thing = object()
    held = []

    def hold(value):
        held.append(value)
        return Ref(4, "thing")

    text, body = parts(wire.pack([1, {"a": thing}], hold))
    assert held == [thing]
    assert wire.unpack(text, body, lambda ref: (ref.number, ref.kind)) == [1, {"a": (4, "thing")}]


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_frame_is_received_in_pieces(pair):
    """A frame may arrive byte by byte, and the next one stays for the next call."""
    ours, theirs = pair
    for byte in wire.pack([1, np.arange(3)]) + wire.pack("next"):
        theirs.sendall(bytes([byte]))
    receiver = Receiver(ours)
    first = wire.unpack(*receiver.receive(lambda: 1.0))
    assert same(first, [1, np.arange(3)])
    assert wire.unpack(*receiver.receive(lambda: 1.0)) == "next"


def test_a_small_frame_takes_little_memory(pair):
    """The memory for the largest piece is allocated once, and not for each frame."""
    ours, theirs = pair
    receiver = Receiver(ours)
    theirs.sendall(wire.pack("small"))
    tracemalloc.start()
    try:
        receiver.receive(lambda: 1.0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < CHUNK / 16


@pytest.mark.parametrize("sent", [b"", b"\0\0\0", struct.pack(">II", 4, 0) + b"nu"])
def test_an_end_within_a_frame_is_an_eof(pair, sent):
    """The other side's end is an EOFError at any place."""
    ours, theirs = pair
    theirs.sendall(sent)
    theirs.close()
    with pytest.raises(EOFError):
        Receiver(ours).receive(lambda: 1.0)


@pytest.mark.parametrize("left", [-1.0, 0.0, 0.05])
def test_silence_is_a_timeout(pair, left):
    """A deadline that has passed, or passes while nothing arrives, is a TimeoutError."""
    ours, theirs = pair
    theirs.sendall(b"\0\0")
    with pytest.raises(TimeoutError):
        Receiver(ours).receive(lambda: left)


@pytest.mark.parametrize("lengths", [(2**23, 0), (0, 2**27), (2**32 - 1, 2**32 - 1)])
def test_an_oversized_frame_is_refused_by_its_header(pair, lengths):
    """A frame over the limit is neither read nor allocated."""
    ours, theirs = pair
    theirs.sendall(struct.pack(">II", *lengths))
    with pytest.raises(WireError, match="over the limit"):
        Receiver(ours).receive(lambda: 1.0)


def test_a_value_over_the_limit_is_not_sent():
    """An array of more than 64 MiB is refused before it is sent."""
    with pytest.raises(WireError, match="limit"):
        wire.pack(np.zeros(9 * 2**20))


def test_no_frame_is_made_that_the_other_side_refuses():
    """The largest text can be sent alone, but not in a frame of several."""
    value = "x" * (MAX_TEXT - len('""'))
    text, body = wire.encode(value)
    assert len(wire.pack(value)) == HEADER.size + MAX_TEXT
    with pytest.raises(WireError, match=f"{MAX_TEXT + 2} .* limit"):
        wire.pack_each([text], [body])


def test_values_of_one_frame_are_made_in_turn():
    """Each value of a frame of several is decoded when it is asked for, with its own arrays."""
    resolved = []
    parts_of_each = [wire.encode(value) for value in (np.zeros(2), Ref(4), [np.ones(1)])]
    text, body = parts(wire.pack_each(*zip(*parts_of_each, strict=True)))
    each = wire.unpack_each(text, body, resolved.append)
    assert same(next(each), np.zeros(2))
    assert resolved == []
    assert next(each) is None
    assert [ref.number for ref in resolved] == [4]
    assert same(list(each), [[np.ones(1)]])
