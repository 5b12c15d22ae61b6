"""The notebook as a lesson: what its text repeats is right, and it reads well in every program."""

import re

import nbformat

from autograder.course.assignment import Assignment
from tests.conftest import PROJECT

ASSIGNMENT = Assignment(PROJECT, "dropout_l2")
EXECUTED = nbformat.read(
    PROJECT / "reference_solution" / "dropout_l2" / "dropout_l2.ipynb", as_version=4
)
TEXTS = [cell.source for cell in ASSIGNMENT.source.cells if cell.cell_type == "markdown"]
SCREEN = 40  # lines
MATRIX = re.compile(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}")


def text_of(name: str) -> str:
    """Return a cell's text by its id."""
    return next(cell.source for cell in ASSIGNMENT.source.cells if cell.id == name)


def printed(name: str) -> str:
    """Return what a cell of the executed reference printed."""
    cell = next(cell for cell in EXECUTED.cells if cell.id == name)
    return "".join(output.get("text", "") for output in cell.outputs)


def matrices(name: str) -> list[list[list[float]]]:
    """Return the matrices in a text, in their order."""
    return [
        [[float(number) for number in row.split("&")] for row in matrix.split(r"\\")]
        for matrix in MATRIX.findall(text_of(name))
    ]


def test_points_in_the_text_are_those_of_the_cells():
    """The table of the notebook repeats the points, so it must repeat them rightly."""
    text = text_of("points")
    reported = {
        name: float(points) for name, points in re.findall(r"`(test_\w+)`.*\| (\S+) \|", text)
    }
    assert reported == {item.name: item.points for item in ASSIGNMENT.items}
    assert f"**{sum(reported.values())}**" in text


def test_dropout_by_hand_is_what_the_code_prints():
    """The output and the gradients of the example by hand are those of the reference."""
    *_, y, _, _, x, weights, bias = matrices("dropout-by-hand")
    found = printed("dropout-by-hand-check")
    assert f"y = {y}\n" in found
    assert f"grad_input = {x}\n" in found
    assert f"grads = {{'weights': {weights}, 'bias': {bias}}}\n" in found


def test_l2_by_hand_is_what_the_code_prints():
    """The penalty and the gradients of the example by hand are those of the reference."""
    *_, weights, bias, x = matrices("l2-task")
    found = printed("l2-by-hand-check")
    assert r"0.2 \cdot 35 = 7 ." in text_of("l2-task")
    assert "penalty = 7\n" in found
    assert f"grad_input = {x}\n" in found
    assert f"grads = {{'weights': {weights}, 'bias': {bias}}}\n" in found


def test_gradients_of_the_reference_are_right_and_those_of_the_wrong_layer_are_not():
    """The numeric check of the lesson passes what is right, and sees the one mistake."""
    for name in ("numeric-gradient", "l2-by-hand-check"):
        assert printed(name).count("right to six digits") == len(("x", "weights", "bias"))
    assert re.findall(r"gradient of (\w+) +WRONG", printed("wrong-gradient")) == ["bias"]


def test_each_number_has_one_heading():
    """The sections are numbered one by one."""
    headings = re.findall(r"^#+ (.*)$", "\n".join(TEXTS), re.MULTILINE)
    numbers = [heading.split()[0] for heading in headings if heading[0].isdigit()]
    assert numbers == ["7.4", *(f"7.4.{i}" for i in range(1, len(numbers)))]


def test_each_section_opens_with_a_question_whose_answer_is_folded():
    """Up to the summary, and again before the student's own pictures."""
    sections = [text for text in TEXTS if text.startswith("## ")]
    questions = [text for text in TEXTS if "> **Question.**" in text]
    assert [text for text in sections[:-1] if text not in questions] == []
    assert [text for text in questions if "<summary>Answer</summary>" not in text] == []


def test_each_body_has_hints_folded():
    """There is at least one hint for each of the five bodies."""
    hints = re.findall(r"<summary>(\w+)", text_of("dropout-by-hand") + text_of("l2-task"))
    assert {(name, hints.count(name) > 1) for name in hints} >= {
        ("__call__", True),
        ("backward", True),
        ("penalty", True),
    }


def test_html_is_only_what_every_program_shows():
    """VS Code, Colab and JupyterLab fold `details`; they differ in everything else."""
    tags = set(re.findall(r"</?([a-zA-Z]\w*)[^<>\n]*>", "\n".join(TEXTS)))
    assert tags == {"details", "summary"}


def test_spelling_is_british():
    """Outside code and the titles of papers, it is regularisation, optimiser, behaviour."""
    prose = re.sub(r"`[^`]*`|\[?\*[^*\n]+\*\]?|\(https?:[^)]*\)", "", "\n".join(TEXTS))
    american = r"\w*(?:regulariz|penaliz|optimiz|minimiz|normaliz|behavior|color|neighbor)\w*"
    assert re.findall(american, prose, re.IGNORECASE) == []


def test_no_output_is_longer_than_a_screen():
    """What a cell prints can be read without scrolling."""
    lengths = {
        cell.id: printed(cell.id).count("\n") for cell in EXECUTED.cells if "outputs" in cell
    }
    assert {name: lines for name, lines in lengths.items() if lines > SCREEN} == {}


def test_release_has_cells_to_change():
    """The cells in which students try p and the coefficient are their own: nothing locks them."""
    cells = {cell.id: cell for cell in ASSIGNMENT.release.cells}
    for name in ("try-p", "try-coefficient"):
        assert "# change me" in cells[name].source
        assert "nbgrader" not in cells[name].metadata
