"""Starting: what is left out is not imported, and nothing misses it."""

import contextlib
import gc
import subprocess
import sys

import pytest

from autograder.startup import loading

CHECK = """
import sys
from autograder import startup
startup.leave_out()
from nbformat.v4 import new_code_cell, new_notebook
import nbformat
nbformat.validate(new_notebook(cells=[new_code_cell("x")]))
assert not nbformat.validator.isvalid({"nbformat": 4, "nbformat_minor": 5, "cells": []})
print(sorted(name for name in sys.modules if "rfc3987" in name and sys.modules[name]))
"""


def test_notebooks_are_validated_without_it():
    """A right notebook is one, a wrong one is none, and the grammar is not compiled."""
    done = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_loaded_is_not_looked_through(fails):
    """Neither then nor later; all that comes after it is, whether it could be loaded or not."""
    frozen = gc.get_freeze_count()
    with pytest.raises(ImportError) if fails else contextlib.nullcontext(), loading():
        assert not gc.isenabled()
        kept = [[] for _ in range(1000)]
        if fails:
            raise ImportError
    assert gc.isenabled()
    assert gc.get_freeze_count() >= frozen + len(kept)
    gc.unfreeze()
