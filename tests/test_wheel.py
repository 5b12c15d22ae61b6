"""The wheel has the engine with all its files, and asks for no more than grading needs."""

import zipfile
from configparser import ConfigParser
from email.parser import Parser
from importlib.metadata import EntryPoint

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import autograder
from tests.conftest import PROJECT
from tests.test_locks import DECLARED, OURS, lines

ABOUT = f"nbgrader_autograder-{autograder.__version__}.dist-info"


@pytest.fixture(scope="module")
def files(wheel):
    """The text of each file in the wheel, by its path."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture(scope="module")
def metadata(files):
    """What the wheel says about itself."""
    return Parser().parsestr(files[f"{ABOUT}/METADATA"])


def test_the_engine_is_there_with_all_its_files(files):
    """Modules, pages, styles, scripts and the new assignment; no test, no source, no demo."""
    engine = {
        path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8")
        for path in (PROJECT / "autograder").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {n: text for n, text in files.items() if not n.startswith(f"{ABOUT}/")} == engine


def test_the_command_and_the_plugin_of_pytest_are_declared(files):
    """Each can be loaded."""
    declared = ConfigParser()
    declared.read_string(files[f"{ABOUT}/entry_points.txt"])
    points = [
        EntryPoint(name, value, group)
        for group in declared.sections()
        for name, value in declared[group].items()
    ]
    assert [(one.group, one.name) for one in points] == [
        ("console_scripts", "autograder"),
        ("pytest11", "autograder"),
    ]
    assert all(one.load() for one in points)


def test_it_is_called_by_its_own_name(metadata):
    """With the version that each grade records."""
    assert metadata["Name"] == "nbgrader-autograder"
    assert metadata["Version"] == autograder.__version__


def test_it_brings_no_tool_of_developers_or_students(metadata):
    """Only what grading needs, and on request what a cluster or PostgreSQL needs."""
    assert metadata.get_all("Provides-Extra") == ["cluster", "postgres"]
    names = {canonicalize_name(Requirement(one).name) for one in metadata.get_all("Requires-Dist")}
    others = {
        canonicalize_name(Requirement(one).name) for one in DECLARED["dependency-groups"]["dev"]
    }
    assert names & (others | {"jupyterlab", "notebook", "scikit-learn"}) == set()
    assert {"torch", "nbgrader", "psycopg", "distributed"} <= names


def test_it_asks_for_ranges(metadata):
    """Each has a lower bound, which is older than the lock's version or the same; none is pinned."""
    locked = {
        canonicalize_name(one.name): [str(each).removeprefix("==") for each in one.specifier]
        for one in lines(OURS)
    }
    for one in map(Requirement, metadata.get_all("Requires-Dist")):
        operators = {each.operator for each in one.specifier}
        assert ">=" in operators, one
        assert "==" not in operators, one
        assert one.specifier.contains(*locked[canonicalize_name(one.name)]), one
