"""Starting: what takes long and is not needed is left undone."""

import contextlib
import gc
import subprocess
import sys

import pytest

from autograder.startup.loading import loading

CHECK = """
import sys
import nbgrader.apps
print(sorted(name for name in sys.modules if "rfc3987" in name))
"""


def test_nbgrader_starts_without_compiling_a_grammar():
    """Neither jsonschema nor anything else loads the grammar of web addresses that takes so long."""
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
