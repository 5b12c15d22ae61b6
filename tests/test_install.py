"""The package installs where it says it does: on every Python that `pyproject.toml` admits."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from uv import find_uv_bin

from tests.conftest import PROJECT

ADMITTED = SpecifierSet(
    tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "requires-python"
    ]
)
MINORS = [f"3.{minor}" for minor in range(30) if f"3.{minor}" in ADMITTED]
LOCKED = [
    Requirement(line)
    for line in (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines()
]


def resolved(python: str) -> dict[str, str]:
    """Return the versions, by name, with which the lock meets all that the package needs."""
    words = "--all-extras --constraints requirements.lock --only-binary :all: --no-annotate"
    words += (
        f" --no-header --quiet --python-platform x86_64-unknown-linux-gnu --python-version {python}"
    )
    done = subprocess.run(
        [find_uv_bin(), "pip", "compile", "pyproject.toml", *words.split()],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if "error sending request" in done.stderr and not os.environ.get("CI"):
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    return dict(line.split("==") for line in done.stdout.splitlines())


@pytest.mark.parametrize("python", [f"{MINORS[0]}.0", MINORS[-1]])
def test_the_lock_holds_for_the_lowest_and_the_highest_python(python):
    """All that is needed is in the lock, in one version, and installs there without a compiler."""
    environment = {"python_full_version": python, "python_version": ".".join(python.split(".")[:2])}
    applies = [one for one in LOCKED if one.marker is None or one.marker.evaluate(environment)]
    locked = {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in applies}
    assert len(locked) == len(applies) > 100
    assert {canonicalize_name(name): number for name, number in resolved(python).items()} == locked


@pytest.fixture
def other_python(tmp_path: Path):
    """A function that makes a command which is a Python of another version."""

    def make(version: str) -> Path:
        path = tmp_path / "python"
        minor = version.split(".")[1]
        body = f"""#!/bin/sh
        [ "$1" = --version ] && echo "Python {version}" && exit
        [ "$1" = -m ] && echo "makes an environment" && exit 7
        exec python3 -c "import sys; sys.version_info = (3, {minor}, 0); exec(sys.argv[1])" "$2"
        """
        path.write_text(re.sub(r"\n {8}", "\n", body))
        path.chmod(0o755)
        return path

    return make


@pytest.mark.parametrize("version", ["3.10.13", "3.15.0"])
def test_make_names_the_python_that_it_needs(tmp_path, other_python, version):
    """Before anything is installed."""
    said = make_setup(tmp_path, other_python(version))
    assert f"must be at least {MINORS[0]} and older than 3.15, but" in said
    assert f"is Python {version}: name another one" in said
    assert "makes an environment" not in said


@pytest.mark.parametrize("version", [f"{MINORS[0]}.0", f"{MINORS[-1]}.1"])
def test_make_takes_every_python_that_is_admitted(tmp_path, other_python, version):
    """It goes on to make the virtual environment with it."""
    assert "makes an environment" in make_setup(tmp_path, other_python(version))


def test_make_says_that_there_is_no_such_python(tmp_path):
    """A command that is missing is no version."""
    assert "is missing: name another one" in make_setup(tmp_path, tmp_path / "python9")


def make_setup(folder: Path, python: Path) -> str:
    """Return what `make setup` says with a Python: none of these can make an environment."""
    done = subprocess.run(
        [shutil.which("make"), "setup", f"VENV={folder / 'new'}", f"PYTHON={python}"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert not (folder / "new").exists()
    return done.stdout + done.stderr


def test_nothing_says_to_install_a_strangers_package():
    """The index has a foreign package called autograder: ours has another name there."""
    named = re.compile(r"pip3? install .*?(?<![\w./-])autograder\b")
    folders = ("autograder", "docs", "tests", "source", "demo", "bench")
    texts = [*PROJECT.glob("*.md"), *PROJECT.glob("*.toml"), PROJECT / "Makefile"]
    texts += [p for f in folders for p in (PROJECT / f).rglob("*") if p.suffix in (".py", ".md")]
    texts = [path for path in texts if "course" not in path.relative_to(PROJECT).parts[:2]]
    texts.remove(Path(__file__))
    found = [str(path) for path in texts if named.search(path.read_text(encoding="utf-8"))]
    assert found == []
    assert named.search("pip install 'autograder[cluster]'")
