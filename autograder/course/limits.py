"""The limits of a submission's code, as the manifest of an assignment sets them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from autograder.text.wording import suggestion

LEAST = {"memory_mb": 256}  # an interpreter with NumPy needs more than 64 MiB
MOST = 2**20  # of any limit: twelve days, or a tebibyte


@dataclass(frozen=True)
class Limits:
    """What a submission's code may use."""

    # defaults: [limits] in an assignment's manifest.toml overrides them
    call_seconds: float = 5.0  # wall-clock time for one call of a graded object
    # wall-clock time for one statement of the notebook, while its cells run
    statement_seconds: float = 5.0
    submission_seconds: float = 60.0  # wall-clock time for all code of a submission
    # wall-clock time of a hidden suite's own code for one property. A slower suite is at fault, and
    # its item is held back.
    suite_seconds: float = 30.0
    loading_seconds: float = 120.0  # wall-clock time to import a hidden suite, PyTorch included
    memory_mb: int = 2048  # address space of a worker, in MiB
    file_mb: int = 16  # size of any file that a worker writes, in MiB
    scratch_mb: int = 64  # size of all files that a worker writes, in MiB
    threads: int = 64  # number of a worker's threads
    # size of a submitted notebook's file, in MiB; without its outputs it may have a quarter. An
    # honest file may hold 60 MB of outputs.
    notebook_mb: int = 128

    @property
    def notebook_bytes(self) -> int:
        """The size of a submitted notebook's file."""
        return self.notebook_mb << 20


def fault_in(table: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the first wrong key in a manifest's `[limits]`, and its fault, if there is one."""
    known = {field.name: field.type for field in fields(Limits)}
    for name, value in table.items():
        if name not in known:
            meant = suggestion(name, known)
            return name, f"[limits] must name some of {sorted(known)}, got {name!r}{meant}"
        kinds = (int,) if known[name] is int else (int, float)
        least = LEAST.get(name, 0)
        is_number = isinstance(value, kinds) and not isinstance(value, bool)
        if not (is_number and value and least <= value <= MOST):
            kind = "a number" if float in kinds else "a whole number"
            bound = f"of at least {least}" if least else "above 0"
            return name, f"{name} must be {kind} {bound} and at most {MOST}, got {value!r}"
    return None
