"""One student, one number: each view of a class shows the same points, penalties and totals.

The class has all that makes views differ. What each student should have is written down here by
hand, and read back from each view as people and programs read it.
"""

import csv
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from autograder import cli
from autograder.gradebook.export import GradesPlugin
from autograder.gradebook.lms_export import CanvasPlugin, GradescopePlugin, MoodlePlugin
from tests.autograder.gradebook.test_export import App
from tests.autograder.gradebook.test_membership import HEAD, add_table
from tests.autograder.support.course import opened
from tests.autograder.support.one_process import OneProcess, grade_here
from tests.autograder.support.tiny import IDENTITY, IN_PLACE, RIGHT, claimed, make_course

CELLS = ("test_scaler", "essay", "task")
MOST = ("0.7", "0.1", "0.2")  # whose sum as floating-point numbers is 0.9999999999999999
DUE, IN_TIME, LATE = "2026-01-05 10:00:00", "2026-01-05 09:00:00", "2026-01-06 10:00:00"
PENALTY = """
from nbgrader.plugins import LateSubmissionPlugin


class Fifteen(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 3 * 0.05  # 0.15000000000000002


c.AssignLatePenalties.plugin_class = Fifteen
"""
BREAKS = f"{RIGHT}    # breaks the grader\n"


@dataclass(frozen=True)
class Line:
    """What a student has: the points of each cell, penalty and total; None is not known."""

    points: tuple[str | None, str | None, str | None]
    total: str | None
    status: str
    penalty: str = "0"

    @property
    def before(self) -> Decimal | None:
        """The sum before the penalty."""
        return None if None in self.points else sum(map(Decimal, self.points), Decimal())


NOTHING = (None, None, None)
CLASS = {
    "ann": Line(("0.7", "0.1", "0.2"), "1", "graded"),
    "bob": Line(("0.7", "0.1", "0"), "0.65", "graded", "0.15"),
    "cem": Line(("0.45", "0.15", "0.3"), "0.9", "graded"),  # by hand, with extra credit
    "dan": Line((None, "0.1", "0.2"), None, "grader's fault"),
    "eve": Line(("0", "0", "0"), "0", "could not be read"),
    "fay": Line(NOTHING, None, "missing"),
    "gus": Line(("0.52", None, "0.2"), None, "graded"),
    "hal": Line(("0.1", "0", "0"), "0", "graded", "0.1"),
    "ivy": Line(("0.7", "0.1", "0.2"), "1", "graded"),  # in a folder "Ivy"
    "jan": Line(("0.7", "0.1", "0"), "0.65", "in another's submission", "0.15"),  # in bob's team
    "kay": Line(("0", "0", "0"), "0", "graded"),
}
BY_HAND = {  # essay and task, and of some the item
    "ann": (0.1, 0.2), "bob": (0.1, 0.0), "cem": (0.15, 0.3, 0.4), "dan": (0.1, 0.2),
    "eve": (0.0, 0.0), "gus": (None, 0.2), "hal": (0.0, 0.0, 0.1),
    "ivy": (0.1, 0.2), "kay": (0.0, 0.0),
}  # fmt: skip
EXTRA = {"cem": 0.05}
GRADED = [who for who in CLASS if who not in ("fay", "jan")]
ROSTER = "".join(f"{who},{who}@u.edu\n" for who in CLASS)


class Breaking(OneProcess):
    """A pool that cannot grade one of the answers, by our fault."""

    def grade(self, notebooks):
        if b"breaks the grader" in notebooks["tiny"].content:
            raise ZeroDivisionError("we cannot divide")
        return super().grade(notebooks)


def with_manual_cells(assignment):
    """Add a free text and a task, which humans grade, to source and release."""
    for stage in ("source", "release"):
        path = assignment.root / stage / "tiny" / "tiny.ipynb"
        whole = nbformat.read(path, as_version=4)
        text = "YOUR ANSWER HERE"  # as nbgrader releases it
        essay = claimed(text, grade=True, solution=True, grade_id="essay", points=float(MOST[1]))
        task = claimed("Draw it.", task=True, grade_id="task", points=float(MOST[2]))
        for cell in (essay, task):
            more = new_markdown_cell(cell.source, metadata=cell.metadata)
            whole.cells.append(more)
        nbformat.write(whole, path)


def hand_in(course):
    course.hand_in("ann", RIGHT, stamp=IN_TIME)
    course.hand_in("bob", RIGHT, stamp=LATE)
    course.hand_in("cem", IDENTITY, stamp=IN_TIME)
    course.hand_in("dan", BREAKS, stamp=IN_TIME)
    (course.hand_in("eve", stamp=IN_TIME) / "tiny.ipynb").write_text("{")
    course.hand_in("gus", IN_PLACE, stamp=IN_TIME)
    course.hand_in("hal", RIGHT, stamp=LATE)
    course.hand_in("Ivy", RIGHT, stamp=IN_TIME)
    course.hand_in("kay", IDENTITY, stamp=LATE)
    path = course.submitted("bob") / "tiny.ipynb"
    whole = nbformat.read(path, as_version=4)
    whole.cells[1].source = f"{HEAD}| Bob | 1 | bob@u.edu |\n| Jan | 2 | jan@u.edu |\n"
    nbformat.write(whole, path)


def enter_by_hand(gradebook):
    """Enter what humans give, as the Formgrader does."""
    for student, scores in BY_HAND.items():
        for name, score in zip(("essay", "task", "test_scaler"), scores, strict=False):
            grade = gradebook.find_grade(name, "tiny", "tiny", student)
            grade.manual_score, grade.needs_manual_grade = score, score is None
    for student, credit in EXTRA.items():
        gradebook.find_grade("test_scaler", "tiny", "tiny", student).extra_credit = credit
    gradebook.db.commit()


@pytest.fixture(scope="module")
def views(tmp_path_factory, empty_gradebook, grading_process):
    """The class graded, marked by hand and graded once more; and what that run printed."""
    assignment = make_course(tmp_path_factory.mktemp("views"), points=float(MOST[0]))
    add_table(assignment, "| *First* | *0000000* | *first@example.org* |\n")
    with_manual_cells(assignment)
    (assignment.root / "roster.csv").write_text(f"id,email\n{ROSTER}")
    with opened(assignment, empty_gradebook, grading_process) as course:
        course.set(PENALTY)
        with Gradebook(course.url, "deep_learning") as gradebook:
            gradebook.update_or_create_assignment("tiny", duedate=f"{DUE} UTC")
            gradebook.add_student("fay")
        hand_in(course)
        run = partial(grade_here, course.root, grading_process, pool=Breaking)
        assert run().exit_code == 1  # one is held back
        with Gradebook(course.url, "deep_learning") as gradebook:
            enter_by_hand(gradebook)
        again = run("--force", "--json")
        yield SimpleNamespace(course=course, run=again)


def number(text):
    """Return what a view shows as a decimal; None where it shows that nothing is known."""
    return None if text in ("", "-", None) else Decimal(str(text))


def wanted(student):
    line = CLASS[student]
    return [number(p) for p in line.points], number(line.penalty), number(line.total)


def test_the_lines_of_grade(views):
    """`autograder grade` shows the gradebook's total, with penalties and scores by hand."""
    lines = dict(
        re.findall(r"^(\w{3}): (.* points?(?: so far)?, .*)$", views.run.stderr, re.MULTILINE)
    )
    late = {who: f"; late penalty {CLASS[who].penalty}" for who in ("bob", "hal")}
    for student in GRADED:
        line = CLASS[student]
        if student == "gus":
            shown = "0.72 of 1 point so far, graded"
        else:
            shown = f"{line.total or 'held back'} of 1 point, {line.status}"
        assert lines[student] == shown + late.get(student, "")


def test_the_json_of_grade(views):
    """The same as numbers, without a float's tail."""
    reported = {one["student"]: one for one in json.loads(views.run.stdout)["graded"]}
    assert sorted(reported) == sorted(GRADED)
    for student in GRADED:
        one = reported[student]
        found = [number(one["points"][name]) for name in CELLS]
        assert (found, number(one["late_penalty"]), number(one["total"])) == wanted(student)
        assert number(one["total_before_penalty"]) == CLASS[student].before
        assert (one["max_total"], one["status"]) == (1.0, CLASS[student].status)


def command(views, *words):
    done = CliRunner().invoke(
        cli.commands, [*words, "--course", str(views.course.root)], env={"COLUMNS": "200"}
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_json_of_status(views):
    """Status word, points, penalty and total of each student."""
    document = json.loads(command(views, "status", "tiny", "--json"))
    most = dict(zip(CELLS, map(float, MOST), strict=True))
    assert (document["max_points"], document["max_total"]) == (most, 1.0)
    reported = {one["student"]: one for one in document["students"]}
    assert sorted(reported) == sorted(CLASS)
    for student, one in reported.items():
        found = [number(one["points"][name]) for name in CELLS]
        assert (found, number(one["late_penalty"]), number(one["total"])) == wanted(student)
        assert number(one["total_before_penalty"]) == CLASS[student].before
        assert one["status"] == CLASS[student].status


def test_the_table_of_status(views):
    """The penalty stands between the points and the total that it is taken off."""
    reported = command(views, "status", "tiny")
    rows = {words[0]: words[1:] for line in reported.splitlines() if (words := line.split())}
    assert rows["student"] == ["1", "2", "3", "late", "total", "status", "what", "to", "know"]
    for item in ("1: scaler, 0.7 points", "2: essay, 0.1 points", "3: task, 0.2 points"):
        assert f"\nitem {item}\n" in reported
    assert rows["total:"] == ["1", "point"]
    for student, line in CLASS.items():
        penalty = [line.penalty] * (line.penalty != "0")
        shown = [p or "-" for p in (*line.points, *penalty, line.total)]
        whole = [*shown, *line.status.split()]
        assert rows[student][: len(whole)] == whole


def export(views, plugin, **options):
    to = views.course.root / "out.csv"
    app = App(coursedir=views.course.coursedir)
    with Gradebook(views.course.url, "deep_learning") as gradebook:
        plugin(parent=app, to=str(to), **options).export(gradebook)
    with to.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def test_the_export(views):
    """nbgrader's own columns and ours; the maximum is that of all cells."""
    rows = {row["student_id"]: row for row in export(views, GradesPlugin)}
    assert sorted(rows) == sorted(CLASS)
    for student, row in rows.items():
        line = CLASS[student]
        found = [number(row[name]) for name in CELLS]
        penalty = number(row["late_submission_penalty"]) or Decimal()
        assert (found, penalty, number(row["score"])) == wanted(student)
        assert number(row["raw_score"]) == line.before
        assert (row["max_score"], row["status"]) == ("1.0", line.status)


def test_the_exports_for_an_lms(views):
    """Canvas, Moodle and Gradescope: the total after the penalty, the items, the maximum."""
    canvas = {row["SIS Login ID"]: row for row in export(views, CanvasPlugin, item_columns=True)}
    moodle = {row["Email address"]: row for row in export(views, MoodlePlugin)}
    gradescope = {row["SID"]: row for row in export(views, GradescopePlugin)}
    assert canvas[""]["tiny"] == "1.0"
    for student, line in CLASS.items():
        points, penalty, total = wanted(student)
        row = canvas[student]
        assert [number(row[f"tiny: {name}"]) for name in CELLS] == points
        assert number(row["tiny"]) == total
        row = moodle[f"{student}@u.edu"]
        assert [number(row[f"tiny: {name} (Real)"]) for name in CELLS] == points
        assert number(row["tiny (Real)"]) == total
        assert (number(row["tiny (Late penalty)"]) or 0) == penalty
        assert row["tiny (Status)"] == line.status
        row = gradescope[student]
        heads = zip((1, 2, 3), CELLS, map(float, MOST), strict=True)
        assert [number(row[f"{n}: {name} ({most} pts)"]) for n, name, most in heads] == points
        assert number(row["Total Score"]) == total
        assert (number(row["Late Penalty"]) or 0) == penalty
        assert row["Max Points"] == "1.0"


def test_the_class_report(views):
    """The page's table, and the mean of its totals."""
    command(views, "report", "tiny")
    page = BeautifulSoup((views.course.root / "reports" / "tiny.html").read_text(), "html.parser")
    table = page.find(id="submissions")
    heads = [" ".join(th.text.split()) for th in table.thead.find_all("th")]
    assert [head for head in heads if " of " in head] == [
        "scaler of 0.7", "essay of 0.1", "task of 0.2", "total of 1",
    ]  # fmt: skip
    rows = {}
    for line in table.tbody.find_all("tr"):
        cells = [cell.text.strip() for cell in line.find_all("td")]
        rows[cells[0]] = dict(zip(heads, cells, strict=True))
    assert sorted(rows) == sorted(CLASS)
    for student, row in rows.items():
        points = [number(row[head]) for head in heads if " of " in head][:3]
        penalty = number(row["late penalty"]) or Decimal()
        assert (points, penalty, number(row["total of 1"])) == wanted(student)
        assert row["status"] == CLASS[student].status
    (total,) = [
        [cell.text.strip() for cell in line.find_all(["th", "td"])]
        for line in page.find_all("tr")
        if line.th and line.th.text == "total"
    ]
    assert "7 submissions with a grade are counted" in " ".join(page.text.split())
    # (1 + 0.65 + 0.9 + 0 + 0 + 1 + 0) / 7: ann, bob, cem, eve, whose text a human has graded though
    # her file could not be read, hal, ivy and kay
    assert total[1:3] == ["1", "0.51"]


def test_the_feedback(views):
    """What a student reads: each cell, the total, and what being late has cost."""
    for student in GRADED:
        line = CLASS[student]
        assert views.course.api.generate_feedback("tiny", student, force=True)["success"]
        path = views.course.root / "feedback" / student / "tiny" / "tiny.html"
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        shown = " ".join(page.find(class_="total").text.split())
        if line.total is not None:
            assert shown == f"{line.total} of 1 point"
        else:
            known = sum(map(Decimal, filter(None, line.points)), Decimal())
            assert shown == f"{known} of 1 point so far"
        reported = re.findall(r"late penalty of (\S+) points? has been taken off", page.text)
        assert reported == [line.penalty] * (line.penalty != "0")
        headings = [" ".join(h.text.split()) for h in page.find_all("h3", id=re.compile("item-"))]
        assert headings == [
            f"{name.removeprefix('test_')}: "
            f"{'not graded yet, of' if points is None else f'{points} of'} "
            f"{most} {'point' if most == '1' else 'points'}"
            for name, points, most in zip(CELLS, line.points, MOST, strict=True)
        ]


def test_the_formgrader_and_the_gradebook(views):
    """nbgrader shows the sum before the penalty; what we enter has no float's tail."""
    reported = {one["student"]: one for one in views.course.api.get_submissions("tiny")}
    with Gradebook(views.course.url, "deep_learning") as gradebook:
        for student in GRADED:
            line = CLASS[student]
            known = sum(map(Decimal, filter(None, line.points)), Decimal())
            assert reported[student]["score"] == pytest.approx(float(known), abs=1e-12)
            assert reported[student]["max_score"] == pytest.approx(1.0, abs=1e-12)
            entered = gradebook.find_submission("tiny", student)
            assert Decimal(str(entered.late_submission_penalty)) == Decimal(line.penalty)
            automatic = gradebook.find_grade("test_scaler", "tiny", "tiny", student).auto_score
            assert len(str(automatic)) <= len("0.52")
