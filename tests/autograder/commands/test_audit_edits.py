"""`autograder audit --edits`: its output, its JSON and its exit codes."""

import json

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.commands import audit_edits
from tests.autograder.audit.test_edit_auditor import CLOSED, HOLE, SOLVED
from tests.autograder.support.tiny import make_course


@pytest.fixture
def audit(tmp_path, one_process):
    """A function that audits the edits of a course with this suite, and returns the result."""

    def run(suite, *options):
        make_course(tmp_path, suites={"test_scaler.py": suite}, solved=SOLVED)
        words = ["audit", "tiny", "--course", str(tmp_path), "--jobs", "1", "--edits", *options]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "200"})

    return run


def test_a_survivor_ends_with_1(audit):
    """It is shown with its place, its change and what it does."""
    result = audit(HOLE)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[:3] == [
        "Survivor: reference (scaler), line 3: return x * self.factor → return x + self.factor",
        "  these observations of test_scaler differ:",
        "    output: 15 → 8",
    ]
    assert lines[-1].endswith(" edits, 1 survivor, 0 defects")


def test_without_survivors_it_ends_with_0(audit, tmp_path):
    """The edits are counted by kind and verdict, and no certificate is written."""
    result = audit(CLOSED)
    assert (result.exit_code, result.exception) == (0, None)
    rows = [line.split() for line in result.output.splitlines()]
    assert ["kind", "of", "edit", "made", "killed", "equivalent", "survivor"] in rows
    [operators], [every] = (
        [row for row in rows if row[:1] == [kind]] for kind in ("operator", "all")
    )
    assert operators == ["operator", "4", "4", "0", "0"]
    assert int(every[1]) == sum(map(int, every[2:]))
    assert "comparison" not in result.output  # of which there is none
    assert not (tmp_path / "tests" / "certificates").exists()


def test_a_defect_ends_with_1(audit):
    """What could not be judged is no proof."""
    result = audit(CLOSED.replace("== 15.0", "== 14.0"))
    assert result.exit_code == 1
    assert "Defect: reference is not right before an edit: test_scaler: test_out" in result.output
    assert result.output.splitlines()[-1] == "0 edits, 0 survivors, 1 defect"


def test_a_long_fact_is_cut(audit, monkeypatch):
    """So that a line can be read."""
    monkeypatch.setattr(audit_edits, "LONGEST", 1)
    assert "    output: 1... → 8" in audit(HOLE).output.splitlines()


def test_json_has_the_counts_and_the_edits(audit):
    """Survivors with what they do, and edits that do the same, for somebody to look at."""
    document = json.loads(audit(HOLE, "--json").stdout)
    assert document["survivors"] == [
        {
            "place": "reference (scaler), line 3",
            "kind": "operator",
            "before": "return x * self.factor",
            "after": "return x + self.factor",
            "differing": {"test_scaler": {"output": ["15", "8"]}},
        }
    ]
    assert document["counts"]["operator"] == {
        "made": 4,
        "killed": 3,
        "equivalent": 0,
        "survivor": 1,
    }
    assert (document["equivalent"], document["faults"]) == ([], [])


@pytest.mark.parametrize(
    "option", [("--check",), ("--html", "page.html"), ("--repeat", "1")], ids=lambda words: words[0]
)
def test_what_makes_a_certificate_does_not_go_with_it(audit, option):
    """It would not be done."""
    result = audit(CLOSED, *option)
    assert result.exit_code == 2
    assert "--edits must not be used with" in result.output


def test_only_some_solutions_are_edited(audit):
    """Those whose names match."""
    assert audit(HOLE, "--only", "no_such_*").output.splitlines()[-1] == (
        "0 edits, 0 survivors, 0 defects"
    )
