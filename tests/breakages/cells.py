"""The cells: what was deleted, copied, moved or claimed, by mistake or to forge a grade."""

import json

import nbformat

from autograder.results.report import KEY
from tests.autograder.support.tiny import IDENTITY, RIGHT, STUB
from tests.breakages.breakage import (
    FULL,
    GRADED,
    REMARKS,
    Breakages,
    data,
    text,
)

BREAKAGES = Breakages()


@BREAKAGES.enter(REMARKS, FULL, "the answer `scaler` was found by its name, Scaler")
def all_metadata_stripped(folder, notebook):
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "the answer `scaler` was found by its name, Scaler")
def ids_changed(folder, notebook):
    for cell in notebook.cells[2:]:
        cell.metadata.nbgrader.grade_id += "-Copy1"
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "its own cell is not filled in")
def answer_elsewhere(folder, notebook):
    notebook.cells[2].source = STUB
    notebook.cells.append(nbformat.v4.new_code_cell(RIGHT))
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "its own cell is missing")
def answer_in_a_text_cell_without_id(folder, notebook):
    notebook.cells[2] = nbformat.v4.new_markdown_cell(f"```python\n{RIGHT}\n```\n")
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def answer_turned_into_text(folder, notebook):
    was = notebook.cells[2]
    notebook.cells[2] = nbformat.v4.new_markdown_cell(was.source, metadata=was.metadata)
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "the answer `scaler` was found by its name")
def answer_under_the_tests_id(folder, notebook):
    notebook.cells[2].metadata.nbgrader.grade_id = "test_scaler"
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "cell `test_scaler` exists 3 times")
def item_duplicated(folder, notebook):
    notebook.cells += [nbformat.from_dict(notebook.cells[3]) for _ in range(2)]
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "1 cell was missing, put back as released: `test_scaler`")
def item_deleted(folder, notebook):
    del notebook.cells[3]
    return text(notebook)


@BREAKAGES.enter(REMARKS, 0.0, "2 cells were missing")
def all_deleted(folder, notebook):
    notebook.cells = []
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def order_changed(folder, notebook):
    notebook.cells[2:] = notebook.cells[:1:-1]
    notebook.cells.append(notebook.cells.pop(0))
    return text(notebook)


@BREAKAGES.enter(GRADED, 0.0)
def item_edited_and_its_output_forged(folder, notebook):
    notebook.cells[2].source = STUB
    cell = notebook.cells[3]
    cell.source = "2.0"
    cell.outputs = [
        nbformat.v4.new_output("execute_result", data={"text/plain": "2.0"}, execution_count=1)
    ]
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def item_turned_into_text(folder, notebook):
    was = notebook.cells[3]
    notebook.cells[3] = nbformat.v4.new_markdown_cell(was.source, metadata=was.metadata)
    return text(notebook)


@BREAKAGES.enter(GRADED, 0.0)
def tags_and_points_forged(folder, notebook):
    notebook.cells[2].source = STUB
    notebook.metadata[KEY] = {"status": "graded", "unreadable": "x", "remarks": ["forged"]}
    for cell in notebook.cells[1:]:
        cell.metadata["tags"] = ["skip-execution", "remove_cell"]
    notebook.cells[3].metadata.nbgrader.update(
        points=100, locked=False, solution=True, schema_version=99, checksum="x"
    )
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def nonsense_metadata(folder, notebook):
    found = data(notebook)
    for cell in found["cells"]:
        claims = cell["metadata"].get("nbgrader", {})
        claims |= {"points": "many", "schema_version": "x", "locked": 3, "grade": [], "task": {}}
    found["cells"][1]["metadata"] = {"nbgrader": {"grade_id": ["scaler"], "solution": True}}
    return json.dumps(found)


@BREAKAGES.enter(GRADED, FULL)
def bonus_cell_forged(folder, notebook):
    forged = nbformat.from_dict(notebook.cells[3])
    forged.metadata.nbgrader.update(grade_id="bonus", points=50)
    notebook.cells.append(forged)
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "its own cell is not filled in")
def stub_touched_and_answer_elsewhere(folder, notebook):
    notebook.cells[2].source = STUB.replace(
        "        raise", "        print('x')  # ?\n        raise"
    )
    notebook.cells.append(nbformat.v4.new_code_cell(RIGHT))
    return text(notebook)


@BREAKAGES.enter(
    REMARKS, FULL, "Scaler is defined in cell `scaler`, which was graded, and again in"
)
def answer_defined_again(folder, notebook):
    notebook.cells.append(nbformat.v4.new_code_cell(IDENTITY))
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def answer_indented(folder, notebook):
    notebook.cells[2].source = "".join(f"    {line}\n" for line in RIGHT.splitlines())
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def answer_behind_prompts(folder, notebook):
    lines = RIGHT.splitlines()
    notebook.cells[2].source = "\n".join(
        f"{'   ...:' if number else 'In [3]:'} {line}" for number, line in enumerate(lines)
    )
    return text(notebook)


@BREAKAGES.enter(GRADED, FULL)
def answer_timed(folder, notebook):
    notebook.cells[2].source = f"%%time\n%load_ext autoreload\n{RIGHT}Scaler?"
    return text(notebook)


@BREAKAGES.enter(REMARKS, 0.0, "`%%bash` gives the cell to another program")
def answer_in_another_language(folder, notebook):
    notebook.cells[2].source = f"%%bash\n{RIGHT}"
    return text(notebook)


@BREAKAGES.enter(REMARKS, 0.0, "`Scaler` comes from `own_file`, which grading does not have")
def answer_in_a_file(folder, notebook):
    notebook.cells[2].source = "from own_file import Scaler"
    return text(notebook)


@BREAKAGES.enter(REMARKS, FULL, "and 57 more statements failed")
def cells_merged(folder, notebook):
    notebook.cells[2].source = RIGHT + "".join(f"missing_{n}.plot()\n" for n in range(60))
    return text(notebook)
