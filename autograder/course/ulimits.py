"""Whether the system's own limits are high enough for the assignment's limits."""

import resource

from autograder.course.assignment import AssignmentError
from autograder.course.limits import Limits

OPEN_FILES = 64  # of a worker
ENOUGH_MB = 1024  # of address space: enough for a worker with NumPy and right solutions
ENOUGH_FILE_KB = 1024  # of a file that a notebook writes


def check_ulimits(limits: Limits) -> None:
    """Raise an AssignmentError if a limit of the system is lower than a worker needs."""
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
