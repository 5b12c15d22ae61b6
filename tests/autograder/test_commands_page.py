"""The page on commands has every command, every option, every exit code and every key of JSON."""

import importlib
import json
import re
import shutil

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.audit.edit_auditor import EditedSolution, Solution, Trial, Tried, Verdict
from autograder.audit.edit_kinds import KINDS
from autograder.audit.edits import Edit
from autograder.commands import audit as audit_module
from autograder.commands import audit_edits
from autograder.commands import status as status_module
from autograder.gradebook.class_record import ClassRecord, Record
from autograder.gradebook.entry import Entry
from autograder.results.report import Report, Status
from tests.autograder.commands.test_report import COPIED
from tests.autograder.gradebook.test_membership import PLACEHOLDERS, ROWS, add_table, hand_in
from tests.autograder.support.certificate import certificate, mistake
from tests.autograder.support.one_process import grade_here
from tests.autograder.support.results import judged, property_of
from tests.autograder.support.tiny import IDENTITY, add_rubric, make_course
from tests.conftest import PROJECT

PAGE = (PROJECT / "docs" / "commands.md").read_text(encoding="utf-8")


def section(name):
    """Return what stands under a heading."""
    found = re.search(rf"^## {re.escape(name)}\n(.+?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, name
    return found[1]


def keys(data):
    """Return all keys of a document, but those that are names of items."""
    if isinstance(data, list):
        return set().union(*map(keys, data))
    if not isinstance(data, dict):
        return set()
    named = {key for key in data if not key.startswith("test_")}
    return named.union(*map(keys, data.values()))


def documented(name):
    """Return the words in the row of `--json` that are set as code."""
    (row,) = re.findall(r"^\| `--json` \| (.+) \|$", section(f"autograder {name}"), re.MULTILINE)
    return {word for word in re.findall(r"`([^`]+)`", row) if not word.startswith("-")}


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_each_command_has_a_section_with_its_options(name):
    """All that it has, and none that it has not."""
    command = getattr(importlib.import_module(f"autograder.commands.{name}"), name)
    options = {opt for param in command.params for opt in param.opts if opt.startswith("-")}
    rows = re.findall(r"^\| `(--[\w-]+)", section(f"autograder {name}"), re.MULTILINE)
    assert sorted(rows) == sorted(options)


def test_no_section_is_of_a_command_that_is_gone():
    """A section a command."""
    assert sorted(re.findall(r"^## autograder (\w+)$", PAGE, re.MULTILINE)) == sorted(cli.COMMANDS)


def test_exit_codes_are_those_of_the_help():
    """The same numbers, in the same order."""
    codes = re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE)
    assert codes == re.findall(r"^  (\d+) ", cli.EXIT_CODES, re.MULTILINE)


def test_keys_of_status(tiny, monkeypatch, empty_gradebook):
    """With a student who has all that there can be."""
    line = Entry("ann", {"test_scaler": 1.0}, Status.REMARKS, ("odd",), "odd", "read it", "all")
    report = Report(Status.REMARKS, (judged(property_of("scales"), name="test_scaler"),))
    found = ClassRecord(tiny.items, [Record(line, report)])
    monkeypatch.setattr(status_module, "read_class", lambda *_: found)
    shutil.copy(empty_gradebook, tiny.root)
    result = CliRunner().invoke(
        cli.commands, ["status", "tiny", "--json", "--course", str(tiny.root)]
    )
    document = json.loads(result.stdout)
    assert document.pop("counts") == {"graded with remarks": 1}
    assert {"counts"} | keys(document) == documented("status")
    assert document["students"][0]["total"] == 1.0


def test_keys_of_leaks(tiny):
    """With one find."""
    (tiny.root / "release" / "tiny" / "notes.txt").write_text("see /srv/course/x.py\n")
    result = CliRunner().invoke(
        cli.commands, ["leaks", "tiny", "--json", "--course", str(tiny.root)]
    )
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert keys(document) == documented("leaks")
    assert (document["files"], len(document["finds"])) == (3, 1)


def test_keys_of_audit(tiny, monkeypatch):
    """With a mutant that one property alone catches; a defect stands in the document."""
    found = certificate(mistake("zeros", test_one={"output": "0"}), defects=("no mutant",))

    class Known:
        def __init__(self, assignment, jobs, tick, chance):
            pass

        def audit(self):
            return found

        def repeat(self, certificate, times, only):
            return ["turned with seed 3"]

    monkeypatch.setattr(audit_module, "Auditor", Known)
    words = ["audit", "tiny", "--json", "--course", str(tiny.root)]
    result = CliRunner().invoke(cli.commands, words)
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert keys(document) == documented("audit")
    assert document["faults"] == ["no mutant", "turned with seed 3"]
    assert document["lone_catches"] == [
        {"mutant": "zeros", "item": "test_one", "property": "test_a"}
    ]


def test_keys_of_an_audit_by_edits():
    """They are in the row of the option."""
    edited = EditedSolution(
        Solution("turned", "scaler", "", 1), Edit("name", "", 1, "", "x", "y", "y")
    )
    trial = Trial([Tried(edited, verdict, {"test_one": {}}) for verdict in Verdict])
    document = audit_edits.document("tiny", trial)
    counts = document.pop("counts")
    found = {"counts", "all"} | keys(document) | keys([*counts.values()])
    assert counts.keys() == {*KINDS, "all"}
    (row,) = re.findall(r"^\| `--edits` \| (.+) \|$", section("autograder audit"), re.MULTILINE)
    assert found == {word for word in re.findall(r"`([^`]+)`", row) if not word.startswith("-")}


def test_keys_of_grade(tiny_course, grading_process):
    """Of a run, and of a dry run in which points would move."""
    tiny_course.hand_in("ann")
    dry = grade_here(tiny_course.root, grading_process, "--json", "--dry-run")
    ran = grade_here(tiny_course.root, grading_process, "--json")
    assert (dry.exit_code, ran.exit_code) == (0, 0)
    moves, document = json.loads(dry.stdout), json.loads(ran.stdout)
    assert keys(moves) | keys(document) == documented("grade")
    assert moves["moves"][0]["after"] == document["graded"][0]["total"] == 2.0
    assert "1 submission: 1 graded" in ran.stderr


def test_keys_of_report(tiny_course, grading_process):
    """Of a class with two answers that are alike, a wrong one, and one that cannot be read."""
    add_rubric(tiny_course.assignment)
    tiny_course.hand_in("dan", IDENTITY)
    for student in ("ann", "ben"):
        tiny_course.hand_in(student, COPIED)
    (tiny_course.hand_in("cem") / "tiny.ipynb").write_text("{")
    grade_here(tiny_course.root, grading_process)
    words = ["report", "tiny", "--json", "--course", str(tiny_course.root)]
    result = CliRunner().invoke(cli.commands, words)
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert keys(document) == documented("report")
    assert document["submissions"] == 4
    assert document["alike"][0]["students"] == ["ann", "ben"]
    assert "reading what was graded" in result.stderr


def test_keys_of_teams(tiny):
    """Of a member who is known, and one who is not."""
    add_table(tiny, PLACEHOLDERS)
    hand_in(tiny, "ann", ROWS["ann"] + "| Eve | 7777777 | eve@u.edu |\n")
    (tiny.root / "roster.csv").write_text("id,email\nann,ann@u.edu\n")
    words = ["teams", "tiny", "--json", "--course", str(tiny.root)]
    result = CliRunner().invoke(cli.commands, words)
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert keys(document) == documented("teams")
    (team,) = document["teams"]
    assert [member["student"] for member in team["members"]] == ["ann", None]
    assert [problem["student"] for problem in document["problems"]] == ["ann"]


def test_keys_of_check(tmp_path):
    """With the check of the release itself, on a notebook that lacks all."""
    root = make_course(tmp_path).root
    module = PROJECT / "source" / "dropout_l2" / "check.py"
    (root / "source" / "tiny" / "check.py").write_text(module.read_text())
    words = ["check", str(root / "release" / "tiny" / "tiny.ipynb"), "--json", "--course"]
    result = CliRunner().invoke(cli.commands, [*words, str(root)])
    assert result.exit_code == 1
    assert keys(json.loads(result.stdout)) == documented("check")
