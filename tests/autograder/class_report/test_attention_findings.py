"""The findings: a line each, what is urgent before what is interesting."""

from autograder.class_report.attention import findings, reasons
from autograder.class_report.facts import ClassFacts
from autograder.gradebook.class_record import ClassRecord
from autograder.results.outcome import Outcome
from autograder.results.report import NEXT_STEP, Status
from tests.autograder.class_report.test_attention import like
from tests.autograder.class_report.test_facts import ITEMS, item, record
from tests.autograder.support.results import judged, property_of


def findings_of(records, groups=(), uses=None):
    facts = ClassFacts.of(ClassRecord(ITEMS, records), "v")
    return findings(facts, reasons(records, uses or {}, groups), groups)


def test_a_class_in_which_all_is_well_has_its_points():
    """Nothing else is worth a line."""
    assert findings_of([record("ann", 1.0, 2.0), record("bob", 1.0, 1.0)]) == [
        "2 submissions graded: mean 2.50 points, median 2.50, 1 with full marks"
    ]


def test_what_waits_for_a_grade_is_the_first():
    """Then the likely copies, then the mistake and the property."""
    mistaken = [record(f"s{n}", 0.0, 2.0, Status.GRADED, item("one", "-+", "x")) for n in range(3)]
    right = record("ann", 1.0, 2.0, Status.GRADED, item("one", "++"))
    held = record("bob", None, 2.0, Status.HELD)
    assert findings_of([*mistaken, right, held], [like("s0", "s1")]) == [
        f"held back by a fault of ours, 1 submission: {NEXT_STEP[Status.HELD]}",
        "2 students have near-identical answers, in 1 group: compare them",
        "the most common mistake, in 3 submissions: x. Mend x.",
        "the property that fewest pass, 25%: It scales. [one: test_a]",
        "4 submissions graded: mean 2.25 points, median 2.00, 1 with full marks",
    ]


def test_a_mistake_that_one_made_is_no_finding():
    """Nor is there a commonest one among many that each one made."""
    records = [record("ann", 0.0, 2.0, Status.GRADED, item("one", "-+", "x"))]
    assert not any("mistake" in line for line in findings_of(records))


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


def test_the_criterion_that_cost_most_is_a_finding():
    """Not the one that most lost; an item without criteria still has its property."""
    scales, adds, keeps = map(property_of, ("scales", "adds", "keeps"))
    no_scale, no_sum = (property_of(name, Outcome.FAILED) for name in ("scales", "adds"))
    marks = {
        "ann": judged(no_scale, adds, keeps, name="one"),
        "bob": judged(no_scale, adds, keeps, name="one"),
        "cem": judged(scales, no_sum, keeps, name="one"),
        "dan": judged(scales, adds, property_of("keeps", Outcome.FAILED), name="one"),
    }
    records = [
        record(
            who, one.points, 2.0, Status.GRADED, one, item("two", "++" if who == "ann" else "+-")
        )
        for who, one in marks.items()
    ]
    assert findings_of(records)[:2] == [
        (
            "the criterion that cost the class most, 2.4 points, lost by 2 of 4: It scales x. "
            "[one: scales]"
        ),
        "the property that fewest pass, 25%: It stays. [two: test_b]",
    ]


def test_criteria_that_nobody_lost_are_no_finding():
    """Then there are only the points."""
    whole = judged(*map(property_of, ("scales", "adds", "keeps")), name="one")
    assert len(findings_of([record("ann", 2.0, 2.0, Status.GRADED, whole)])) == 1
