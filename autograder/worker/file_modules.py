"""Imports the Python files that a student handed in beside the notebook."""

import importlib.abc
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from autograder.worker.absent import AbsentFinder
from autograder.worker.given import is_package, module_name


class FileModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules by their files; `run` is called with a new module to run its file.

    All other finders come first, so no file replaces a given module or a library.
    """

    def __init__(self, paths: Iterable[str], run: Callable[[ModuleType], None]) -> None:
        self._packages = {module_name(path): is_package(path) for path in paths}
        self._run = run

    def install(self) -> None:
        """Add this finder to `sys.meta_path`, before the one that finds every name."""
        last = [n for n, one in enumerate(sys.meta_path) if isinstance(one, AbsentFinder)]
        sys.meta_path.insert(last[0] if last else len(sys.meta_path), self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a file's module, or a folder of such files."""
        if fullname in self._packages:
            return ModuleSpec(fullname, self, is_package=self._packages[fullname])
        if any(name.startswith(f"{fullname}.") for name in self._packages):
            return ModuleSpec(fullname, None, is_package=True)
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's file."""
        self._run(module)
