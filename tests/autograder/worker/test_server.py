"""A worker from within: what a student's code finds there, and how it answers."""

from pathlib import Path

import numpy as np
import pytest

from autograder.sandbox.sandbox import StudentError


def test_no_library_but_numpy_is_there(student):
    """PyTorch and matplotlib import as absent modules, although the grader has both."""
    code = "import torch, matplotlib.pyplot as plt, sys\nkinds = [type(torch).__name__, type(plt).__name__]"
    assert student(code).kinds == ["AbsentModule", "AbsentModule"]


def test_the_standard_library_and_numpy_are_complete(student):
    """Modules that NumPy and the standard library load on demand can be imported."""
    code = (
        "import numpy.polynomial, decimal, dataclasses, scipy\n"
        "import numpy as np\n"
        "values = [float(np.linalg.norm([3, 4])), float(np.fft.fft([2.0])[0].real),"
        " float(np.ma.array([1, 2]).sum()), type(scipy).__name__]"
    )
    assert student(code).values == [5.0, 2.0, 3.0, "AbsentModule"]


def test_no_folder_of_packages_is_on_the_path(student):
    """The search path has the standard library only."""
    names = student("import sys\npaths = sys.path\nlooked = 'site' in sys.modules")
    paths = names.paths
    assert paths
    assert not names.looked
    assert [
        path for path in paths if "site-packages" in path or path in ("", str(Path.cwd()))
    ] == []


def test_no_environment_variable_of_ours_is_there(student, monkeypatch):
    """A secret in the grader's environment is not in the worker's."""
    monkeypatch.setenv("TINY_SECRET", "hush")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    names = student("import os\nnames = sorted(os.environ)").names
    own = {"HOME", "LANG", "MALLOC_PERTURB_", "MKL_NUM_THREADS", "OMP_NUM_THREADS"}
    own |= {"PYTHONHASHSEED", "PYTHONUTF8", "TMPDIR", "TZ"}
    # as Python itself, and bubblewrap, may set them
    assert {n for n in names if not n.startswith("OPENBLAS_")} - {"LC_CTYPE", "PWD"} == own


def test_nobody_answers_an_input(student):
    """`input()` and standard input are empty, and do not wait."""
    code = "import sys\nanswers = [input('name? '), input(), sys.stdin.read()]"
    assert student(code).answers == ["", "", ""]


def test_given_modules_are_there(student):
    """The given modules are imported from memory, even if no file of the course can be read."""
    assert student("from scaling import Scaling\nfactor = Scaling().factor").factor == 2.0


def test_the_notebook_is_the_main_module(student):
    """Code that looks up its own module, such as pickle, finds the notebook's names."""
    assert student("import __main__\nx = 3\nsame = __main__.x").same == 3


def test_an_unknown_name_is_the_students_error(student):
    """The error names a class that the notebook does not define."""
    with pytest.raises(StudentError, match="Missing is not defined in the notebook"):
        _ = student("x = 1").Missing


def test_an_error_names_the_line_of_the_notebook(student):
    """An exception is described with the innermost line of the student's own code."""
    code = "import json\n\ndef inner(x):\n    return json.loads(x)\n\ndef outer(x):\n    return inner(x)"
    with pytest.raises(StudentError, match=r"JSONDecodeError: .* \(line 4 of its cell, in inner\)"):
        student(code).outer("nonsense")


@pytest.mark.parametrize(
    "error", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "MemoryError"]
)
def test_nothing_that_a_call_raises_ends_the_worker(student, error):
    """The error of any kind of exception is returned, and the next call works."""
    names = student(f"def end():\n    raise {error}('bye')\n\ndef fine():\n    return 1")
    with pytest.raises(StudentError, match=f"{error}: bye"):
        names.end()
    assert names.fine() == 1


def test_forbidden_libraries_are_refused_while_grading_only(student):
    """A demonstration may use PyTorch; the graded class may not."""
    code = (
        "import torch\nshown = torch.ones(3)\n"
        "class Scaler:\n    def __call__(self, x):\n        return torch.ones(3)"
    )
    scaler = student(code).Scaler()
    with pytest.raises(StudentError, match="torch is not allowed in graded code: use NumPy"):
        scaler(np.ones(3))


def test_the_worker_keeps_its_limits(student):
    """The limits are hard: a student's code cannot raise them again."""
    code = (
        "import resource\n"
        "found = [resource.getrlimit(getattr(resource, name)) for name in"
        " ('RLIMIT_AS', 'RLIMIT_FSIZE', 'RLIMIT_CORE')]"
    )
    found = student(code, memory_mb=700, file_mb=1).found
    assert found == [(700 * 2**20, 700 * 2**20), (2**20, 2**20), (0, 0)]
