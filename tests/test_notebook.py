"""The notebook as a lesson: what its text repeats is right, and it reads well in every program."""

import re
from collections.abc import Callable
from typing import Any

import nbformat
import numpy as np
import pytest

from autograder.course.assignment import Assignment
from tests.conftest import PROJECT

ASSIGNMENT = Assignment(PROJECT, "dropout_l2")
EXECUTED = nbformat.read(
    PROJECT / "reference_solution" / "dropout_l2" / "dropout_l2.ipynb", as_version=4
)
TEXTS = [cell.source for cell in ASSIGNMENT.source.cells if cell.cell_type == "markdown"]
SCREEN = 40  # lines
MATRIX = re.compile(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}")
GIVEN = """
import numpy as np
from activations import ReLU, Tanh
from layers import LayerWrapper, Linear
from losses import CrossEntropy
from model import Model
"""
Names = dict[str, Any]


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
    assert printed("network-gradients").count("right to six digits") == 2 * 3 * 2


@pytest.fixture
def check_network(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Names]:
    """A function that runs the check of a whole network, with a solution; it returns the names."""
    monkeypatch.syspath_prepend(PROJECT / "source" / "dropout_l2")

    def run(solution: str) -> Names:
        names: Names = {}
        reference = ASSIGNMENT.reference.values()
        lesson, check = text_of("numeric-gradient"), text_of("network-gradients")
        for code in [GIVEN, *reference, lesson, solution, check]:
            exec(code, names)  # noqa: S102  # it is text in the notebook
        return names

    return run


ALL = "0w 0b 2w 2b"  # weights and bias of layers[0] and layers[2], the two with dropout
WRONG = {  # which gradients are wrong, in training and in evaluation
    "dropout_backward_bias_loses_an_axis": ("0b 2b", "0b 2b"),
    "dropout_backward_fresh_mask": (ALL, ALL),
    "dropout_backward_mask_shared_by_all_layers": ("0w 0b", ""),
    "dropout_backward_old_mask_after_evaluation": ("", ALL),
    "l2_gradient_in_training_only": ("", "2w 4w"),
    "l2_gradient_of_bias_missing": ("2b 4b", "2b 4b"),
    "l2_gradient_of_bias_too": ("2b 4b", "2b 4b"),
    "l2_gradient_of_data_only": ("2w 4w", "2w 4w"),
    "dropout_gradients_by_hand": ("2w", "2w"),  # right around Linear, and the text names this one
}
VARIANTS, MUTANTS = (
    {path.stem: path for path in sorted((PROJECT / "tests" / kind / ASSIGNMENT.name).glob("*.py"))}
    for kind in ("variants", "mutants")
)
A_TENTH = list(VARIANTS)[::10]  # all take 15 s


@pytest.mark.filterwarnings("ignore")  # some of the variants are talkative
@pytest.mark.parametrize("name", sorted({*A_TENTH, *WRONG}))
def test_whole_network_is_wrong_where_a_gradient_is(check_network, capsys, name):
    """Each mistake shows in its own lines, between layers, too; a right solution has none."""
    check_network((VARIANTS | MUTANTS)[name].read_text(encoding="utf-8"))
    halves = re.split("In training:|In evaluation:", capsys.readouterr().out)[1:]
    found = [re.findall(r"layers\[(\d)\]\.(\w)\w+ +WRONG", half) for half in halves]
    assert tuple(" ".join(map("".join, half)) for half in found) == WRONG.get(name, ("", ""))


def test_whole_network_stops_at_a_stub_by_its_own_error(check_network):
    """A student who has not written a layer yet reads so."""
    for cell in ASSIGNMENT.release.cells:
        if cell.id in ("dropout-stub", "l2regularization-stub"):
            with pytest.raises(NotImplementedError):
                check_network(cell.source)


def test_no_step_crosses_the_corner_of_the_relu(check_network):
    """The numbers in front of it depend on no coin but for being dropped, and are far from 0."""
    names = check_network("")
    x, layer = names["x"], names["model"].layers[0]
    step = 1e-5 * max(1, np.abs(x).max())  # of a weight or of the bias
    assert np.abs(x @ layer.weights + layer.bias).min() > 100 * step


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
