"""`autograder init`: shows the lines, asks, adds them once, and removes them without a trace."""

import json

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.adopt.settings_block import LINES, SettingsBlock
from autograder.course.assignment import AssignmentError
from autograder.files import whole_file
from tests.autograder.support.tiny import make_course

OWN = "c = get_config()\nc.CourseDirectory.course_id = 'physics'\n"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A course of nbgrader's, in whose folder we are."""
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "nothing"))
    folder = tmp_path / "physics"
    (folder / "source").mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(OWN)
    monkeypatch.chdir(folder)
    return folder


def init(*words, answer=None):
    return CliRunner().invoke(cli.commands, ["init", *words], input=answer)


def read(root):
    return (root / "nbgrader_config.py").read_bytes()


def test_it_shows_the_lines_and_asks(root):
    """What is not agreed to does not happen."""
    result = init(answer="n\n")
    assert result.exit_code == 0
    for line in LINES:
        assert f"  + {line}".rstrip() in result.stdout.splitlines()
    assert "Nothing was changed." in result.stdout
    assert read(root) == OWN.encode()
    result = init(answer="y\n")
    assert result.exit_code == 0
    assert SettingsBlock(read(root)).is_current
    assert "autograder new scaling" in result.stdout


def test_nobody_to_ask_is_wrong_usage(root):
    """A script says --yes."""
    result = init()
    assert result.exit_code == 2
    assert "nobody has agreed to change the file: add --yes" in result.stderr
    assert read(root) == OWN.encode()
    assert init("--yes").exit_code == 0


def test_twice_is_once_and_removing_restores_the_file(root):
    """There is no question, since nothing changes. Removing lines that are not there is no error."""
    init("--yes")
    added = read(root)
    result = init()
    assert (result.exit_code, read(root)) == (0, added)
    assert "has autograder's lines already: nothing to do" in result.stdout
    result = init("--remove", answer="y\n")
    assert (result.exit_code, read(root)) == (0, OWN.encode())
    assert f"  - {LINES[-1]}" in result.stdout
    result = init("--remove")
    assert result.exit_code == 0
    assert "has no lines of autograder: nothing to do" in result.stdout


def test_a_file_that_did_not_exist_is_gone_again(root):
    """A course may have its settings in JSON, or none."""
    (root / "nbgrader_config.py").unlink()
    (root / "nbgrader_config.json").write_text('{"Exchange": {"root": "/srv"}}')
    init("--yes")
    assert SettingsBlock(read(root)).is_current
    init("--remove", "--yes")
    assert not (root / "nbgrader_config.py").exists()


def test_settings_in_json_that_take_precedence_are_named(root):
    """The lines would have no effect, so they are not left there."""
    steps = {"Autograde": {"sanitize_preprocessors": ["nbgrader.preprocessors.ClearOutput"]}}
    (root / "nbgrader_config.json").write_text(json.dumps(steps))
    result = init("--yes")
    assert isinstance(result.exception, AssignmentError)
    assert "replaces c.Autograde.sanitize_preprocessors: take" in str(result.exception)
    assert f"out of {root}/nbgrader_config.json" in str(result.exception)
    assert read(root) == OWN.encode()


def test_lines_that_have_lost_their_effect_are_no_success(root):
    """A setting below them replaces one of theirs."""
    init("--yes")
    with (root / "nbgrader_config.py").open("a") as file:
        file.write("c.Autograde.exporter_class = 'nbconvert.exporters.NotebookExporter'\n")
    result = init("--yes")
    assert "replaces c.Autograde.exporter_class: take" in str(result.exception)


def test_a_setting_that_gets_another_value_is_named_before(root):
    """Grading needs ours."""
    with (root / "nbgrader_config.py").open("a") as file:
        file.write("c.GenerateFeedback.exporter_class = 'nbconvert.exporters.HTMLExporter'\n")
    result = init(answer="n\n")
    assert "c.GenerateFeedback.exporter_class, which this course sets, gets" in result.stdout


def test_the_file_in_the_courses_folder_gets_the_lines(root, tmp_path):
    """It does not matter where the command runs: nbgrader reads that file for every command of the course."""
    elsewhere = tmp_path / "home"
    elsewhere.mkdir()
    (elsewhere / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(elsewhere)
        assert init("--yes").exit_code == 0
    assert SettingsBlock(read(root)).is_current
    assert not SettingsBlock(read(elsewhere)).lines


def test_a_folder_that_is_no_course_is_refused(tmp_path, monkeypatch):
    """It says how to get one."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "nothing"))
    folder = tmp_path / "folder"
    folder.mkdir()
    result = init("--yes", "--course", str(folder))
    assert isinstance(result.exception, AssignmentError)
    assert "is no course of nbgrader's" in str(result.exception)
    assert "`nbgrader quickstart NAME`" in str(result.exception)
    assert not [*folder.iterdir()]


def test_settings_that_are_no_python_are_to_be_mended_first(root):
    """They stay as they are."""
    (root / "nbgrader_config.py").write_text("c = get_config(\n")
    result = init("--yes")
    assert isinstance(result.exception, AssignmentError)
    assert "cannot be read (SyntaxError" in str(result.exception)
    assert read(root) == b"c = get_config(\n"


def test_a_file_that_cannot_be_written_is_named(root, monkeypatch):
    """The error names the cause."""

    def refuse(path, content, *, shared):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(whole_file, "write_bytes", refuse)
    result = init("--yes")
    assert isinstance(result.exception, AssignmentError)
    assert f"{root}/nbgrader_config.py cannot be written (Read-only" in str(result.exception)


def test_removing_names_the_assignments_that_need_the_lines(root):
    """nbgrader itself would give them full marks."""
    make_course(root)
    init("--yes")
    result = init("--remove", answer="n\n")
    assert "nbgrader does not run the hidden tests of tiny: do not grade" in result.stdout
    assert SettingsBlock(read(root)).is_current
