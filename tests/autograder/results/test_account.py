"""An account: an item's results in words, for the student."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from autograder.results.account import ADVICE, item_html, item_text, message_of
from autograder.results.outcome import Outcome, PropertyResult
from autograder.results.report import Report, Status
from tests.autograder.support.results import BROKEN, FAILED, GATE, PASSED, report


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
