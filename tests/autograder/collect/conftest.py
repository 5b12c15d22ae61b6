"""A course with a folder of downloads, and `nbgrader zip_collect` on it."""

import logging

import pytest
from nbgrader.apps import ZipCollectApp

from tests.autograder.support.download import ROSTER, Run, listed
from tests.conftest import PROJECT


@pytest.fixture
def archives(tiny, monkeypatch):
    """The folder for archives of a tiny course with our settings, in whose folder we are."""
    settings = (PROJECT / "nbgrader_config.py").read_text(encoding="utf-8")
    (tiny.root / "nbgrader_config.py").write_text(settings)
    (tiny.root / "roster.csv").write_text(ROSTER)
    folder = tiny.root / "downloaded" / "tiny" / "archive"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tiny.root)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tiny.root))
    return folder


@pytest.fixture
def collect(tiny, archives, caplog):
    """A function that runs `nbgrader zip_collect`."""

    def run(*words):
        app = ZipCollectApp()
        app.initialize(["tiny", *words])
        app.log.propagate = True
        caplog.clear()
        with caplog.at_level(logging.INFO, logger=app.log.name), pytest.raises(SystemExit) as end:
            app.start()
        taken = {
            path.relative_to(tiny.root / "submitted").as_posix(): path.read_text()
            for path in sorted((tiny.root / "submitted").rglob("*"))
            if path.is_file()
        }
        refused = {row["file"]: row["refused because"] for row in listed(tiny)}
        reasons = {name.rpartition("/")[2]: why for name, why in refused.items() if why}
        return Run(taken, reasons, end.value.code, caplog.messages)

    return run
