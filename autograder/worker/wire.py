"""The frames between the trusted side and a worker: plain values and plain arrays, nothing else.

A frame is two lengths, a JSON text and the bytes of its arrays. In the text, a JSON object is a
dictionary whose keys are text, and a JSON list begins with a tag that says what the rest of it is,
so every value is unambiguous. An array has a dtype from a list and a shape that must match its
bytes exactly. Neither side uses pickle or `eval`. Several requests travel in one frame, in a list
without a tag; each answer is a frame.

Grading exchanges hundreds of small frames, at a cost second only to the suites. So common types
are recognised by `type` alone, before the slower checks of uncommon ones.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from autograder.worker.frame import MAX_FRAME, WireError, frame

MAX_DEPTH = 32
LARGE = 2**63  # this and larger integers need more than 64 bits
DTYPES = {np.dtype(code).str: np.dtype(code) for code in "?bhilBHILefd"}  # no complex, no objects
CODES = {dtype: code for code, dtype in DTYPES.items()}
PLAIN = frozenset({type(None), bool, str, float})  # JSON keeps each bit, nan and infinity too
TEXT = frozenset({str})
DERIVED = (np.generic, str, int, float, np.ndarray, list, tuple, dict)  # sent as values
MALFORMED = (ValueError, TypeError, LookupError, RecursionError, OverflowError, MemoryError)
ENCODER = json.JSONEncoder(check_circular=False, separators=(",", ":"))
DECODER = json.JSONDecoder()


class Ref:
    """A reference to an object that stays on the other side.

    Parameters
    ----------
    number : int
        The object's number in the worker's table.
    kind : str
        The name of its type, for messages.
    predicts : (str, dict of str to str), optional
        For an ordinary class: the kind of its instances, and the kinds of their methods by name.
    """

    def __init__(
        self, number: int, kind: str = "", predicts: tuple[str, dict[str, str]] | None = None
    ) -> None:
        self.number = number
        self.kind = kind
        self.predicts = predicts


def pack(value: Any, hold: Callable[[Any], Ref] | None = None) -> bytes:
    """Return the frame of a value.

    Parameters
    ----------
    value : None, bool, int, float, str, list, tuple, dict, ndarray, NumPy scalar or Ref, nested
    hold : callable, optional
        Takes any other object and returns a `Ref` to it; without it, such an object is an error.

    Raises
    ------
    WireError
        If the value cannot be sent.
    """
    return frame(*encode(value, hold))


def encode(value: Any, hold: Callable[[Any], Ref] | None = None) -> tuple[str, bytes]:
    """Return a value's text and body, of any size; raise a `WireError` if it cannot be sent."""
    blobs: list[bytes] = []
    text = ENCODER.encode(_encode(value, blobs, hold, MAX_DEPTH))
    return text, b"".join(blobs)


def pack_each(texts: Iterable[str], bodies: Iterable[bytes]) -> bytes:
    """Return one frame of several encoded values; raise a `WireError` if they are too large."""
    return frame(f"[{','.join(texts)}]", b"".join(bodies))


def unpack(text: bytes, body: bytes, resolve: Callable[[Ref], Any] = lambda ref: ref) -> Any:
    """Return the value of a frame's two parts, with `resolve(ref)` for each `Ref` in it.

    Raises
    ------
    WireError
        If the frame breaks any rule. Bad bytes never raise anything else.
    """
    decoder = _Decoder(body, resolve)
    value = decoder.value(_parse(text))
    if decoder.used != len(body):
        raise WireError(f"{len(body)} bytes of arrays, but {decoder.used} accounted for")
    return value


def unpack_each(text: bytes, body: bytes, resolve: Callable[[Ref], Any]) -> Iterator[Any]:
    """Yield the values of a frame of several, each decoded when it is asked for."""
    decoder = _Decoder(body, resolve)
    return map(decoder.value, _parse(text))


def arrays_in(values: Iterable[Any]) -> Iterator[np.ndarray[Any, Any]]:
    """Yield in order the arrays among values, and in their lists, tuples and dictionaries."""
    for value in values:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from arrays_in(value)
        elif isinstance(value, dict):
            yield from arrays_in(value.values())


def _parse(text: bytes) -> Any:
    try:
        tree, end = DECODER.raw_decode(text.decode("ascii"))
    except MALFORMED as error:
        raise WireError(f"malformed text: {type(error).__name__}") from None
    if end != len(text):  # all of it is ASCII
        raise WireError("more than one value")
    return tree


def _encode(
    value: Any, blobs: list[bytes], hold: Callable[[Any], Ref] | None, depth: int
) -> object:
    kind = type(value)
    if kind in PLAIN or (kind is int and -LARGE < value < LARGE):
        return value
    if depth == 0:
        raise WireError(f"a value nested more than {MAX_DEPTH} deep")
    if kind is np.ndarray:
        return _encode_array(value, blobs)
    depth -= 1
    if kind is dict and TEXT.issuperset(map(type, value)):
        return {
            key: item if type(item) in PLAIN else _encode(item, blobs, hold, depth)
            for key, item in value.items()
        }
    if kind is list or kind is tuple:
        return [
            kind.__name__,
            *[item if type(item) in PLAIN else _encode(item, blobs, hold, depth) for item in value],
        ]
    if kind is Ref:
        return ["ref", value.number, value.kind, *(value.predicts or ())]
    return _encode_uncommon(value, blobs, hold, depth + 1)


def _encode_uncommon(
    value: Any, blobs: list[bytes], hold: Callable[[Any], Ref] | None, depth: int
) -> object:
    """Encode objects to be held, NumPy's numbers, and instances of subclasses of common types."""
    if hold is not None and not isinstance(value, DERIVED):
        return _encode(hold(value), blobs, None, depth)
    if isinstance(value, np.floating):
        return float(value)  # a long double too
    if isinstance(value, (np.bool_, np.integer)) and value.dtype.str in DTYPES:
        return value.item()
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        if abs(value) >= LARGE:
            raise WireError("an integer of more than 64 bits")
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, np.ndarray):
        return _encode_array(np.asarray(value), blobs)  # of a subclass, the plain array
    if isinstance(value, (list, tuple)):
        tag = "tuple" if isinstance(value, tuple) else "list"
        return [tag, *[_encode(item, blobs, hold, depth - 1) for item in value]]
    if isinstance(value, dict):
        pairs = [
            [_encode(_key(key), blobs, None, depth - 1), _encode(item, blobs, hold, depth - 1)]
            for key, item in value.items()
        ]
        return ["dict", *pairs]
    if hold is None:
        raise WireError(f"a {type(value).__name__} cannot be sent")
    return _encode(hold(value), blobs, None, depth)


def _encode_array(array: np.ndarray[Any, Any], blobs: list[bytes]) -> object:
    code = CODES.get(array.dtype)
    if code is None:
        if array.dtype.char != "g":
            raise WireError(f"an array of dtype {array.dtype} [numbers or booleans are needed]")
        array = array.astype(np.float64)  # the size of a long double depends on the machine
        code = CODES[array.dtype]
    blobs.append(array.tobytes())  # in C order
    return ["array", code, *array.shape]


def _key(key: Any) -> Any:
    if not isinstance(key, (str, int, float, np.integer, np.floating)):
        raise WireError("a dictionary key that is neither text nor number")
    return key


def _predicts(kind: Any, methods: Any) -> tuple[str, dict[str, str]]:
    texts = isinstance(methods, dict) and TEXT.issuperset(map(type, methods.values()))
    if not isinstance(kind, str) or not texts:
        raise WireError("a class that makes no instances with methods")
    return kind[:100], {name: method[:100] for name, method in methods.items()}


class _Decoder:
    """Reads trees of JSON, taking the arrays' bytes in order from the body."""

    def __init__(self, body: bytes, resolve: Callable[[Ref], Any]) -> None:
        self.body = body
        self.used = 0
        self.resolve = resolve

    def value(self, tree: Any) -> Any:
        """Return the value of a whole tree."""
        try:
            return self.decode(tree, MAX_DEPTH)
        except MALFORMED as error:
            raise WireError(f"malformed frame: {type(error).__name__}") from None

    def decode(self, tree: Any, depth: int) -> Any:
        kind = type(tree)
        if kind in PLAIN or (kind is int and -LARGE < tree < LARGE):
            return tree
        if depth == 0:
            raise WireError(f"a value nested more than {MAX_DEPTH} deep")
        depth -= 1
        if kind is dict:
            return {
                key: item if type(item) in PLAIN else self.decode(item, depth)
                for key, item in tree.items()
            }
        if kind is int:
            raise WireError("an integer of more than 64 bits")
        if not tree:
            raise WireError("a list without its tag")
        tag, *content = tree
        if tag == "array":
            return self._array(*content)
        if tag == "list":
            return [item if type(item) in PLAIN else self.decode(item, depth) for item in content]
        if tag == "tuple":
            return tuple([self.decode(item, depth) for item in content])
        if tag == "ref":
            number, kind, *predicts = content
            if type(number) is not int or not 0 <= number < LARGE or not isinstance(kind, str):
                raise WireError("a reference that is no number")
            return self.resolve(Ref(number, kind[:100], _predicts(*predicts) if predicts else None))
        if tag == "dict":
            return {
                _key(self.decode(key, depth)): self.decode(item, depth) for key, item in content
            }
        raise WireError(f"an unknown tag {tag!r:.20}")

    def _array(self, code: Any, *shape: Any) -> np.ndarray[Any, Any]:
        dtype = DTYPES.get(code)
        if dtype is None:
            raise WireError(f"an array of dtype {code!r:.40}")
        if len(shape) > MAX_DEPTH:
            raise WireError("an array of too many dimensions")
        size = dtype.itemsize
        for n in shape:
            if type(n) is not int or not 0 <= n <= MAX_FRAME:
                raise WireError("an array whose shape is no list of sizes")
            size *= n
        start, self.used = self.used, self.used + size
        if self.used > len(self.body):
            raise WireError("an array longer than its bytes")
        array: np.ndarray[Any, Any] = np.ndarray(shape, dtype, self.body, start)
        return array.copy()  # own, writeable memory
