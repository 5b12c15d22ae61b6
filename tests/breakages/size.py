"""The size: of the file, of a cell, of their number, and of what is hard to show."""

import json

import nbformat

from tests.breakages.breakage import (
    FULL,
    GRADED,
    REMARKS,
    UNREADABLE,
    Breakages,
    data,
    text,
)

BREAKAGES = Breakages()


@BREAKAGES.enter(GRADED, FULL)
def sixty_megabytes_of_outputs(folder, notebook):
    found = data(notebook)
    lines = ["0.123456, 0.234567, 0.345678\n"] * 1_800_000
    found["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": lines}]
    written = json.dumps(found)
    assert len(written) > 60e6
    return written


@BREAKAGES.enter(GRADED, FULL)
def one_emoji_in_large_outputs(folder, notebook):
    found = data(notebook)
    outputs = [{"output_type": "stream", "name": "stdout", "text": "a" * 30_000_000 + "😀"}]
    found["cells"][1]["outputs"] = outputs
    return json.dumps(found, ensure_ascii=False)


@BREAKAGES.enter(UNREADABLE, 0.0, "less than 32 MiB beside its outputs")
def one_emoji_in_a_large_text(folder, notebook):
    notebook.cells.append(nbformat.v4.new_markdown_cell("a" * 2**25 + "😀"))
    return json.dumps(notebook, ensure_ascii=False)


@BREAKAGES.enter(REMARKS, FULL, "a code cell of 20000000 characters was left out")
def huge_code_cell(folder, notebook):
    notebook.cells.append(nbformat.v4.new_code_cell("#" * 20_000_000))
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "a markdown cell of 20000000 characters was left out")
def huge_text_cell(folder, notebook):
    notebook.cells.append(nbformat.v4.new_markdown_cell("#" * 20_000_000))
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "the notebook has 1004 cells, the first 1000 were read")
def many_cells(folder, notebook):
    more = [{"cell_type": "code", "source": "", "metadata": {}}] * 1000
    return text(notebook, cells=[*data(notebook)["cells"], *more])


@BREAKAGES.enter(GRADED, FULL)
def many_outputs(folder, notebook):
    found = data(notebook)
    found["cells"][1]["outputs"] = [
        {"output_type": "display_data", "data": {"text/html": "<i>"}, "metadata": {}}
    ] * 30_000
    return json.dumps(found)


@BREAKAGES.enter(UNREADABLE, 0.0, "smaller than 128 MiB")
def endless_file(folder, notebook):
    with (folder / "tiny.ipynb").open("wb") as file:
        file.truncate(2**40)


@BREAKAGES.enter(GRADED, FULL)
def text_that_is_hard_to_show(folder, notebook):
    for source in (
        "![picture](attachment:picture.png)",
        ">" * 3000 + " quoted",
        "<script>alert(1)</script><!-- ",
        "$" * 5000,
        "[" * 5000,
    ):
        notebook.cells.append(nbformat.v4.new_markdown_cell(source))
    return text(notebook)
