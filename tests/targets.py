"""What attacks aim at: a course, files, processes and sockets, all of it worthless."""

import ast
import base64
import contextlib
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
from functools import cache
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell

from tests.attack import PROJECT

WORD = "canary"  # begins each secret
LIMITS = {
    "call_seconds": 0.5,
    "statement_seconds": 1,
    "submission_seconds": 3,  # a right one needs a tenth, on an idle machine
    "memory_mb": 2048,
    "file_mb": 16,
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
        self.secrets[where] = WORD + secrets.token_hex(12)
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
        text = text.lower()
        return [
            where
            for where, secret in self.secrets.items()
            if any(form in text for form in _forms(secret))
        ]

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
        """Return whether the other process was ended or stopped."""
        if self.sibling.poll() is not None:
            return f"the other process has ended: {self.sibling.returncode}"
        state = state_of(self.sibling.pid)[0]
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
        for suite in (hidden / "dropout_l2").glob("test_*.py"):
            suite.write_text(_essential_part(suite.read_text()))
        with (hidden / "dropout_l2" / "test_dropout_forward.py").open("a") as suite:
            suite.write(f"# {self.secret('a hidden suite')}\n")
        (hidden / "dropout_l2" / "rubric.toml").unlink()
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


def _essential_part(suite: str) -> str:
    """Return a suite, without criteria, with its essential properties; its first one if it has none.

    The others cannot give an attack points that these deny it, and they take most of the time.
    """
    tree = ast.parse(suite)
    properties = [node for node in tree.body if _is_property(node)]
    essential = [
        p for p in properties if "pytest.mark.essential" in map(ast.unparse, p.decorator_list)
    ]
    kept = essential or properties[:1]
    for one in kept:
        one.decorator_list = [
            marker for marker in one.decorator_list if "criterion" not in ast.unparse(marker)
        ]
    tree.body = [
        node
        for node in tree.body
        if node in kept or not (_is_property(node) or _is_observation(node))
    ]
    return ast.unparse(tree) + "\n"


def _is_property(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _is_observation(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("observe_")


def _file(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
    modified = None if content is None else status.st_mtime_ns
    return status.st_mode, content, modified


@cache
def _forms(secret: str) -> frozenset[str]:
    """Return how a secret may be written, all in small letters."""
    plain = secret.encode()
    forms = {secret, secret[::-1], plain.hex()}
    first = len(WORD) if secret.startswith(WORD) else 0  # what all of them share tells none
    forms |= {", ".join(map(str, plain[n : n + 8])) for n in range(first, len(plain) - 7)}
    for start in range(3):  # base64 of a longer text that it is part of
        forms.add(base64.b64encode(plain[start : start + (len(plain) - start) // 3 * 3]).decode())
    return frozenset(form.lower() for form in forms)


def state_of(process: int) -> tuple[str, int]:
    """Return the state and the parent of a process."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return fields[0], int(fields[1])
