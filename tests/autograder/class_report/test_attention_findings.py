"""The findings: a line each, what is urgent before what is interesting."""

from dataclasses import replace

from autograder.class_report.attention import findings, reasons
from autograder.class_report.facts import ClassFacts
from autograder.gradebook.class_record import ClassRecord
from autograder.results.outcome import Outcome
from autograder.results.report import NEXT_STEP, Status
from tests.autograder.class_report.test_attention import like
from tests.autograder.class_report.test_facts import ITEMS, item, record
from tests.autograder.support.results import judged, property_of


def findings_of(records, groups=(), uses=None):
    whole = ClassRecord(ITEMS, records)
    return findings(ClassFacts.of(whole, "v"), reasons(whole, uses or {}, groups), groups)


def test_a_class_in_which_all_is_well_has_its_points():
    """Nothing else is worth a line."""
    assert findings_of([record("ann", 1.0, 2.0), record("bob", 1.0, 1.0)]) == [
        "2 submissions graded: mean 2.50 points, median 2.50, 1 with full marks"
    ]


def test_what_waits_for_a_grade_is_the_first():
    """Then the likely copies, then the property."""
    mistaken = [record(f"s{n}", 0.0, 2.0, Status.GRADED, item("one", "-+", "x")) for n in range(3)]
    right = record("ann", 1.0, 2.0, Status.GRADED, item("one", "++"))
    held = record("bob", None, 2.0, Status.HELD)
    assert findings_of([*mistaken, right, held], [like("s0", "s1")]) == [
        f"held back by a fault of ours, 1 submission: {NEXT_STEP[Status.HELD]}",
        "2 students have near-identical answers, in 1 group: compare them",
        "the property that fewest pass, 25 %: It scales. [one]",
        "4 submissions graded: mean 2.25 points, median 2.00, 1 with full marks",
    ]


def test_an_item_that_discriminates_the_wrong_way_is_a_finding():
    """Whoever does well in it does worse elsewhere: its suite may be wrong."""
    records = [record(f"s{n}", float(n % 2), 2.0 * (1 - n % 2)) for n in range(12)]
    assert [line.partition(":")[0] for line in findings_of(records)][:2] == [
        "one discriminates by -1.00",
        "two discriminates by -1.00",
    ]


def test_an_empty_class_has_a_finding_with_the_next_step():
    """There is one line, with the remedy."""
    assert findings_of([]) == ["nobody is graded yet: run `autograder grade`"]


def test_an_item_with_criteria_has_no_line_for_a_property():
    """The criteria are said in the lecture's section."""
    lost = judged(property_of("scales", Outcome.FAILED), *map(property_of, ("adds", "keeps")))
    records = [record("ann", 0.8, 2.0, Status.GRADED, replace(lost, name="one"))]
    assert len(findings_of(records)) == 1
