"""`autograder report`: a small class graded end to end, its page and its output."""

import json
import os
import re

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from autograder import cli
from autograder.commands import console
from autograder.course.assignment import Assignment
from tests.autograder.class_report.test_page import Reader, rows
from tests.autograder.gradebook.test_membership import HEAD, PLACEHOLDERS, add_table
from tests.autograder.support.tiny import (
    HEADER,
    IDENTITY,
    IN_PLACE,
    MUTANTS,
    OBSERVED,
    RIGHT,
    add_rubric,
)

COPIED = f"""{HEADER}        first = np.sin(x) * 0 + x
        second = np.cos(first) * 0 + first
        third = np.exp(second) * 0 + second
        fourth = np.tanh(third) * 0 + third
        return self.factor * fourth
"""
WITH_TORCH = f"import torch\n\n\n{RIGHT}"


@pytest.fixture
def course(tiny_course):
    """A class of nine: right, wrong, copied, with PyTorch, no notebook, and nothing handed in."""
    for student in ("ann", "bob", "cem"):
        tiny_course.hand_in(student)
    tiny_course.hand_in("dan", IDENTITY, stamp="2026-01-02 03:04:05")
    tiny_course.hand_in("eve", COPIED)
    tiny_course.hand_in("fay", COPIED.replace("first", "mine").replace("\n", "  # so\n"))
    tiny_course.hand_in("gus", WITH_TORCH)
    (tiny_course.hand_in("hal") / "tiny.ipynb").write_text("{")
    tiny_course.hand_in("<b>ida")
    return tiny_course


def run(root, *words):
    return CliRunner().invoke(
        cli.commands, ["report", "tiny", "--course", str(root), *words], env={"COLUMNS": "80"}
    )


def read(path):
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.plain = " ".join(reader.text.split())
    return reader


def test_a_class_that_was_graded_is_on_one_page(course, grade):
    """Points, rates and odd ones are the gradebook's and the reports'."""
    grade()
    course.mark_by_hand("bob", 1.25)
    result = run(course.root)
    assert result.exit_code == 0, result.output
    path = course.root / "reports" / "tiny.html"
    reader = read(path)
    found = rows(reader)
    assert list(found) == ["<b>ida", "ann", "bob", "cem", "dan", "eve", "fay", "gus", "hal"]
    assert {student: row[3] for student, row in found.items()} == {
        "<b>ida": "2", "ann": "2", "bob": "1.25", "cem": "2", "dan": "0",
        "eve": "2", "fay": "2", "gus": "2", "hal": "0",
    }  # fmt: skip
    assert found["dan"][0] == "2026-01-02 03:04"
    assert found["bob"][-1] == "a score by hand: scaler"
    assert found["eve"][-1].startswith("near-identical answers: scaler: like fay")
    assert found["gus"][-1].startswith(
        "a forbidden library in graded code: scaler, line 1: import torch"
    )
    assert found["hal"][-1].startswith("could not be read: the file is not valid JSON")
    assert found["ann"][-1] == ""
    # of eight that could be read six have 2 points, one 1.25, one 0: 13.25 in all, 1.65625 each;
    # squares of what is missing to that: 6 * 0.1182 + 0.1650 + 2.7432 = 3.6172, over 7 0.5167
    cells = [[" ".join(cell.split()) for cell in row] for row in reader.rows]
    assert ["total", "2", "1.66", "2.00", "0.72", "6 (75 %)"] in cells
    assert ["The input is not changed in place.", "100 %", "8", "0", "0", "-"] in cells
    assert ["The output is factor * x, for any factor.", "88 %", "7", "1", "0", "-"] in cells
    assert "1 other is not counted: missing, not graded yet" in reader.plain


def test_the_output_ends_with_the_path_and_three_findings(course, grade):
    """A plain line for each step before them, where there is no terminal."""
    grade()
    lines = run(course.root).output.splitlines()
    assert lines == [
        "reading what was graded",
        "looking for forbidden libraries",
        "comparing the answers scaler",
        "drawing",
        f"{course.root}/reports/tiny.html: 9 students",
        "- could not be read, 1 submission: ask the student for the file again, and grade it",
        "- 2 students have near-identical answers, in 1 group: compare them",
        "- a forbidden library in graded code, 1 submission: read the line; the grader used no value from it",
    ]


def test_on_a_terminal_bars_run(course, grade, monkeypatch):
    """For each step, and they are gone at the end."""
    made = console.Console
    monkeypatch.setattr(console, "Console", lambda **o: made(force_terminal=True, width=300, **o))
    grade()
    output = run(course.root).output
    assert re.search("reading what was graded .*━", output)
    assert "tiny.html: 9 students" in output


def test_a_team_is_not_alike_and_no_member_of_one_is_missing(course, grade):
    """Two who hand in twice and name each other have one author; a third has handed in nothing."""
    add_table(Assignment(course.root, "tiny"), PLACEHOLDERS)
    (course.root / "roster.csv").write_text(
        "id,email\neve,eve@u.edu\nfay,fay@u.edu\njan,jan@u.edu\n"
    )
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "course") as gradebook:
        gradebook.add_student("jan")
        gradebook.add_student("kay")
    table = HEAD + "| Eve | 1 | eve@u.edu |\n| Fay | 2 | fay@u.edu |\n| Jan | 3 | jan@u.edu |\n"
    for student in ("eve", "fay"):
        path = course.root / "submitted" / student / "tiny" / "tiny.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.insert(1, new_markdown_cell(table))
        nbformat.write(notebook, path)
    grade()
    result = run(course.root, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["alike"] == []
    found = rows(read(course.root / "reports" / "tiny.html"))
    assert found["jan"][2] == "in several teams"
    assert found["kay"][2] == "missing"


def test_each_name_leads_to_the_formgraders_page(course, grade):
    """By the number under which nbgrader itself has the notebook."""
    grade()
    run(course.root, "--formgrader", "https://hub/formgrader/")
    links = read(course.root / "reports" / "tiny.html").links
    theirs = course.api.get_notebook_submissions("tiny", "tiny")
    assert len(theirs) == 9
    for one in theirs:
        address = f"https://hub/formgrader/submissions/{one['id']}/"
        assert links[one["student"]] == address


def test_mistakes_are_those_that_were_diagnosed(tmp_path, tiny_course, grade, one_process):
    """Named by the certificate, with who made them."""
    for name, text in OBSERVED.items():
        (tiny_course.assignment.hidden / name).write_text(text, encoding="utf-8")
    folder = tiny_course.root / "tests" / "mutants" / "tiny"
    folder.mkdir(parents=True)
    for name, text in MUTANTS.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    audited = CliRunner().invoke(
        cli.commands, ["audit", "tiny", "--course", str(tiny_course.root), "--jobs", "1"]
    )
    assert audited.exit_code == 0, audited.output
    answers = {"ann": IN_PLACE, "bob": IN_PLACE, "cem": IDENTITY, "dan": RIGHT, "eve": RIGHT}
    for student, answer in answers.items():
        tiny_course.hand_in(student, answer)
    grade()
    document = json.loads(run(tiny_course.root, "--json").stdout)
    made = {one["mistake"]: one for one in document["mistakes"]}
    assert made["in_place"]["advice"] == "Leave x as it is."
    assert made["in_place"]["students"] == ["ann", "bob"]
    assert [one["item"] for one in made["in_place"]["criteria"]] == ["test_scaler"]
    printed = run(tiny_course.root).output
    assert document["lecture"]
    assert all(f"- {sentence}" in printed for sentence in document["lecture"])
    assert "in 2 submissions: Leave x as it is." in printed
    assert "Leave x as it is." in read(tiny_course.root / "reports" / "tiny.html").plain


def test_the_document_has_what_each_criterion_cost(tiny_course, grade):
    """By item, in the rubric's order; the page has it too."""
    add_rubric(tiny_course.assignment)
    for student, answer in {"ann": IN_PLACE, "bob": IDENTITY, "cem": RIGHT}.items():
        tiny_course.hand_in(student, answer)
    grade()
    document = json.loads(run(tiny_course.root, "--json").stdout)
    found = [(one["name"], one["lost"], one["cost"]) for one in document["criteria"]]
    assert found == [("scales", 1, 1.2), ("default", 1, 0.6), ("keeps", 2, 0.4)]
    assert {one["item"] for one in document["criteria"]} == {"test_scaler"}
    assert "The factor is 2 by default." in read(tiny_course.root / "reports" / "tiny.html").plain


def test_the_page_may_lie_elsewhere(course, grade, tmp_path):
    """In an existing folder; otherwise an error comes before anything is read."""
    grade()
    assert run(course.root, "--to", str(tmp_path / "class.html")).exit_code == 0
    assert "class report" in (tmp_path / "class.html").read_text(encoding="utf-8")
    assert not (course.root / "reports").exists()
    result = run(course.root, "--to", str(tmp_path / "no" / "class.html"))
    assert result.exit_code == 2
    assert "make the folder" in result.output


def test_a_page_that_cannot_be_written_is_an_error(course, grade):
    """With the remedy."""
    grade()
    (course.root / "reports").write_text("")
    result = run(course.root)
    assert result.exit_code == 1
    assert "cannot be written (" in result.output
    assert "choose another file with --to" in " ".join(result.output.split())


@pytest.mark.parametrize("url", ["javascript:alert(1)", "localhost:8888", ""])
def test_the_formgraders_address_must_be_one(course, url):
    """A link that does something else is wrong usage."""
    result = run(course.root, "--formgrader", url)
    assert result.exit_code == 2
    assert "must begin with http:// or https://" in " ".join(result.output.split())


def test_a_class_that_is_not_graded_has_a_page(course):
    """Each submission waits, and the page says what to do."""
    course.hand_in(os.fsdecode(b"j\xffn"))
    result = run(course.root)
    assert result.exit_code == 0, result.output
    assert "- not graded yet, 10 submissions: run `autograder grade tiny`" in result.output
    assert "Nobody has a grade yet." in read(course.root / "reports" / "tiny.html").plain


def test_the_gradebook_may_be_another(course, grade):
    """Points that are not in it are not on the page."""
    grade()
    result = run(course.root, "--db", f"sqlite:///{course.root}/no.db")
    assert isinstance(result.exception, Exception)
    assert "no.db not found: run `autograder grade tiny`" in str(result.exception)


def test_nothing_but_the_page_is_written(course, grade):
    """A report changes neither the gradebook's rows nor the graded notebooks."""
    grade()
    run(course.root)
    before = {
        path: path.stat().st_mtime_ns
        for path in course.root.glob("**/*")
        if path.is_file() and "reports" not in path.parts and path.suffix != ".pyc"
    }
    run(course.root)
    after = {path: path.stat().st_mtime_ns for path in before}
    assert after == before
