"""The page of feedback: the gradebook's points, the report's reasons, the notebook; nothing acts."""

import base64
import hashlib
import itertools
import json
import os
import re
import time

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

from autograder.feedback import feedback
from autograder.feedback.feedback import FeedbackExporter, page
from autograder.results.outcome import Diagnosis, ItemResult, Outcome, PropertyResult
from autograder.results.report import KEY, Report, Status
from autograder.results.standing import Mark
from tests.autograder.support.page import Page
from tests.autograder.support.tiny import (
    HANGING,
    HEADER,
    IDENTITY,
    IN_PLACE,
    RIGHT,
    claimed,
    handed_in,
    notebook,
)
from tests.conftest import PROJECT

HOSTILE = (
    "</code></pre></title></style>--><script src=\"https://x.org\">alert('won')</script>"
    "<img src=x onerror=alert('won')><a href=\"javascript:alert('won')\">w</a>"
    "<iframe srcdoc=x></iframe><svg onload=alert('won')>{{ 7 * 7 }}{% raw %}"
)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PASSED = PropertyResult("test_a", "It scales.", Outcome.PASSED)
FAILED = PropertyResult("test_b", "It keeps x.", Outcome.FAILED, "x has been changed [Scaler]")
BROKEN = PropertyResult("test_c", "It is fast.", Outcome.NOT_RUN, "KeyError: 'secret'")


def account(*properties, status=Status.GRADED, remarks=(), advice=()):
    diagnosis = tuple(Diagnosis("a_mutant", text) for text in advice)
    item = ItemResult("test_scaler", 2.0, properties, diagnosis)
    return Report(status, (item,), tuple(remarks))


def make(report, *cells, names=None, comment=None, **mark):
    """Return the page of a report, with what the gradebook has of its one item."""
    points = report.items[0].points if report else None
    usual = {"points": 2.0, "auto": points}
    mark = {**usual, **mark}
    answer = claimed(RIGHT, solution=True, grade_id="scaler", comment=comment)
    graded = claimed("# hidden", grade=True, grade_id="test_scaler", points=2.0, mark=mark)
    whole = notebook(answer, graded, *cells)
    if report:
        whole.metadata[KEY] = nbformat.from_dict(report.to_dict())
    known = {
        "student": "ann", "assignment": "tiny", "notebook": "tiny",
        "score": Mark(**mark).score or 0.0, "max_score": 2.0, "late_penalty": 0,
    }  # fmt: skip
    return Page(page(whole, known | (names or {})))


def test_points_come_first_then_each_property(tiny_course, made):
    """The sum, what to fix, and below each item its tests."""
    tiny_course.hand_in("ann", IN_PLACE)
    tiny_course.grade("ann")
    found = made()
    headings = ["".join(h.itertext()).split() for h in found.all("h1", "h2", "h3", "h4")]
    assert [" ".join(words) for words in headings] == [
        "Feedback: tiny",
        "Fix this",
        "Points",
        "scaler: 1.5 of 2 points",
        "What does not hold",
        "What holds",
        "Your notebook",
        "Scaling",
        "Your answer: scaler",
    ]
    assert found.text.startswith("Skip to the notebook Feedback: tiny ann 1.5 of 2 points Fix this")
    fix = found.section("Fix this")
    assert "This does not hold yet: The input is not changed in place." in fix
    assert "It costs 0.5 points: 0.5 in scaler x has been changed" in fix
    reported = found.section("scaler")
    assert "The tests: 1 failed, 3 passed" in reported
    assert (
        "✗failed: The input is not changed in place. x has been changed, but should stay"
        in reported
    )
    assert reported.count("✓passed: ") == 3
    assert "x *= self.factor" in found.text


def test_what_the_student_returned_is_drawn(tiny_course, made):
    """As a table of their numbers with row and column heads, a sign at each that is wrong."""
    tiny_course.hand_in("ann", f"{HEADER}        return self.factor * x + [0, 0, 1]\n")
    tiny_course.grade("ann")
    found = made()
    [table, *_] = [t for t in found.all("table") if t.get("class") == "map"]
    rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
    assert [row[0] for row in rows] == ["row", "0", "1"]
    assert rows[0][1:] == ["0", "1", "2"]
    assert all(row[3].startswith("✗marked ") and "✗" not in row[1] + row[2] for row in rows[1:])
    caption = found.all("figcaption")[0]
    assert "".join(caption.itertext()).split("\n") == ["output, shape 2 by 3. ✗ not right: 2 of 6."]


def enter(course, student, *, name="test_scaler", **values):
    with Gradebook(course.url, "deep_learning") as gradebook:
        grade = gradebook.find_grade(name, "tiny", "tiny", student)
        for key, value in values.items():
            setattr(grade, key, value)
        gradebook.db.commit()


def test_a_score_by_hand_counts(tiny_course, made):
    """The page has the gradebook's points and comment, and says what the tests gave."""
    tiny_course.hand_in("ann", IN_PLACE)
    tiny_course.grade("ann")
    enter(tiny_course, "ann", manual_score=1.75, extra_credit=0.5)
    with Gradebook(tiny_course.url, "deep_learning") as gradebook:
        comment = gradebook.find_comment("scaler", "tiny", "tiny", "ann")
        comment.manual_comment = f"Nice try.\n{HOSTILE}"
        gradebook.db.commit()
    found = made()
    assert "ann 2.25 of 2 points" in found.text
    told = found.section("scaler")
    assert told.startswith(
        "scaler: 2.25 of 2 points Raised by hand: the tests gave 1.5. 0.5 of them"
    )
    assert "By the tests: " in told
    assert f"Nice try. {' '.join(HOSTILE.split())}" in found.text


def test_a_late_penalty_is_shown(tiny_course, made):
    """With what it took off; the sum is what is left."""
    tiny_course.hand_in("ann", RIGHT)
    tiny_course.grade("ann")
    with Gradebook(tiny_course.url, "deep_learning") as gradebook:
        gradebook.find_submission_notebook("tiny", "tiny", "ann").late_submission_penalty = 0.5
        gradebook.db.commit()
    found = made()
    assert "ann 1.5 of 2 points A late penalty of 0.5 points has been taken off" in found.text
    assert "scaler: 2 of 2 points" in found.text


def test_a_held_item_is_said_to_be_held():
    """A fault of ours shows no zero and no details; a score by hand replaces it."""
    held = account(PASSED, BROKEN, status=Status.HELD)
    found = make(held)
    assert "0 of 2 points so far" in found.text
    reported = found.section("scaler")
    assert reported.startswith(
        "scaler: not graded yet, of 2 points A fault of the grader, not of yours, holds"
    )
    assert "Fix" not in found.text
    assert "?not run: It is fast." in reported
    assert "secret" not in found.html
    not_entered = make(account(PASSED), auto=None).section("scaler")
    assert "The tests gave 2." in not_entered
    assert "A fault of the grader" not in not_entered
    by_hand = make(held, manual=2.0)
    assert "ann 2 of 2 points " in by_hand.text
    assert "so far" not in by_hand.text
    assert "Set by hand: the tests could not be run." in by_hand.section("scaler")


def test_a_notebook_without_a_report_is_not_graded_yet():
    """A grader that was ended half-way leaves one: the page shows no points."""
    found = make(None)
    assert "Not graded yet This notebook has not been graded to the end." in found.text
    assert "of 2" not in found.text
    assert "return x * self.factor" in found.text


def test_the_advice_stands_before_the_properties():
    """Of its item; the mistake's name is ours alone."""
    found = make(account(FAILED, advice=["Copy x.", "Sum it."]))
    told = found.section("Fix these 2 things")
    assert told.index("Copy x.") < told.index("Sum it.")
    assert found.text.index("Sum it.") < found.text.index("What does not hold")
    assert "a_mutant" not in found.text


def test_points_of_tasks_and_of_answers_graded_by_hand_are_shown():
    """These have no tests: the course staff grades them, or has done so."""
    mark = {"points": 1.0}
    essay = claimed("why", grade=True, solution=True, grade_id="essay", mark=mark)
    task = new_markdown_cell("do", metadata={"nbgrader": {
        "schema_version": 3, "grade": False, "solution": False, "locked": False, "task": True,
        "grade_id": "task", "mark": mark | {"manual": 0.5},
    }})  # fmt: skip
    found = make(account(PASSED), essay, task)
    assert (
        found.section("essay")
        == "essay: not graded yet, of 1 point The course staff will grade this by hand."
    )
    assert found.section("task") == "task: 0.5 of 1 point Graded by the course staff."
    assert "2 of 2 points so far" in found.text


def test_each_notebook_of_an_assignment_has_a_page_of_its_own():
    """Named by the notebook, with the assignment beside it."""
    found = make(account(PASSED), names={"notebook": "part-2"})
    assert found.text.startswith("Skip to the notebook Feedback: part-2 ann, tiny")


def test_a_file_that_could_not_be_read_has_its_page(tiny_course, made):
    """With the cause and what to do; there are no outputs to show."""
    tiny_course.hand_in("ann")
    (tiny_course.submitted("ann") / "tiny.ipynb").write_text('{"cells": [')
    tiny_course.grade("ann")
    found = made()
    assert "Status: could not be read. See the remark for the cause" in found.text
    assert "the file is not valid JSON" in found.text
    assert "0 of 2 points" in found.text
    assert "The submitted file could not be read." in found.text
    assert "YOUR CODE HERE" not in found.text


def test_code_that_hangs_has_its_page(tiny_course, made):
    """Which says what did not answer."""
    (tiny_course.assignment.hidden / "manifest.toml").write_text("[limits]\ncall_seconds = 0.5\n")
    tiny_course.hand_in("ann", HANGING)
    tiny_course.grade("ann")
    found = made()
    assert "Status: timed out." in found.text
    assert "did not return within 0.5 seconds" in found.text


def test_who_handed_in_nothing_has_no_page(tiny_course, made):
    """nbgrader makes pages of what was graded."""
    tiny_course.hand_in("ann")
    tiny_course.grade("ann")
    assert made("bob") is None
    assert made("ann")


def outputs():
    """Outputs of every kind, and each has the hostile text in it."""
    kinds = [
        "text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png",
        "image/jpeg", "application/javascript", "application/json", "application/pdf", HOSTILE,
        "application/vnd.jupyter.widget-view+json",
    ]  # fmt: skip
    found = [new_output("display_data", data={kind: HOSTILE}) for kind in kinds]
    found += [
        new_output("display_data", data={kind: HOSTILE, "text/plain": "plain"}) for kind in kinds
    ]
    found += [
        new_output("stream", name="stderr", text=HOSTILE),
        new_output("error", ename=HOSTILE, evalue=HOSTILE, traceback=[HOSTILE]),
        new_output("execute_result", data={"text/html": f"<table><tr><td>{HOSTILE}</table>"}),
        new_output("display_data", data={"image/png": PIXEL, "text/plain": HOSTILE}),
        new_output("display_data", data={"text/latex": f"$\\href{{javascript:alert(1)}}{{{HOSTILE}}}$"}),
    ]  # fmt: skip
    return found


def test_nothing_that_a_student_can_write_acts(tiny_course, made):
    """In text, code, outputs, metadata, names, errors: it is shown, and is no markup."""
    student = "ann<script>alert('won')<"
    answer = f"{HEADER}        raise ValueError({HOSTILE!r})\n"
    folder = tiny_course.hand_in(student, answer)
    whole = handed_in(tiny_course.assignment, answer)
    whole.cells += [new_code_cell(f"# {HOSTILE}", outputs=[o]) for o in outputs()]
    whole.cells += [
        new_markdown_cell(HOSTILE, attachments={"a.png": {"image/png": HOSTILE}}),
        new_markdown_cell(f"![{HOSTILE}]({HOSTILE}) ![x](attachment:a.png) ${HOSTILE}$"),
        nbformat.v4.new_raw_cell(HOSTILE),
        nbformat.from_dict({**new_code_cell("1"), "cell_type": f"x{HOSTILE}"}),
    ]
    whole.metadata = {
        "title": HOSTILE, "kernelspec": {"name": HOSTILE, "display_name": HOSTILE, "language": HOSTILE},
        "language_info": {"name": HOSTILE}, KEY: {"status": HOSTILE}, HOSTILE: HOSTILE,
    }  # fmt: skip
    for cell in whole.cells:
        cell.metadata["tags"] = [HOSTILE]
        cell.metadata.setdefault("nbgrader", {}).update(
            comment=HOSTILE, score=HOSTILE, mark=HOSTILE
        )
    (folder / "tiny.ipynb").write_text(json.dumps(whole))
    (folder / "a<img src=x onerror=alert(1)>.ipynb").write_text("{}")
    tiny_course.grade(student)
    found = made(student)
    assert found is not None
    assert "alert('won')" in found.text
    assert "ValueError: </code>" in found.text
    assert "49" not in found.section("scaler")
    assert "<Figure" not in found.html
    [picture] = found.all("img")
    assert picture.get("src") == f"data:image/png;base64,{PIXEL}"
    assert "ann<script>alert('won')< 0 of 2 points" in found.text


@pytest.mark.parametrize("where", ["message", "sentence", "remark", "advice"])
def test_what_stands_in_a_report_is_no_markup(where):
    """Messages hold what students' code said."""
    broken = PropertyResult(
        "test_h",
        HOSTILE if where == "sentence" else "It holds.",
        Outcome.FAILED,
        HOSTILE if where == "message" else "it does not",
    )
    around = {"remark": {"remarks": [HOSTILE]}, "advice": {"advice": [HOSTILE]}}
    assert " ".join(HOSTILE.split()) in make(account(broken, **around.get(where, {}))).text


def test_a_long_report_stays_small():
    """Messages and remarks are cut, and the page says how many there are."""
    long = [PropertyResult(f"test_{n}", "It holds.", Outcome.FAILED, '"' * 9000) for n in range(50)]
    found = make(account(*long, remarks=[f"remark {n} {'<' * 5000}" for n in range(100)]))
    assert "and 80 more" in found.text
    assert "8400 characters are left out" in found.text
    assert "return x * self.factor" in found.text


@pytest.mark.unmeasured
def test_fifty_megabytes_of_outputs_make_a_small_page(tiny_course, made):
    """In a few seconds; the page says what is left out, and has the answer."""
    whole = handed_in(tiny_course.assignment, RIGHT)
    noise = base64.b64encode(os.urandom(60_000)).decode()
    for n in range(20):
        lines = "".join(f"epoch {k}: loss {k / 7:.9f}\n" for k in range(60_000))
        shown = new_output(
            "display_data", data={"image/png": PIXEL[:10] + noise, "text/plain": "p"}
        )
        whole.cells.append(
            new_code_cell(f"train({n})", outputs=[new_output("stream", text=lines), shown])
        )
    folder = tiny_course.hand_in("ann")
    (folder / "tiny.ipynb").write_text(json.dumps(whole))
    assert (folder / "tiny.ipynb").stat().st_size > 28e6
    tiny_course.grade("ann")
    start = time.monotonic()
    found = made()
    assert time.monotonic() - start < 20
    assert "characters are left out" in found.text
    assert "a picture of 61 kB, to keep this page small" in found.text
    assert "return x * self.factor" in found.text
    assert "epoch 59999" in found.text


@pytest.mark.unmeasured
def test_thousands_of_cells_make_a_small_page(tiny_course, made):
    """What there is no room for is counted."""
    whole = handed_in(
        tiny_course.assignment, RIGHT, *[f"x{n} = {'1 + ' * 300}1" for n in range(900)]
    )
    (tiny_course.hand_in("ann") / "tiny.ipynb").write_text(json.dumps(whole))
    tiny_course.grade("ann")
    found = made()
    assert re.search(r"\d{3} cells are not shown here, to keep this page small", found.text)
    assert "return x * self.factor" in found.text


def test_outputs_are_those_of_the_file_handed_in(tiny_course, made):
    """Shown below the very code that printed them, and below no other; a link is not followed."""
    folder = tiny_course.hand_in("ann", RIGHT)
    whole = nbformat.read(folder / "tiny.ipynb", as_version=4)
    whole.cells.append(new_code_cell("print(1)", outputs=[new_output("stream", text="printed\n")]))
    nbformat.write(whole, folder / "tiny.ipynb")
    tiny_course.grade("ann")
    assert "Code print(1) Output printed" in made().text
    whole.cells[-1].source = "print(2)"
    nbformat.write(whole, folder / "tiny.ipynb")
    assert "printed" not in made().text
    whole.cells[-1].source = "print(1)"
    nbformat.write(whole, tiny_course.root / "other.ipynb")
    (folder / "tiny.ipynb").unlink()
    (folder / "tiny.ipynb").symlink_to(tiny_course.root / "other.ipynb")
    assert "printed" not in made().text


def test_the_same_submission_has_the_same_page(tiny_course, made):
    """To the byte, graded anew as well."""
    tiny_course.hand_in("ann", IDENTITY)
    tiny_course.grade("ann")
    first = made().html
    tiny_course.grade("ann")
    assert made().html == first


def test_the_page_allows_a_browser_nothing_but_its_own_style():
    """By its policy: no script, whatever got past the sanitizer, and nothing from elsewhere."""
    found = make(account(PASSED))
    [style] = found.all("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    [policy] = [m for m in found.all("meta") if m.get("http-equiv")]
    assert policy.get("content") == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'"
    )
    assert "@import" not in style.text
    assert "url(" not in style.text
    viewport = [m.get("content") for m in found.all("meta") if m.get("name") == "viewport"]
    assert viewport == ["width=device-width, initial-scale=1"]


def luminance(colour):
    full = colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
    parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_each_colour_can_be_read_on_each_ground(scheme):
    """With the contrast that WCAG asks for at level AA, 4.5 to 1, in both schemes."""
    style = feedback._environment().globals["style"]
    colours = dict(re.findall(r"--([\w]+): #(\w+)", style.split("@media")[scheme]))
    grounds = {name: colours[name] for name in colours if re.fullmatch(r"page|box|[pn]\d|d", name)}
    inks = colours.keys() - grounds.keys() - {"line"}
    for ink, ground in itertools.product(sorted(inks), grounds):
        if ink == "text" or ground in ("page", "box"):
            dark, light = sorted(map(luminance, (colours[ink], grounds[ground])))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


@pytest.fixture
def stock(tmp_path):
    """A function that makes nbgrader's own page of a notebook, as for an assignment without suites."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(PROJECT)).load_config()
    coursedir = CourseDirectory(root=str(tmp_path), assignment_id="ps1")
    converter = GenerateFeedback(coursedir=coursedir, config=config)
    exporter = FeedbackExporter(parent=converter, config=converter.config)
    names = {"student": "ann", "assignment": "ps1", "notebook": "ps1", "score": 0, "max_score": 2, "late_penalty": 0}  # fmt: skip

    def made(*outputs):
        answer = claimed(RIGHT, solution=True, grade_id="scaler")
        whole = notebook(answer, new_code_cell("f()", outputs=[*outputs]))
        return exporter.from_notebook_node(whole, resources={"nbgrader": names})[0]

    return made


def test_a_stock_page_within_its_limits_is_nbgraders_own(stock):
    """With outputs as they are."""
    table = "<table onclick=f()><tr><td>7</td></tr></table>"
    assert table.replace("f()", '"f()"') in stock(new_output("display_data", {"text/html": table}))


@pytest.mark.parametrize("limit", [{"STOCK_SECONDS": 0.05}, {"STOCK_LARGEST": 1_000_000}])
def test_a_stock_page_beyond_its_limits_is_bounded(stock, monkeypatch, limit):
    """Answers come first, and what has no room is named: no page takes minutes, or fills a disk."""
    for name, value in limit.items():
        monkeypatch.setattr(feedback, name, value)
    many = [
        new_output("display_data", {"text/html": f"<i>{n}</i>{15_000 * chr(97)}"})
        for n in range(100)
    ]
    html = stock(*many)
    assert len(html) < 1_000_000
    assert "class Scaler" in BeautifulSoup(html, "html.parser").get_text()
    assert "Not shown: 70 more outputs of this cell." in html


def test_the_exporter_takes_a_notebook_without_a_course():
    """As nbconvert would call it: there are no outputs then."""
    whole = notebook(claimed("# hidden", grade=True, grade_id="test_scaler", mark={
        "points": 2.0}))  # fmt: skip
    names = {
        "student": "ann", "assignment": "tiny", "notebook": "tiny", "score": 0, "max_score": 2, "late_penalty": 0,
    }  # fmt: skip
    html, resources = FeedbackExporter().from_notebook_node(whole, resources={"nbgrader": names})
    assert "Not graded yet" in Page(html).text
    assert resources["output_extension"] == ".html"
