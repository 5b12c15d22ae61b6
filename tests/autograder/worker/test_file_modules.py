"""Files beside the notebook: run as modules, statement by statement, when they are imported."""

import sys

import pytest

from autograder.worker.absent import AbsentFinder
from autograder.worker.cells import Notebook
from autograder.worker.given import GivenModules

PACKAGE = {"lay/__init__.py": "from lay.base import Base\nfrom lay.one import One\n"}
PACKAGE |= {"lay/base.py": "class Base:\n    pass\n"}
USE = {"source": "from lay import Base, One", "role": "given"}


@pytest.fixture
def run(monkeypatch):
    """A function that runs cells and files beside given modules."""
    monkeypatch.setattr(sys, "meta_path", [GivenModules(PACKAGE), *sys.meta_path, AbsentFinder()])
    before = {*sys.modules}

    def run(*cells, skip=()):
        notebook = Notebook()
        notebook.announced = []
        notebook.run(
            [*cells, USE],
            set(skip),
            lambda cell, line: notebook.announced.append((cell, line)),
            definitions_only=False,
        )
        return notebook

    yield run
    for name in {*sys.modules} - before:
        del sys.modules[name]


def answer(text, role="answer"):
    return {"source": text, "role": role, "file": "lay/one.py", "names": ["One"]}


def own(path, text):
    return {"source": text, "role": "own", "file": path, "names": []}


def test_a_file_is_the_module_that_given_code_imports(run):
    """It may import from its own package in each usual way."""
    for line in ("from lay.base import Base", "from .base import Base", "from lay import Base"):
        notebook = run(answer(f"{line}\n\nclass One(Base):\n    pass\n"))
        assert notebook.remarks == []
        one = notebook["One"]
        assert one is notebook.given["One"]
        assert (one.__module__, one.__bases__) == ("lay.one", (notebook["Base"],))
        for name in [name for name in sys.modules if name.partition(".")[0] == "lay"]:
            del sys.modules[name]


def test_only_its_own_names_are_answers(run):
    """What a file imports or calls by a name of the notebook replaces nothing there."""
    notebook = run(answer("Base = 3\n\nclass One:\n    pass\n"))
    assert notebook["Base"].__name__ == "Base"


def test_a_statement_that_fails_costs_only_itself(run):
    """Each statement is announced with its file's number. A remark names its line."""
    notebook = run(answer("1 / 0\nclass One:\n    pass\nopen('x')\n"), skip={(0, 4)})
    assert notebook["One"].__name__ == "One"
    assert notebook.announced[:2] == [(0, 1), (0, 2)]
    assert (0, 4) not in notebook.announced
    assert [(one["cell"], one["line"]) for one in notebook.remarks] == [(0, 1)]


@pytest.mark.parametrize("text", ["class Other:\n    pass\n", "class One(:\n"])
def test_a_missing_name_does_not_hide_the_rest_of_the_package(run, text):
    """The given code is imported all the same, and the name is said to be undefined."""
    notebook = run(answer(text))
    assert notebook["Base"].__name__ == "Base"
    with pytest.raises(NameError, match=r"One is not defined in lay/one\.py"):
        notebook["One"]


def test_a_stub_answers_with_itself(run):
    """Its own error tells that it is not filled in."""
    notebook = run(answer("class One:\n    x = 0\n", role="stub"))
    assert notebook["One"].x == 0
    assert notebook.answers == {}


def test_own_modules_are_imported_when_they_are_needed(run):
    """They lie beside the answer, in folders with and without `__init__.py`. Others do not run at all."""
    notebook = run(
        answer("import a.b\nfrom c import y\n\nclass One:\n    x, y = a.b.x, y\n"),
        own("a/b.py", "x = 1"),
        own("c/__init__.py", "from c.d import y"),
        own("c/d.py", "y = 2"),
        own("never.py", "raise SystemExit"),
    )
    assert (notebook["One"].x, notebook["One"].y) == (1, 2)
    assert notebook.remarks == []


def test_own_modules_replace_no_library_and_no_given_module(run):
    """A file named like one of them is never run."""
    notebook = run(
        answer("import json, numpy\nfrom lay.base import Base\n\nclass One(Base):\n    pass\n"),
        *(own(path, "raise SystemExit") for path in ("json.py", "numpy.py", "lay/base.py")),
    )
    assert notebook.remarks == []
    assert notebook["One"].__bases__ == (notebook["Base"],)


def test_no_other_file_has_an_answers_name(run):
    """A package of the same name is never run; of a student's own modules, the package counts."""
    notebook = run(
        answer("import a\n\nclass One:\n    x = a.x\n"),
        own("lay/one/__init__.py", "class One:\n    x = 2\n"),
        own("lay.one.py", "class One:\n    x = 3\n"),
        own("a/__init__.py", "x = 4"),
        own("a.py", "x = 5"),
    )
    assert notebook["One"].x == 4
    assert notebook["One"] is notebook.given["One"]


def test_an_import_that_may_fail_still_fails_after_a_file_was_imported(run):
    """`try: import torch` expects an error where there is no such library."""
    notebook = run(
        answer(
            "try:\n    import a\n    import tqdm_is_absent\nexcept ImportError:\n    x = 1\nclass One: pass"
        ),
        own("a.py", "b = 1"),
        {"source": "import lay.one\nx = lay.one.x", "role": "own"},
    )
    assert notebook["x"] == 1
