"""A notebook's file without what no grade depends on and what takes most of it: its outputs.

They are found and left out as bytes, before anything is decoded or parsed. So one character beyond
the usual ones does not make a large file four times as large in memory.
"""

import json
import re

SMALL = 2**20  # bytes of a file that is not worth the trouble
MAX_KEYS = 100_000  # a notebook has 2000 cells at most
MAX_BRACKETS = 1_000_000  # of all that is left out; each of them is a step
DROPPED = ("outputs", "attachments", "widgets")
# no text in JSON has such a key in it: a quotation mark inside it comes after a backslash
KEY = re.compile(rb'(?<!\\)"(?:%b)"[ \t\r\n]*+:[ \t\r\n]*+(?=[\[{])' % "|".join(DROPPED).encode())
TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
TO_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:%b[^"\[\]{}]*+)*+' % TEXT, re.DOTALL)


def skimmed(data: bytes) -> bytes:
    """Return a file without outputs, attachments and the state of widgets; its lines stay the same.

    What is small, not JSON, or in an encoding of several bytes a character is returned as it is.
    """
    if len(data) <= SMALL or not json.detect_encoding(data).startswith("utf-8"):
        return data
    kept = bytearray()
    start, steps = 0, MAX_BRACKETS
    for _ in range(MAX_KEYS):
        key = KEY.search(data, start)
        if key is None:
            break
        end, steps = _end_of_value(data, key.end(), steps)
        if not steps:
            break
        kept += memoryview(data)[start : key.end()]
        kept += b"0" + b"\n" * data.count(b"\n", key.end(), end)
        start = end
    kept += memoryview(data)[start:]
    return bytes(kept)


def _end_of_value(data: bytes, start: int, steps: int) -> tuple[int, int]:
    """Return where a list or an object ends, and how many steps are left then; 0 if it does not."""
    depth, place = 0, start
    while steps := steps - 1:
        found = TO_BRACKET.match(data, place)
        assert found is not None  # it may be empty
        place = found.end()
        bracket = data[place : place + 1]
        if not bracket or bracket == b'"':  # cut off, perhaps in the middle of a text
            return place, 0
        depth += 1 if bracket in b"[{" else -1
        place += 1
        if depth == 0:
            return place, steps
    return place, 0
