"""The scripts beside our interpreter, for nbgrader, which calls `alembic` by its bare name."""

import os
import sys
from pathlib import Path


def put_on_path() -> None:
    """Put the interpreter's own scripts first on PATH, as activating its environment would."""
    # not resolved: in a virtual environment the interpreter is a link
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
