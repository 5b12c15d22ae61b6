"""Specimens: solutions with a sentence, the items that they lose, and the cell that they answer."""

import pytest

from autograder.course.assignment import AssignmentError
from autograder.course.specimen import Specimen, mutants, variants
from tests.autograder.support.tiny import IDENTITY, RIGHT


@pytest.fixture
def keep(tiny):
    """A function that writes a specimen into the tiny course."""

    def write(kind, name, text):
        folder = tiny.root / "tests" / kind / "tiny"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(text)

    return write


def test_a_mutant_has_a_sentence_and_loses_items(tiny, keep):
    """The docstring has the mistake, the advice and the items; the rest is the cell."""
    docstring = '"""I forgot it.\n\nYour output is the\ninput.\n\nloses: test_scaler\n"""'
    keep("mutants", "scaler_identity", f"{docstring}\n\n\n{IDENTITY}")
    assert mutants(tiny) == [
        Specimen(
            "scaler_identity",
            "I forgot it.",
            "Your output is the input.",
            {"test_scaler": frozenset()},
            "scaler",
            IDENTITY,
        )
    ]
    assert variants(tiny) == []


def test_a_mutant_names_the_criteria_that_it_loses(tiny, keep):
    """In parentheses behind the item."""
    rubric = '[test_scaler.{}]\nweight = 1\nsentence = "It does."\n'
    (tiny.hidden / "rubric.toml").write_text(
        "".join(map(rubric.format, ("multiplies", "keeps", "adds")))
    )
    docstring = '"""I forgot it.\n\nloses: test_scaler (multiplies,\n    keeps)\n"""'
    keep("mutants", "scaler_identity", f"{docstring}\n\n\n{IDENTITY}")
    assert mutants(tiny)[0].loses == {"test_scaler": {"multiplies", "keeps"}}


def test_a_variant_loses_nothing(tiny, keep):
    """A right solution names no item, and may go without a docstring."""
    keep("variants", "scaler_plain", RIGHT)
    assert variants(tiny) == [Specimen("scaler_plain", "scaler_plain", "", {}, "scaler", RIGHT)]


def test_specimens_come_by_name(tiny, keep):
    """The order is that of the file names, and only Python files count."""
    for name in ("b", "a", "c"):
        keep("variants", name, RIGHT)
    (tiny.root / "tests/variants/tiny/notes.md").write_text("x")
    assert [specimen.name for specimen in variants(tiny)] == ["a", "b", "c"]


def test_other_definitions_may_stand_beside_the_class(tiny, keep):
    """A specimen answers the cell whose class it defines, whatever else it defines."""
    keep("variants", "helped", f"import math\n\ndef helper():\n    pass\n\n{RIGHT}")
    assert variants(tiny)[0].grade_id == "scaler"


def test_an_unknown_item_is_an_error(tiny, keep):
    """The error names the file and the misspelt item."""
    keep("mutants", "odd", f'"""Odd.\n\nloses: test_scaler, test_scalar\n"""\n{RIGHT}')
    with pytest.raises(
        AssignmentError, match=r"odd.py: .* some of \['test_scaler'\], got \['test_scalar'\]"
    ):
        mutants(tiny)


def test_a_specimen_must_answer_a_cell(tiny, keep):
    """The error names what the file defines instead of a solution cell's class."""
    keep("mutants", "odd", "class Other:\n    pass\n")
    with pytest.raises(AssignmentError, match=r"odd.py must define .* got \['Other'\]"):
        mutants(tiny)


def test_a_specimen_must_be_python(tiny, keep):
    """The error of a file that cannot be parsed names its path."""
    keep("variants", "odd", "def scale(")
    with pytest.raises(AssignmentError, match=r"odd.py must be Python \(.*\): mend that line"):
        variants(tiny)
