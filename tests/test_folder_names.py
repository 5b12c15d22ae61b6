"""nbgrader's settings name the folders of a course: the engine names none but in one place."""

import ast
import re
from pathlib import Path

import pytest

from autograder.course.course import Course, Stage
from tests.conftest import PROJECT

DEFAULT = Course(Path("/"))
NAMES = {getattr(DEFAULT, stage) for stage in Stage}
NAMES |= {DEFAULT.downloaded_directory, "gradebook.db", "reference_solution", "nbgrader_config.py"}
KEYS = {"get", "pop", "setdefault"}  # methods whose first argument is a key
ELSEWHERE = {  # words of something else
    ("notebook_reader.py", "solution"),  # a key of nbgrader's in a cell
    ("master.py", "solution"),
    ("formgrader_page.py", "solution"),
    ("hand_in_time.py", "submitted"),  # what the dates in an archive are: a setting's values
    ("collector.py", "submitted"),
    ("collector.py", "downloaded"),
}
NAME = "|".join(map(re.escape, sorted(NAMES)))
IN_A_PATH = re.compile(rf"(?<![\w.-])(?:{NAME})/|/(?:{NAME})(?![\w.-])")


def named(tree, file):
    """Return the texts in a module that name a folder, each with its line."""
    texts = {
        node: (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # a docstring
            texts.pop(node.value, None)
        keys = []
        if isinstance(node, ast.Dict):
            keys = node.keys
        elif isinstance(node, ast.Subscript):
            keys = [node.slice]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in KEYS:
            keys = node.args[:1]
        for key in keys:
            texts.pop(key, None)
    return sorted(
        (line, text)
        for line, text in texts.values()
        if IN_A_PATH.search(text) or (text in NAMES and (file, text) not in ELSEWHERE)
    )


@pytest.mark.parametrize(
    "path",
    sorted((PROJECT / "autograder").rglob("*.py")),
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_no_module_but_one_names_a_folder(path):
    """A name that is written down is not the one in the settings."""
    found = named(ast.parse(path.read_text(encoding="utf-8")), path.name)
    assert bool(found) == (path == PROJECT / "autograder" / "course" / "course.py"), found


@pytest.mark.parametrize(
    "code",
    [
        'root / "submitted" / student',
        'f"{root}/submitted/{student}"',
        'for stage in ("source", "release"): pass',
        'root.glob("feedback/*/tiny")',
        'f"see {name} in submitted/"',
        'Path(root, "downloaded")',
        'url = "sqlite:///gradebook.db"',
    ],
)
def test_a_folder_that_is_named_is_found(code):
    """In a path, in a sentence, alone."""
    assert named(ast.parse(code), "any.py")


@pytest.mark.parametrize(
    "code", ['cell["source"]', '{"solution": True}', 'claims.get("solution")', '"source code"']
)
def test_a_key_of_a_notebook_is_no_folder(code):
    assert not named(ast.parse(code), "any.py")
