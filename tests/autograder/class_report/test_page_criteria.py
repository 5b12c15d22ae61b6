"""The criteria on the class's page: a table for each item, before the properties."""

from dataclasses import replace

from autograder.class_report.page import MOST_BY_CRITERION
from autograder.results.outcome import Diagnosis, Outcome
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
    """Points, how many lost it or wait, what that cost the class, and by which mistakes."""
    reader = read(RECORDS)
    cells = [[" ".join(cell.split()) for cell in row] for row in reader.rows]
    assert ["It scales x.", "1.2", "1 of 3 (33 %)", "1.2", "1: not recognised"] in cells
    assert ["It adds up.", "0.6", "0 of 2 (0 %)1 not judged yet", "0", ""] in cells
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


def by(*mistakes):
    """Return the record of a student who lost the first criterion by these mistakes."""
    diagnosis = tuple(
        Diagnosis(name, f"It is {name}. Mend it.", ("test_scales_a",)) for name in mistakes
    )
    return graded("".join(mistakes), F, P, P, diagnosis=diagnosis)


def cells_of(reader, first):
    """Return the cells beside each one that begins so."""
    rows = [[" ".join(cell.split()) for cell in row] for row in reader.rows]
    return [row[1:] for row in rows if row[0].startswith(first)]


def test_a_criterion_leads_to_the_mistakes_by_which_it_was_lost():
    """Each by its first sentence; of many, the most frequent."""
    reader = read([by("m"), by("m", "n")])
    assert cells_of(reader, "It scales x.")[0][-1] == "2: It is m 1: It is n"
    rows = ["#" + attrs["id"] for tag, attrs in reader.tags if tag == "tr" and "id" in attrs]
    assert [reader.links["It is m"], reader.links["It is n"]] == rows
    many = read([by(*"abcdef")])
    found = cells_of(many, "It scales x.")[0][-1]
    assert found.count("1: It is") == MOST_BY_CRITERION
    assert found.endswith(f"and {6 - MOST_BY_CRITERION} more")


def test_a_mistake_has_its_cost_the_criteria_in_words_and_who_made_it():
    """So has one that is not recognised; an item that it cost as a whole is said in a word."""
    breaks = tuple(f"test_{name}_a" for name in ("scales", "adds", "keeps"))
    whole = (Diagnosis("whole", "It is wrong.", breaks),)
    reader = read([by("m"), *RECORDS, graded("dan", F, F, F, diagnosis=whole)])
    assert cells_of(reader, "It is wrong.") == [["2", "1", "one: all", "dan"]]
    assert cells_of(reader, "It is m. Mend it.") == [["1.2", "1", "one: It scales x.", "m"]]
    assert cells_of(reader, "Not recognised, seen first in: It scales x.") == [
        ["1.2", "1", "one: It scales x.", "bob"]
    ]


def test_the_lecture_has_its_sentences():
    """Or says why there are none."""
    assert "3 submissions have a grade. From fewer than 5" in read(RECORDS).plain
    assert "1 submission has a grade. From fewer than 5" in read(RECORDS[:1]).plain
    known = read([replace(by("m"), entry=replace(by("m").entry, student=s)) for s in "abcde"])
    assert "The mistake that cost most, 6 points in 5 submissions: It is m. Mend it." in known.plain
    assert "From fewer than" not in known.plain
