"""The template: workers are forked from it, and it is replaced where it breaks."""

import os
import signal
from pathlib import Path

import pytest

from autograder import template
from autograder.sandbox import Budget, Sandbox
from autograder.template import Template, TemplateError


@pytest.fixture
def own():
    """A template that no other test uses."""
    made = Template()
    yield made
    del made


def test_workers_are_forked_from_one_process(own):
    """Each worker is a process of its own, and a child of the template."""
    workers = [own.fork() for _ in range(3)]
    parents = set()
    for worker in workers:
        stat = Path(f"/proc/{worker._number}/stat").read_text()
        parents.add(int(stat.rpartition(")")[2].split()[1]))
        worker.end()
    assert parents == {own._process.pid}
    assert len({worker._number for worker in workers}) == 3


def test_a_worker_ends_when_its_connection_does(own):
    """A worker that nobody can ask any more ends by itself, with exit code 0."""
    worker = own.fork()
    assert worker.exit_code(0.05) is None
    worker.connection.close()
    assert worker.exit_code(5.0) == 0
    assert worker.exit_code(5.0) == 0


def test_an_ended_worker_is_told_by_its_signal(own):
    """What `end` ends has ended by the signal, and nothing of it is left."""
    worker = own.fork()
    worker.end()
    assert worker.exit_code(5.0) == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(worker._number, 0)


def test_a_template_that_was_killed_says_so(own):
    """A dead template forks nothing, and its workers have ended with it."""
    worker = own.fork()
    os.kill(own._process.pid, signal.SIGKILL)
    own._process.wait()
    with pytest.raises(TemplateError):
        own.fork()
    assert worker.exit_code(5.0) is None  # nobody is left who knows it
    assert worker._handle is None  # but it has ended
    worker.end()


def test_a_killed_template_costs_nobody_anything(tiny):
    """The next worker comes from a new one."""
    broken = template.template()
    os.kill(broken._process.pid, signal.SIGKILL)
    broken._process.wait()
    Sandbox(tiny, Budget(10.0), 1).close()
    assert template.template() is not broken


def test_a_worker_has_its_own_connection_and_no_other(student):
    """Neither the template's socket nor any file of ours is open in a worker."""
    code = (
        "import os\n"
        "def target(n):\n"
        "    try:\n"
        "        return os.readlink(f'/proc/self/fd/{n}').partition(':')[0]\n"
        "    except OSError:\n"
        "        return None\n"
        "open_files = [target(n) for n in range(64)]"
    )
    assert list(filter(None, student(code).open_files)) == [*["/dev/null"] * 3, "socket"]
