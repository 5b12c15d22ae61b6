"""Scripts: what lies beside the interpreter is found by its bare name."""

import os
import shutil
import sys
from pathlib import Path

from autograder.startup import scripts


def test_scripts_beside_the_interpreter_are_found_first(tmp_path, monkeypatch):
    """The interpreter's own folder comes first on PATH, and the rest stays."""
    python = tmp_path / "python"
    script = tmp_path / "alembic"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PATH", "/usr/bin")
    scripts.put_on_path()
    assert os.environ["PATH"] == f"{tmp_path}{os.pathsep}/usr/bin"
    assert Path(shutil.which("alembic")) == script
