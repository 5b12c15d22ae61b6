"""Gives a worker's rights away, for good, before any student's code runs in it.

Three layers, each by itself: namespaces, made around the template by bubblewrap, show a file system
of the interpreter and NumPy alone, and no network; Landlock lets the kernel refuse every other
file; seccomp lets it refuse every call that ordinary computing does not need. Limits on resources,
and a user of its own where the grader is root, come with each of them.
"""

import contextlib
import ctypes
import errno
import os
import resource
import signal
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from os import getpid  # whatever becomes of `os.getpid`
from pathlib import Path

from landlockpy import AccessFS, AccessNet, Ruleset, Scope
from seccompy import Action, ArgCmp, CmpOp, Filter


class Layer(StrEnum):
    """A layer that confines a worker."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "Landlock"
    SECCOMP = "seccomp"


@dataclass(frozen=True)
class Confinement:
    """What a worker may still do.

    Parameters
    ----------
    layers : list of str
        The layers to put on; bubblewrap is around it already.
    readable : list of str
        Files, and folders with all that is in them.
    partly : list of str
        Folders that may be listed, while of what they hold only `readable` can be read.
    around : list of str
        Folders in which all of that lies, and `scratch` does not.
    scratch : str
        The folder in which it makes one of its own, to write to.
    limits : dict of str to int
        By the names of `resource`.
    reads_as_root : bool
        Whether a user that it becomes keeps root's right to read: where the interpreter lies in
        root's home.
    threads : int
        How many it may have.
    """

    layers: list[str]
    readable: list[str]
    partly: list[str]
    around: list[str]
    scratch: str
    limits: dict[str, int]
    reads_as_root: bool
    threads: int


READ = AccessFS.READ_FILE | AccessFS.READ_DIR
WRITE = (
    AccessFS.WRITE_FILE
    | AccessFS.TRUNCATE
    | AccessFS.REMOVE_FILE
    | AccessFS.REMOVE_DIR
    | AccessFS.MAKE_REG
    | AccessFS.MAKE_DIR
    | AccessFS.REFER
)

# what Python and NumPy need to compute, to read and write files, and to use threads; none that
# changes a file's mode, times or length by its path, or reads where a link leads: Landlock does not
# see all of them
CALLS = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range
    creat stat lstat fstat newfstatat statx access faccessat faccessat2
    getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat
    rename renameat renameat2 ftruncate fallocate fsync fdatasync umask statfs fstatfs flock
    fadvise64 copy_file_range sendfile dup dup2 dup3 pipe pipe2
    mmap munmap mprotect mremap madvise mincore msync brk membarrier
    poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait
    epoll_pwait2 eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime
    recvfrom socketpair shutdown getsockname getpeername getsockopt setsockopt
    futex futex_waitv get_robust_list set_robust_list rseq set_tid_address sched_yield
    sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max
    sched_get_priority_min getcpu arch_prctl gettid getpid getppid getpgrp getpgid getsid
    getuid geteuid getgid getegid getresuid getresgid getgroups getpriority
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait
    sigaltstack restart_syscall pause alarm getitimer setitimer
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage
    getrlimit sysinfo uname getrandom exit exit_group
"""
# by call, and by the number of its argument that says what it is to do
PARTS_OF_CALLS = {
    ("ioctl", 1): [0x5401, 0x5413, 0x5421, 0x541B, 0x5450, 0x5451],  # isatty, size, non-blocking
    ("prctl", 0): [15, 16, 0x53564D41],  # names of threads and of memory
    # duplicates, flags and locks; not F_SETOWN, which sends signals
    ("fcntl", 1): [*range(8), 36, 37, 38, 1030, 1032],
    ("prlimit64", 0): [0],  # its own: those of others it could set to nothing, which ends them
    ("sendto", 4): [0],  # to the other end: half of a pair could send to any address
}
# by call, the number of its flags: a file is emptied only if it may be written to
OPENING = {"open": 1, "openat": 2}
CLONE_THREAD = 0x10000


@lru_cache(maxsize=1)
def syscall_filter() -> Filter:
    """Return the filter of system calls: what it does not name is not permitted."""
    calls = Filter(default=Action.ERRNO | errno.EPERM)
    for name in CALLS.split():
        with contextlib.suppress(ValueError):  # another processor's
            calls.allow(name)
    for (name, argument), values in PARTS_OF_CALLS.items():
        for value in values:
            calls.allow(name, args={argument: value})
    calls.allow(
        "clone", args=[ArgCmp(0, CmpOp.MASKED_EQ, CLONE_THREAD, mask=CLONE_THREAD)]
    )  # a thread, no process
    for name, flags in OPENING.items():
        with contextlib.suppress(ValueError):
            for how in (0, os.O_TRUNC | os.O_WRONLY, os.O_TRUNC | os.O_RDWR):
                mask = os.O_TRUNC | (os.O_ACCMODE if how else 0)
                calls.allow(name, args=[ArgCmp(flags, CmpOp.MASKED_EQ, how, mask=mask)])
    for name in ("listxattr", "llistxattr", "flistxattr"):  # of which `shutil.copy2` copies each
        calls.errno(name, errno.ENOTSUP)
    for name in ("clone3", "openat2"):  # their arguments cannot be seen: there are others for it
        calls.errno(name, errno.ENOSYS)
    return calls


def shared_files(confinement: Confinement) -> Ruleset | None:
    """Return what all workers may do to files, made once: some hundred paths take milliseconds.

    It lets them into the whole of `scratch`: the rest is for `confine` to take away.
    """
    if Layer.LANDLOCK not in confinement.layers:
        return None
    ruleset = Ruleset(scoped=Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL)
    _allow_reading(ruleset, confinement.readable)
    for path in confinement.partly:
        ruleset.allow_path(path, AccessFS.READ_DIR)
    ruleset.allow_path(confinement.scratch, READ | WRITE)
    ruleset.allow_path(os.devnull, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
    return ruleset


def confine(confinement: Confinement, files: Ruleset | None, user: int | None) -> None:
    """Confine this process; what fails raises, and no student's code runs.

    Parameters
    ----------
    confinement : Confinement
    files : Ruleset, optional
        Of `shared_files`, which is called without it.
    user : int, optional
        A user, and group, to become.
    """
    files = files or shared_files(confinement)
    own = _make_scratch(confinement.scratch, user)
    if user is not None:
        _become(user, reads_as_root=confinement.reads_as_root)
    threads = confinement.threads
    if user is None and Layer.BUBBLEWRAP not in confinement.layers:
        threads += _tasks_of_this_user()  # which share one limit
    limits = {**confinement.limits, "RLIMIT_NPROC": threads}
    if files is not None:
        with files:
            files.restrict()
        _restrict_to(own, confinement.around)
    for name, limit in limits.items():
        kind = getattr(resource, name)
        _, most = resource.getrlimit(kind)  # the system's own, which nobody may raise
        lowest = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (lowest, lowest))
    if Layer.SECCOMP in confinement.layers:
        syscall_filter().load()


def die_with_parent(parent: int | None = None) -> None:
    """Have the system end this process when its parent ends.

    Parameters
    ----------
    parent : int, optional
        The parent's number: if it has ended already, so does this process.
    """
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:  # which was faster
        os._exit(1)


def scratch_of(base: str, process: int) -> Path:
    """Return the folder of its own that a worker writes to."""
    return Path(base, str(process))


def _make_scratch(base: str, user: int | None) -> Path:
    own = scratch_of(base, getpid())
    own.mkdir(mode=0o700)
    if user is not None:
        os.chown(own, user, user)
    os.chdir(own)
    for name in ("HOME", "TMPDIR"):
        os.environ[name] = str(own)
    tempfile.tempdir = str(own)
    return own


def _become(user: int, *, reads_as_root: bool) -> None:
    """Become a user who owns nothing, and lose root's capabilities."""
    libc = ctypes.CDLL(None, use_errno=True)
    pr_set_keepcaps = 8
    if reads_as_root:
        _check(libc.prctl(pr_set_keepcaps, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if reads_as_root:
        _keep_only_reading(libc)
    die_with_parent()  # which a change of user undoes


def _keep_only_reading(libc: ctypes.CDLL) -> None:
    version, cap_dac_read_search = 0x20080522, 1 << 2
    header = (ctypes.c_uint32 * 2)(version, 0)
    # effective, permitted and inheritable, for the capabilities 0 to 31, then for the others
    sets = (ctypes.c_uint32 * 6)(cap_dac_read_search, cap_dac_read_search)
    _check(libc.capset(header, sets))


def _check(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _tasks_of_this_user() -> int:
    tasks = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            if process.stat().st_uid == os.getuid():
                tasks += sum(1 for _ in (process / "task").iterdir())
    return tasks


def _restrict_to(own: Path, around: list[str]) -> None:
    """Take away all folders of `scratch` but its own: what lies around was restricted before."""
    with Ruleset(handled_net=AccessNet.NONE) as ruleset:
        _allow_reading(ruleset, around)
        ruleset.allow_path(os.devnull, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
        ruleset.allow_path(own, READ | WRITE)
        ruleset.restrict()


def _allow_reading(ruleset: Ruleset, paths: list[str]) -> None:
    for path in map(Path, paths):
        with contextlib.suppress(FileNotFoundError):  # a link that leads out of the namespace
            ruleset.allow_path(path, READ if path.is_dir() else AccessFS.READ_FILE)
