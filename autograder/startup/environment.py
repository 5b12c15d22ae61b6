"""The environment of the processes that this package starts.

A process gets the variables that are named here, and no other variable of its caller. So a
variable such as `PYTEST_ADDOPTS` or `PYTHONOPTIMIZE` in somebody's shell changes no grade.
"""

import contextlib
import os
import site
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# which Python and its libraries may need to be found at all
PLACES = ("PATH", "LD_LIBRARY_PATH")
# which some machines set because NumPy's linear algebra mistakes their processor
PROCESSOR = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
# NumPy's linear algebra has code for it that each x86_64 processor runs, and that rounds otherwise
OLD_PROCESSOR = "Prescott"
# for arrays as small as these, more threads only keep a processor from others
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SAME_EVERYWHERE = {"LANG": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
# no module from the working directory, and none from a user's own site-packages
FLAGS = ("-P", "-s")
UMASK = 0o022
# Python code that makes the package at a path the one that is imported
IMPORT_ENGINE = """
import importlib.util, json, site, sys
options = json.loads(sys.argv[1])
for folder in options["folders"]:
    site.addsitedir(folder)
spec = importlib.util.spec_from_file_location("autograder", options["engine"])
sys.modules["autograder"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["autograder"])
"""


def of_grading_process() -> dict[str, str]:
    """Return the environment of a trusted process, which runs the hidden suites."""
    # `gettempdir` finds a folder that can be written to, even if TMPDIR names none
    return (
        _kept(*PLACES, *PROCESSOR)
        | SAME_EVERYWHERE
        | ONE_THREAD
        | {"TMPDIR": tempfile.gettempdir()}
    )


def of_template() -> dict[str, str]:
    """Return the environment of the process from which workers are forked."""
    # what `np.empty` holds is the same each time, and never zero
    return _kept(*PROCESSOR) | SAME_EVERYWHERE | ONE_THREAD | {"MALLOC_PERTURB_": "1"}


@contextlib.contextmanager
def as_on_an_old_processor() -> Iterator[None]:
    """Let the processes that start meanwhile compute as on an old processor.

    The last digits of their results differ from those of a new one.
    """
    before = _kept(*PROCESSOR)
    os.environ["OPENBLAS_CORETYPE"] = OLD_PROCESSOR
    try:
        yield
    finally:
        os.environ.pop("OPENBLAS_CORETYPE", None)
        os.environ.update(before)


def engine() -> dict[str, Any]:
    """Return the options by which `IMPORT_ENGINE` finds this package and its libraries."""
    package = Path(__file__).parents[1]
    own = site.getusersitepackages()
    # at the end of the search path, so that installed libraries come first
    folders = [*([own] if own in sys.path else []), str(package.parent)]
    return {"engine": str(package / "__init__.py"), "folders": folders}


def open_standard_streams() -> None:
    """Open the standard streams that the caller has closed: no other file gets their numbers."""
    with contextlib.suppress(OSError):
        while (number := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004  # standard error
            os.set_inheritable(number, True)
        os.close(number)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115


def _kept(*names: str) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}
