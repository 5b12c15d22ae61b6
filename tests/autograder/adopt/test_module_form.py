"""The form with answers in files: made from the form with cells."""

import re

import nbformat
import pytest

from autograder.adopt.module_form import WORDS, ModuleForm
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.course import Stage
from tests.autograder.support.tiny import GIVEN, SOLVED, in_files
from tests.conftest import PROJECT

DROPOUT_HEAD = '''\
"""Dropout."""

import numpy as np

from layers.linear import Linear
from layers.wrapper import LayerWrapper


class Dropout(LayerWrapper):
'''


@pytest.fixture(scope="module")
def dropout() -> ModuleForm:
    return ModuleForm(Assignment(PROJECT, "dropout_l2"), "in_files")


def test_the_assignment_is_written_under_another_name(tiny):
    """It has a folder and a manifest of its own, and the suites of the first."""
    places = ModuleForm(tiny, "other").write()
    other = Assignment(tiny.root, "other")
    assert places == [tiny.root / "source/other", tiny.root / "tests/hidden/other"]
    assert sorted(path.name for path in other.folder(Stage.SOURCE).iterdir()) == [
        "other.ipynb",
        "scaler.py",
        "scaling.py",
    ]
    assert other.answer_files == {"scaler.py": "scaler"}
    assert other.reference["scaler"].endswith(f"\n\n\n{SOLVED}")
    assert (other.given, other.items) == (GIVEN, tiny.items)
    assert (other.hidden, other.origin.name) == (tiny.hidden, "tiny")


def test_the_notebook_imports_the_answers(tiny):
    """Its first cell imports them, and IPython reloads them. A text names the answer's file."""
    texts = [cell.source for cell in ModuleForm(tiny, "other").notebook.cells]
    assert texts[1].startswith("%load_ext autoreload\n%autoreload 2\n")
    assert texts[1].endswith("from scaling import Scaling\nfrom scaler import Scaler")
    assert texts[2].startswith("**Write `Scaler` in the file [`scaler.py`](scaler.py)**")


def test_it_is_not_written_twice_without_force(tiny):
    """An instructor may have changed it since."""
    form = ModuleForm(tiny, "other")
    form.write()
    changed = tiny.root / "source/other/scaler.py"
    changed.write_text("changed")
    with pytest.raises(
        AssignmentError, match="nothing is overwritten: choose a name with --as, or add"
    ):
        form.write()
    assert changed.read_text() == "changed"
    form.write(force=True)
    assert changed.read_text().endswith(SOLVED)


@pytest.mark.parametrize("name", ["tiny", "foreign"])
def test_force_replaces_only_what_was_made_from_the_assignment(tiny, name):
    """The assignment itself and others stay as they are."""
    kept = tiny.root / "source" / name / "kept.txt"
    kept.parent.mkdir(exist_ok=True)
    kept.touch()
    with pytest.raises(AssignmentError, match=f"{name} is there already"):
        ModuleForm(tiny, name).write(force=True)
    assert kept.exists()


@pytest.mark.parametrize("name", ["../out", "", "a b", ".hidden"])
def test_a_name_must_be_that_of_a_folder(tiny, name):
    """Nothing is written outside the course."""
    with pytest.raises(AssignmentError, match="an assignment's name must have letters"):
        ModuleForm(tiny, name).write(force=True)


def test_only_answers_in_cells_can_be_put_into_files(tiny):
    """The message names the files in which they are already."""
    with pytest.raises(AssignmentError, match=r"must have its answers in cells, got scaler\.py"):
        ModuleForm(in_files(tiny), "other").write()


def test_dropout_and_l2_read_as_the_exercise_does(dropout):
    """`from layers import ...` has both classes, and each file imports what its class uses."""
    files = dropout.files
    assert sorted(files) == [
        "layers/__init__.py",
        "layers/dropout.py",
        "layers/l2regularization.py",
    ]
    assert files["layers/dropout.py"].startswith(DROPOUT_HEAD)
    imports = dropout.notebook.cells[1].source
    assert "\nfrom layers import Dropout, L2regularization, LayerWrapper, Linear\n" in imports
    package = files["layers/__init__.py"]
    assert package.index("import LayerWrapper") < package.index(
        "from layers.dropout import Dropout"
    )
    assert '__all__ = ["Dropout", "L2regularization", "Layer", "LayerWrapper", "Linear"]' in package


def test_each_sentence_about_cells_is_changed(dropout):
    """Each pattern fits a sentence of the notebook, and the name of the notebook is the new one."""
    source = nbformat.read(PROJECT / "source/dropout_l2/dropout_l2.ipynb", as_version=4)
    texts = "\n".join(cell.source for cell in source.cells)
    assert [pattern for pattern in WORDS if not re.search(pattern, texts)] == []
    made = "\n".join(cell.source for cell in dropout.notebook.cells)
    assert [pattern for pattern in WORDS if re.search(pattern, made)] == []
    assert "dropout_l2" not in made
