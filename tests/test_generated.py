"""release/ and reference_solution/ are what nbgrader makes of source/, and the release is safe."""

import ast
import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from autograder.course.assignment import Assignment
from autograder.course.settings import course_in
from autograder.leaks.leaks import Leaks
from tests.conftest import PROJECT

NAME = "dropout_l2"
NUMBERS = ("1.9887498", "1.8870753", "2.1502826")  # design.md, section 4


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and ".mypy_cache" not in path.parts
    }


def read(stage):
    return nbformat.read(PROJECT / stage / NAME / f"{NAME}.ipynb", as_version=4)


def outputs_as_text(cell):
    """Return what a cell printed and returned; pictures differ from machine to machine.

    What a cell prints may come in one piece or in several, as time has it.
    """
    texts = []
    for output in cell.get("outputs", []):
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        text = re.sub(r"0x[0-9a-f]+", "0x", text)
        if texts and output.output_type == "stream" == texts[-1][0]:
            texts[-1] = ("stream", texts[-1][1] + text)
        else:
            texts.append((output.output_type, text))
    return texts


def solution_lines():
    """Return the lines of the solution regions that say something."""
    text = "\n".join(cell.source for cell in read("source").cells if cell.cell_type == "code")
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text, flags=re.DOTALL)
    assert len(regions) == 5
    return [line.strip() for region in regions for line in region.splitlines() if line.strip()]


def release_text():
    return "\n".join(
        "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        if path.suffix == ".ipynb"
        else path.read_text()
        for path in files(PROJECT / "release").values()
    )


def test_release_and_reference_solution_are_current(course, nbgrader):
    """nbgrader makes the same release, to the byte, and the same cells and text outputs from it."""
    nbgrader("generate_assignment", NAME)
    made, committed = files(course / "release"), files(PROJECT / "release")
    assert sorted(made) == sorted(committed)
    assert [n for n in made if made[n].read_bytes() != committed[n].read_bytes()] == []
    nbgrader("generate_solution", NAME)
    made = nbformat.read(course / "reference_solution" / NAME / f"{NAME}.ipynb", as_version=4)
    committed = read("reference_solution")
    assert [c.source for c in made.cells] == [c.source for c in committed.cells]
    assert [outputs_as_text(c) for c in made.cells] == [outputs_as_text(c) for c in committed.cells]


def test_reference_solution_shows_the_contracts_numbers():
    """The losses that the contract fixes stand in the executed reference, to seven decimals."""
    printed = "\n".join(
        text for cell in read("reference_solution").cells for _, text in outputs_as_text(cell)
    )
    assert [number for number in NUMBERS if number not in printed] == []


def test_reference_solution_ran_without_errors_and_warnings():
    """No cell of the executed reference raised or wrote on stderr."""
    outputs = [o for cell in read("reference_solution").cells for o in cell.get("outputs", [])]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []


def test_release_holds_no_solution():
    """No line of a solution region stands in the release, and no mark of one."""
    released = {line.strip() for line in release_text().splitlines()}
    assert sorted(set(solution_lines()) & released) == []
    assert "SOLUTION" not in release_text()


def test_release_holds_nothing_hidden():
    """No name and no sentence of a hidden property stands in the release."""
    hidden = []
    for path in sorted((PROJECT / "tests" / "hidden").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                hidden += [node.name, ast.get_docstring(node)]
    assert len(hidden) > 60
    text = release_text()
    assert [name for name in hidden if name in text] == []


@pytest.mark.parametrize("name", sorted(path.name for path in (PROJECT / "release").iterdir()))
def test_release_leaks_nothing(name):
    """`autograder leaks` finds nothing in a release: no test, solution, specimen or path."""
    found = [str(find) for find in Leaks(Assignment(course_in(PROJECT), name)).finds()]
    assert [find for find in found if find.startswith("release/")] == []


def test_release_runs_up_to_the_first_stub(tmp_path):
    """A student who opens the release and runs it from the top gets as far as the first stub."""
    folder = tmp_path / NAME
    shutil.copytree(PROJECT / "release" / NAME, folder)
    notebook = nbformat.read(folder / f"{NAME}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    with pytest.raises(CellExecutionError, match="NotImplementedError"):
        client.execute()
    ran = [cell for cell in notebook.cells if cell.get("execution_count")]
    stub = next(c for c in ran if c.metadata.get("nbgrader", {}).get("grade_id") == "dropout")
    assert not any(output.output_type == "error" for output in stub.outputs)
    failed = [c for c in ran if any(o.output_type == "error" for o in c.outputs)]
    assert failed == [ran[-1]]
