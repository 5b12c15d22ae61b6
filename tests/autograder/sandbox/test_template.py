"""The template: it forks workers, and is replaced when it breaks."""

import os
import resource
import signal
from pathlib import Path

import psutil
import pytest

from autograder.course.limits import Limits
from autograder.sandbox import borrowed_user, isolation, template
from autograder.sandbox.budget import Budget
from autograder.sandbox.probe import reached
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.template import Template, TemplateError
from autograder.worker.opening import Opening


@pytest.fixture(params=[reached, lambda: isolation.NONE], ids=["confined", "not isolated"])
def own(request):
    """A template that no other test uses, with namespaces and without."""
    made = Template(request.param(), Limits())
    yield made
    del made


def children(own):
    return psutil.Process(own._process.pid).children(recursive=True)


def test_the_place_to_write_to_hides_nothing():
    """In namespaces it is a folder that no system has, so it hides neither engine nor Python."""
    assert not Path(template.INSIDE).exists()


def test_workers_are_forked_from_one_process(own):
    """Each worker is a process of its own, and a child of the template."""
    own.fork().end()
    [*before] = children(own)
    workers = [own.fork() for _ in range(3)]
    forked = [child for child in children(own) if child not in before]
    assert len(forked) == 3
    assert len({child.ppid() for child in forked}) == 1
    assert len({worker.number for worker in workers}) == 3
    for worker in workers:
        worker.end()
    assert children(own) == before


@pytest.fixture
def many_open_files():
    """Leave no number below 1100 for another file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    yield
    for descriptor in opened:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_workers_are_forked_beside_many_open_files(many_open_files, own):
    """A grading process may have more than a thousand files open."""
    own.fork().end()  # by then the template itself has started
    [*before] = children(own)
    worker = own.fork()
    assert len(children(own)) == len(before) + 1
    worker.end()


def test_no_two_workers_are_the_same_user(own, monkeypatch, tmp_path):
    """This holds for two templates too; a worker that has ended gives its user back."""
    if not own._users:
        pytest.skip("only root's workers become other users")
    monkeypatch.setattr(own, "_users", own._users[:3])
    monkeypatch.setattr(borrowed_user, "NAME", f"{borrowed_user.NAME}-{tmp_path.name}")
    workers = [own.fork() for _ in range(3)]
    assert {worker.user for worker in workers} == {*own._users}
    with pytest.raises(TemplateError, match="in use"):
        own.fork()
    workers[0].end()
    workers.append(own.fork())
    assert workers[3].user == workers[0].user
    for worker in workers:
        worker.end()


def test_a_worker_ends_when_its_connection_does(own):
    """A worker whose connection is closed ends by itself, with exit code 0."""
    worker = own.fork()
    worker.connection.close()
    assert worker.end(5.0) == 0
    assert worker.end(5.0) == 0


def test_a_worker_that_does_not_end_by_itself_is_ended(own):
    """It has some time to end; then it has no exit code, and nothing of it is left."""
    own.fork().end()
    before = children(own)
    worker = own.fork()
    assert worker.end(0.05) is None
    assert children(own) == before


def test_a_template_that_was_killed_says_so(own):
    """A killed template forks nothing, and its workers have ended with it."""
    worker = own.fork()
    family = children(own)
    own._process.send_signal(signal.SIGKILL)
    own._process.wait()
    with pytest.raises(TemplateError):
        own.fork()
    assert worker.end(5.0) is None  # nobody is left who knows it
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_a_killed_template_costs_nobody_anything(tiny):
    """The next worker comes from a new template."""
    broken = template.template(reached(), tiny.limits, tiny.opening)
    broken.fork().end()  # it has started
    family = children(broken)
    broken._process.kill()
    psutil.wait_procs([*family, psutil.Process(broken._process.pid)], timeout=5)
    Sandbox(tiny.limits, tiny.opening, Budget(10.0), 1, reached()).close()
    assert template.template(reached(), tiny.limits, tiny.opening) is not broken


def test_a_worker_has_its_own_connection_and_no_other(session):
    """A worker has neither the template's socket nor a file of ours open."""
    code = (
        "import os\n"
        "def target(n):\n"
        "    try:\n"
        "        return os.readlink(f'/proc/self/fd/{n}').partition(':')[0]\n"
        "    except OSError:\n"
        "        return None\n"
        "with open('/proc/self/maps') as file:\n"
        "    loaded = file.read().split()\n"
        "open_files = [name for n in range(64) if (name := target(n)) and name not in loaded]"
    )  # libffi, which ctypes needs, may keep its own library open
    names = session(code, layers=isolation.NONE).namespace
    assert names.open_files == [*["/dev/null"] * 3, "socket"]


def test_a_template_is_given_an_opening_once(tiny):
    """A template without an opening takes the first; another opening needs another template."""
    template.forget_templates()
    bare = template.template(reached(), tiny.limits, Opening())
    assert template.template(reached(), tiny.limits, tiny.opening) is bare
    assert template.template(reached(), tiny.limits, tiny.opening) is bare
    other = template.template(reached(), tiny.limits, Opening(cells=("a = 1",)))
    assert other is not bare
    assert template.template(reached(), tiny.limits, tiny.opening) is bare
