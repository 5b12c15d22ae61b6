"""Counts the processors that this process may use."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

CGROUP = Path("/proc/self/cgroup")
MOUNT = Path("/sys/fs/cgroup")


def processors() -> int:
    """Return how many processes can compute at a time here: at least one.

    It counts the processors that this process may run on, as `taskset` and batch systems set them,
    and the share of them that a container may use.
    """
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # another system
        count = os.cpu_count() or 1
    return max(1, min([count, *map(math.ceil, _quotas())]))


def _quotas() -> Iterator[float]:
    """Yield how many processors each control group above this process allows, where one does."""
    try:
        lines = CGROUP.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, kinds, place = line.split(":", 2)
        base = MOUNT / kinds if kinds else MOUNT  # the second version has no kinds
        if kinds and "cpu" not in kinds.split(","):
            continue
        own = base / place.lstrip("/")
        for folder in (own, *own.parents):
            if folder.is_relative_to(base):
                yield from _quota(folder)


def _quota(folder: Path) -> Iterator[float]:
    for names in (["cpu.max"], ["cpu.cfs_quota_us", "cpu.cfs_period_us"]):
        try:
            words = " ".join((folder / name).read_text(encoding="ascii") for name in names).split()
            quota, period = map(int, words)
        except (OSError, ValueError):  # not there, or "max", which is no limit
            continue
        if quota > 0 and period > 0:
            yield quota / period
