"""Whether the system's own limits leave student code what the assignment allows it."""

import resource

from autograder.course.assignment import AssignmentError, Limits

OPEN_FILES = 64  # of a worker
ENOUGH_MB = 1024  # of address space: a worker with NumPy, and what right solutions take
ENOUGH_FILE_KB = 1024  # of a file that a notebook may write by the way


def check_ulimits(limits: Limits) -> None:
    """Check that the system's limits leave a worker what it needs; lower ones than that are named.

    Raises
    ------
    AssignmentError
    """
    for kind, option, wanted, unit in (
        (resource.RLIMIT_AS, "-v", min(limits.memory_mb, ENOUGH_MB) * 1024, 1024),
        (resource.RLIMIT_FSIZE, "-f", ENOUGH_FILE_KB, 1024),
        (resource.RLIMIT_NOFILE, "-n", OPEN_FILES, 1),
        (resource.RLIMIT_CPU, "-t", int(limits.submission_seconds) + 1, 1),
    ):
        _, most = resource.getrlimit(kind)
        if most != resource.RLIM_INFINITY and most < wanted * unit:
            raise AssignmentError(
                f"`ulimit -H {option}` must be at least {wanted} where student code is graded, got "
                f"{most // unit}: raise this limit of the system, and run the command again"
            )
