"""The file's bytes: their encoding, and what they hold instead of a notebook."""

import json

from tests.autograder.support.tiny import RIGHT
from tests.breakages.breakage import (
    FULL,
    GRADED,
    REMARKS,
    UNREADABLE,
    Breakage,
    Breakages,
    data,
    text,
)

BREAKAGES = Breakages()


@BREAKAGES.enter(GRADED, FULL)
def utf8_with_a_mark(folder, notebook):
    return b"\xef\xbb\xbf" + text(notebook).encode()


for name, encoding in {"utf16": "utf-16", "utf16_big": "utf-16-be", "utf32": "utf-32"}.items():
    BREAKAGES[name] = Breakage(
        lambda folder, notebook, encoding=encoding: text(notebook).encode(encoding),
        REMARKS,
        FULL,
        "should be written in UTF-8",
    )


@BREAKAGES.enter(REMARKS, FULL, "it was read as cp1252")
def latin_1(folder, notebook):
    notebook.cells[0].source = "für Zoë"
    return json.dumps(data(notebook), ensure_ascii=False).encode("latin-1")


@BREAKAGES.enter(REMARKS, FULL, "it was read as cp1252")
def cp1252(folder, notebook):
    notebook.cells[2].source += "# “5 €”\n"
    return json.dumps(data(notebook), ensure_ascii=False).encode("cp1252")


@BREAKAGES.enter(REMARKS, FULL, "it was read as latin-1")
def no_encoding_at_all(folder, notebook):
    notebook.cells[0].source = "MARK"
    return text(notebook).encode().replace(b"MARK", b"\x81\x8d\xff")


for name, content, remark in [
    ("empty", b"", "the file is empty"),
    ("blank", b" \r\n\t ", "the file is empty"),
    ("nulls", b"\0" * 4096, "the file is empty"),
    ("noise", bytes(range(256)) * 9, "the file is not valid JSON"),
    ("python_script", RIGHT.encode(), "the file is not valid JSON"),
    ("zip_archive", b"PK\x03\x04 whatever", "the file is a zip archive"),
    ("pdf", b"%PDF-1.7 whatever", "the file is a PDF"),
    ("web_page", b"<!DOCTYPE html><html>", "the file is a web page"),
    ("number", b"3", "the file is JSON, but no notebook"),
    ("list_of_cells", b"[]", "the file is JSON, but no notebook"),
    ("empty_object", b"{}", "the file is JSON, but no notebook"),
    ("deep_json", b"[" * 200_000, "the file is not valid JSON"),
    ("json_bomb", b"[" + b"[]," * 4_000_000 + b"1]", "fewer than 2000000 values"),
    ("endless_number", b"9" * 100_000, "the file is JSON, but no notebook"),
]:
    BREAKAGES[name] = Breakage(lambda folder, nb, content=content: content, UNREADABLE, 0.0, remark)


@BREAKAGES.enter(UNREADABLE, 0.0, "the file is not valid JSON")
def truncated(folder, notebook):
    return text(notebook)[:300]


@BREAKAGES.enter(REMARKS, FULL, "the file goes on after the notebook's end")
def longer_than_its_end(folder, notebook):
    return text(notebook) + '}\n{"cells": []'


@BREAKAGES.enter(UNREADABLE, 0.0, "two versions that git could not merge")
def merge_conflict(folder, notebook):
    first, rest = text(notebook).split(" ", 1)
    return f"{first}\n<<<<<<< HEAD\n{rest}\n=======\n{rest}\n>>>>>>> theirs\n"


@BREAKAGES.enter(GRADED, FULL)
def json_that_is_not_standard(folder, notebook):
    notebook.metadata["x"] = [float("nan"), float("inf"), 10**4000]
    return text(notebook).replace("# Scaling", "# Scal\ting")  # a bare tab in a string
