"""Starting: what is left out is not imported, and nothing misses it."""

import subprocess
import sys

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
