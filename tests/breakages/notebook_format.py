"""The notebook's format: its version, and what it may not hold by that."""

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


for name, changes, remark in [
    ("format_5", {"nbformat": 5}, "(nbformat) should be 4, got 5"),
    ("format_99", {"nbformat": 99, "nbformat_minor": 99}, "(nbformat) should be 4, got 99"),
    ("format_text", {"nbformat": "4"}, "(nbformat) should be 4, got '4'"),
    ("format_null", {"nbformat": None}, "(nbformat) should be 4, got None"),
    ("format_list", {"nbformat": [4], "nbformat_minor": {}}, "(nbformat) should be 4, got [4.0]"),
    ("minor_0", {"nbformat_minor": 0}, ""),
    ("minor_4", {"nbformat_minor": 4}, ""),
    ("minor_77", {"nbformat_minor": 77}, ""),
    ("strange_metadata", {"metadata": 3, "more": {"a": [1]}}, ""),
]:
    BREAKAGES[name] = Breakage(
        lambda folder, notebook, changes=changes: text(notebook, **changes),
        REMARKS if remark else GRADED,
        FULL,
        remark,
    )


@BREAKAGES.enter(REMARKS, FULL, "(nbformat) should be 4, got None")
def format_missing(folder, notebook):
    found = data(notebook)
    return json.dumps({"cells": found["cells"]})


@BREAKAGES.enter(GRADED, FULL)
def format_3(folder, notebook):
    cells = data(notebook)["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source").splitlines(keepends=True)
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": cells[:2]}, {"cells": cells[2:]}]})


@BREAKAGES.enter(UNREADABLE, 0.0, "the file is JSON, but no notebook")
def cells_of_another_kind(folder, notebook):
    return text(notebook, cells={"a": 1})


@BREAKAGES.enter(REMARKS, FULL, "cell 1 has no text")
def cells_that_are_none(folder, notebook):
    cells = data(notebook)["cells"]
    strange = [3, None, [], {"source": 3}, {"cell_type": "code", "source": [1]}]
    return text(notebook, cells=[*strange, {"cell_type": 7, "metadata": 7}, *cells])


@BREAKAGES.enter(GRADED, FULL)
def cells_not_quite_valid(folder, notebook):
    found = data(notebook)
    for cell in found["cells"]:
        cell |= {"id": "same id!", "outputs": "none", "execution_count": {}, "attachments": 3}
    return json.dumps(found)


@BREAKAGES.enter(REMARKS, FULL, "null characters")
def null_in_the_answer(folder, notebook):
    notebook.cells[2].source = RIGHT.replace("return", "return\0")
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def half_a_character(folder, notebook):
    notebook.cells[2].source += "# HALF\n"
    notebook.cells[0].source += "HALF"
    return text(notebook).replace("HALF", r"\ud83d")
