"""Mutated frames: each of a hundred thousand gives a value or one of the agreed errors."""

import contextlib
import copy
import json
import random
import resource
import socket
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autograder.worker import wire
from autograder.worker.frame import HEADER, MAX_FRAME, MAX_TEXT, Receiver, WireError
from autograder.worker.wire import Ref

EXAMPLES, MUTATIONS = 1_000, 110
# what a worker sends: a layer's output and the changes of its arguments, many outputs, gradients,
# references, errors, events, remarks
ANSWERS = [
    {"number": 7, "value": (np.arange(12.0).reshape(3, 4) / 7, [])},
    {"number": 8, "value": (np.zeros((2, 3), np.float32), [(0, np.ones(4, bool))])},
    {"number": 9, "value": [np.arange(6).reshape(1, 6)] * 4},
    {"number": 10, "value": ({"weights": np.ones((4, 2)), "bias": np.zeros((1, 2))}, [])},
    {"number": 11, "value": Ref(12, "Dropout")},
    {"number": 12, "value": (Ref(3, "Linear"), [])},
    {"number": 13, "value": (0.1, [])},
    {"number": 14, "value": [1, -1.5, None, True, "text", (2, "ü"), float("nan"), float("inf")]},
    {"number": 15, "error": "ValueError: p must lie in [0, 1] (line 3 of its cell, in Dropout)"},
    {"event": (4, 17)},
    {"number": 2, "value": [{"cell": 1, "line": 2, "cause": "NameError: name 'x' is not defined"}]},
]
FRAMES = [wire.pack(answer, lambda thing: thing) for answer in ANSWERS]
TEXTS = [
    *[b"1e999", b"-1e999", b"NaN", b"Infinity", b"-Infinity", b"1.5", b"-0", b"-1", b"9" * 25],
    *[b"9" * 5000, b"18446744073709551616", b"null", b"true", b"[]", b"{}", b'""', b'"\\ud800"'],
    *[
        b'"<f8"',
        b'"|O"',
        b'"<c16"',
        b'"<U9"',
        b'"<M8[s]"',
        b'"V8"',
        b'"f8,f8"',
        b'">f8"',
        b'"<f16"',
    ],
    *[b"-1e-9999", b"-0.0", b"nan", b"1.", b"0x1p3", b"1_0", b"1.7976931348623159e308"],
    *[b'["array","<f8",-1]', b'["array","<f8",67108864,0]', b'["array","<f8",4294967296]'],
    *[b'["array",["<f8"],1]', b'["array",{},1]', b'["array","<f8",true]', b'["array"]'],
    *[b'["array","|b1"' + b",1" * 40 + b"]", b'["array","|b1"' + b",0" * 33 + b"]"],
    *[b'["ref",1e3,"x"]', b'["ref",-1,"x"]', b'["ref",99999999999999999999999,"x"]'],
    *[b'["ref",1,"x",2]', b'["dict",[1]]', b'["dict",[["list"],1]]', b'["dict",["a",1],["a",2]]'],
    *[b'["dict",{}]', b'["list",{}]', b'["list","abc"]', b'{"a":1,"a":2}', b'["pickle"]', b"[{}]"],
    *[
        b"[" * 3000,
        b'["list",' * 3000,
        b'["list",' * 31 + b"1" + b"]" * 31,
        b'["tuple",' * 40 + b"1" + b"]" * 40,
    ],
]
SIZES = [
    0,
    1,
    7,
    8,
    9,
    255,
    2**16,
    MAX_TEXT,
    MAX_TEXT + 1,
    MAX_FRAME,
    2**31,
    2**32 - 1,
]
TAGS = ["list", "tuple", "dict", "array", "ref", "set", "", "__class__", "number"]
VALUES = [
    *[0, -1, 2**31, 2**63, -(2**64), 10**30, 1.5, 1e308, float("nan"), True, None, "", "<f8"],
    *[
        "x" * 500,
        "\ud800",
        [],
        {},
        [[]],
        [None] * 50,
        ["<f8", 0],
        {"float": "1"},
        ["list"],
        ["array", "<f8"],
    ],
]


def flip_bits(frame, chance):
    data = bytearray(frame)
    for _ in range(chance.randint(1, 4)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def cut(frame, chance):
    return frame[: chance.randrange(len(frame))]


def lie_about_lengths(frame, chance):
    lengths = list(HEADER.unpack_from(frame))
    which = chance.randrange(2)
    near = lengths[which] + chance.randint(-9, 9)
    lengths[which] = chance.choice([*SIZES, min(max(near, 0), 2**32 - 1)])
    return HEADER.pack(*lengths) + frame[HEADER.size :]


def parts(frame):
    middle = HEADER.size + HEADER.unpack_from(frame)[0]
    return frame[HEADER.size : middle], frame[middle:]


def joined(text, body):
    return HEADER.pack(len(text), len(body)) + text + body


def splice(frame, chance):
    """Replace bytes, and adapt the header."""
    text, body = parts(frame)
    start = chance.randint(0, len(text))
    stop = min(start + chance.choice([0, 1, 2, 5, 20]), len(text))
    return joined(text[:start] + chance.choice(TEXTS) + text[stop:], body)


def random_bytes(frame, chance):
    text, body = parts(frame)
    noise = chance.randbytes(chance.randint(0, 40))
    return chance.choice(
        [noise, joined(noise, body), joined(text, noise), joined(text, body + noise)]
    )


def places(tree):
    """Return (container, key) for each place in a tree of JSON."""
    found, to_see = [], [tree]
    while to_see:
        container = to_see.pop()
        keys = container if isinstance(container, dict) else range(len(container))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], (dict, list)):
                to_see.append(container[key])
    return found


def rearrange(frame, chance):
    """Duplicate, delete, exchange or replace parts of the JSON, which stays JSON."""
    text, body = parts(frame)
    tree = [json.loads(text)]
    for _ in range(chance.randint(1, 3)):
        all_places = places(tree)
        (container, key), (other, place) = chance.choices(all_places, k=2)
        part = copy.deepcopy(container[key])  # no tree may hold itself
        deed = chance.randrange(6)
        if deed == 0 and isinstance(container, list) and container is not tree:
            container.insert(key, part)
        elif deed == 1 and container is not tree:
            del container[key]
        elif deed == 2:
            container[key], other[place] = copy.deepcopy(other[place]), part
        elif deed == 3 and isinstance(container, dict):
            container[chance.choice(TAGS)] = container.pop(key)
        elif deed == 4:
            container[key] = [chance.choice(TAGS), part]
        else:
            container[key] = copy.deepcopy(chance.choice(VALUES))
    return joined(json.dumps(tree[0]).encode(), body)


def nest(frame, chance):
    text, body = parts(frame)
    depth = chance.choice([1, 30, 31, 32, 33, 500])
    tag = chance.choice(["list", "tuple"]).encode()
    return joined(b'["%s",' % tag * depth + text + b"]" * depth, body)


def exchange_bodies(frame, chance):
    return joined(parts(frame)[0], parts(chance.choice(FRAMES))[1])


def two_frames_mixed(frame, chance):
    other = chance.choice(FRAMES)
    return frame[: chance.randrange(len(frame))] + other[chance.randrange(len(other)) :]


MUTATORS = [
    *[flip_bits, cut, lie_about_lengths, splice, random_bytes, rearrange, rearrange, nest],
    *[exchange_bodies, two_frames_mixed],
]


def received(data, *, hangs_up):
    """Return what the engine reads from a worker that then closes its end, or sends nothing."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        if hangs_up:
            theirs.shutdown(socket.SHUT_WR)
        receiver = Receiver(ours)

        def left():  # nobody waits here for what is never sent
            return 0.0 if len(receiver._arrived) == len(data) and not hangs_up else 1.0

        try:
            return wire.unpack(*receiver.receive(left))
        except (WireError, EOFError, TimeoutError) as error:
            return error


def size(value):
    """Return the bytes of all arrays in a value, whose every part must be plain."""
    if type(value) in (list, tuple):
        return sum(map(size, value))
    if type(value) is dict:
        return sum(map(size, [*value.keys(), *value.values()]))
    if type(value) is np.ndarray:
        assert value.dtype.str in wire.DTYPES
        return value.nbytes
    if type(value) is Ref:
        value = value.number
    assert type(value) in (type(None), bool, int, float, str)
    assert type(value) is not int or abs(value) < 2**63
    return 0


def mutate(data, chance):
    """Return a frame with one to three mutations."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        if len(data) < HEADER.size:
            break
        with contextlib.suppress(ValueError, RecursionError, TypeError, IndexError):
            # what is no tree any more, or too deep a one, is not rearranged
            data = chance.choice(MUTATORS)(data, chance)
    return data


@pytest.mark.unmeasured
def test_a_hundred_thousand_mutated_frames_bring_nothing_but_the_errors_agreed_on():
    """Each gives a value no larger than its bytes, or an error: malformed or cut off."""
    outcomes = Counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        derandomize=True,
        database=None,
    )
    @given(st.integers(0, 2**64))
    def fuzz(seed):
        chance = random.Random(seed)  # noqa: S311  # repeatable is what it is meant to be
        for _ in range(MUTATIONS):
            data = mutate(chance.choice(FRAMES), chance)
            outcome = received(data, hangs_up=chance.random() < 0.5)
            if not isinstance(outcome, Exception):
                assert size(outcome) <= len(data)
            outcomes[type(outcome)] += 1

    fuzz()
    assert outcomes.total() >= 100_000
    assert min(outcomes[kind] for kind in (WireError, EOFError, TimeoutError, dict)) > 1_000
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 100 * 2**10  # KiB


def test_a_text_makes_no_more_than_its_fiftyfold():
    """Reading many tiny values needs memory in proportion to their text."""
    unit = b"[[[[]]]],"
    text = b'["list",' + unit * (MAX_TEXT // 4 // len(unit)) + b"1]"
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            wire.unpack(text, b"")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 50 * len(text)
