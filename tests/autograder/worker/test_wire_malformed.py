"""Malformed frames: no bytes from a worker raise anything but a WireError."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.worker import wire
from autograder.worker.frame import WireError
from tests.autograder.worker.conftest import parts, values


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"nonsense",
        b"\xff\xfe",
        b"1.5 ",
        b" null",
        b"nullnull",
        b"-NaN",
        b"[]",
        b"[[]]",
        b"[{}]",
        b"[null]",
        b'["set"]',
        b'["List"]',
        b'{"a":[]}',
        b'{"a":1,2:3}',
        b'["dict",1]',
        b'["dict",[1]]',
        b'["dict",[1,2,3]]',
        b'["dict",[null,1]]',
        b'["dict",[["list"],1]]',
        b'["ref",-1,"x"]',
        b'["ref",true,"x"]',
        b'["ref",9223372036854775808,"x"]',
        b'["ref",1,2]',
        b'["ref",1]',
        b'["ref",1,"x",2]',
        b'["array"]',
        b'"\xc3\xbc"',
        b"9223372036854775808",
        b"1" * 5000,
        b"[" * 100000,
        b'["list",' * 5000,
        b'{"a":' * 33 + b"1" + b"}" * 33,
    ],
    ids=lambda text: text[:30].decode(errors="replace"),
)
def test_a_malformed_text_is_a_wire_error(text):
    """Any break of the format is refused by one kind of error."""
    with pytest.raises(WireError):
        wire.unpack(text, b"")


@pytest.mark.parametrize(
    ("content", "length"),
    [
        (b'["<f8"],1', 8),
        (b'[["a","<f8"]],1', 8),
        (b'"|O",1', 8),
        (b'"<c8",1', 8),
        (b'"<c16",1', 16),
        (b'"<f16",1', 16),
        (b'"<U4",1', 16),
        (b'"|S4",1', 4),
        (b'"<M8[s]",1', 8),
        (b'">f8",1', 8),
        (b'"<f8",-1', 8),
        (b'"<f8",1.0', 8),
        (b'"<f8",true', 8),
        (b'"<f8",2', 8),
        (b'"<f8",4294967296,4294967296', 0),
        (b'"<f8",0,67108864,67108864,67108864', 0),
        (b'"<f8"' + b",1" * 40, 8),
    ],
)
def test_a_malformed_array_is_a_wire_error(content, length):
    """Only dtypes of the list are accepted, and only short lists of sizes as shapes."""
    with pytest.raises(WireError):
        wire.unpack(b'["array",' + content + b"]", bytes(length))


@pytest.mark.parametrize("length", [0, 7, 9, 16])
def test_arrays_account_for_the_body_exactly(length):
    """A body one byte too short or too long is refused."""
    with pytest.raises(WireError):
        wire.unpack(b'["array","<f8",1]', bytes(length))


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
