"""The demo: a made-up class from release to feedback, by nbgrader's own commands."""

import csv
import re
import subprocess
import sys

import pytest

from autograder.audit.page import page as audit_page
from autograder.course.assignment import Assignment
from autograder.course.certificate import certificate_of
from autograder.course.settings import course_in
from autograder.leaks.leaks import Leaks
from demo.students import CLASS
from tests.conftest import PROJECT
from tests.screens import browser
from tests.screens.accessibility import WIDTHS, barriers

SCORES = {  # by hand: what each story must lose
    "student-01": 3.0,
    "student-02": 3.0,
    "student-03": 3.0,
    "student-04": 3.0,
    "student-11": 0.0,
    "student-13": 0.0,
    "student-14": 3.0,
    "student-15": 3.0,
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    root = tmp_path_factory.mktemp("demo") / "course"
    done = subprocess.run(
        [sys.executable, "-m", "demo", str(root)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return root, done.stdout


def page_of(root, student):
    return root / "feedback" / student / "dropout_l2" / "dropout_l2.html"


def rows(root):
    with (root / "grades.csv").open() as grades:
        return {row["student_id"]: row for row in csv.DictReader(grades)}


def test_whole_class_is_in_the_export(demo):
    """Every student of the roster has a line in grades.csv, with 3.0 points to be had."""
    table = rows(demo[0])
    assert sorted(table) == sorted(student.id for student in CLASS)
    assert {row["max_score"] for row in table.values()} == {"3.0"}


def test_scores_are_what_the_stories_deserve(demo):
    """Right solutions get 3.0, empty and unreadable ones 0, and each mistake costs something.

    What was not handed in has no score, not even 0.
    """
    table = rows(demo[0])
    assert table.pop("student-12")["score"] == ""
    scores = {student: float(row["score"]) for student, row in table.items()}
    assert {student: scores[student] for student in SCORES} == SCORES
    others = {student: score for student, score in scores.items() if student not in SCORES}
    assert all(0 < score < 3 for score in others.values()), others


def test_every_submission_has_its_feedback_page(demo):
    """Each student who handed something in, even an unreadable file, gets a feedback page."""
    root, _ = demo
    pages = {path.parent.parent.name for path in root.glob("feedback/*/dropout_l2/dropout_l2.html")}
    assert pages == {student.id for student in CLASS if student.submits}


def test_the_class_report_has_everybody(demo):
    """Each student of the roster has a line in it, and the demo's last lines say where it lies."""
    root, reported = demo
    page = (root / "reports" / "dropout_l2.html").read_text()
    assert all(student.id in page for student in CLASS)
    assert re.search("^report +.*/reports/dropout_l2.html$", reported, re.MULTILINE)


def test_feedback_names_the_property_that_failed(demo):
    """The page of the student whose backward pass has no mask says what is wrong with it."""
    page = page_of(demo[0], "student-07").read_text()
    assert (
        "The gradient depends on grad_output only where the forward pass kept the element" in page
    )


def test_nothing_leaks(demo):
    """Neither the release nor any page nor the export nor the exchange holds what it must not."""
    root, _ = demo
    search = Leaks(Assignment(course_in(root), "dropout_l2"), f"sqlite:///{root / 'gradebook.db'}")
    assert [str(find) for find in search.finds()] == []
    pages = sum(student.submits for student in CLASS)
    assert search.files > 2 * pages  # those in feedback/, and those in the exchange


def test_class_report_is_shown_by_a_browser(demo, tmp_path):
    """With its findings first, as wide as the window; the README has a picture of it."""
    browser.require()
    with browser.launched() as chromium:
        page = chromium.new_page(viewport=browser.SIZE)
        page.goto((demo[0] / "reports" / "dropout_l2.html").as_uri())
        browser.expect(page.get_by_text("16 students: ")).to_be_visible()
        browser.Pictures(tmp_path).take(page, "class-report")
        for width in (390, 1400):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") == width


def test_nothing_bars_anybody_from_a_feedback_page(demo):
    """At the width of a phone and of a desk, light and dark: axe-core finds nothing.

    The pages of twelve stories, and one of them unfolded. A page with one mistake is short.
    """
    browser.require()
    pages = {student.id: page_of(demo[0], student.id) for student in CLASS if student.submits}
    twelve = [*pages.values()][-12:]  # the first ones have full marks
    with browser.launched() as chromium:
        found = [finding for path in twelve for finding in barriers(chromium, path)]
        found += barriers(chromium, pages["student-11"], unfolded=True)
        phone = chromium.new_page(viewport={"width": WIDTHS[0], "height": 844})
        phone.goto(pages["student-08"].as_uri())
        assert phone.evaluate("document.documentElement.scrollHeight") < 3000
    assert found == []


def test_nothing_bars_anybody_from_the_staffs_pages(demo, tmp_path):
    """The class report and the audit's page, likewise."""
    browser.require()
    assignment = Assignment(PROJECT, "dropout_l2")
    titles = {item.name: item.rubric.title for item in assignment.items}
    audited = tmp_path / "audit.html"
    audited.write_text(
        audit_page("dropout_l2", certificate_of(assignment), titles), encoding="utf-8"
    )
    with browser.launched() as chromium:
        for path in (demo[0] / "reports" / "dropout_l2.html", audited):
            assert [*barriers(chromium, path, unfolded=True)] == []


def test_table_names_each_status(demo):
    """The closing table has a line for each student, with a status that a TA understands."""
    _, printed = demo
    for student, status in {
        "student-01": "graded",
        "student-12": "missing",
        "student-13": "could not be read",
        "student-14": "graded with remarks",
        "student-15": "graded with remarks",
    }.items():
        assert re.search(rf"{student}\b.*{status}", printed), printed
    for what in ("gradebook.db", "feedback", "grades.csv"):
        assert what in printed
