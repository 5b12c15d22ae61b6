"""The files that a worker may see: the interpreter, NumPy, and the libraries that they need."""

import re
import sys
import sysconfig
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

OTHERS = {"site-packages", "dist-packages"}  # all other packages: PyTorch, the engine
# the only part of the engine that a worker needs
PACKAGE = Path(__file__).parents[1]
ENGINE = [PACKAGE / "__init__.py", PACKAGE / "worker"]
CONFINING = ["landlockpy", "seccompy"]
LOADERS = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"]
SYSTEM = """
    /etc/ld.so.cache /etc/localtime /usr/share/zoneinfo
    /dev/null /dev/zero /dev/full /dev/random /dev/urandom
"""


@dataclass(frozen=True)
class View:
    """Paths, which are the same inside and outside.

    Parameters
    ----------
    whole : list of Path
        Files and folders that are visible as a whole.
    partly : dict of Path to list of Path
        Folders that are visible in part, each with its visible children.
    search : list of Path
        The folders in which Python finds the engine and NumPy.
    """

    whole: list[Path]
    partly: dict[Path, list[Path]]
    search: list[Path]
    hidden: list[Path] = field(init=False)

    def __post_init__(self) -> None:
        hidden = [
            child for folder in self.partly for child in folder.iterdir() if child.name in OTHERS
        ]
        object.__setattr__(self, "hidden", hidden)

    @property
    def readable(self) -> list[Path]:
        """Every file and folder that can be read."""
        return [*self.whole, *(child for children in self.partly.values() for child in children)]


@lru_cache(maxsize=1)
def view() -> View:
    """Return the view for this interpreter."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}  # no virtual environment
    libraries = {
        Path(sysconfig.get_path(name, vars=base)).resolve() for name in ("stdlib", "platstdlib")
    }
    packages = [_package(name) for name in ("numpy", *CONFINING)]
    # the shared libraries that wheels contain
    packages += [p.with_name(f"{p.name}.libs") for p in packages]
    whole = [
        Path(sys.executable).resolve(),
        *ENGINE,
        *packages,
        *_shared_libraries(),
        *map(Path, SYSTEM.split()),
    ]
    return View(
        whole=[path for path in dict.fromkeys(whole) if path.exists()],
        partly={
            folder: [
                child
                for child in sorted(folder.iterdir())
                if child.name not in OTHERS and child.exists()
            ]
            for folder in libraries
        },
        search=[PACKAGE.parent, *dict.fromkeys(p.parent for p in packages)],
    )


def _package(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _shared_libraries() -> list[Path]:
    """Return the interpreter's own library, and the system's folder of libraries."""
    maps = Path("/proc/self/maps")  # on Linux
    mapped = re.findall(r"(/\S+\.so\S*)$", maps.read_text() if maps.exists() else "", re.MULTILINE)
    # programs name it by this path, and `/lib64` may be a link
    found = [loader.parent.resolve() / loader.name for loader in map(Path, LOADERS)]
    for path in map(Path, dict.fromkeys(mapped)):
        if path.name.startswith("libpython"):
            found.append(path)
        elif path.name.startswith("libc.so"):
            found.append(path.parent)
    return found
