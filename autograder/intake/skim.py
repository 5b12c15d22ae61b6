"""Removes the outputs from a notebook's file: no grade depends on them, and they are large.

It works on bytes, before the file is decoded or parsed. Otherwise a single character beyond Latin-1
would make a large file four times as large in memory.
"""

import json
import re

SMALL = 2**20  # bytes; a smaller file is returned as it is
MAX_KEYS = 100_000  # of the cells that are read, each has few
MAX_BRACKETS = 1_000_000  # in all outputs; each is a step
DROPPED = ("outputs", "attachments", "widgets")
# no JSON string contains such a key: a quotation mark in it follows a backslash
KEY = re.compile(rb'(?<!\\)"(?:%b)"[ \t\r\n]*+:[ \t\r\n]*+(?=[\[{])' % "|".join(DROPPED).encode())
TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
TO_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:%b[^"\[\]{}]*+)*+' % TEXT, re.DOTALL)


def skimmed(data: bytes) -> bytes:
    """Return a file without outputs, attachments and widget state; line numbers stay the same.

    A file that is small or not in UTF-8 is returned as it is.
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
    """Return where a list or an object ends, and the steps left; 0 if it does not end."""
    depth, place = 0, start
    while steps := steps - 1:
        found = TO_BRACKET.match(data, place)
        assert found is not None  # it may be empty
        place = found.end()
        bracket = data[place : place + 1]
        if not bracket or bracket == b'"':  # the file is cut off
            return place, 0
        depth += 1 if bracket in b"[{" else -1
        place += 1
        if depth == 0:
            return place, steps
    return place, 0
