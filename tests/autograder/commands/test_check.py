"""`autograder check`: the release's own check, with a table for people and JSON for scripts."""

import json
import zipfile
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.commands import console
from autograder.commands.course import Place
from autograder.course.assignment import AssignmentError
from tests.autograder.support.tiny import make_course

MODULE = """\
HIDDEN = "The hidden tests look at more."


def headline(findings):
    return f"{findings['count']} findings"


def examine(path, seconds, progress):
    progress(1, 2)
    findings = {"notebook": path.name, "count": seconds, "ready": "right" in path.read_text()}
    if findings["ready"]:
        return {**findings, "problems": [], "checks": [], "errors": [], "remarks": []}
    return {
        **findings,
        "problems": [{"where": "cell `[red]`", "what": "is missing", "remedy": "take it anew"}],
        "checks": [
            {"item": "test_one", "passed": True, "message": ""},
            {"item": "test_two", "passed": False, "message": "y=1\\x1b[2J, but should be 2"},
            {"item": "three", "passed": False, "message": "for cell 3 (x)", "waits_for": "cell 3"},
        ],
        "errors": [
            {"where": "cell 3", "message": "KeyError: 'x'"},
            {"where": "cell 4", "message": "for cell 3 (x)", "waits_for": "cell 3"},
        ],
        "remarks": ["something odd"],
    }
"""


@pytest.fixture
def root(tmp_path):
    """A course whose assignment has a check of its own, and two notebooks."""
    root = make_course(tmp_path / "course").root
    (root / "source" / "tiny" / "check.py").write_text(MODULE)
    (tmp_path / "tiny.ipynb").write_text("right")
    (tmp_path / "wrong.ipynb").write_text("wrong")
    return root


@pytest.fixture
def check(root):
    """A function that runs `autograder check` on notebooks and returns click's result."""

    def run(*words, **options):
        paths = [str(root.parent / word) if word.endswith(".ipynb") else word for word in words]
        words = ["check", "--course", str(options.pop("course", root)), *paths]
        words += [] if "input" in options else ["--yes"]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "200"}, **options)

    return run


def test_a_notebook_that_is_ready_ends_with_0(check):
    """It still says that the hidden tests check more."""
    result = check("tiny.ipynb", "--timeout", "7")
    assert (result.exit_code, result.exception, result.stderr) == (0, None, "")
    first, last = result.stdout.splitlines()
    assert first.endswith("tiny.ipynb: 7.0 findings")
    assert last == "The hidden tests look at more."


def test_a_status_is_shown_while_the_settings_are_read(check, monkeypatch):
    """Reading them imports nbgrader, which takes more than a second."""
    events = []

    @contextmanager
    def status(_console, text):
        events.append(text)
        yield
        events.append("done")

    def course(place):
        events.append("reading")
        return read(place)

    read = Place.course
    monkeypatch.setattr(console, "status", status)
    monkeypatch.setattr(Place, "course", course)
    assert check("tiny.ipynb").exit_code == 0
    assert events == ["reading the course's settings", "reading", "done"]


def test_one_that_is_not_ready_ends_with_1(check):
    """It prints all findings of the check as they are, and nothing moves the cursor."""
    result = check("tiny.ipynb", "wrong.ipynb")
    assert result.exit_code == 1
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["cell", "`[red]`", "is", "missing", "take", "it", "anew"] in rows
    assert ["test_one", "passes"] in rows
    assert ["test_two", "fails", r"y=1\x1b[2J,", "but", "should", "be", "2"] in rows
    assert ["three", "waits", "for", "cell", "3", "(x)"] in rows
    assert ["cell", "3", "KeyError:", "'x'"] in rows
    assert ["cell", "4", "waits", "for", "cell", "3", "(x)"] in rows
    assert ["remark:", "something", "odd"] in rows


def test_json_has_all_notebooks(check, root):
    """By the paths under which they were named; the exit code is the same."""
    result = check("tiny.ipynb", "wrong.ipynb", "--json")
    assert (result.exit_code, result.stderr) == (1, "")
    document = json.loads(result.stdout)
    assert document["ready"] is False
    right, wrong = document["notebooks"]
    assert (right["notebook"], right["ready"]) == (str(root.parent / "tiny.ipynb"), True)
    assert wrong["problems"][0]["remedy"] == "take it anew"
    assert check("tiny.ipynb", "--json").exit_code == 0


SETTINGS = """\
c = get_config()
c.CourseDirectory.submitted_directory = "inbox"
c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"
c.ZipCollectApp.downloaded_directory = "from_lms"
c.Exchange.root = str(3)  # no plain text
c.Exchange.cache = "kept"
raise SystemExit("never run")
"""


@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("link", ["", "file", "folder"])
@pytest.mark.parametrize(
    "folder",
    [
        "submitted/student-01/tiny", "submitted", "submitted/student-01/tiny/deep/deeper",
        "autograded/student-01/tiny", "feedback/student-01/tiny", "downloaded/tiny/archive",
        "downloaded/tiny/extracted/x",
    ],
)  # fmt: skip
def test_what_others_have_handed_in_is_not_run(check, root, tmp_path, folder, link, is_named):
    """With any `--course`, and through links: it would run with the staff's own rights."""
    path = root / folder / "tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("right")
    if link == "file":
        path = tmp_path / "linked.ipynb"
        path.symlink_to(root / folder / "tiny.ipynb")
    elif link:
        (tmp_path / "linked").symlink_to(root / folder)
        path = tmp_path / "linked" / "tiny.ipynb"
    course = root if is_named else make_course(tmp_path / "other").root
    if not is_named:
        (root / "gradebook.db").touch()
    result = check(str(path), course=course)
    assert result.exit_code == 2
    assert "was handed in, and would run with your own rights" in result.output
    assert "findings" not in result.output


@pytest.mark.parametrize("folder", ["inbox/tiny/x", "from_lms/tiny/x", "kept/deep_learning/x"])
def test_the_settings_of_another_course_are_read_and_never_run(check, root, tmp_path, folder):
    """By them its folders are known; a student's folder may hold some, too."""
    other = tmp_path / "elsewhere"
    path = other / folder / "tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("right")
    (other / "nbgrader_config.py").write_text(SETTINGS)
    assert "was handed in" in check(str(path)).output
    assert check("tiny.ipynb").exit_code == 0


@pytest.mark.parametrize("setting", ["Exchange.root", "Exchange.cache"])
def test_what_lies_in_the_exchange_is_not_run(check, root, tmp_path, setting):
    """Nor a file in its cache."""
    path = tmp_path / "exchange" / "tiny.ipynb"
    path.parent.mkdir()
    path.write_text("right")
    assert check(str(path)).exit_code == 0
    result = check(str(path), f"--{setting}={path.parent}")
    assert result.exit_code == 2
    assert "was handed in" in result.output


@pytest.mark.parametrize(
    ("folder", "beside"),
    [("x", "submission_secret.txt"), ("inbound/ann+tiny+2026-01-01 10:00:00 UTC", "")],
)
def test_what_looks_handed_in_is_not_run(check, root, tmp_path, folder, beside):
    """By the files of `nbgrader submit`, in any place."""
    path = tmp_path / folder / "deep" / "tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("right")
    if beside:
        (tmp_path / folder / beside).touch()
    assert "was handed in" in check(str(path)).output


def test_an_archive_is_not_run(check, root, tmp_path):
    """With any name."""
    for name in ("tiny.zip", "tiny.ipynb"):
        with zipfile.ZipFile(tmp_path / name, "w") as file:
            file.writestr("tiny.ipynb", "right")
        assert "it is an archive" in check(str(tmp_path / name)).output


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2), ("\n", 2), ("", 2)])
def test_it_asks_before_it_runs_what_lies_elsewhere(check, root, answer, code):
    """Without an answer it says how to give one; the staff's own needs none."""
    result = check("tiny.ipynb", input=answer)
    assert result.exit_code == code
    assert "lies outside source and release, and would run with your own rights" in result.stderr
    assert ("findings" in result.stdout) == (code == 0)
    assert ("if you wrote it, add --yes" in result.stderr) == (code == 2)
    for folder in ("source", "release"):
        (root / folder / "tiny").mkdir(exist_ok=True, parents=True)
        (root / folder / "tiny" / "tiny.ipynb").write_text("right")
        result = check(str(root / folder / "tiny" / "tiny.ipynb"), input="")
        assert (result.exit_code, result.stderr) == (0, "")


def test_a_link_in_the_source_is_asked_about(check, root, tmp_path):
    """Its target would run."""
    (root / "source" / "tiny" / "new.ipynb").symlink_to(tmp_path / "tiny.ipynb")
    assert "lies outside" in check(str(root / "source" / "tiny" / "new.ipynb"), input="").stderr


def test_of_several_assignments_the_one_with_the_notebooks_name_is_taken(check, root):
    """Otherwise it has to be said."""
    other = root / "source" / "other"
    other.mkdir()
    (root / "tests" / "hidden" / "other").mkdir()
    (other / "check.py").write_text(MODULE.replace('} findings"', '} findings by the other"'))
    assert "7.0 findings\n" in check("tiny.ipynb", "--timeout", "7").output
    result = check("wrong.ipynb")
    assert result.exit_code == 2
    assert "may belong to other, tiny: choose with --assignment" in result.output
    assert "findings by the other" in check("wrong.ipynb", "--assignment", "other").output


def test_an_assignment_without_a_check_is_an_error_with_a_remedy(check, root):
    """Its check is a module beside the notebook, which any assignment can have."""
    (root / "source" / "tiny" / "check.py").unlink()
    result = check("tiny.ipynb")
    assert isinstance(result.exception, AssignmentError)
    assert "check.py not found: copy it there from another assignment" in str(result.exception)
