"""Rights on the course's files: gives them to the staff's group, and reports missing ones.

nbgrader's setting `CourseDirectory.groupshared` lets a course's group replace its members' files.
nbgrader sets the rights of an assignment's folder only, but replacing a folder needs rights on the
folder above, too.
"""

import grp
import os
import pwd
import stat
from contextlib import suppress
from pathlib import Path

from autograder.files.bounded_walk import BoundedWalk

FOLDER, FILE = 0o2070, 0o060  # the group's rights, as nbgrader gives them


def share(path: Path) -> None:
    """Give the group its rights on a file or folder, if this user owns it."""
    mode = path.stat().st_mode
    wanted = FOLDER if stat.S_ISDIR(mode) else FILE
    if mode & wanted != wanted:
        with suppress(PermissionError):  # of another owner, who alone can do it
            path.chmod(stat.S_IMODE(mode) | wanted)


def keep_to_staff(path: Path, *, shared: bool) -> None:
    """Let only the staff, with the course's group if `shared`, read or write this user's file."""
    mode = path.stat().st_mode
    own, group = (0o700, FOLDER) if stat.S_ISDIR(mode) else (0o600, FILE)
    path.chmod(mode & stat.S_ISGID | own | (group if shared else 0))


def shut_out_others(path: Path) -> None:
    """Remove all rights but the owner's and the group's, if this user owns the path."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & stat.S_IRWXO:
        with suppress(PermissionError):  # of another owner, who alone can do it
            path.chmod(mode & ~stat.S_IRWXO)


def make_folder(path: Path, *, shared: bool, private: bool = False) -> None:
    """Make a folder and its parents if they are missing.

    Parameters
    ----------
    path : Path
    shared : bool
        Whether the group gets its rights on each new folder.
    private : bool
        Whether new folders give no rights to others.
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
        return _message(above)
    if not os.path.lexists(path):
        return ""
    mine = os.geteuid()
    owners = {path.lstat().st_uid, above.stat().st_uid}
    if above.stat().st_mode & stat.S_ISVTX and mine not in owners and mine != 0:
        return (
            f"{above} has the sticky bit, so only {user_name(path.lstat().st_uid)} can replace "
            f"{path.name} in it: its owner runs `chmod -t {above}`"
        )
    if path.is_symlink() or not path.is_dir():
        return ""
    for one in (path, *BoundedWalk(path)):  # replacing a folder removes all that lies in it
        if stat.S_ISDIR(one.lstat().st_mode) and not os.access(one, os.R_OK | os.W_OK | os.X_OK):
            return _message(one, path)
    return ""


def unwritable(path: Path) -> str:
    """Return why this user cannot write to a file, with the remedy; empty if possible."""
    return "" if os.access(path, os.W_OK) else _message(path)


def user_name(number: int) -> str:
    """Return a user's name, or the number if the user has no account."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _existing(path: Path) -> Path:
    """Return a path or the nearest folder above it that exists."""
    return next(one for one in (path, *path.parents) if one.exists())


def _message(path: Path, whole: Path | None = None) -> str:
    """Return that this user may not write to a path, and the command that changes it."""
    found = path.stat()
    who = "u" if found.st_uid == os.geteuid() else "g"
    rights = f"-R {who}+rwX" if whole else f"{who}+{'rwx' if path.is_dir() else 'rw'}"
    command = f"chmod {rights} {whole or path}"
    fact = f"{user_name(os.geteuid())} may not write to {path}"
    if who == "u":
        return f"{fact}: run `{command}`"
    return (
        f"{fact}, which belongs to {user_name(found.st_uid)} and the group "
        f"{_group(found.st_gid)}: its owner runs `{command}`, and sets "
        "`c.CourseDirectory.groupshared = True` for what is written from now on"
    )


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
