"""What a group of graders may do with the course's files, and what to do where that is too little.

nbgrader's setting `CourseDirectory.groupshared` lets a course's group replace what one of its
members has written. nbgrader sets the rights of an assignment's folder; those above it need them,
too, since a folder is replaced in the one that holds it.
"""

import grp
import os
import pwd
import stat
from contextlib import suppress
from pathlib import Path

from autograder.files.bounded_walk import BoundedWalk

FOLDER, FILE = 0o2070, 0o060  # rights that the group gets: those that nbgrader gives it


def share(path: Path) -> None:
    """Give the group its rights on a file or folder, if they are missing and it is ours."""
    mode = path.stat().st_mode
    wanted = FOLDER if stat.S_ISDIR(mode) else FILE
    if mode & wanted != wanted:
        with suppress(PermissionError):  # of another owner, who alone can do it
            path.chmod(stat.S_IMODE(mode) | wanted)


def keep_to_staff(path: Path, *, shared: bool) -> None:
    """Let nobody but the staff read or write a file or folder that is ours.

    Parameters
    ----------
    path : Path
    shared : bool
        Whether the course's group belongs to the staff.
    """
    mode = path.stat().st_mode
    own, group = (0o700, FOLDER) if stat.S_ISDIR(mode) else (0o600, FILE)
    path.chmod(mode & stat.S_ISGID | own | (group if shared else 0))


def shut_out_others(path: Path) -> None:
    """Take away the rights that anybody beside the owner and the group has, if it is ours."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & stat.S_IRWXO:
        with suppress(PermissionError):  # of another owner, who alone can do it
            path.chmod(mode & ~stat.S_IRWXO)


def make_folder(path: Path, *, shared: bool, private: bool = False) -> None:
    """Make a folder, and those above it, if they are missing.

    Parameters
    ----------
    path : Path
    shared : bool
        Whether the group gets its rights on each folder that is made.
    private : bool
        Whether others get none on it.
    """
    if path.is_dir():
        return
    make_folder(path.parent, shared=shared, private=private)
    path.mkdir(0o700 if private else 0o777, exist_ok=True)
    if shared:
        share(path)


def obstacle(path: Path) -> str:
    """Return why this user cannot replace a file or folder, with the remedy; empty if possible.

    Parameters
    ----------
    path : Path
        It need not exist.
    """
    above = _existing(path.parent)
    if not os.access(above, os.W_OK | os.X_OK):
        return _told(above)
    if not os.path.lexists(path):
        return ""
    mine = os.geteuid()
    owners = {path.lstat().st_uid, above.stat().st_uid}
    if above.stat().st_mode & stat.S_ISVTX and mine not in owners and mine != 0:
        return (
            f"{above} has the sticky bit, so only {_user(path.lstat().st_uid)} can replace "
            f"{path.name} in it: its owner runs `chmod -t {above}`"
        )
    if path.is_symlink() or not path.is_dir():
        return ""
    for one in (path, *BoundedWalk(path)):  # what lies in it is removed in the end
        if stat.S_ISDIR(one.lstat().st_mode) and not os.access(one, os.R_OK | os.W_OK | os.X_OK):
            return _told(one, path)
    return ""


def unwritable(path: Path) -> str:
    """Return why this user cannot write to a file, with the remedy; empty if possible."""
    return "" if os.access(path, os.W_OK) else _told(path)


def _existing(path: Path) -> Path:
    """Return the nearest folder above a path, or itself, that exists."""
    return next(one for one in (path, *path.parents) if one.exists())


def _told(path: Path, whole: Path | None = None) -> str:
    found = path.stat()
    who = "u" if found.st_uid == os.geteuid() else "g"
    rights = f"-R {who}+rwX" if whole else f"{who}+{'rwx' if path.is_dir() else 'rw'}"
    command = f"chmod {rights} {whole or path}"
    told = f"{_user(os.geteuid())} may not write to {path}"
    if who == "u":
        return f"{told}: run `{command}`"
    return (
        f"{told}, which belongs to {_user(found.st_uid)} and the group {_group(found.st_gid)}: its "
        f"owner runs `{command}`, and sets `c.CourseDirectory.groupshared = True` for what is "
        "written from now on"
    )


def _user(number: int) -> str:
    """Return a user's name; a user without an account has a number alone."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
