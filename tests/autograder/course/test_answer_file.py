"""Answers in files: found by their solution regions, and read as solution cells."""

import nbformat
import pytest

from autograder.course.answer_file import as_file, file_cell, head_of, mark_of
from autograder.course.assignment import AssignmentError
from autograder.course.submission import Cell, Submission
from autograder.intake.notebook_reader import read_notebook
from tests.autograder.support.tiny import GIVEN, SOLVED, STUB, in_files

HEAD = '"""Scaler."""\n\nfrom scaling import Scaling'


def test_an_answer_in_a_file_is_a_solution_cell(tiny):
    """Its name without `.py` is its `grade_id`; the stub and the reference are the files' texts."""
    assignment = in_files(tiny)
    assert assignment.answer_files == {"scaler.py": "scaler"}
    assert assignment.reference == {"scaler": f"{HEAD}\n\n\n{SOLVED}"}
    assert assignment.stubs == {"scaler": f"{HEAD}\n\n\n{STUB}"}
    assert Submission.from_notebook(assignment.release).cells[0] == Cell(
        "code", assignment.stubs["scaler"], "scaler", solution=True, file="scaler.py"
    )


def test_the_solved_file_is_not_given(tiny):
    """Workers get the given modules, and never the instructor's answers."""
    assignment = in_files(tiny)
    assert assignment.given == GIVEN
    assert "self.factor * x" not in repr(assignment.opening)


def test_an_answer_that_was_not_released_is_an_error(tiny):
    """The message names the missing file and the remedy."""
    assignment = in_files(tiny)
    (assignment.root / "release/tiny/scaler.py").unlink()
    with pytest.raises(AssignmentError, match=r"scaler\.py not found: run `nbgrader generate_a"):
        _ = assignment.release


def test_two_answers_of_one_name_are_an_error(tiny):
    """Each answer needs a `grade_id` of its own."""
    assignment = in_files(tiny)
    (assignment.root / "source/tiny/more").mkdir()
    (assignment.root / "source/tiny/more/scaler.py").write_text(SOLVED)
    with pytest.raises(AssignmentError, match=r"two files with solutions are named scaler\.py"):
        _ = assignment.answer_files


def test_a_student_cannot_mark_a_cell_as_a_file(tiny):
    """A notebook is read without such marks, so no cell of it replaces a file."""
    forged = nbformat.v4.new_notebook(cells=[file_cell("scaler.py", "x = 1", "scaler")])
    read, _ = read_notebook(nbformat.writes(forged).encode())
    assert mark_of(forged.cells[0]) == {"file": "scaler.py", "grade_id": "scaler"}
    assert mark_of(read.cells[0]) == {}


def test_a_cells_answer_gets_the_imports_of_the_released_file():
    """They come first; what the file does after its imports does not."""
    released = '"""Doc."""\nimport math\nfrom a import (\n    b,\n)\n\nx = 1\nimport late\n'
    assert head_of(released) == '"""Doc."""\nimport math\nfrom a import (\n    b,\n)'
    assert as_file(released, "\ny = b\n") == f"{head_of(released)}\n\n\ny = b\n"
