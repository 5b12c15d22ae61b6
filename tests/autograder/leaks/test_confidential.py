"""The confidential texts, and the texts that a student knows already."""

import nbformat
from nbformat.v4 import new_output

from autograder.leaks import confidential
from autograder.leaks.confidential import Confidential
from tests.autograder.support.tiny import RIGHT, add_rubric, handed_in


def test_all_outputs_of_a_notebook_have_one_budget(tiny, monkeypatch):
    """Many outputs that each take less than too long do not make the search for leaks take long."""
    notebook = handed_in(tiny, RIGHT, "f()")
    notebook.cells[-1].outputs = [
        new_output("display_data", {"text/html": f"<b>{n}</b>"}) for n in range(3)
    ]
    for stage in ("submitted", "autograded"):
        folder = tiny.root / stage / "ann" / "tiny"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "tiny.ipynb")
    budgets = []

    def render(_output, budget):
        budgets.append(budget)
        return "<p>printed</p>"

    monkeypatch.setattr(confidential, "output_html", render)
    assert "printed" in Confidential(tiny).own_text("ann")
    assert len(budgets) == 3
    assert len(set(map(id, budgets))) == 1


def test_a_name_that_is_a_word_of_a_criterion_is_not_searched_for(tiny):
    """Each page of feedback has the criteria's sentences."""
    sentence = 'sentence = "It keeps to itself."'
    assignment = add_rubric(tiny)
    rubric = assignment.hidden / "rubric.toml"
    rubric.write_text(rubric.read_text().replace(sentence, 'sentence = "It is Zoe\'s."'))
    for student in ("Zoe", "Yan"):
        (tiny.root / "submitted" / student / "tiny").mkdir(parents=True)
    found = Confidential(assignment)
    people = [text.text for text in found.texts if text.kind is confidential.Kind.PERSON]
    assert (people, found.too_common) == (["Yan"], ["Zoe"])
