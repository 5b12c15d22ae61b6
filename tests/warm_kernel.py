"""Kernels that are there at once: forks of a process that has loaded what each of them imports."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from jupyter_client.provisioning import local_provisioner

SERVER = """
import json, os, signal, sys
import matplotlib.pyplot
from ipykernel import ipkernel, kernelapp

del sys.path[0]  # where a kernel runs is its own matter
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is gone
for line in sys.stdin:
    asked = json.loads(line)
    if os.fork():
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()  # before anybody asks for its group, which is ended with it
    print(os.getpid(), flush=True)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for stream in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    kernelapp.launch_new_instance(argv=asked["words"])
    os._exit(0)
"""


class WarmKernel:
    """A forked kernel with the interface of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """Return None while it runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 1
        return None

    def wait(self) -> int:
        """Wait for its end."""
        while (code := self.poll()) is None:
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


@contextmanager
def warm_kernels() -> Iterator[None]:
    """Fork each kernel that is started in this process while the block lasts."""
    with (
        subprocess.Popen(
            [sys.executable, "-c", SERVER],
            env=os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        assert server.stdin is not None
        assert server.stdout is not None

        def launch(command: list[str], *, env: dict[str, str], cwd: str, **_: Any) -> WarmKernel:
            words = command[command.index("ipykernel_launcher") + 1 :]
            asked = {"words": words, "env": env, "cwd": str(cwd)}
            print(json.dumps(asked), file=server.stdin, flush=True)
            return WarmKernel(int(server.stdout.readline()))

        patch.setattr(local_provisioner, "launch_kernel", launch)
        yield
        server.stdin.close()
