"""Finds out how well workers can be confined here: a worker tries forbidden acts."""

import platform
from functools import lru_cache

from autograder.course.limits import Limits
from autograder.sandbox import isolation
from autograder.sandbox.budget import Budget
from autograder.sandbox.isolation import Layers, NotIsolatedError
from autograder.sandbox.sandbox import Sandbox, SandboxError, StudentError
from autograder.sandbox.scratch import Scratch
from autograder.worker.confinement import Layer
from autograder.worker.opening import Opening

# the best first: ordinary containers cannot run bubblewrap, and older kernels have no Landlock
LEVELS: list[Layers] = [
    isolation.ALL,
    frozenset({Layer.BUBBLEWRAP, Layer.SECCOMP}),
    frozenset({Layer.LANDLOCK, Layer.SECCOMP}),
]
SECONDS = 20.0
REMEDY = (
    "grade on Linux 5.13 or newer, as an ordinary user or in a container; or, if you trust "
    "everybody whose work you grade, say so: `--GradeCells.allow_no_isolation=True`"
)


@lru_cache(maxsize=1)
def reached() -> Layers:
    """Return the best level that confines a worker here; raise `NotIsolatedError` without one."""
    if platform.system() != "Linux":
        raise NotIsolatedError(f"{platform.system()} cannot confine student code: {REMEDY}")
    _missed.clear()
    for layers in LEVELS:
        if not (reason := breach(layers)):
            return layers
        _missed.append(f"{isolation.describe(layers)}: {reason}")
    raise NotIsolatedError(f"student code cannot be confined here ({'; '.join(_missed)}): {REMEDY}")


_missed: list[str] = []  # why each better level is not reached


def shortfall() -> str:
    """Return in one line why the level reached is not the best; empty if it is."""
    layers = reached()
    if not _missed:
        return ""
    return f"student code is confined by {isolation.describe(layers)} alone ({_missed[0]})"


def level(*, allow_none: bool) -> Layers:
    """Return the level to grade at: no layers only if that is allowed and no level is reached."""
    try:
        return reached()
    except NotIsolatedError:
        if not allow_none:
            raise
        return isolation.NONE


def breach(layers: Layers) -> str:
    """Return why some layers do not confine workers; empty if they do."""
    if Layer.BUBBLEWRAP in layers and (reason := isolation.no_bubblewrap()):
        return reason
    with Scratch() as scratch:
        folder = scratch.path
        secret = folder / "secret"
        secret.write_bytes(b"")
        secret.chmod(0o644)
        folder.chmod(0o755)  # so that file rights alone do not protect it
        try:
            sandbox = Sandbox(Limits(), Opening(), Budget(SECONDS), 0, layers)
            done = sandbox.ask("try_forbidden_acts", {"secret": str(secret)}, SECONDS)
            sandbox.close()
        except (SandboxError, StudentError) as error:
            return str(error)
        except Exception as error:  # noqa: BLE001  # any error means that workers are not confined
            return f"{type(error).__name__}: {error}"
    return f"a worker could {', '.join(map(str, done))}" if done else ""
