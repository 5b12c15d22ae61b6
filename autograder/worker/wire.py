"""The frames between the trusted side and a worker: plain values and plain arrays, nothing else.

A frame is two lengths, a JSON text and the bytes of its arrays. JSON containers are tagged, so that
no value can be mistaken for another, and every array comes with a dtype from a list and a shape
that must account for its bytes exactly. There is no pickle and no `eval` on either side.
"""

import json
import math
import socket
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

MAX_FRAME = 64 * 2**20  # bytes: 8 million float64
MAX_TEXT = 4 * 2**20  # bytes of JSON
MAX_DEPTH = 32
MAX_FLOAT = 64  # characters
DTYPES = frozenset(np.dtype(code).str for code in "?bhilBHILefd")  # booleans, integers, floats
CHUNK = 2**18  # bytes to be read at a time
HEADER = struct.Struct(">II")


class WireError(Exception):
    """A frame that keeps to none of the rules above."""


class Ref:
    """A name for an object that stays on the other side.

    Parameters
    ----------
    number : int
        The object's number in the worker's table.
    kind : str
        The name of its type, for messages.
    """

    def __init__(self, number: int, kind: str = "") -> None:
        self.number = number
        self.kind = kind


def pack(value: Any, hold: Callable[[Any], Ref] | None = None) -> bytes:
    """Return the frame of a value.

    Parameters
    ----------
    value : None, bool, int, float, str, list, tuple, dict, ndarray, NumPy scalar or Ref, nested
    hold : callable, optional
        Takes any other object and returns the `Ref` that stands for it; without it such an object
        is an error.

    Raises
    ------
    WireError
        If the value cannot be sent.
    """
    blobs: list[bytes] = []
    text = json.dumps(_encode(value, blobs, hold, MAX_DEPTH)).encode()
    body = b"".join(blobs)
    if len(text) > MAX_TEXT or len(text) + len(body) > MAX_FRAME:
        raise WireError(f"the value needs {len(text) + len(body)} bytes, the limit is {MAX_FRAME}")
    return HEADER.pack(len(text), len(body)) + text + body


def unpack(text: bytes, body: bytes, resolve: Callable[[Ref], Any] = lambda ref: ref) -> Any:
    """Return the value of a frame's two parts; each `Ref` in it becomes `resolve(ref)`.

    Raises
    ------
    WireError
        If the frame breaks any rule: nothing else is ever raised for bad bytes.
    """
    try:
        tree = json.loads(text)
        decoder = _Decoder(body, resolve)
        value = decoder.decode(tree, MAX_DEPTH)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError, MemoryError) as error:
        raise WireError(f"malformed frame: {type(error).__name__}") from None
    if decoder.used != len(body):
        raise WireError(f"{len(body)} bytes of arrays, but {decoder.used} accounted for")
    return value


class Receiver:
    """Reads frames from a socket, as few or as many at a time as have arrived.

    Parameters
    ----------
    connection : socket
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._arrived = bytearray()

    def receive(self, deadline: Callable[[], float | None]) -> tuple[bytes, bytes]:
        """Read one frame's text and body; `deadline()` gives the seconds left, None for no limit.

        Raises
        ------
        TimeoutError, EOFError, WireError
        """
        self._wait_for(HEADER.size, deadline)
        text_length, body_length = HEADER.unpack_from(self._arrived)
        if text_length > MAX_TEXT or text_length + body_length > MAX_FRAME:
            raise WireError(f"a frame of {text_length} + {body_length} bytes is over the limit")
        middle = HEADER.size + text_length
        end = middle + body_length
        self._wait_for(end, deadline)
        frame = bytes(self._arrived[HEADER.size : middle]), bytes(self._arrived[middle:end])
        del self._arrived[:end]
        return frame

    def _wait_for(self, size: int, deadline: Callable[[], float | None]) -> None:
        while len(self._arrived) < size:
            left = deadline()
            if left is not None and left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            chunk = self._connection.recv(CHUNK)
            if not chunk:
                raise EOFError
            self._arrived += chunk


def _encode(
    value: Any, blobs: list[bytes], hold: Callable[[Any], Ref] | None, depth: int
) -> object:
    if value is None or type(value) is str:  # most of what is sent
        return value
    if depth == 0:
        raise WireError(f"a value nested more than {MAX_DEPTH} deep")
    if isinstance(value, np.floating):
        value = float(value)  # a long double too
    if isinstance(value, (np.bool_, np.integer)) and value.dtype.str in DTYPES:
        value = value.item()
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        if abs(value) >= 2**63:
            raise WireError("an integer of more than 64 bits")
        return int(value)
    if isinstance(value, float):
        return {"float": float(value).hex()}  # exact, and NaN and infinity have names there
    if isinstance(value, np.ndarray):
        array = np.asarray(value)  # of a subclass, the plain array
        if array.dtype.char == "g":
            array = array.astype(np.float64)  # long doubles are of another size elsewhere
        if array.dtype.str not in DTYPES:
            raise WireError(f"an array of dtype {array.dtype} [numbers or booleans are needed]")
        blobs.append(array.tobytes())  # in C order
        return {"array": [array.dtype.str, *array.shape]}
    if isinstance(value, (list, tuple)):
        items = [_encode(item, blobs, hold, depth - 1) for item in value]
        return {"tuple" if isinstance(value, tuple) else "list": items}
    if isinstance(value, dict):
        pairs = [
            [_encode(_key(key), blobs, None, depth - 1), _encode(item, blobs, hold, depth - 1)]
            for key, item in value.items()
        ]
        return {"dict": pairs}
    if isinstance(value, Ref):
        return {"ref": [value.number, value.kind]}
    if hold is None:
        raise WireError(f"a {type(value).__name__} cannot be sent")
    return _encode(hold(value), blobs, None, depth)


def _key(key: Any) -> Any:
    if not isinstance(key, (str, int, float, np.integer, np.floating)):
        raise WireError("a dictionary key that is neither text nor number")
    return key


class _Decoder:
    """Reads one tree of JSON, taking the arrays' bytes in order from the body."""

    def __init__(self, body: bytes, resolve: Callable[[Ref], Any]) -> None:
        self.body = body
        self.used = 0
        self.resolve = resolve

    def decode(self, tree: object, depth: int) -> Any:
        if tree is None or isinstance(tree, (bool, str)):
            return tree
        if depth == 0:
            raise WireError(f"a value nested more than {MAX_DEPTH} deep")
        if isinstance(tree, int):
            if abs(tree) >= 2**63:
                raise WireError("an integer of more than 64 bits")
            return tree
        if not isinstance(tree, dict) or len(tree) != 1:
            raise WireError("a value without its one tag")
        [(tag, content)] = tree.items()
        if tag == "float" and isinstance(content, str) and len(content) < MAX_FLOAT:
            return float.fromhex(content)
        if not isinstance(content, list):
            raise WireError(f"the tag {tag!r:.20} with a wrong content")
        if tag in ("list", "tuple"):
            items = [self.decode(item, depth - 1) for item in content]
            return items if tag == "list" else tuple(items)
        if tag == "dict":
            return {
                _key(self.decode(key, depth - 1)): self.decode(item, depth - 1)
                for key, item in content
            }
        if tag == "array":
            return self._array(*content)
        if tag == "ref":
            number, kind = content
            if type(number) is not int or not 0 <= number < 2**63 or not isinstance(kind, str):
                raise WireError("a reference that is no number")
            return self.resolve(Ref(number, kind[:100]))
        raise WireError(f"an unknown tag {tag!r:.20}")

    def _array(self, dtype: object, *shape: object) -> np.ndarray[Any, Any]:
        if dtype not in DTYPES:
            raise WireError(f"an array of dtype {dtype!r:.40}")
        sizes = [n for n in shape if type(n) is int and 0 <= n <= MAX_FRAME]
        if len(sizes) != len(shape) or len(sizes) > MAX_DEPTH:
            raise WireError("an array whose shape is no list of sizes")
        size = math.prod(sizes) * np.dtype(dtype).itemsize
        if self.used + size > len(self.body):
            raise WireError("an array longer than its bytes")
        start, self.used = self.used, self.used + size
        flat = np.frombuffer(self.body[start : self.used], dtype=str(dtype))
        return flat.reshape(sizes).copy()  # own, writeable memory
