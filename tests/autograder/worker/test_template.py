"""The template: it forks processes, ends them, and removes what they have written."""

import os
import socket
import time

import pytest

from autograder.worker.confinement import Confinement, scratch_of
from autograder.worker.template import ENDED_BY_US, Template


@pytest.fixture
def template(tmp_path):
    """A template in this process, whose children are not confined."""
    confinement = Confinement([], [], [], [], str(tmp_path), {}, reads_as_root=False, threads=1)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Template(theirs, confinement, scratch_size=0)


def test_a_process_that_ends_by_itself_has_its_exit_code(template):
    """It is 0 if its function returns."""
    assert template.end(template.fork(lambda: None), 20) == 0


def test_a_process_that_raises_ends_with_a_traceback(template, capfd):
    """It must not continue as a second template."""
    assert template.end(template.fork(lambda: 1 / 0), 20) == 1
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_process_that_does_not_end_is_ended(template):
    """It has some time to end by itself; then the answer is not an exit code."""
    process = template.fork(lambda: time.sleep(60))
    assert template.end(process, 0.01) == ENDED_BY_US
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_only_the_folder_of_the_ended_process_is_emptied(template):
    """A process that still runs keeps its files; after the last one, nothing is left."""
    processes = [template.fork(lambda: time.sleep(60)) for _ in range(2)]
    folders = [scratch_of(template.scratch, process) for process in processes]
    for folder in folders:
        folder.mkdir()
        (folder / "file").write_text("")
    template.end(processes[0], 0)
    assert [[*folder.iterdir()] for folder in folders] == [[], [folders[1] / "file"]]
    template.end(processes[1], 0)
    assert not any(folder.exists() for folder in folders)
