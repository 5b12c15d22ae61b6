"""Writes a file completely or not at all, so that an error loses no earlier result."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from autograder.files.sharing import share


def write(path: Path, text: str, *, shared: bool = False) -> None:
    """Write a text to a file in UTF-8, replacing its content.

    Parameters
    ----------
    path : Path
        A link is followed. A device such as `/dev/stdout` is written to.
    text : str
        Characters that UTF-8 does not have are escaped.
    shared : bool
        Whether the group of the course may write to it: nbgrader's `groupshared`.

    Raises
    ------
    OSError
    """
    write_bytes(path, text.encode("utf-8", errors="backslashreplace"), shared=shared)


def write_bytes(path: Path, data: bytes, *, shared: bool = False) -> None:
    """Write bytes to a file, as `write` writes a text."""
    target = path.resolve()
    earlier = target.stat() if target.exists() else None
    if earlier is not None and not stat.S_ISREG(earlier.st_mode):
        target.write_bytes(data)
        return
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
    try:
        with part.open("xb") as file:
            file.write(data)
        if earlier is not None:
            with suppress(PermissionError):  # this user does not belong to the group
                os.chown(part, -1, earlier.st_gid)
            part.chmod(stat.S_IMODE(earlier.st_mode))
        if shared:
            share(part)
        part.replace(target)
    except PermissionError:
        part.unlink(missing_ok=True)
        if earlier is None:
            raise
        _write_over(target, data)  # this user may write the file, but not its folder
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _write_over(target: Path, data: bytes) -> None:
    with target.open("r+b") as file:
        file.write(data)
        file.truncate()
