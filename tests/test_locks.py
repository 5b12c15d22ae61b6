"""The locks pin what `pyproject.toml` and the notebook's `requirements.txt` need, for every Python."""

import os
import re
import subprocess
import tomllib
from importlib.metadata import requires

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from uv import find_uv_bin

from tests.conftest import PROJECT

DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
ADMITTED = SpecifierSet(DECLARED["project"]["requires-python"])
MINORS = [f"3.{minor}" for minor in range(30) if f"3.{minor}" in ADMITTED]
OURS, STUDENTS = "requirements.lock", "source/dropout_l2/requirements.lock"
NOTEBOOK = STUDENTS.replace(".lock", ".txt")
OLDEST_OF_STUDENTS = re.search(
    r"^STUDENTS := (.+)$", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
)[1]
PYTHONS = {OURS: MINORS, STUDENTS: [OLDEST_OF_STUDENTS, *MINORS]}
INPUTS = {OURS: ["pyproject.toml", NOTEBOOK, "--all-extras", "--group=dev"], STUDENTS: [NOTEBOOK]}
[TORCH] = DECLARED["tool"]["uv"]["dependency-metadata"]  # without the libraries of one build
SYSTEMS = [
    {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
    {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
    {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
]


def lines(path):
    """Return the requirements in a file."""
    texts = (PROJECT / path).read_text(encoding="utf-8").splitlines()
    return [Requirement(text) for text in texts if text and not text.startswith("#")]


def needed(lock):
    """Return the requirements that a lock is made from."""
    if lock == STUDENTS:
        return lines(NOTEBOOK)
    declared = DECLARED["project"]
    texts = [*declared["dependencies"], *DECLARED["dependency-groups"]["dev"]]
    texts += [text for extra in declared["optional-dependencies"].values() for text in extra]
    return [*map(Requirement, texts), *lines(NOTEBOOK)]


def on(python, **system):
    """Return a version of Python on this system or another one, as markers see it."""
    full = python if python.count(".") > 1 else f"{python}.0"
    minor = ".".join(full.split(".")[:2])
    return {
        **default_environment(),
        "python_full_version": full,
        "python_version": minor,
        **system,
    }


def pinned(lock, environment):
    """Return the version of each package that a lock installs there, by name."""
    applies = [one for one in lines(lock) if one.marker is None or one.marker.evaluate(environment)]
    found = {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in applies}
    assert len(found) == len(applies), "a package is there twice"
    return found


def brought(requirements):
    """Return the names of all packages that requirements bring here, as their metadata say."""
    seen, waiting = set(), list(requirements)
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        for extra in {"", *one.extras} - {extra for known, extra in seen if known == name}:
            if one.marker is None or one.marker.evaluate({"extra": ""}):
                seen.add((name, extra))
                texts = TORCH["requires-dist"] if name == "torch" else requires(name) or []
                found = [Requirement(text) for text in texts]
                inner = [r for r in found if not r.marker or r.marker.evaluate({"extra": extra})]
                for each in inner:
                    each.marker = None  # it has been looked at
                waiting += inner
    return {name for name, _ in seen}


@pytest.mark.parametrize("lock", PYTHONS)
def test_a_lock_has_what_is_needed_and_no_more(lock):
    """The metadata of the installed packages name the same packages, without a network."""
    here = ".".join(default_environment()["python_full_version"].split(".")[:3])
    assert {*pinned(lock, on(here))} == brought(needed(lock))


@pytest.mark.parametrize(
    ("lock", "python"), [(lock, python) for lock, pythons in PYTHONS.items() for python in pythons]
)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system["sys_platform"])
def test_each_requirement_admits_the_version_in_the_lock(lock, python, system):
    """This holds on each Python and each system."""
    environment = on(python, **system)
    found = pinned(lock, environment)
    for one in needed(lock):
        if one.marker is None or one.marker.evaluate(environment):
            assert one.specifier.contains(found[canonicalize_name(one.name)]), one


@pytest.mark.parametrize("python", MINORS)
def test_students_have_the_versions_that_graders_have(python):
    """This holds on each Python that has both."""
    ours, students = (pinned(lock, on(python)) for lock in (OURS, STUDENTS))
    assert {name: ours.get(name) for name in students} == students


@pytest.mark.parametrize(
    ("lock", "python"),
    [(OURS, f"{MINORS[0]}.0"), (OURS, MINORS[-1]), (STUDENTS, OLDEST_OF_STUDENTS)],
)
def test_a_lock_installs_without_a_compiler(lock, python):
    """The index has a wheel of each package for this Python, and the lock is what uv resolves."""
    words = f"--constraints {lock} --only-binary :all: --no-annotate --no-header --quiet"
    words += f" --python-platform x86_64-unknown-linux-gnu --python-version {python}"
    done = subprocess.run(
        [find_uv_bin(), "pip", "compile", *INPUTS[lock], *words.split()],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if "error sending request" in done.stderr and not os.environ.get("CI"):
        # at home there may be no network; CI installs from an index, and must reach it
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    resolved = dict(line.split("==") for line in done.stdout.splitlines())
    found = pinned(lock, on(python, **SYSTEMS[0]))
    assert {canonicalize_name(name): number for name, number in resolved.items()} == found
