"""The class's page: all that there is to say, as text that nobody's words can break, in one file."""

import base64
import datetime as dt
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from autograder.class_report.attention import findings, reasons
from autograder.class_report.facts import ClassFacts
from autograder.class_report.library_use import LibraryUse
from autograder.class_report.page import MOST_GROUPS, MOST_TEXT, ClassReport, page
from autograder.class_report.similarity import Alike, Answer
from autograder.course.assignment import Item
from autograder.gradebook.class_record import ClassRecord, Record
from autograder.gradebook.entry import NOT_GRADED, Entry
from autograder.gradebook.submitted import Submitted
from autograder.results.outcome import Diagnosis, ItemResult, Outcome, PropertyResult
from autograder.results.report import Report, Status

pytestmark = pytest.mark.unmeasured

MADE = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)
ITEMS = [Item("test_one", 1.0), Item("test_two", 2.0)]
HOSTILE = "</td></pre><script>alert(1)</script><img src=x onerror='x'>\"&amp;"
STUB = 'class A:\n    """Do it.\n\n    At once.\n    """\n\n    def f(self):\n        raise NotImplementedError()\n'


class Reader(HTMLParser):
    """Collects tags with their attributes, the text, links, and the cells of each row."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.links, self.rows, self.cell = [], "", {}, [], False
        self.href = None

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self.cell = True
        if tag == "a":
            self.href = dict(attrs)["href"]

    def handle_endtag(self, tag):
        self.cell = self.cell and tag not in {"td", "th"}
        if tag == "a":
            self.href = None

    def handle_data(self, data):
        self.text += data
        if self.cell:
            self.rows[-1][-1] += data
        if self.href:
            self.links.setdefault(data, self.href)


def record(student, status=Status.GRADED, one=1.0, two=2.0, mistake="", remark="", **more):
    outcome = Outcome.FAILED if mistake else Outcome.PASSED
    result = ItemResult(
        "test_one",
        1.0,
        (PropertyResult("test_a", "It scales.", outcome, essential=True),),
        (Diagnosis(mistake, f"Mend {mistake}.", ("test_a",)),) if mistake else (),
    )
    remarks = (remark,) if remark else ()
    points = {"test_one": one, "test_two": two}
    entry = Entry(student, points, status, remarks, cause=remark, next_step="do it")
    known = {
        "report": Report(status, (result,), remarks, version="v"),
        "submitted": Submitted("", None, 0.0, f"id{student}"),
    }
    return Record(entry, **known | more)


def like(*answers, cell="dropout"):
    shown = tuple(Answer(student, text, student) for student, text in answers)
    return Alike(cell, tuple(student for student, _ in answers), shown, 97, 7, 6, 30.0)


def report_of(records, groups=(), uses=None, name="tiny", items=ITEMS):
    whole = ClassRecord(list(items), list(records))
    facts = ClassFacts.of(whole, "v")
    why = reasons(whole, uses or {}, groups)
    found = findings(facts, why, groups)
    return ClassReport(name, "v", whole, facts, why, list(groups), found, {"dropout": STUB})


def read(*words, formgrader="http://localhost:8888/formgrader", **more):
    reader = Reader()
    reader.feed(page(report_of(*words, **more), formgrader, MADE))
    reader.close()
    reader.plain = " ".join(reader.text.split())
    return reader


def rows(reader):
    """Return the cells of the table of all submissions, by student."""
    found = [[" ".join(cell.split()) for cell in row] for row in reader.rows]
    first = next(n for n, row in enumerate(found) if row[:2] == ["student", "handed in (UTC)"])
    return {row[0]: row[1:] for row in found[first + 1 :]}


CLASS = [
    record("ann"),
    record("bob", one=0.0, mistake="identity"),
    record("cem", Status.REMARKS, remark="an odd cell"),
    record("dan", Status.HELD, one=None),
    Record(Entry("eve", dict.fromkeys(["test_one", "test_two"]), Status.MISSING, cause="nothing")),
    Record(Entry("fay", dict.fromkeys(["test_one", "test_two"]), NOT_GRADED, cause="not since")),
]


def test_each_submission_has_a_row():
    """With time, status, points and what is to be said; what is not known is no 0."""
    noon = dt.datetime.fromisoformat("2026-01-01 12:00")
    late = record("gus", submitted=Submitted("", noon, 5400.0, "idgus"))
    late = replace(late, entry=replace(late.entry, late_penalty=0.5))
    found = rows(read([*CLASS, late]))
    assert found["ann"] == ["", "", "graded", "1", "2", "", "3", ""]
    assert found["cem"][-1] == "remarks: an odd cell"
    assert found["dan"][:7] == ["", "", "grader's fault", "-", "2", "", "-"]
    assert found["eve"] == ["", "", "missing", "-", "-", "", "-", "nothing"]
    assert found["gus"] == ["2026-01-01 12:00", "1.5 h", "graded", "1", "2", "0.5", "2.5", ""]
    assert list(found) == ["ann", "bob", "cem", "dan", "eve", "fay", "gus"]


def test_each_student_leads_to_the_formgrader():
    """To the graded notebook, or where it can be graded if there is none."""
    waiting = replace(
        CLASS[5], submitted=Submitted("", None, 0.0, "idfay")
    )  # which was graded once
    links = read([*CLASS[:5], waiting], formgrader="https://hub/x/formgrader/").links
    assert links["ann"] == "https://hub/x/formgrader/submissions/idann/"
    assert links["eve"] == links["fay"] == "https://hub/x/formgrader/manage_submissions/tiny/"


def test_the_page_has_statistics_rates_and_mistakes():
    """Of those who have a grade: 3, 2 and 3 points of 3."""
    reader = read(CLASS)
    cells = [[" ".join(cell.split()) for cell in row] for row in reader.rows]
    assert ["total", "3", "2.67", "3.00", "0.58", "2 (67 %)"] in cells
    assert ["It scales. (without it, the item scores 0)", "75 %", "3", "1", "0", "-"] in cells
    assert ["Mend identity.mutant identity", "1", "1", "one", "bob"] in cells
    assert "3 others are not counted: missing" in reader.plain
    assert "1 other is not counted: missing" in read(CLASS[:4]).plain
    assert "6 students: 2 graded, 1 graded with remarks" in reader.plain
    assert "not defined: fewer than 10 submissions" in reader.plain
    assert "nan" not in reader.plain.lower().split()


def test_each_picture_has_its_words():
    """One of the total and one of each item, with a text for those who cannot see them."""
    labels = [attrs["aria-label"] for tag, attrs in read(CLASS).tags if tag == "svg"]
    assert [label.partition(".")[0] for label in labels] == [
        "Points, total", "Points, one", "Points, two",
    ]  # fmt: skip


def test_like_answers_stand_side_by_side():
    """As they were written; longer passages as released are left out."""
    text = STUB.replace("raise NotImplementedError()", "return 1  # mine")
    reader = read(CLASS, [like(("ann", text), ("bob", "return 2"))])
    assert "return 1 # mine" in reader.plain
    assert "return 2" in reader.plain
    assert "At once." not in reader.plain
    assert "97 % is the same. They share 7 lines of their own; nobody else has 6 of these" in (
        reader.plain
    )
    assert rows(reader)["ann"][-1] == "near-identical answers: dropout: like bob"


def test_a_large_answer_and_many_groups_are_cut():
    """The page stays one that can be read, and says what it leaves out."""
    long = "x = 1\n" * MOST_TEXT
    reader = read(CLASS, [like(("ann", long), ("bob", long))] * (MOST_GROUPS + 2))
    assert f"{len(long) - MOST_TEXT} more characters" in reader.plain
    assert "2 more groups, less striking, are not shown" in reader.plain
    one_more = read(CLASS, [like(("ann", ""), ("bob", ""))] * (MOST_GROUPS + 1))
    assert "1 more group, less striking, is not shown" in one_more.plain
    assert reader.text.count("x = 1") < 2 * MOST_GROUPS * MOST_TEXT / 6 + 10


def test_students_graded_with_other_suites_are_listed():
    """With what to do."""
    other = replace(CLASS[0].report, version="old")
    assert (
        "1 submission was graded with another version"
        in read([replace(CLASS[0], report=other)]).plain
    )
    assert "another version" not in read(CLASS).plain


HOSTILE_CLASSES = {
    "student": ([record(HOSTILE)], {}),
    "remark": ([record("ann", Status.REMARKS, remark=HOSTILE)], {}),
    "cause": ([Record(Entry("ann", {}, Status.MISSING, cause=HOSTILE))], {}),
    "mistake": ([record("ann", one=0.0, mistake=HOSTILE)], {}),
    "answer": (CLASS, {"groups": [like(("ann", HOSTILE), ("bob", HOSTILE))]}),
    "like student": ([record(HOSTILE), *CLASS], {"groups": [like((HOSTILE, ""), ("bob", ""))]}),
    "library": (CLASS, {"uses": {"ann": [LibraryUse("torch", "dropout", 3, HOSTILE)]}}),
    "assignment": (CLASS, {"name": HOSTILE}),
    "item": (CLASS, {"items": [Item("test_one", 1.0), Item(HOSTILE, 1.0)]}),
}


@pytest.mark.parametrize(("records", "more"), HOSTILE_CLASSES.values(), ids=HOSTILE_CLASSES)
def test_what_students_write_is_shown_and_no_markup(records, more):
    """Whatever stands in an id, an answer or a remark is text, and so in attributes."""
    reader = read(records, **more)
    names = [tag for tag, _ in reader.tags]
    assert names.count("script") == 1
    assert "img" not in names
    assert HOSTILE in reader.text
    assert not any(name.startswith("on") for _, attrs in reader.tags for name in attrs)


UNSEEN = "a\u202eb\u200bc\x1b[2Jd"  # turned around, joined, and a command for a terminal
UNSEEN_CLASSES = {
    "student": ([record(UNSEEN)], {}),
    "remark": ([record("ann", Status.REMARKS, remark=UNSEEN)], {}),
    "answer": (CLASS, {"groups": [like(("ann", UNSEEN), ("bob", UNSEEN))]}),
    "library": (CLASS, {"uses": {"ann": [LibraryUse("torch", "dropout", 3, UNSEEN)]}}),
}


@pytest.mark.parametrize(("records", "more"), UNSEEN_CLASSES.values(), ids=UNSEEN_CLASSES)
def test_characters_that_cannot_be_seen_are_shown_by_their_numbers(records, more):
    """Nobody can write one id and show another."""
    text = read(records, **more).text
    assert r"a\u202eb\u200bc\x1b[2Jd" in text
    assert not set("\u202e\u200b\x1b") & set(text)


def test_only_our_own_script_can_run():
    """The page's policy names its digest, and lets nothing be loaded."""
    text = page(report_of(CLASS), "http://localhost", MADE)
    script = text.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_the_page_loads_nothing():
    """No address stands in it but those of the links."""
    reader = read(CLASS, [like(("ann", "1"), ("bob", "1"))])
    for tag, attrs in reader.tags:
        assert not {"src", "srcset", "data", "poster", "background"} & set(attrs)
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        for name, value in attrs.items():
            if name in {"href", "xlink:href"} and tag != "a":
                assert value.startswith("#")
    assert "@import" not in page(report_of(CLASS), "http://localhost", MADE)


def test_without_a_script_the_table_is_whole():
    """Filters are hidden until the script shows them, and no row is."""
    tags = read(CLASS).tags
    assert ("form", {"id": "filters", "hidden": None}) in tags
    assert not any("hidden" in attrs for tag, attrs in tags if tag != "form")


def test_each_row_has_what_the_filters_need():
    """Its status, the items that lost points, and whether it needs a human eye."""
    found = [attrs for tag, attrs in read(CLASS).tags if tag == "tr" and "data-status" in attrs]
    assert found[0] == {"data-status": "graded", "data-lost": ""}
    assert found[1] == {"data-status": "graded", "data-lost": "test_one"}
    assert found[2]["data-eye"] == "1"
    assert found[3]["data-lost"] == "", "what is held back is not lost"


@pytest.mark.parametrize("records", [[], CLASS[4:]], ids=["nobody", "nobody graded"])
def test_a_class_without_grades_has_a_page(records):
    """It says so, and draws nothing."""
    reader = read(records)
    assert "Nobody has a grade yet." in reader.plain
    assert "svg" not in [tag for tag, _ in reader.tags]


def test_a_class_of_2000_has_a_page():
    """Whole, with a row for each."""
    assert len(rows(read([record(f"s{n:04}", one=n % 3 / 2) for n in range(2000)]))) == 2000


def test_who_hears_the_page_finds_the_way():
    """No head is empty, headings come in order, and what scrolls has a name of its own."""
    reader = read(CLASS, [like(("ann", "1"), ("bob", "1"))] * 2)
    heads = [row[0].strip() for row in reader.rows]
    assert all(heads)
    levels = [int(tag[1]) for tag, _ in reader.tags if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    scrolling = [attrs for _, attrs in reader.tags if "tabindex" in attrs]
    names = [attrs["aria-label"] for attrs in scrolling if attrs["role"] == "region"]
    assert len(names) == len(set(names)) == len(scrolling) == 5
    assert not any("title" in attrs for _, attrs in reader.tags)


def test_nothing_is_cut_off_on_paper():
    """Paper cannot be scrolled, so tables and code grow instead."""
    paper = page(report_of(CLASS), "http://localhost:8888/formgrader", MADE).split("@media print")
    assert ".wide { overflow: visible; }" in paper[1]
