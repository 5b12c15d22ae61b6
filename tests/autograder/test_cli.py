"""The command line: a table that reads well, and one exit code for each kind of end."""

import shutil
import sys
from dataclasses import replace

import click
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

import autograder
from autograder import cli
from autograder.assignment import AssignmentError
from autograder.certificate import certificate_of, path_of
from autograder.ledger import Entry
from autograder.report import Status
from tests.autograder.conftest import (
    MUTANTS,
    OBSERVED,
    VARIANTS,
    certificate,
    make_course,
    mistake,
)

CLASS = [
    Entry("ann", {"test_scaler": 1.5}, Status.REMARKS, ("cell `scaler` was [bold]missing[/bold]",)),
    Entry("bob", {"test_scaler": None}, Status.HELD),
    Entry("cem", {"test_scaler": 2.0}, Status.GRADED),
    Entry("dan", {"test_scaler": None}, Status.MISSING),
]


@pytest.fixture
def status(tiny, monkeypatch):
    """A function that runs `autograder status` on a class and returns click's result."""

    def run(lines=CLASS, *options):
        monkeypatch.setattr(cli, "entries", lambda assignment, db: iter(lines))
        (tiny.root / "gradebook.db").touch()
        words = ["status", "tiny", "--course", str(tiny.root), *options]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "120"})

    return run


def rows(result):
    return {words[0]: words[1:] for line in result.output.splitlines() if (words := line.split())}


def test_the_table_has_a_line_for_each_student(status):
    """Student, points of each item, total, status: what is not known is a dash."""
    found = rows(status())
    assert found["tiny:"] == ["4", "students"]
    assert found["ann"][:2] == ["1.5", "1.5"]
    assert found["bob"] == ["-", "-", "grader's", "fault"]
    assert found["cem"] == ["2", "2", "graded"]
    assert found["dan"] == ["-", "-", "missing"]


def test_the_table_has_the_points_of_each_item(tmp_path, monkeypatch):
    """The head names each item and what it is worth."""
    assignment = make_course(tmp_path, points=2.5)
    monkeypatch.setattr(cli, "entries", lambda *_: iter([]))
    (assignment.root / "gradebook.db").touch()
    words = ["status", "tiny", "--course", str(assignment.root)]
    result = CliRunner().invoke(cli.commands, words, env={"COLUMNS": "120"})
    assert "scaler" in result.output
    assert result.output.count("of 2.5") == 2  # the item and the total


def test_who_was_graded_without_isolation_is_named(status):
    """Nobody overlooks that student code ran unconfined."""
    bare = Entry("eve", {"test_scaler": 1.0}, Status.GRADED, isolation="not isolated")
    assert "graded not isolated: eve" in status([*CLASS, bare]).output
    assert "not isolated" not in status().output


def test_remarks_are_shown_as_they_are(status):
    """A remark may quote a student's code: nothing in it is taken for markup."""
    assert "ann: cell `scaler` was [bold]missing[/bold]" in status().output


def test_a_students_name_is_shown_as_it_is(status):
    """A folder's name is no markup either."""
    result = status([Entry("[red]eve[/]", {"test_scaler": 1.0}, Status.GRADED)])
    assert result.exception is None
    assert "[red]eve[/]" in result.output


def test_no_name_moves_the_cursor(status):
    """What a terminal would obey in a folder's name is not printed."""
    result = status([Entry("e\x1b[2Jve", {"test_scaler": 1.0}, Status.REMARKS, ("a\rb",))])
    assert "e?[2Jve" in result.output
    assert "a?b" in result.output


def test_the_gradebook_is_the_courses_own(tiny, monkeypatch):
    """Without `--db` it is gradebook.db in the course; with it, what it says."""
    asked = []
    monkeypatch.setattr(cli, "entries", lambda assignment, db: asked.append(db) or iter([]))
    (tiny.root / "gradebook.db").touch()
    words = ["status", "tiny", "--course", str(tiny.root)]
    CliRunner().invoke(cli.commands, words)
    elsewhere = tiny.root / "elsewhere.db"
    elsewhere.touch()
    CliRunner().invoke(cli.commands, [*words, "--db", f"sqlite:///{elsewhere}"])
    assert asked == [f"sqlite:///{tiny.root}/gradebook.db", f"sqlite:///{elsewhere}"]


def test_a_missing_gradebook_comes_with_its_remedy(tiny):
    """Before anything was released there is no gradebook, and the error says what to run."""
    result = CliRunner().invoke(cli.commands, ["status", "tiny", "--course", str(tiny.root)])
    assert isinstance(result.exception, AssignmentError)
    assert "gradebook.db not found: run `nbgrader" in str(result.exception)


FOUND = certificate(
    mistake("zeros", test_one={"output": "0"}),
    replace(
        mistake("ones", test_one={"output": "1"}),
        fails={"test_one": ("test_a", "test_b")},
        named={"test_one": ()},
    ),
    variants=("turned",),
)
DEFECTIVE = replace(FOUND, defects=("no mutant breaks [red]it[/red]", "mutant odd has no advice"))


@pytest.fixture
def audit(tiny, monkeypatch):
    """A function that runs `autograder audit`, when that finds something, and returns the result."""

    chances = []

    def run(found, *options, rejected=()):
        class Known:
            def __init__(self, assignment, jobs, tick, chance):
                self.tick = tick
                chances.append(chance)

            def audit(self):
                self.tick(1, 1)
                return found

            def repeat(self, times, only):
                return list(rejected[:times])

        monkeypatch.setattr(cli, "Auditor", Known)
        words = ["audit", "tiny", "--course", str(tiny.root), *options]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "200"})

    run.chances = chances
    return run


def test_an_audit_without_defects_ends_with_0(tiny, audit):
    """The certificate is written where grading looks for it."""
    result = audit(FOUND)
    assert (result.exit_code, result.exception) == (0, None)
    assert path_of(tiny).read_text(encoding="utf-8") == FOUND.to_json()
    assert "Defect: " not in result.output


def test_an_audit_tells_properties_and_mutants(audit):
    """Each property with what breaks it, each mutant with what it breaks, and the sums."""
    lines = [line.strip() for line in audit(FOUND).output.splitlines()]
    assert "1 a: broken by 2, by 1 alone" in lines
    assert "2 b: broken by 1, by 0 alone" in lines
    assert "x. zeros" in lines
    assert "xx ones" in lines
    assert "2 mutants, 1 variants, 2 properties, 0 defects" in lines
    assert lines[-6:] == [
        "1 times one property alone catches a mutant",
        "zeros: test_a",
        "1 properties that no mutant needs",
        "test_one: test_b",
        "1 mutants not named as what they are",
        "ones",
    ]


def test_an_audit_with_defects_ends_with_1(tiny, audit):
    """Each is a line, as it is, and no certificate is written."""
    result = audit(DEFECTIVE)
    assert result.exit_code == 1
    assert [line for line in result.output.splitlines() if line.startswith("Defect: ")] == [
        "Defect: no mutant breaks [red]it[/red]",
        "Defect: mutant odd has no advice",
    ]
    assert "tiny.json is left as it was" in " ".join(result.output.split())
    assert not path_of(tiny).exists()


def test_a_check_of_the_current_certificate_ends_with_0(tiny, audit):
    """What was written before is found again, and left as it is."""
    audit(FOUND)
    before = path_of(tiny).stat().st_mtime_ns
    assert audit(FOUND, "--check").exit_code == 0
    assert path_of(tiny).stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("kept", "cause"),
    [
        (lambda found: None, "not found"),
        (lambda found: "", "is not of the present version of the suites"),
        (lambda found: "{}", "is not of the present version of the suites"),
        (
            lambda found: replace(found, version="other").to_json(),
            "is not of the present version of the suites",
        ),
        (
            lambda found: replace(found, specimens="other").to_json(),
            "is not of the present mutants and variants",
        ),
        (lambda found: replace(found, variants=("other",)).to_json(), "says something else"),
    ],
    ids=["missing", "empty", "no certificate", "other suites", "other mutants", "other facts"],
)
def test_a_check_of_another_certificate_ends_with_1(tiny, audit, kept, cause):
    """A missing or other one is told with its cause and remedy, and nothing is written."""
    found = replace(FOUND, version=tiny.version)
    path, text = path_of(tiny), kept(found)
    if text is not None:
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    result = audit(found, "--check")
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert f"tiny.json {cause}: run `autograder audit tiny`" in said
    assert (path.read_text(encoding="utf-8") if path.exists() else None) == text


def test_a_page_without_a_folder_is_told_before_the_audit(audit, tmp_path):
    """A slip in the page's path costs no audit."""
    result = audit(FOUND, "--html", str(tmp_path / "nowhere" / "page.html"))
    assert result.exit_code == 2
    assert "there is no folder" in result.output
    assert "properties" not in result.output


def test_a_check_is_made_with_other_chance(audit):
    """A fact that depends on what a specimen draws would come out another."""
    audit(FOUND)
    audit(FOUND, "--check")
    first, second = audit.chances
    assert first != second


def test_a_check_tells_the_defects_as_well(audit):
    """Whether or not the certificate is current, a defect is no success."""
    result = audit(DEFECTIVE, "--check")
    assert result.exit_code == 1
    assert result.output.count("Defect: ") == 3  # and it is not found


@pytest.mark.parametrize("found", [FOUND, DEFECTIVE], ids=["good", "defective"])
def test_an_audit_writes_a_page(audit, tmp_path, found):
    """With `--html` the page is written, whether or not there are defects."""
    path = tmp_path / "matrix.html"
    audit(found, "--html", str(path))
    page = path.read_text(encoding="utf-8")
    assert "Audit of tiny" in page
    assert ("Defects" in page) == bool(found.defects)


def test_variants_are_repeated(audit):
    """With `--repeat` it is told how many were rejected; one of them is enough for a 1."""
    good = audit(FOUND, "--repeat", "5")
    assert good.exit_code == 0
    assert "1 variants with 5 seeds each: 0 rejected" in good.output
    bad = audit(FOUND, "--repeat", "5", rejected=["turned with seed 3: test_one: test_a: no"])
    assert bad.exit_code == 1
    assert "1 variants with 5 seeds each: 1 rejected" in bad.output
    assert "Defect: turned with seed 3: test_one: test_a: no" in bad.output


def test_a_real_audit_is_checked(tmp_path, one_process):
    """A good course is proven, and its certificate found current by the check."""
    assignment = make_course(tmp_path, suites=OBSERVED, mutants=MUTANTS, variants=VARIANTS)
    words = ["audit", "tiny", "--course", str(tmp_path), "--jobs", "1"]
    first = CliRunner().invoke(cli.commands, [*words, "--repeat", "2"])
    assert first.exit_code == 0, first.output
    assert "1 variants with 2 seeds each: 0 rejected" in first.output
    assert certificate_of(assignment).unnamed == []
    assert CliRunner().invoke(cli.commands, [*words, "--check"]).exit_code == 0


@pytest.fixture
def leaks(tiny):
    """A function that runs `autograder leaks` on the tiny course and returns click's result."""

    def run(*options):
        words = ["leaks", "tiny", "--course", str(tiny.root), *options]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "40"})

    return run


def test_no_leaks_end_with_0(leaks):
    """It is told how much was looked through; no gradebook is needed, and none is made."""
    result = leaks()
    assert (result.exit_code, result.exception) == (0, None)
    assert result.output.splitlines() == ["1 files, 0 leaks"]


def test_leaks_end_with_1(tiny, leaks):
    """Each is a line of its own, as it is, with its place and its remedy."""
    path = tiny.root / "release" / "tiny" / "notes.txt"
    path.write_text("[red]\nsee /srv/course/[red]x.py\nreturn self.factor * x\n")
    result = leaks()
    assert result.exit_code == 1
    solution, folder, summary = result.output.splitlines()
    assert solution.startswith("release/tiny/notes.txt, line 3: a line of the solution, `return")
    assert folder.startswith("release/tiny/notes.txt, line 2: a path of a machine, `/srv/course/`")
    assert "run `nbgrader generate_assignment tiny --force`" in folder
    assert summary == "2 files, 2 leaks"


def test_leaks_of_students_need_their_names(tiny, leaks, empty_gradebook):
    """Those of the course's gradebook, or of another; names too common to look for are told."""
    assert isinstance(leaks("--db", "sqlite:///nowhere.db").exception, AssignmentError)
    (tiny.root / "release" / "tiny" / "notes.txt").write_text("Ask Jones.\n")
    elsewhere = tiny.root / "elsewhere.db"
    shutil.copy(empty_gradebook, elsewhere)
    with Gradebook(f"sqlite:///{elsewhere}", "course") as gradebook:
        gradebook.add_student("x", last_name="Jones")
    assert leaks().exit_code == 0
    result = leaks("--db", f"sqlite:///{elsewhere}")
    assert result.exit_code == 1
    assert "another student's datum, `Jones`" in result.output
    assert "1 names of students are too short or too common to look for" in result.output


@pytest.fixture
def main(monkeypatch, capsys):
    """A function that runs the console script and returns its exit code, output and errors."""
    monkeypatch.setenv("PATH", "/usr/bin")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["autograder", *words])
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code
        return (code, *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    "words",
    [["--help"], ["-h"], ["--version"], ["status", "--help"], ["audit", "-h"], ["leaks", "-h"]],
)
def test_help_is_no_error(main, words):
    """Help and version end with 0."""
    code, out, err = main(*words)
    assert (code, err) == (0, "")
    assert autograder.__version__ in out or "Usage: " in out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["status"],
        ["status", "tiny", "--course", "/no/such/folder"],
        ["audit"],
        ["leaks"],
        ["audit", "tiny", "--jobs", "0"],
        ["audit", "tiny", "--repeat", "-1"],
    ],
)
def test_wrong_usage_ends_with_2(main, words):
    """What was not understood is told with the usage."""
    code, out, err = main(*words)
    assert code == 2
    assert "Usage: " in out + err


@pytest.mark.parametrize("command", ["status", "audit", "leaks"])
def test_an_expected_failure_ends_with_1(main, tmp_path, command):
    """A fault in the course's files is one line with its remedy, and no traceback."""
    code, out, err = main(command, "tiny", "--course", str(tmp_path))
    assert (code, out) == (1, "")
    assert err.startswith("Error: ")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AssignmentError("release not found: run it"), 1),
        (click.UsageError("no"), 2),
        (click.exceptions.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (KeyError("key"), 3),
        (RecursionError(), 3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_error_has_its_exit_code(main, monkeypatch, error, code):
    """0 all done, 1 an expected failure, 2 usage, 3 a bug of ours, 130 interrupted."""

    def commands(*, standalone_mode):
        assert not standalone_mode
        raise error

    monkeypatch.setattr(cli, "commands", commands)
    found, _, err = main()
    assert found == code
    assert ("This is a bug in autograder" in err) == (code == 3)
    assert ("Traceback" in err) == (code == 3)
