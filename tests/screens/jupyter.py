"""A JupyterLab server of one person's: their folder, their home, their settings."""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.conftest import PROJECT

STARTING = 120.0  # seconds, on a busy machine
ENDING = 20.0
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",  # JupyterLab asks each new user whether it may
        "checkForUpdates": False,
    },
    "@jupyterlab/notebook-extension:tracker": {
        "windowingMode": "none",  # all cells are in the page, so none needs to be scrolled to
    },
}


class Jupyter:
    """A running server, ended with its kernels by `close`.

    Parameters
    ----------
    folder : Path
        Where it runs: what the file browser shows.
    home : Path
        A new folder, which takes the place of the user's own home.
    config : str
        The text of `nbgrader_config.py` in this home.
    """

    def __init__(self, folder: Path, home: Path, config: str = "") -> None:
        settings = home / "config"
        (settings / "labconfig").mkdir(parents=True)
        (settings / "nbgrader_config.py").write_text(f"c = get_config()\n{config}")
        (settings / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(SETTINGS))
        self.runtime = home / "runtime"
        self.environment = {
            **{name: value for name, value in os.environ.items() if "JUPYTER" not in name},
            "HOME": str(home),
            "IPYTHONDIR": str(home / "ipython"),
            "JUPYTER_CONFIG_DIR": str(settings),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "MPLCONFIGDIR": str(home / "matplotlib"),
            "PYTHONPATH": str(PROJECT),
        }
        self.token = secrets.token_hex()
        self.log = home / "server.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
                    # port 0 is a free one: two servers that start at once may both take 8888
                    *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"),
                    f"--IdentityProvider.token={self.token}",
                ],
                cwd=folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def address(self, path: str) -> str:
        """Return the address of a page, once the server is there; it has chosen a free port."""
        end = time.monotonic() + STARTING
        while time.monotonic() < end and self.process.poll() is None:
            for file in self.runtime.glob("jpserver-*.json"):
                if text := file.read_text():
                    return f"{json.loads(text)['url']}{path}?token={self.token}"
            time.sleep(0.1)
        raise AssertionError(f"no server after {STARTING:g} s:\n{self.log.read_text()}")

    def close(self) -> None:
        """End the server and whatever it has started."""
        if self.process.poll() is None:
            server = psutil.Process(self.process.pid)
            started = [server, *server.children(recursive=True)]
            server.terminate()
            for lingering in psutil.wait_procs(started, timeout=ENDING)[1]:
                lingering.kill()
            self.process.wait()
