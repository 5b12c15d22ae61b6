"""The manifest of an assignment: `manifest.toml` beside the suites.

forbidden = ["torch"]    # libraries that graded code may not use

[limits]
call_seconds = 5         # and others, as `Limits` has them

An assignment that has its suites from another one names only that: suites_of = "dropout_l2"
"""

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from autograder.course import limits
from autograder.course.limits import Limits
from autograder.text.wording import suggestion

KEYS = ("forbidden", "limits")


class Manifest(NamedTuple):
    """What it sets; the default for all that it does not name."""

    limits: Limits = Limits()
    forbidden: tuple[str, ...] = ()


class ManifestError(Exception):
    """A fault in a manifest; the text names the file, the line if it is known, and what to do."""


def read_manifest(path: Path) -> Manifest:
    """Return what a manifest sets; the defaults without the file.

    Raises
    ------
    ManifestError
    """
    table = _table(path)
    if unknown := sorted(table.keys() - set(KEYS)):
        meant = suggestion(unknown[0], KEYS)
        fault = f"the manifest may hold forbidden and [limits], got {unknown[0]!r}{meant}"
        raise _error(path, unknown[0], fault)
    own = table.get("limits", {})
    if not isinstance(own, dict):
        raise _error(path, "limits", f"[limits] must be a table, got {own!r}")
    if found := limits.fault_in(own):
        raise _error(path, *found)
    names = table.get("forbidden", [])
    if not isinstance(names, list) or not all(
        isinstance(name, str) and name.isidentifier() for name in names
    ):
        fault = f'forbidden must be a list of modules, such as ["torch"], got {names!r}'
        raise _error(path, "forbidden", fault)
    return Manifest(Limits(**own), tuple(names))


def suites_of(path: Path) -> str:
    """Return the assignment whose suites a manifest names; empty if it names none.

    Raises
    ------
    ManifestError
    """
    return str(_table(path).get("suites_of", ""))


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} must be valid TOML ({error}): mend that line") from None


def _error(path: Path, key: str, fault: str) -> ManifestError:
    found = re.compile(rf"""^\s*\[?\s*["']?{re.escape(key)}["']?\s*[\]=.]""")
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next((n for n, text in enumerate(lines, start=1) if found.match(text)), 1)
    return ManifestError(f"{path}, line {line}: {fault}: mend that line")
