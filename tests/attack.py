"""Hostile submissions, and the range on which they are tried: what they must not reach, and whether.

An attack is a file `tests/attacks/<kind>_<what>.py`. Its docstring is one sentence on what is tried,
a blank line, and then one line for each of these that applies:

answers: right
    The layers are right, only a side effect is tried: full marks, and no side effect.
answers: wrong
    It tries to get points without solving anything: no points in the items of Dropout.
unconfined: bites
    Without confinement by the operating system it can succeed: so the range is seen to notice.
known hole: <what is wrong>
    It succeeds at every level, by a fault that is still to be mended.
only confined: <reason>
    Not to be run without confinement.
students: 2
    Handed in by two students one after the other.

The rest is put into the solution cell `dropout`, below the reference (if right) or below a Dropout
that drops nothing (if wrong), and words in capitals are replaced: see `Targets.words`; STUDENT is the
number of the student, from 0. An attack that succeeds at what leaves no trace raises an error with
the text WON, which shows in the report. One that reads a secret puts it into an error's text, or
wherever else a reader would find it. A statement that raises is passed over, and the next one is run:
an attempt and the claim that it succeeded belong into one statement.
"""

import base64
import contextlib
import ctypes
import json
import os
import re
import secrets
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell

from autograder import isolation
from autograder.assignment import Assignment
from autograder.grading_process import GradingProcess
from autograder.isolation import Layers
from autograder.report import Report, item_html, item_text
from autograder.submission import filled
from autograder.worker.confinement import Layer

PROJECT = Path(__file__).resolve().parent.parent
ATTACKED = ("test_dropout_forward", "test_dropout_backward")
LIMITS = {
    "call_seconds": 1,
    "statement_seconds": 1,
    "submission_seconds": 3,
    "memory_mb": 2048,
    "file_mb": 16,
}
PATIENCE = 40.0  # seconds for one submission, many times what the limits allow for
LEVELS: dict[str, Layers] = {
    "confined": isolation.ALL,
    "in a container": frozenset({Layer.LANDLOCK, Layer.SECCOMP}),
    "none": isolation.NONE,
}
SIBLING = """\
import base64, sys
word = base64.b64decode(sys.argv[2])  # stands in its memory alone
print(flush=True)
sys.stdin.read()  # until we end
"""
LAZY = """\
class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        self.p = p

    def __call__(self, x):
        return self.layer(x)

    def backward(self, grad_output):
        return self.layer.backward(grad_output)
"""


@dataclass(frozen=True)
class Attack:
    """One file of `tests/attacks/`."""

    name: str
    sentence: str
    right: bool
    bites: bool
    known_hole: str
    only_confined: str
    students: int
    source: str

    @property
    def kind(self) -> str:
        """The first word of its name."""
        return self.name.partition("_")[0]


def attacks() -> list[Attack]:
    """Return the corpus, by name."""
    return [_attack(path) for path in sorted((PROJECT / "tests" / "attacks").glob("*.py"))]


def _attack(path: Path) -> Attack:
    source = path.read_text(encoding="utf-8")
    docstring = source.split('"""')[1]  # magics make some a cell, but no Python
    sentence, _, rest = docstring.partition("\n\n")
    facts = dict(line.split(": ", 1) for line in rest.splitlines())
    attack = Attack(
        path.stem,
        sentence,
        right={"right": True, "wrong": False}[facts.pop("answers")],
        bites=facts.pop("unconfined", "") == "bites",
        known_hole=facts.pop("known hole", ""),
        only_confined=facts.pop("only confined", ""),
        students=int(facts.pop("students", 1)),
        source=source,
    )
    assert not facts, f"{path}: unknown lines {sorted(facts)}"
    return attack


class Targets:
    """A course's folder and whatever else an attack may aim at, all of it worthless."""

    def __init__(self) -> None:
        # neither pytest's own folder nor a file's mode must be what keeps anybody out
        self.folder = Path(tempfile.mkdtemp(prefix="attacked-"))
        self.mark = "mark" + secrets.token_hex(8)
        self.won = "won" + secrets.token_hex(8)
        self.secrets: dict[str, str] = {}
        self.course = self.folder / "course"
        self.outside = self.folder / "outside"
        self.home = self.folder / "home"
        for folder in (self.outside, self.home):
            folder.mkdir()
        self._make_course()
        (self.home / ".netrc").write_text(self.secret("a file in the home folder"))
        (self.folder / "canary.txt").write_text(self.secret("a file"))
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(0o777 if path.is_dir() else 0o666)
        with contextlib.suppress(OSError):
            self.secrets["/etc/passwd"] = Path("/etc/passwd").read_text().splitlines()[0]
        self.sibling = subprocess.Popen(
            [
                sys.executable,
                "-c",
                SIBLING,
                self.secret("the command line of a process"),
                base64.b64encode(self.secret("the memory of a process").encode()).decode(),
            ],
            env={"SECRET": self.secret("the environment of a process")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.sibling.stdout is not None
        self.sibling.stdout.readline()
        self.sockets = self._listen()
        self._kept: dict[Path, tuple[object, ...]] = {}

    def secret(self, where: str) -> str:
        """Make a secret that is kept in one place."""
        self.secrets[where] = "canary" + secrets.token_hex(12)
        return self.secrets[where]

    @property
    def words(self) -> dict[str, str]:
        """What the words in capitals of an attack's code stand for."""
        [port] = {s.getsockname()[1] for s in self.sockets if s.family == socket.AF_INET}
        return {
            "CANARY_FILE": repr(str(self.folder / "canary.txt")),  # holds a secret
            "COURSE": repr(str(self.course)),  # the course's folder
            "GRADEBOOK": repr(str(self.course / "gradebook.db")),
            "HOME": repr(str(self.home)),  # with a secret in .netrc
            "OUTSIDE": repr(str(self.outside)),  # an empty folder that anybody may write to
            "ENGINE": repr(str(PROJECT)),  # where the engine is imported from
            "SITE": repr(str(Path(nbformat.__path__[0]).parent)),  # where PyTorch is
            "PORT": str(port),  # TCP and UDP on 127.0.0.1 and ::1
            "SOCKET_FILE": repr(str(self.folder / "socket")),
            "SOCKET_NAME": repr("\0" + self.mark),  # in the abstract namespace
            "SIBLING": str(self.sibling.pid),  # a process to be left alone, which knows secrets
            "MARK": self.mark,  # part of the name of whatever an attack leaves in shared places
            "TAG": f"<script>{self.mark}</script>",  # to appear escaped only
            "WON": self.won,  # said by an attack that has succeeded
        }

    def filled_in(self, code: str) -> str:
        """Return an attack's code with the words in capitals replaced."""
        words = self.words
        return re.sub(r"\b[A-Z_]+\b", lambda word: words.get(word[0], word[0]), code)

    def leaks(self, text: str) -> list[str]:
        """Return where the secrets that appear in a text were kept, however they are written."""
        return [where for where, secret in self.secrets.items() if _appears(secret, text)]

    def keep(self) -> None:
        """Remember how all files are now."""
        self._kept = self._files()

    def changes(self) -> list[str]:
        """Return the files that are not as they were, and put them right."""
        now = self._files()
        changed = [p for p in {*now, *self._kept} if now.get(p) != self._kept.get(p)]
        for path in sorted(changed):
            self._restore(path)
        left = [
            path
            for place in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue")
            for path in Path(place).glob(f"*{self.mark}*")
        ]
        for path in left:
            path.unlink()
        return sorted(map(str, [*changed, *left]))

    def visitors(self) -> list[str]:
        """Return what has arrived at the sockets since the last look."""
        seen = []
        while ready := select.select(self.sockets, [], [], 0)[0]:
            for sock in ready:
                if sock.type == socket.SOCK_STREAM:
                    sock.accept()[0].close()
                else:
                    sock.recv(2**16)
                seen.append(f"{sock.family.name} {sock.type.name}")
        return seen

    def harm_to_the_sibling(self) -> str:
        """Tell whether the other process was ended or stopped."""
        if self.sibling.poll() is not None:
            return f"the other process has ended: {self.sibling.returncode}"
        state = _state(self.sibling.pid)[0]
        self.sibling.send_signal(signal.SIGCONT)
        return "the other process was stopped" if state in "Tt" else ""

    def close(self) -> None:
        """End and remove all of it."""
        for sock in self.sockets:
            sock.close()
        self.sibling.kill()
        self.sibling.communicate()
        shutil.rmtree(self.folder)

    def _make_course(self) -> None:
        ignore = shutil.ignore_patterns("__pycache__")
        for stage in ("source", "release"):
            shutil.copytree(PROJECT / stage, self.course / stage, ignore=ignore)
        source = self.course / "source" / "dropout_l2" / "dropout_l2.ipynb"
        whole = nbformat.read(source, as_version=4)
        whole.cells.append(new_markdown_cell(self.secret("the source notebook")))
        nbformat.write(whole, source)
        hidden = shutil.copytree(
            PROJECT / "tests" / "hidden", self.course / "tests" / "hidden", ignore=ignore
        )
        with (hidden / "dropout_l2" / "test_dropout_forward.py").open("a") as suite:
            suite.write(f"# {self.secret('a hidden suite')}\n")
        manifest = hidden / "dropout_l2" / "manifest.toml"
        head = manifest.read_text().partition("[limits]")[0]
        limits = "".join(f"{name} = {value}\n" for name, value in LIMITS.items())
        manifest.write_text(f"{head}[limits]\n{limits}")
        mutants = self.course / "tests" / "mutants" / "dropout_l2"
        mutants.mkdir(parents=True)
        (mutants / "dropout_never.py").write_text(f"# {self.secret('a mutant')}\n{LAZY}")
        other = self.course / "submitted" / "bob" / "dropout_l2"
        other.mkdir(parents=True)
        whole.cells[-1].source = self.secret("another student's submission")
        nbformat.write(whole, other / "dropout_l2.ipynb")
        with contextlib.closing(sqlite3.connect(self.course / "gradebook.db")) as gradebook:
            gradebook.execute("create table grade (id text, manual_score real)")
            gradebook.execute("insert into grade values (?, 0)", [self.secret("the gradebook")])
            gradebook.commit()

    def _listen(self) -> list[socket.socket]:
        tcp = socket.create_server(("127.0.0.1", 0))
        port = tcp.getsockname()[1]
        opened = [tcp]
        for family, kind, place in [
            (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", port)),
            (socket.AF_INET6, socket.SOCK_STREAM, ("::1", port)),
            (socket.AF_INET6, socket.SOCK_DGRAM, ("::1", port)),
            (socket.AF_UNIX, socket.SOCK_STREAM, str(self.folder / "socket")),
            (socket.AF_UNIX, socket.SOCK_DGRAM, str(self.folder / "socket-of-datagrams")),
            (socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self.mark),
            (socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{self.mark}-of-datagrams"),
        ]:
            with contextlib.suppress(OSError):  # a machine without IPv6
                sock = socket.socket(family, kind)
                sock.bind(place)
                if kind == socket.SOCK_STREAM:
                    sock.listen()
                opened.append(sock)
        for name in ("socket", "socket-of-datagrams"):
            (self.folder / name).chmod(0o777)
        return opened

    def _files(self) -> dict[Path, tuple[object, ...]]:
        return {path: _file(path) for path in sorted(self.folder.rglob("*"))}

    def _restore(self, path: Path) -> None:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        if path in self._kept:
            mode, content, _ = self._kept[path]
            assert isinstance(mode, int)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.mkdir()
            path.chmod(mode)
            self._kept[path] = _file(path)


def _file(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
    modified = None if content is None else status.st_mtime_ns
    return status.st_mode, content, modified


def _appears(secret: str, text: str) -> bool:
    plain = secret.encode()
    forms = {secret, secret[::-1], plain.hex()}
    forms |= {", ".join(map(str, plain[start : start + 8])) for start in range(len(plain) - 7)}
    for start in range(3):  # base64 of a longer text that it is part of
        forms.add(base64.b64encode(plain[start : start + (len(plain) - start) // 3 * 3]).decode())
    return any(form.lower() in text.lower() for form in forms)


def _state(process: int) -> tuple[str, int]:
    """Return the state and the parent of a process."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return fields[0], int(fields[1])


def _descendants() -> dict[int, str]:
    """Return the living processes below this one, with their command lines but for numbers."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, parent = _state(int(entry.name))
                if state != "Z":
                    parents[int(entry.name)] = parent
    below: dict[int, str] = {}
    fresh = {os.getpid()}
    while fresh:
        fresh = {p for p, parent in parents.items() if parent in fresh and p not in below}
        for process in fresh:
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{process}/cmdline").read_text(errors="replace")
                below[process] = re.sub(r"\d+", "#", command.replace("\0", " "))
    return below


class Range:
    """A grading process at one level of confinement, and the targets.

    Parameters
    ----------
    level : str
        One of `LEVELS`.
    """

    def __init__(self, level: str) -> None:
        _adopt_orphans(adopt=True)  # whoever leaves its parents stays a descendant of ours
        self.targets = Targets()
        self.assignment = Assignment(self.targets.course, "dropout_l2")
        self._layers = LEVELS[level]
        self._environment = {
            "HOME": str(self.targets.home),
            "COURSE_TOKEN": self.targets.secret("the grader's environment"),
            "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]),
        }
        self._log = self.targets.folder.with_suffix(".log")
        self._process = self._start()
        for _ in range(2):  # once more, for the byte code that the first leaves
            self._honest = self._grade(self.assignment.reference)
        assert self._honest is not None
        self._points = {item.name: item.max_points for item in self._honest.items}
        earned = {item.name: item.points for item in self._honest.items}
        assert earned == self._points, self._honest
        self._at_rest = _descendants()
        self.targets.keep()

    def try_out(self, attack: Attack) -> list[str]:
        """Grade an attack, and return all that it has reached, in words: nothing, that is."""
        findings = []
        shift = self._log.stat().st_size
        answers = dict(self.assignment.reference)
        base = answers["dropout"] if attack.right else LAZY
        for student in range(attack.students):
            code = self.targets.filled_in(f"STUDENT = {student}\n{attack.source}")
            start = time.monotonic()
            report = self._grade(answers | {"dropout": f"{base}\n\n{code}"})
            if (seconds := time.monotonic() - start) > PATIENCE:
                findings.append(f"it took {seconds:.0f} s")
            if report is None:
                findings.append("the grading process broke")
            else:
                findings += self._judge(attack, report)
        log = self._log.read_text(errors="replace")[shift:]
        findings += [f"the log tells of {where}" for where in self.targets.leaks(log)]
        return [*findings, *self._side_effects()]

    def next_student(self) -> list[str]:
        """Grade an honest submission, and return what has changed since before all attacks."""
        same = self._grade(self.assignment.reference) == self._honest
        return [] if same else ["the next student's report has changed"]

    def close(self) -> None:
        """End all of it."""
        del self._process
        self.targets.close()
        self._log.unlink()
        _adopt_orphans(adopt=False)

    def _judge(self, attack: Attack, report: Report) -> Iterator[str]:
        points = {item.name: item.points for item in report.items}
        expected = self._points if attack.right else dict.fromkeys(ATTACKED, 0.0)
        for name, right in expected.items():
            if points[name] != right:
                lost = [p.message for p in report.item(name).properties if p.message][:1]
                yield f"{name} has {points[name]} points, not {right}: {lost}"
        if any(number is None for number in points.values()):
            yield "the grade is held back, as if by a fault of ours"
        pages = [item_html(report, name) for name in points]
        texts = [item_text(report, name) for name in points]
        everything = json.dumps(report.to_dict(), ensure_ascii=False)
        everything = "\n".join([everything, *pages, *texts])
        yield from (f"the report tells of {where}" for where in self.targets.leaks(everything))
        if self.targets.won in everything:
            said = re.search(rf"{self.targets.won}[^\"\\<]*", everything)
            yield f"it says that it won{said[0].removeprefix(self.targets.won) if said else ''}"
        if any(self.targets.words["TAG"] in page for page in pages):
            yield "its HTML is in the feedback"
        if not all(line.isprintable() for text in texts for line in text.split("\n")):
            yield "its control characters are in the feedback"

    def _side_effects(self) -> Iterator[str]:
        time.sleep(0.05)  # what was killed a moment ago needs a moment to be gone
        now = _descendants()
        ended = {process: self._at_rest[process] for process in {*self._at_rest} - {*now}}
        yield from (f"a process of ours was ended: {command:.80}" for command in ended.values())
        replaceable = Counter(ended.values())
        for process in {*now} - {*self._at_rest}:
            if replaceable[now[process]] > 0:
                replaceable[now[process]] -= 1
                continue
            yield f"a process is left: {now.pop(process):.80}"
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._at_rest = now
        for path in self.targets.changes():
            yield f"{path} has been changed"
        for visitor in self.targets.visitors():
            yield f"it reached a socket: {visitor}"
        if harm := self.targets.harm_to_the_sibling():
            yield harm

    def _grade(self, answers: dict[str, str]) -> Report | None:
        watch = threading.Timer(PATIENCE, self._process._process.kill)
        watch.start()
        try:
            return self._process.grade(self.assignment, filled(self.assignment.release, answers))
        except (OSError, ValueError):
            self._process = self._start()
            return None
        finally:
            watch.cancel()

    def _start(self) -> GradingProcess:
        """Start a grading process whose log is kept, and whose folder is one of the targets."""
        before = Path.cwd(), dict(os.environ), os.dup(2)
        try:
            os.chdir(self.targets.outside)
            os.environ |= self._environment
            with self._log.open("ab") as log:
                os.dup2(log.fileno(), 2)
            return GradingProcess(self._layers)
        finally:
            os.chdir(before[0])
            os.environ.clear()
            os.environ |= before[1]
            os.dup2(before[2], 2)
            os.close(before[2])


def _adopt_orphans(*, adopt: bool) -> None:
    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, int(adopt))
