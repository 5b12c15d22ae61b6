"""An account: an item's results in words, for the student."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from autograder.results.account import (
    ADVICE,
    criterion_points,
    item_html,
    item_text,
    message_of,
    zero_lines,
)
from autograder.results.outcome import Diagnosis, Outcome, PropertyResult
from autograder.results.report import Report, Status
from tests.autograder.support.results import (
    BROKEN,
    FAILED,
    GATE,
    PASSED,
    judged,
    property_of,
    report,
)


class Reader(HTMLParser):
    """Collects tags and text."""

    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs).keys() - {"style"}))

    def handle_data(self, data):
        self.text += data


HOSTILE = "</code><script src=\"x\">alert(1)</script><img onerror='x' src=y>&amp;&lt;"


@pytest.mark.parametrize("status", list(Status))
def test_each_status_has_a_next_step(status):
    """The staff and the student read what to do, if there is something to do."""
    nothing_to_do = {Status.GRADED}
    assert bool(report(PASSED, status=status).next_step) == (status not in nothing_to_do)
    told = item_text(report(PASSED, status=status), "test_item")
    nobody_reads_it = {Status.GRADED, Status.MISSING}
    assert (f"Status: {status}. " in told) == (status not in nobody_reads_it)


def test_a_grade_without_isolation_says_so():
    """The text and the page say so; those of confined code do not."""
    bare = replace(report(PASSED), isolation="not isolated")
    confined = replace(report(PASSED), isolation="Landlock, seccomp")
    for told in (item_text, item_html):
        assert "not isolated" in told(bare, "test_item")
        assert "seccomp" not in told(confined, "test_item")


def test_text_tells_points_remarks_and_each_property():
    """The text has the points, the remarks, and each property with the cause of its failure."""
    text = item_text(
        report(PASSED, FAILED, status=Status.REMARKS, remarks=["cell `a` was missing"]), "test_item"
    )
    assert text.splitlines() == [
        "1 of 2 points",
        f"Status: graded with remarks. {ADVICE[Status.REMARKS]}",
        "  remark: cell `a` was missing",
        "✓ It scales.",
        "✗ It keeps x.",
        "    x has been changed [Scaler]",
    ]


@pytest.mark.parametrize("render", [item_text, item_html])
def test_notes_are_told_with_the_first_item_alone(render):
    """The notes belong to no item; reports of earlier releases have none."""
    noted = replace(report(PASSED), notes=("who are <you>?",))
    assert render(noted, "test_other").count("who are ") == 1
    assert "who are" not in render(noted, "test_item")
    assert Report.from_dict(json.loads(json.dumps(noted.to_dict()))) == noted
    assert Report.from_dict({k: v for k, v in noted.to_dict().items() if k != "notes"}).notes == ()


def test_text_says_what_an_essential_property_costs():
    """If an essential property fails, its line says that the item scores 0."""
    lines = item_text(report(PASSED, GATE), "test_item").splitlines()
    assert lines[0] == "0 of 2 points"
    assert lines[-1].startswith("    it does not [Scaler]; without this property")


def test_text_tells_the_advice_first():
    """The diagnosis comes before the properties, one line each."""
    both = report(PASSED, FAILED, remarks=["cell `a` was missing"], advice=["Copy x.", "Sum it."])
    assert item_text(both, "test_item").splitlines()[:4] == [
        "1 of 2 points",
        "  Copy x.",
        "  Sum it.",
        "  remark: cell `a` was missing",
    ]


@pytest.mark.parametrize("render", [item_text, item_html])
def test_advice_stands_in_its_own_item_alone(render):
    """Another item's account does not have it, and no account has a mutant's name."""
    whole = report(FAILED, advice=["Copy x."])
    assert "Copy x." not in render(whole, "test_other")
    assert "a_mutant" not in render(whole, "test_item")


@pytest.mark.parametrize("render", [item_text, item_html])
def test_a_fault_of_ours_is_told_without_its_details(render):
    """A held item says that nobody lost a point; only the operator reads the cause."""
    text = render(report(PASSED, BROKEN, status=Status.HELD), "test_item")
    assert "Not graded yet: a fault of the grader, not of yours." in text
    assert "? " in text
    assert "secret" not in text
    assert " of 2 points" not in text


def test_whole_points_have_no_decimals_and_shares_have():
    """Points are written as people write them."""
    assert item_text(report(PASSED), "test_item").startswith("2 of 2 points")
    assert item_text(report(PASSED, FAILED, points=0.5), "test_item").startswith("0.25 of 0.5 ")


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


@pytest.mark.parametrize("where", ["message", "sentence", "remark", "advice"])
def test_html_escapes_whatever_came_from_code(where):
    """A student's text is shown unchanged, and is not markup."""
    hostile = PropertyResult(
        "test_h",
        HOSTILE if where == "sentence" else "It holds.",
        Outcome.FAILED,
        HOSTILE if where == "message" else "it does not",
    )
    around = {"remark": {"remarks": [HOSTILE]}, "advice": {"advice": [HOSTILE]}}
    html = item_html(report(hostile, **around.get(where, {})), "test_item")
    reader = read(html)
    assert {tag for tag, _ in reader.tags} <= {"p", "b", "ul", "li", "br", "code"}
    assert all(not attributes for _, attributes in reader.tags)
    assert HOSTILE in reader.text


def test_html_tells_what_the_text_tells():
    """The HTML also has points, advice, remarks, outcomes, sentences and messages."""
    whole = report(PASSED, FAILED, remarks=["well"], advice=["Copy x."])
    assert read(item_html(whole, "test_item")).text == (
        "1 of 2 pointsCopy x.Remark: well"
        "✓ passed: It scales.✗ failed: It keeps x.x has been changed [Scaler]"
    )


def test_what_makes_an_item_worth_nothing_is_said_as_it_is():
    """These are an essential property, and the end of the student's process."""
    failed = PropertyResult("test_a", "It scales.", Outcome.FAILED, "no answer")
    assert message_of(failed) == "no answer"
    assert "without this property" in message_of(replace(failed, essential=True))
    ended = message_of(replace(failed, essential=True, ended=True))
    assert "without this property" not in ended
    assert "if the code ends like this, the whole item scores 0" in ended


SCALES, ADDS, KEEPS = map(property_of, ("scales", "adds", "keeps"))
NO_SUM = property_of("adds", Outcome.FAILED, "b")
NO_SCALE = property_of("scales", Outcome.FAILED, "b")
UNSURE = property_of("adds", Outcome.NOT_RUN, "c")
MESSAGE = "not run, after an earlier failure: no answer"


def account(*results, **more):
    """Return the lines of an item with a rubric."""
    item = judged(*results, **more)
    return item_text(Report(Status.GRADED, (item,)), item.name).splitlines()


def test_text_tells_the_criteria_and_below_a_lost_one_its_evidence():
    """Of a criterion it has mark, points and sentence; passed properties are left out."""
    twice = property_of("adds", Outcome.FAILED, "d")
    known = (Diagnosis("a_mutant", "Add them.", (twice.name,)),)
    assert account(SCALES, ADDS, NO_SUM, twice, KEEPS, diagnosis=known) == [
        "1.4 of 2 points",
        "  Add them.",
        "✓ 1.2 of 1.2 points: It scales x.",
        "✗ 0 of 0.6 points: It adds up.",
        "    ✗ adds: d.",  # the named mistake breaks it
        "        adds d is wrong",
        "    ✗ adds: b.",
        "        adds b is wrong",
        "✓ 0.2 of 0.2 points: It keeps to itself.",
    ]


def test_html_tells_the_criteria_as_the_text_does():
    """The evidence is a list within the list."""
    item = judged(SCALES, NO_SUM, KEEPS)
    reader = read(item_html(Report(Status.GRADED, (item,)), item.name))
    assert reader.text == (
        "1.4 of 2 points✓ 1.2 of 1.2 points: It scales x.✗ 0 of 0.6 points: It adds up."
        "✗ failed: adds: b.adds b is wrong✓ 0.2 of 0.2 points: It keeps to itself."
    )
    assert [tag for tag, _ in reader.tags].count("ul") == 2


@pytest.mark.parametrize(
    ("gate", "line"),
    [
        ({"essential": True}, "The item scores 0, because this essential test failed: adds: b."),
        (
            {"ended": True, "essential": True},
            "The item scores 0, because the code did not reach the end of this test: adds: b.",
        ),
    ],
)
def test_what_makes_a_whole_item_score_0_is_said_once(gate, line):
    """With that property's sentence; its own line does not repeat it."""
    gates = [replace(result, **gate) for result in (NO_SUM, NO_SCALE)]
    lines = account(*gates, KEEPS)
    assert [text for text in lines if "scores 0" in text] == [line]
    assert lines[1] == line
    assert "        adds b is wrong" in lines
    assert "✓ 0 of 0.2 points: It keeps to itself." in lines


def test_what_came_after_the_end_of_the_code_is_not_run():
    """The gate is the property that ended the code; the others are not said to have failed."""
    later = replace(SCALES, outcome=Outcome.FAILED, ended=True, message=MESSAGE)
    lines = account(later, replace(NO_SUM, ended=True), KEEPS)
    assert lines[1].endswith("did not reach the end of this test: adds: b.")
    assert lines[2:4] == ["? 0 of 1.2 points: It scales x.", "    ? not run: scales: a."]
    assert "no answer" not in "".join(lines)


def test_manners_that_earn_nothing_say_why():
    """In one sentence; where they or another criterion are lost or earned, there is nothing to say."""
    alone = judged(NO_SCALE, NO_SUM, KEEPS)
    assert zero_lines(alone) == [
        "This criterion earns points only if another one does: It keeps to itself."
    ]
    no_manners = property_of("keeps", Outcome.FAILED)
    for others in ((SCALES, NO_SUM, KEEPS), (NO_SCALE, NO_SUM, no_manners)):
        assert zero_lines(judged(*others)) == []
    assert zero_lines(judged(SCALES, ADDS, KEEPS, points=0.0)) == []


def test_a_criterion_without_points_says_what_it_waits_for():
    """It did not run, or its points depend on what did not run."""
    points = [criterion_points(result) for result in judged(NO_SCALE, UNSURE, KEEPS).rubric]
    assert points == ["0 of 1.2 points", "not run, of 0.6 points", "not graded yet, of 0.2 points"]
    assert "    ? not run: adds: c." in account(NO_SCALE, UNSURE, KEEPS)


def test_a_result_that_belongs_to_all_criteria_is_told_once():
    """As that a file could not be read: it comes before the criteria, and says what it costs."""
    unreadable = replace(GATE, message="it is cut off")
    assert account(unreadable) == [
        "0 of 2 points",
        "✗ It works.",
        "    it is cut off; without this property, the whole item scores 0",
        "✗ 0 of 1.2 points: It scales x.",
        "✗ 0 of 0.6 points: It adds up.",
        "✗ 0 of 0.2 points: It keeps to itself.",
    ]
