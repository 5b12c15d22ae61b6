"""The package installs where it says it does: on every Python that `pyproject.toml` admits."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.test_locks import MINORS


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


def texts():
    """Yield the path and the text of each file that may say what to install."""
    folders = ("autograder", "docs", "tests", "source", "demo", "bench")
    paths = [*PROJECT.glob("*.md"), *PROJECT.glob("*.toml"), PROJECT / "Makefile"]
    paths += [p for f in folders for p in (PROJECT / f).rglob("*") if p.suffix in (".py", ".md")]
    for path in paths:
        if not path.is_relative_to(PROJECT / "demo" / "course") and path != Path(__file__):
            yield str(path), path.read_text(encoding="utf-8")


def test_nothing_says_to_install_a_strangers_package():
    """The index has a foreign package called autograder: ours has another name there."""
    named = re.compile(r"pip3? install .*?(?<![\w./-])autograder\b")
    assert [path for path, text in texts() if named.search(text)] == []
    assert named.search("pip install 'autograder[cluster]'")


def test_each_extra_that_is_named_exists():
    """Messages and pages say what to install for a cluster and for PostgreSQL."""
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    named = [(path, re.findall(r"nbgrader-autograder\[(.+?)\]", text)) for path, text in texts()]
    found = {extra.rstrip("\\") for _, extras in named for extra in extras}
    assert found == {*pyproject["project"]["optional-dependencies"]}
