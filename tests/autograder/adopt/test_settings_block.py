"""Our lines in a settings file: added once, and removed without a trace."""

import sys

import pytest
from traitlets.config import PyFileConfigLoader

from autograder.adopt.settings_block import LINES, SettingsBlock
from autograder.course.course import SETTINGS_FILE
from tests.conftest import PROJECT

CONTENTS = {
    "no file": None,
    "empty": b"",
    "usual": b"c = get_config()\nc.Exchange.root = '/srv'\n",
    "no line break at the end": b"c = get_config()",
    "several line breaks at the end": b"c = get_config()\n\n\n",
    "Windows": b"c = get_config()\r\nc.Exchange.root = '/srv'\r\n",
    "Windows, no line break at the end": b"c = get_config()\r\nx = 1",
    "byte order mark": b"\xef\xbb\xbfc = get_config()\n",
    "Latin-1": b"# coding: latin-1\n# Universit\xe4t\n",
}
each_content = pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)


@each_content
def test_removing_the_lines_restores_the_content(content):
    """The file is the same, byte for byte. A file that was made for the lines is removed."""
    assert SettingsBlock(SettingsBlock(content).added()).removed() == content


@each_content
def test_the_lines_are_added_once_at_the_end(content):
    """The lines stand alone, and have the line breaks of the file."""
    added = SettingsBlock(content).added()
    assert SettingsBlock(added).is_current
    assert SettingsBlock(added).added() == added
    assert tuple(added.decode("latin-1").splitlines()[-len(LINES) :]) == LINES
    assert added.startswith(content or b"")
    assert (b"\r\n" in added) == added.endswith(b"\r\n") == (b"\r\n" in (content or b""))


def test_lines_that_came_later_stay():
    """They stay lines of their own, whatever was before ours."""
    for content in (b"x = 1", b"x = 1\n", b"", None):
        later = SettingsBlock(content).added() + b"y = 2\n"
        rest = SettingsBlock(later).removed()
        assert [line for line in rest.splitlines() if line] == [
            *(content or b"").splitlines(),
            b"y = 2",
        ]


def test_lines_of_another_version_are_replaced():
    """Nothing is left of the former lines. All other lines stay in their order."""
    first, *_, last = LINES
    earlier = f"x = 1\n\n{first}\nimport former\n{last}\ny = 2\n".encode()
    block = SettingsBlock(earlier)
    assert block.lines == [first, "import former", last]
    assert not block.is_current
    assert SettingsBlock(block.added()).is_current
    assert SettingsBlock(block.added()).removed() == b"x = 1\ny = 2\n"


def test_a_first_line_without_the_last_one_takes_nothing_along():
    """What a user's editor has left of our lines is the user's."""
    first, *_ = LINES
    damaged = f"{first}\nc.Exchange.root = '/srv'\n".encode()
    assert SettingsBlock(damaged).lines == []
    assert SettingsBlock(SettingsBlock(damaged).added()).removed() == damaged


def test_without_the_package_nbgrader_ends(tmp_path, monkeypatch):
    """nbgrader logs any other error, and then grades with its own classes."""
    monkeypatch.setitem(sys.modules, "autograder.adopt.extension", None)
    (tmp_path / SETTINGS_FILE).write_text("\n".join(LINES))
    with pytest.raises(SystemExit, match="this course needs nbgrader-autograder: install it"):
        PyFileConfigLoader(SETTINGS_FILE, path=str(tmp_path)).load_config()


def test_the_project_has_the_lines_too():
    """They are as `autograder init` adds them. No other line of the project's settings names our classes."""
    content = (PROJECT / "nbgrader_config.py").read_bytes()
    assert SettingsBlock(content).added() == content
    assert b"autograder" not in SettingsBlock(content).removed()
