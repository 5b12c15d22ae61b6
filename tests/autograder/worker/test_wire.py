"""Frames: every plain value comes back as it was, and bad bytes give a WireError alone."""

import socket
import struct

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.worker import wire
from autograder.worker.wire import Ref, WireError

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
DTYPES += ["float16", "float32", "float64"]
arrays = hnp.arrays(
    dtype=st.sampled_from(DTYPES),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats()
    | st.text(max_size=20)
)
keys = st.text(max_size=5) | st.integers(-9, 9)
values = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=12,
)


def parts(frame):
    text_length, body_length = struct.unpack(">II", frame[:8])
    text, body = frame[8 : 8 + text_length], frame[8 + text_length :]
    assert len(body) == body_length
    return text, body


def there_and_back(value):
    return wire.unpack(*parts(wire.pack(value)))


def same(a, b):
    """Tell whether two values are of one type and equal bit by bit; any nan equals any nan."""
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


@pytest.mark.parametrize("value", [float("inf"), -float("inf"), -0.0, 5e-324, 0.1, 2**63 - 1])
def test_numbers_at_the_edges_come_back_exactly(value):
    """Infinities, signed zero, the smallest and the largest numbers lose nothing."""
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
    """The layout in memory does not matter, and what comes back can be written to."""
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
    """A subclass of str, int, list or ndarray arrives as the plain type."""
    text, number = type("Text", (str,), {})("a"), type("Number", (int,), {})(3)
    items, matrix = type("Items", (list,), {})([1]), np.ones((1, 1)).view(np.recarray)
    back = there_and_back([text, number, items, matrix])
    assert [type(thing) for thing in back] == [str, int, list, np.ndarray]
    assert same(back, ["a", 3, [1], np.ones((1, 1))])


@pytest.mark.parametrize(
    "value",
    [
        np.array([None]),
        np.array([1j]),
        np.zeros(1, dtype=[("a", "f8")]),
        np.array(["a"]),
        np.array(["2020-01-01"], dtype="M8[D]"),
        np.zeros(1, dtype="longdouble"),
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
    """The sender refuses what the receiver would refuse: other dtypes, objects, huge numbers."""
    with pytest.raises(WireError):
        wire.pack(value)


def test_nesting_has_a_limit_on_both_sides():
    """Thirty levels of lists are sent, forty are refused, when packing and when unpacking."""
    assert there_and_back(nested(30)) == nested(30)
    with pytest.raises(WireError, match="deep"):
        wire.pack(nested(40))
    with pytest.raises(WireError, match="deep"):
        wire.unpack(b'{"list":[' * 40 + b"]}" * 40, b"")


def nested(levels):
    return [nested(levels - 1)] if levels > 1 else []


def test_objects_go_as_references():
    """What is no plain value is held by the sender and resolved by the receiver."""
    thing = object()
    held = []

    def hold(value):
        held.append(value)
        return Ref(4, "thing")

    text, body = parts(wire.pack([1, {"a": thing}], hold))
    assert held == [thing]
    assert wire.unpack(text, body, lambda ref: (ref.number, ref.kind)) == [1, {"a": (4, "thing")}]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"nonsense",
        b"\xff\xfe",
        b"1.5",
        b"NaN",
        b"[]",
        b"{}",
        b'{"list":1}',
        b'{"list":[],"tuple":[]}',
        b'{"set":[]}',
        b'{"float":"word"}',
        b'{"float":"0x1p99999999"}',
        b'{"float":1}',
        b'{"dict":[1]}',
        b'{"dict":[[null,1]]}',
        b'{"dict":[[{"list":[]},1]]}',
        b'{"ref":[-1,"x"]}',
        b'{"ref":[true,"x"]}',
        b'{"ref":[1,2]}',
        b'{"ref":[1]}',
        b'{"array":[]}',
        b'{"array":[["<f8"],1]}',
        b'{"array":["|O",1]}',
        b'{"array":["<c16",1]}',
        b'{"array":["<U4",1]}',
        b'{"array":[[["a","<f8"]],1]}',
        b'{"array":["<f8",-1]}',
        b'{"array":["<f8",1.0]}',
        b'{"array":["<f8",true]}',
        b'{"array":["<f8",2]}',
        b'{"array":["<f8",4294967296,4294967296]}',
        b'{"array":["<f8",0,67108864,67108864,67108864]}',
        b'{"array":["<f8",' + b",".join([b"1"] * 70) + b"]}",
        b"9223372036854775808",
        b"1" * 5000,
        b"[" * 100000,
        b'{"list":[' * 5000,
    ],
    ids=lambda text: text[:30].decode(errors="replace"),
)
def test_a_malformed_text_is_a_wire_error(text):
    """Whatever breaks the format is refused by one kind of error, with eight bytes of arrays."""
    with pytest.raises(WireError):
        wire.unpack(text, bytes(8))


@pytest.mark.parametrize("length", [0, 7, 9, 16])
def test_arrays_account_for_the_body_exactly(length):
    """A body one byte too short or too long is refused."""
    with pytest.raises(WireError):
        wire.unpack(b'{"array":["<f8",1]}', bytes(length))


def size(value):
    """Return the bytes of all arrays in a value."""
    if isinstance(value, (list, tuple)):
        return sum(map(size, value))
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    return value.nbytes if isinstance(value, np.ndarray) else 0


@given(st.binary(max_size=60), st.binary(max_size=20))
def test_random_bytes_raise_nothing_but_wire_errors(text, body):
    """Random bytes give a value or a WireError."""
    try:
        value = wire.unpack(text, body)
    except WireError:
        return
    assert size(value) == len(body)


@given(values, st.data())
def test_damaged_frames_raise_nothing_but_wire_errors(value, data):
    """A frame with bytes replaced, dropped or added gives a value of its size or a WireError."""
    text, body = map(bytearray, parts(wire.pack(value)))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, min(start + 3, len(text))))
        pieces = st.binary(max_size=2) | st.sampled_from([b"0", b"-", b"9" * 30, b"[", b'"', b"{}"])
        text[start:stop] = data.draw(pieces)
    body += data.draw(st.binary(max_size=2))
    try:
        value = wire.unpack(bytes(text), bytes(body))
    except WireError:
        return
    assert size(value) == len(body)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_frame_is_received_in_pieces(pair):
    """A frame may come byte by byte, and the next one stays for the next call."""
    ours, theirs = pair
    for byte in wire.pack([1, np.arange(3)]) + wire.pack("next"):
        theirs.sendall(bytes([byte]))
    first = wire.unpack(*wire.receive(ours, lambda: 1.0))
    assert same(first, [1, np.arange(3)])
    assert wire.unpack(*wire.receive(ours, lambda: 1.0)) == "next"


@pytest.mark.parametrize("sent", [b"", b"\0\0\0", struct.pack(">II", 4, 0) + b"nu"])
def test_an_end_within_a_frame_is_an_eof(pair, sent):
    """The other side's end is an EOFError wherever it comes."""
    ours, theirs = pair
    theirs.sendall(sent)
    theirs.close()
    with pytest.raises(EOFError):
        wire.receive(ours, lambda: 1.0)


@pytest.mark.parametrize("left", [-1.0, 0.0, 0.05])
def test_silence_is_a_timeout(pair, left):
    """When the deadline has passed, or passes while nothing comes, a TimeoutError is raised."""
    ours, theirs = pair
    theirs.sendall(b"\0\0")
    with pytest.raises(TimeoutError):
        wire.receive(ours, lambda: left)


@pytest.mark.parametrize("lengths", [(2**23, 0), (0, 2**27), (2**32 - 1, 2**32 - 1)])
def test_an_oversized_frame_is_refused_by_its_header(pair, lengths):
    """Nothing of a frame over the limit is read or allocated."""
    ours, theirs = pair
    theirs.sendall(struct.pack(">II", *lengths))
    with pytest.raises(WireError, match="over the limit"):
        wire.receive(ours, lambda: 1.0)


def test_a_value_over_the_limit_is_not_sent():
    """An array of more than 64 MiB is refused before it is sent."""
    with pytest.raises(WireError, match="limit"):
        wire.pack(np.zeros(9 * 2**20))
