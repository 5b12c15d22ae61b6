"""The criteria on the class's page: a table for each item, before the properties."""

from dataclasses import replace

from autograder.results.outcome import Outcome
from tests.autograder.class_report.test_page import CLASS, HOSTILE, read, record
from tests.autograder.support.results import judged, property_of


def graded(student, *outcomes, **more):
    """Return a record whose one item has these outcomes of its three criteria."""
    names = ("scales", "adds", "keeps")
    results = [property_of(*pair) for pair in zip(names, outcomes, strict=True)]
    known = record(student)
    item = replace(judged(*results, name="test_one"), **more)
    return replace(known, report=replace(known.report, items=(item,)))


P, F, N = Outcome
RECORDS = [graded("ann", P, P, P), graded("bob", F, P, P), graded("cem", P, N, P)]


def test_each_item_has_a_table_of_its_criteria():
    """Points, how many lost and earned it or wait, and what that cost the class."""
    reader = read(RECORDS)
    cells = [[" ".join(cell.split()) for cell in row] for row in reader.rows]
    assert ["It scales x.", "1 (33 %)", "1.2", "1.2", "2", "0", ""] in cells
    assert ["It adds up.", "0 (0 %)", "0", "0.6", "2", "1", ""] in cells
    assert reader.plain.index("It scales x.") < reader.plain.index("scales: a.")


def test_a_class_without_criteria_has_no_such_section():
    """Nor a link that leads nowhere."""
    assert "#criteria" in read(RECORDS).links.values()
    assert "#criteria" not in read(CLASS).links.values()
    assert "criterion" not in read(CLASS).plain


def test_a_criterion_is_no_markup():
    """Whatever its sentence holds."""
    [first, *others] = RECORDS[0].report.items[0].criteria
    hostile = (replace(first, sentence=HOSTILE), *others)
    reader = read([graded("ann", P, P, P, criteria=hostile)])
    assert HOSTILE in reader.text
    assert "img" not in [tag for tag, _ in reader.tags]
