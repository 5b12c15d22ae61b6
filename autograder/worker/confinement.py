"""Takes a worker's rights away, for good, before any student's code runs in it.

There are three independent layers:

- bubblewrap makes namespaces around the template: they contain the interpreter and NumPy, and no
  network;
- with Landlock, the kernel refuses every other file;
- with seccomp, the kernel refuses every system call that ordinary computing does not need.

With each of them come limits on resources, and a user of its own if the grader is root.
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
from os import getpid  # the real one: `chance` replaces `os.getpid`
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
        The layers to apply; bubblewrap already surrounds the template.
    readable : list of str
        Files and folders that it may read.
    partly : list of str
        Folders that it may only list.
    around : list of str
        Folders that contain all of these, but not `scratch`.
    scratch : str
        The folder in which it makes a folder of its own, to write to.
    limits : dict of str to int
        By the names of the module `resource`.
    reads_as_root : bool
        Whether it may read as root does after a change of user: the interpreter may lie in root's
        home.
    threads : int
        How many threads it may have.
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

# the system calls that Python and NumPy need to compute, to read and write files, and to use
# threads; no call that changes a file's mode, times or length by its path, or reads a link:
# Landlock does not see all of these
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
# by call, and by the number of the argument that selects what it does: the permitted values
PARTS_OF_CALLS = {
    ("ioctl", 1): [0x5401, 0x5413, 0x5421, 0x541B, 0x5450, 0x5451],  # isatty, size, non-blocking
    ("prctl", 0): [15, 16, 0x53564D41],  # names of threads and of memory
    # duplicates, flags and locks; not F_SETOWN, which sends signals
    ("fcntl", 1): [*range(8), 36, 37, 38, 1030, 1032],
    ("prlimit64", 0): [0],  # its own limits: a limit of 0 would end another process
    ("sendto", 4): [0],  # to the other end of the pair, and to no other address
}
# by call, the number of the argument with its flags: it may empty a file only to write to it
OPENING = {"open": 1, "openat": 2}
CLONE_THREAD = 0x10000


@lru_cache(maxsize=1)
def syscall_filter() -> Filter:
    """Return the filter of system calls: it refuses every call that it does not name."""
    calls = Filter(default=Action.ERRNO | errno.EPERM)
    for name in CALLS.split():
        with contextlib.suppress(ValueError):  # this processor does not have the call
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
    for name in ("listxattr", "llistxattr", "flistxattr"):  # `shutil.copy2` accepts this error
        calls.errno(name, errno.ENOTSUP)
    for name in ("clone3", "openat2"):  # a filter cannot see their arguments; libraries have others
        calls.errno(name, errno.ENOSYS)
    return calls


def shared_files(confinement: Confinement) -> Ruleset | None:
    """Return the access to files that all workers share: it is slow to make, so it is made once.

    It includes all of `scratch`; `confine` restricts each worker to its own folder in there.
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
    """Confine this process, or raise: then no student's code runs.

    Parameters
    ----------
    confinement : Confinement
    files : Ruleset, optional
        The result of `shared_files`, if it has been called.
    user : int, optional
        The user and group that the process becomes.
    """
    files = files or shared_files(confinement)
    own = _make_scratch(confinement.scratch, user)
    if user is not None:
        _become(user, reads_as_root=confinement.reads_as_root)
    threads = confinement.threads
    if user is None and Layer.BUBBLEWRAP not in confinement.layers:
        threads += _tasks_of_this_user()  # they share one limit
    limits = {**confinement.limits, "RLIMIT_NPROC": threads}
    if files is not None:
        with files:
            files.restrict()
        _restrict_to(own, confinement.around)
    for name, limit in limits.items():
        kind = getattr(resource, name)
        _, most = resource.getrlimit(kind)  # the system's own limit, which cannot be raised
        lowest = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (lowest, lowest))
    if Layer.SECCOMP in confinement.layers:
        syscall_filter().load()


def die_with_parent(parent: int | None = None) -> None:
    """Have the system end this process when its parent ends.

    With the number of a `parent` that has already ended, this process ends at once.
    """
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:  # it ended before the call above
        os._exit(1)


def scratch_of(base: str, process: int) -> Path:
    """Return the folder that only this worker writes to."""
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
    die_with_parent()  # again: a change of user undoes it


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
    """Take away all folders of `scratch` except its own."""
    with Ruleset(handled_net=AccessNet.NONE) as ruleset:
        _allow_reading(ruleset, around)
        ruleset.allow_path(os.devnull, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
        ruleset.allow_path(own, READ | WRITE)
        ruleset.restrict()


def _allow_reading(ruleset: Ruleset, paths: list[str]) -> None:
    for path in map(Path, paths):
        with contextlib.suppress(FileNotFoundError):  # a link out of the namespace
            ruleset.allow_path(path, READ if path.is_dir() else AccessFS.READ_FILE)
