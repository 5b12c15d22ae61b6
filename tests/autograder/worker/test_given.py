"""Given modules: imported from memory, without a file of the course."""

import importlib
import sys

import pytest

from autograder.worker.given import GivenModules

SOURCES = {
    "tinygiven/__init__.py": "from .inner import deep\nfrom tinygiven.inner.deep import VALUE\n",
    "tinygiven/inner/__init__.py": "",
    "tinygiven/inner/deep.py": '"""Deep."""\n\nVALUE = 7\n\n\ndef answer():\n    return VALUE\n',
    "tinyalone.py": "import tinygiven\nNAME = __name__\n",
    "tinybroken.py": "1 / 0\n",
}


@pytest.fixture(autouse=True)
def finder():
    finder = GivenModules(SOURCES)
    sys.meta_path.insert(0, finder)
    yield finder
    sys.meta_path.remove(finder)
    for name in [name for name in sys.modules if name.startswith("tiny")]:
        del sys.modules[name]


def test_packages_and_submodules_are_imported():
    """Packages, their submodules and their relative imports work as from files."""
    package = importlib.import_module("tinygiven")
    assert package.VALUE == 7
    assert package.deep is importlib.import_module("tinygiven.inner.deep")
    assert importlib.import_module("tinygiven.inner").deep is package.deep


def test_a_module_stands_alone():
    """A file beside the notebook is a module of its name, and no package."""
    module = importlib.import_module("tinyalone")
    assert module.NAME == "tinyalone"
    assert not hasattr(module, "__path__")


def test_the_text_of_a_module_can_be_read(finder):
    """Python's own protocol returns the text, for tracebacks."""
    loader = importlib.import_module("tinygiven.inner.deep").__loader__
    assert loader is finder
    assert loader.get_source("tinygiven.inner.deep") == SOURCES["tinygiven/inner/deep.py"]


def test_other_names_are_left_to_other_finders(finder):
    """Other names are not found, even below a given package."""
    assert finder.find_spec("numpy", None) is None
    assert finder.find_spec("tinygiven.other", []) is None
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tinygiven.other")


def test_an_error_in_a_module_is_its_own():
    """An exception during the import is raised, and no half-made module is left."""
    with pytest.raises(ZeroDivisionError):
        importlib.import_module("tinybroken")
    assert "tinybroken" not in sys.modules
