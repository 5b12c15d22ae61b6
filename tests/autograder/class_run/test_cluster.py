"""A class graded on a Dask cluster: a real scheduler and workers, each a process of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

import autograder
from autograder.class_run import cluster
from autograder.class_run.cluster import ClusterPool
from autograder.class_run.cluster_worker import (
    ClusterError,
    WorkerInfo,
    grade_on_worker,
)
from autograder.course.assignment import Assignment
from autograder.course.course import Course
from autograder.intake.handed_in import HandedIn
from autograder.results.report import Status, report_in
from autograder.sandbox.isolation import NotIsolatedError
from tests.autograder.support.tiny import IDENTITY, IN_PLACE, RIGHT, THREE, handed_in, make_course
from tests.conftest import PROJECT
from tests.left_behind import rows

distributed = pytest.importorskip(
    "distributed", reason="distributed is not installed: pip install 'nbgrader-autograder[cluster]'"
)

pytestmark = pytest.mark.xdist_group("cluster")  # one cluster serves most of these

STARTING, GRADING = 60.0, 240.0  # seconds, on a busy machine
SLOWLY = "import time; time.sleep(0.3)"  # so that a worker is seen to be busy
ANSWERS = {"right": RIGHT, "identity": IDENTITY, "in_place": IN_PLACE, "three": THREE}


class Cluster:
    """A scheduler, and workers whose course lies in a folder of their own."""

    def __init__(self, folder: Path, course: Path, **variables: str) -> None:
        self.folder, self.course, self.variables = folder, course, variables
        self.workers = []
        self.end = ExitStack()
        file = folder / "scheduler.json"
        self.scheduler = self.start("dask_scheduler", "--port", "0", "--scheduler-file", file)
        self.address = wait_for(lambda: address_in(file))

    def start(self, module, *words):
        words = ("--host", "127.0.0.1", "--no-dashboard", *map(str, words))
        log = (self.folder / f"{module}{len(self.workers)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module}", *words],
            cwd=self.course,
            env=environment(AUTOGRADER_COURSE=str(self.course), **self.variables),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()
        self.end.callback(ended, process)
        return process

    def add_worker(self):
        name = f"worker{len(self.workers)}"
        words = ("--no-nanny", "--nthreads", 1, "--name", name)
        words += ("--local-directory", self.folder / name, self.address)
        self.workers.append(self.start("dask_worker", *words))

    def ask(self):
        return distributed.Client(self.address, set_as_default=False)

    def with_workers(self, number):
        while sum(worker.poll() is None for worker in self.workers) < number:
            self.add_worker()
        with self.ask() as client:
            client.wait_for_workers(number, timeout=STARTING)
        return self

    def busy(self):
        """Return the names of the workers that have something to do."""
        with self.ask() as client:
            names = {a: w["name"] for a, w in client.scheduler_info()["workers"].items()}
            return {names[address] for address, keys in client.processing().items() if keys}


def environment(**more):
    path = os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": path, "JUPYTER_CONFIG_DIR": "/nonexistent"} | more


def address_in(file):
    """Return a scheduler's address; empty until all of its file is written."""
    with suppress(FileNotFoundError, json.JSONDecodeError):
        return json.loads(file.read_text(encoding="utf-8"))["address"]
    return ""


def wait_for(found, seconds=STARTING):
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
    return value


def ended(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """A cluster with a course, and two workers as soon as somebody asks for them."""
    folder = tmp_path_factory.mktemp("cluster")
    a_class(folder / "course")
    shutil.rmtree(folder / "course" / "submitted")
    started = Cluster(folder, folder / "course")
    with started.end:
        yield started


@pytest.fixture
def alone(tmp_path):
    """A function that starts a cluster of a test's own, with a course as it likes."""
    with ExitStack() as stack:

        def start(manifest="", **variables):
            make_course(tmp_path / "theirs", manifest=manifest)
            started = Cluster(tmp_path, tmp_path / "theirs", **variables)
            stack.enter_context(started.end)
            return started

        yield start


def a_class(root: Path, copies: int = 1) -> Assignment:
    """Write a course with submissions of all kinds: two are broken, and four are slow, in copies."""
    assignment = make_course(root)
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    for number in range(copies):
        for name, answer in ANSWERS.items():
            submit(root, f"{name}{number}", nbformat.writes(handed_in(assignment, answer, SLOWLY)))
    submit(root, "broken", "{")
    submit(root, "empty", nbformat.writes(assignment.release))
    (root / "submitted" / "empty" / "tiny" / "tiny.ipynb").rename(
        root / "submitted" / "empty" / "tiny" / "final (1).ipynb"
    )
    return assignment


def submit(root, student, text):
    folder = root / "submitted" / student / "tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_text(text, encoding="utf-8")
    (folder / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC", encoding="utf-8")


def grade(root, *words):
    code = "from autograder.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, "grade", "tiny", *words],
        cwd=root,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(root, *words):
    process = grade(root, *words)
    out, _ = process.communicate(timeout=GRADING)
    return process.returncode, out


def students_in(out):
    return sorted(line for line in out.splitlines() if " of 2 points, " in line)


def files(root):
    """Return the content of each graded file, without the secrets, which are random."""
    graded = root / "autograded"
    return {
        str(path.relative_to(graded)): path.read_bytes()
        for path in sorted(graded.rglob("*"))
        if path.is_file() and path.name != "submission_secret.txt"
    }


def test_a_cluster_whose_worker_dies_grades_as_one_machine_does(tmp_path, there):
    """With a worker killed in the middle, gradebook and graded files are those of this machine."""
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    shutil.copytree(a_class(here, copies=2).root, elsewhere)  # a new cell's id is random
    code, out = finished(here, "--workers", "1")
    assert code == 0, out
    there.with_workers(2)
    run = grade(elsewhere, "--scheduler", there.address)
    first = run.stdout.readline()
    victim = min(wait_for(there.busy))
    there.workers[int(victim[-1])].kill()
    rest, _ = run.communicate(timeout=GRADING)
    assert run.returncode == 0, first + rest
    assert "10 submissions: 10 graded" in rest
    assert students_in(first + rest) == students_in(out)
    assert files(elsewhere) == files(here)
    reported = [rows(f"sqlite:///{root}/gradebook.db") for root in (elsewhere, here)]
    assert sum(map(len, reported[0].values())) > 40
    assert reported[0] == reported[1]
    assert there.scheduler.poll() is None, "the cluster is not ours to end"
    with there.ask() as client:
        assert len(client.nthreads()) == 1, "one of the two was to die"


def test_ctrl_c_takes_back_what_is_queued_and_leaves_the_cluster_alone(tmp_path, there):
    """An interrupted run ends at once and keeps its grades; the next one finishes the class."""
    root = a_class(tmp_path / "course").root
    there.with_workers(1)
    run = grade(root, "--scheduler", there.address)
    run.stdout.readline()
    start = time.monotonic()
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=GRADING)
    assert run.returncode == 130, out
    assert "Interrupted: finished grades are kept" in out
    assert out.count("\n") < 10
    assert "Traceback" not in out
    assert time.monotonic() - start < 15  # on a busy machine
    assert there.scheduler.poll() is None
    wait_for(lambda: not there.busy())
    code, out = finished(root, "--scheduler", there.address)
    assert code == 0, out
    assert "unchanged" in out


def test_a_submission_whose_workers_die_is_held_back(tmp_path, alone):
    """Workers that die while grading it are our fault, never a zero; the next run grades it."""
    root = a_class(tmp_path / "course").root
    theirs = alone(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0").with_workers(2)
    run = grade(root, "--scheduler", theirs.address)
    first = run.stdout.readline()
    theirs.workers[int(min(wait_for(theirs.busy))[-1])].kill()
    out, _ = run.communicate(timeout=GRADING)
    assert run.returncode == 1, first + out
    held = [line for line in out.splitlines() if "held back of 2 points" in line]
    assert held, first + out
    student = held[0].partition(":")[0]
    report = report_in(root / "autograded" / student / "tiny" / "tiny.ipynb")
    assert report.cause == "the cluster's workers died while grading it (deaths: 1)"
    code, out = finished(root, "--scheduler", theirs.address)
    assert code == 0, out
    assert f"{len(held)} graded, {6 - len(held)} unchanged" in out


def test_a_lost_scheduler_ends_the_run(tmp_path, alone):
    """When the scheduler is gone, finished grades are kept, and an error says what to do."""
    root = a_class(tmp_path / "course").root
    theirs = alone().with_workers(1)
    run = grade(root, "--scheduler", theirs.address)
    first = run.stdout.readline()
    start = time.monotonic()
    theirs.scheduler.kill()
    out, _ = run.communicate(timeout=GRADING)
    assert run.returncode == 1, first + out
    assert f"the Dask scheduler at {theirs.address} was lost: check that it is running" in out
    assert "Traceback" not in out, out
    assert time.monotonic() - start < 15
    assert 0 < len(list((root / "autograded").iterdir())) < 6


def test_a_worker_that_cannot_confine_grades_nothing(monkeypatch, there, tiny):
    """An error names a worker without isolation before anything is graded."""
    there.with_workers(1)
    bare = WorkerInfo(
        autograder.__version__, "/course", {"tiny": tiny.version}, "", "no Landlock: mend"
    )
    monkeypatch.setattr(ClusterPool, "_answers", lambda pool: {"tcp://10.0.0.7:1": bare})
    with pytest.raises(NotIsolatedError, match=r"^worker tcp://10.0.0.7:1: no Landlock: mend$"):
        ClusterPool({"tiny": tiny}, there.address)


def test_an_engine_of_another_version_grades_nothing(monkeypatch, there, tiny):
    """Workers must have this package in the same version; of many wrong ones three are named."""
    there.with_workers(1)
    old = WorkerInfo("0.0.1", "/course", {"tiny": tiny.version}, "seccomp")
    answers = {f"tcp://10.0.0.{n}:1": old for n in range(5)}
    monkeypatch.setattr(ClusterPool, "_answers", lambda pool: answers)
    with pytest.raises(ClusterError) as error:
        ClusterPool({"tiny": tiny}, there.address)
    assert str(error.value).count(f"must have autograder {autograder.__version__}, got 0.0.1") == 3
    assert "and 2 more workers" in str(error.value)


def test_a_worker_with_other_suites_grades_nothing(tmp_path, there, alone):
    """Before anything is graded, an error names both versions and the remedy."""
    other = alone(manifest="# changed")
    other.with_workers(1)
    assignment = a_class(tmp_path / "course")
    code, out = finished(assignment.root, "--scheduler", other.address)
    theirs = Assignment(other.course, "tiny").version
    assert code == 1
    assert f"must have tiny in version {assignment.version}, got {theirs} in {other.course}" in out
    assert "copy this version of the course's folder to the workers" in out
    assert out.count("\n") == 1
    assert not (assignment.root / "autograded").exists()
    with Gradebook(f"sqlite:///{assignment.root / 'gradebook.db'}") as gradebook:
        assert gradebook.find_assignment("tiny").submissions == []


def test_a_cluster_without_workers_is_an_error(monkeypatch, there, alone, tiny):
    """No worker within some seconds is an error that says how to start one."""
    monkeypatch.setattr(cluster, "CONNECTING", 1.0)
    empty = alone()
    with pytest.raises(ClusterError, match=f"got none in 1 seconds: .*dask worker {empty.address}"):
        ClusterPool({"tiny": tiny}, empty.address)


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("tcp://127.0.0.1:9", "Timed out trying to connect"),
        ("127.0.0.1", "missing port number"),
        ("http://127.0.0.1:80", "it must be tcp://"),
        ("tls://127.0.0.1:9", "certificates in Dask's settings"),
    ],
)
def test_a_scheduler_that_cannot_be_reached_is_an_error(monkeypatch, tiny, address, cause):
    """A wrong address is an error of one line, within bounded time."""
    monkeypatch.setattr(cluster, "CONNECTING", 1.0)
    start = time.monotonic()
    with pytest.raises(ClusterError) as error:
        ClusterPool({"tiny": tiny}, address)
    reported = str(error.value)
    assert address in reported
    assert cause in reported
    assert "dask scheduler" in reported
    assert "\n" not in reported
    assert time.monotonic() - start < 10


def test_what_answers_there_must_be_a_scheduler(monkeypatch, tiny):
    """A port of another program gives the same error as a closed port."""
    monkeypatch.setattr(cluster, "CONNECTING", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = "tcp://{}:{}".format(*server.getsockname())
        with pytest.raises(ClusterError, match="must be the address of a Dask scheduler"):
            ClusterPool({"tiny": tiny}, address)


def test_without_dask_the_extra_is_named(monkeypatch, tiny):
    """Without the package, an error says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'nbgrader-autograder\[cluster\]'"):
        ClusterPool({"tiny": tiny}, "tcp://127.0.0.1:9")


def test_only_a_scheduler_needs_dask():
    """The command line does not load Dask before an address is given."""
    code = "import sys, autograder.cli; sys.exit('distributed' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], env=environment(), check=True)


def test_workers_and_a_scheduler_exclude_each_other(tmp_path):
    """How many submissions are graded at a time is the cluster's own matter: exit code 2."""
    code, out = finished(tmp_path, "--scheduler", "tcp://127.0.0.1:9", "--workers", "2")
    assert code == 2
    assert "--workers is for this machine" in out


def test_nothing_of_a_person_or_a_machine_travels(monkeypatch, tmp_path, there):
    """A worker gets the notebook, the suites' version and the names of folders, and no more."""
    there.with_workers(1)
    root = a_class(tmp_path / "ours").root
    course = Course(root, course_id="physics", db_url="postgresql://grader:secret@db/grades")
    assignment = Assignment(course, "tiny", "tiny")
    sent = []
    submit_there = distributed.Client.submit

    def submit(client, function, *arguments, **options):
        sent.append((function, arguments, options))
        return submit_there(client, function, *arguments, **options)

    monkeypatch.setattr(distributed.Client, "submit", submit)
    one = HandedIn(b"{", ("a remark",), stamp=b"2026-11-20")
    pool = ClusterPool({"tiny": assignment}, there.address)
    with closing(pool):
        graded = pool.submit({"tiny": one}).result(GRADING)
    assert graded["tiny"].report.status is Status.UNREADABLE
    versions = {"tiny": assignment.version}
    arguments = (assignment.course.layout(), "tiny", versions, {"tiny": one.to_dict()})
    options = {"pure": False, "allow_no_isolation": False}
    assert sent == [(grade_on_worker, arguments, options)]
    json.dumps(arguments)  # plain data
    for private in (str(tmp_path), "secret", "physics"):
        assert private not in json.dumps(arguments)
