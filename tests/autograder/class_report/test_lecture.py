"""What to say in the lecture: from what cost most to what nobody missed."""

from autograder.class_report.facts import ClassFacts
from autograder.class_report.lecture import FEWEST, to_say
from autograder.course.assignment import Item
from autograder.course.rubric import ItemRubric
from autograder.gradebook.class_record import ClassRecord
from autograder.results.outcome import Diagnosis, Outcome
from autograder.results.report import Status
from tests.autograder.class_report.test_facts import record
from tests.autograder.support.results import judged, property_of

ITEMS = [Item(name, 2.0, ItemRubric(title=name.title())) for name in ("one", "two")]
CRITERIA = ("scales", "adds", "keeps")


def item(name="one", *lost, mistake=""):
    """Return an item that lost these criteria, perhaps by a known mistake."""
    results = [property_of(c, Outcome.FAILED if c in lost else Outcome.PASSED) for c in CRITERIA]
    breaks = tuple(f"test_{criterion}_a" for criterion in lost)
    diagnosis = (Diagnosis(mistake, f"Mend {mistake}. It is easy.", breaks),) if mistake else ()
    return judged(*results, diagnosis=diagnosis, name=name)


def said(*submissions):
    """Return the sentences on a class whose submissions have these items."""
    records = [
        record(f"s{n}", 2.0, 2.0, Status.GRADED, *items) for n, items in enumerate(submissions)
    ]
    return to_say(ClassFacts.of(ClassRecord(ITEMS, records), "v"))


RIGHT = [(item(), item("two"))]


def test_the_mistakes_that_cost_most_come_first():
    """Two of them, with their cost and the whole advice; then criteria."""
    twice = [(item("one", "adds", mistake="sum"), item("two"))] * 3
    dear = [(item("one", "scales", mistake="mean"), item("two", "adds"))] * 2
    cheap = [(item("one", "keeps", mistake="copy"), item("two"))] * 2
    assert said(*twice, *dear, *cheap, *RIGHT) == [
        "The mistake that cost most, 2.4 points in 2 submissions: Mend mean. It is easy.",
        "The next one, 1.8 points in 3 submissions: Mend sum. It is easy.",
        "The criterion that most missed, 3 of 8, in One: It adds up.",
        "Nobody missed: “It scales x.” (Two); “It keeps to itself.” (Two).",
    ]


def test_a_mistake_of_one_student_is_no_matter_for_a_lecture():
    """Nor is one that is not recognised."""
    one = [(item("one", "scales", mistake="mean"), item("two", "scales"))]
    assert not any("mistake" in line for line in said(*one, *RIGHT * 5))


def test_what_nobody_missed_is_said_of_whole_items():
    """By their titles."""
    assert said(*[(item("one", "keeps"), item("two"))] * FEWEST) == [
        "The criterion that most missed, 5 of 5, in One: It keeps to itself.",
        "Nobody lost points in: Two.",
    ]


def test_if_each_criterion_was_missed_the_least_missed_is_said():
    """Of several, the one that is worth most."""
    blank = (item("one", *CRITERIA), item("two", *CRITERIA))
    assert said(blank, *[(item("one", "adds"), item("two"))] * 4)[-1] == (
        "The criterion that fewest missed, 1 of 5, in One: It scales x."
    )


def test_a_class_with_full_marks_hears_so():
    """There is nothing else to say."""
    assert said(*RIGHT * FEWEST) == ["Nobody lost points in: One; Two."]


def test_few_submissions_say_nothing():
    """With four, chance would speak."""
    wrong = (item("one", "scales", mistake="mean"), item("two"))
    assert said(*[wrong] * (FEWEST - 1)) == []
    assert said(*[wrong] * FEWEST)


def test_many_criteria_that_nobody_missed_are_counted():
    """Two are quoted, the ones that are worth most."""
    some = (item("one", "keeps"), item("two", "keeps"))
    assert said(*[some] * FEWEST)[-1] == (
        "Nobody missed: “It scales x.” (One); “It scales x.” (Two); and 2 more criteria."
    )
