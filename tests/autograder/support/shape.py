"""Folders of the shapes with which a student can keep a walk busy, or end one that calls itself."""

import os
from pathlib import Path


def nest(folder: Path, depth: int, name: str = "a") -> None:
    """Make folders that lie in each other, below paths of any length."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def spread(folder: Path, number: int, name: str = "") -> None:
    """Make folders that lie beside each other."""
    for one in range(number):
        (folder / f"{name}{one}").mkdir()
