"""What a confined worker can no longer do, and what it still can."""

import os

import pytest

from autograder.sandbox import isolation
from autograder.sandbox.sandbox import DiedError, StudentError
from autograder.worker.confinement import Layer

ORDINARY = """
import asyncio, csv, ctypes, json, lzma, shutil, sqlite3, subprocess, tempfile, threading, time, zoneinfo
from pathlib import Path
import numpy as np

def files():
    with tempfile.TemporaryDirectory() as folder:
        np.save(folder + "/a.npy", np.ones(3))
        total = np.load(folder + "/a.npy").sum()
    with open("notes.txt", "w") as file:
        file.write("a" * 1000)
    Path("notes.txt").rename("kept.txt")
    shutil.copy2("kept.txt", "copied.txt")
    with tempfile.NamedTemporaryFile("w+") as file:
        file.write("b")
        file.flush()
    own = Path("kept.txt").resolve().parent
    return total, Path("kept.txt").stat().st_size, Path.home() == Path.cwd() == own

def threads():
    results = []
    several = [threading.Thread(target=results.append, args=(n,)) for n in range(20)]
    for one in several: one.start()
    for one in several: one.join()
    return sorted(results) == list(range(20))

def database():
    connection = sqlite3.connect("own.db")
    connection.execute("create table t (x)")
    connection.execute("insert into t values (3)")
    return connection.execute("select x from t").fetchone()[0]

async def later():
    await asyncio.sleep(0.01)
    return 5

def loop():
    return asyncio.run(later())

def waiting():
    start = time.perf_counter()
    time.sleep(0.01)
    return time.perf_counter() - start > 0.005

def large():
    return float(np.ones(50_000_000).sum())
"""


def test_ordinary_code_loses_nothing(student, layers):
    """Files, threads, databases, event loops, clocks and 400 MB work."""
    names = student(ORDINARY, layers=layers)
    assert names.files() == (3.0, 1000, True)
    assert names.threads() is True
    assert names.database() == 3
    assert names.loop() == 5
    assert names.waiting() is True
    assert names.large() == 5e7


def attempt(statement, imports="os"):
    return f"import {imports}\ndef attempt():\n    return {statement}"


@pytest.mark.parametrize(
    "statement",
    [
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 0)",
        "os.kill(-1, 0)",
        "os.setuid(0)",
        "os.symlink('/etc/passwd', 'link')",
        "os.mkfifo('pipe')",
        "os.memfd_create('m')",
        "os.chroot('.')",
        "os.readlink('/proc/self/exe')",
        "open('/etc/passwd').read()",
        "open('/proc/self/status').read()",
        "__import__('socket').socket()",
        "__import__('socket').socket(__import__('socket').AF_UNIX)",
        "__import__('socket').socket(16, 3, 0)",
        "__import__('fcntl').fcntl(0, 8, 1)",
        "__import__('resource').setrlimit(7, (4096, 4096))",
    ],
)
def test_what_reaches_out_fails(student, layers, statement):
    """Each is an error of the student's own code, and the worker continues."""
    names = student(attempt(statement) + "\ndef fine(): return 1", layers=layers)
    with pytest.raises(StudentError, match=r"Error: "):
        names.attempt()
    assert names.fine() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "posix.chmod('.', 0o700)",
        "posix.utime('.', (0, 0))",
        "os.truncate('/dev/null', 0)",
        "os.open('/dev/null', os.O_RDONLY | os.O_TRUNC)",
        "os.open('/dev/null', os.O_ACCMODE | os.O_TRUNC)",
        "resource.prlimit(threading.get_native_id(), resource.RLIMIT_CPU)",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'', 'no such place')",
    ],
)
def test_seccomp_refuses_what_landlock_does_not_see(student, statement):
    """Only file rights keep an ordinary user's worker from them."""
    names = student(
        attempt(statement, "os, posix, resource, socket, threading"),
        layers=frozenset({Layer.SECCOMP}),
    )
    with pytest.raises(StudentError, match="PermissionError"):
        names.attempt()


@pytest.mark.parametrize("statement", ["os.listdir('/')", "open('/tmp/outside', 'w')"])
def test_landlock_leaves_a_worker_its_own_folder_alone(student, layers, statement):
    """Even empty folders around it can neither be seen nor written to."""
    if Layer.LANDLOCK not in layers:
        pytest.skip("a matter of Landlock's")
    with pytest.raises(StudentError, match="PermissionError|FileNotFoundError"):
        student(attempt(statement), layers=layers).attempt()


NEIGHBOURS = """
import os, sysconfig
import numpy as np
beside_numpy = sorted(os.listdir(os.path.dirname(np.__path__[0])))
others = os.path.join(sysconfig.get_path("stdlib"), "site-packages")
packages = os.listdir(others) if os.path.isdir(others) else []
"""


def test_namespaces_show_numpy_and_no_other_package(student, layers):
    """Only the confining packages lie beside NumPy, and no other package is visible."""
    if layers != {Layer.BUBBLEWRAP, Layer.SECCOMP}:
        pytest.skip("a matter of namespaces', which Landlock would hide")
    names = student(NEIGHBOURS, layers=layers)
    assert {*names.beside_numpy} <= {"landlockpy", "numpy", "numpy.libs", "seccompy"}
    assert names.packages == []


BOMBS = """
import numpy as np, os, threading, time

def threads():
    several = []
    try:
        for _ in range(300):
            several.append(threading.Thread(target=time.sleep, args=(0.3,)))
            several[-1].start()
    except RuntimeError:
        pass
    return len(several)

def one_file():
    with open("large", "wb") as file:
        for _ in range(64): file.write(bytes(2**20))

def many_files():
    for n in range(100):
        with open(f"f{n}", "wb") as file: file.write(bytes(2**20))
        time.sleep(0.02)

def many_folders():
    for n in range(1_000_000):
        os.mkdir(str(n))

def deep_folders():
    while True:
        os.mkdir("inner")
        os.chdir("inner")

def open_files():
    kept = []
    try:
        while len(kept) < 1000: kept.append(open(os.devnull))
    except OSError:
        pass
    return len(kept)
"""


def test_bombs_meet_a_limit(student, layers):
    """Threads, files and their sizes are bounded."""
    limits = {"threads": 30, "file_mb": 4, "scratch_mb": 16}
    names = student(BOMBS, layers=layers, **limits)
    # an ordinary user's worker shares its limit with all that the user runs: what ends, makes room
    shared = os.geteuid() != 0 and Layer.BUBBLEWRAP not in layers
    assert 10 < names.threads() <= (60 if shared else 31)
    assert names.open_files() < isolation.OPEN_FILES
    with pytest.raises(StudentError, match="File too large"):
        names.one_file()
    if Layer.BUBBLEWRAP in layers:
        with pytest.raises(StudentError, match="No space left"):
            names.many_files()
    else:
        with pytest.raises(DiedError, match="stopped by the system: .* or too many files"):
            names.many_files()


@pytest.mark.parametrize("bomb", ["many_folders", "deep_folders"])
def test_folders_without_end_end_the_worker(student, layers, bomb):
    """They use up entries of the file system and take time to remove; the next worker starts."""
    # a busy disk makes no more than some thousand of them in a second
    names = student(BOMBS, layers=layers, call_seconds=50)
    with pytest.raises(DiedError, match="stopped by the system: .* or too many files"):
        getattr(names, bomb)()
    assert student("def fine(): return 1", layers=layers).fine() == 1


def test_a_worker_finds_nothing_of_another(session):
    """The next worker does not see a worker's files, and they are removed."""
    look = (
        "import os, pathlib\n"
        "seen = sorted(p.name for p in pathlib.Path.cwd().rglob('*'))\n"
        "def others():\n"
        "    return sorted(os.listdir('..'))\n"
        "pathlib.Path('mine').write_text('secret')"
    )
    first = session(look, layers=frozenset({Layer.LANDLOCK, Layer.SECCOMP}))
    second = session(look, layers=frozenset({Layer.LANDLOCK, Layer.SECCOMP}))
    assert first.namespace.seen == second.namespace.seen == []
    with pytest.raises(StudentError, match="PermissionError"):
        second.namespace.others()


def test_a_confined_worker_still_dies_of_its_own_faults(student):
    """The message says that the student's code crashed."""
    names = student(attempt("ctypes.string_at(0)", "ctypes"))
    with pytest.raises(DiedError, match="signal SIGSEGV"):
        names.attempt()
