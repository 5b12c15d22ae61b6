"""Imports the assignment's given packages from memory: a worker needs no file of the course."""

import importlib.abc
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class GivenModules(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads modules in a mapping from paths such as "layers/linear.py" to their text."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = {}
        self._packages = set()
        for path, text in sources.items():
            name = module_name(path)
            if is_package(path):
                self._packages.add(name)
            self._sources[name] = text

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a given module; the other finders find all others."""
        if fullname not in self._sources:
            return None
        return ModuleSpec(fullname, self, is_package=self.is_package(fullname))

    def is_package(self, fullname: str) -> bool:
        """Return whether the module is a package."""
        return fullname in self._packages

    def get_source(self, fullname: str) -> str:
        """Return the module's text."""
        return self._sources[fullname]


def module_name(path: str) -> str:
    """Return the name of the module in a file: "layers" for "layers/__init__.py"."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def is_package(path: str) -> bool:
    """Return whether the module in a file is a package."""
    return path.endswith("/__init__.py")
