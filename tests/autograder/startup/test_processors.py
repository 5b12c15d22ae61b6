"""Processors: those that this process may use are counted, not those of the machine."""

import os

import pytest

from autograder.startup import processors

V1 = "4:memory:/pod\n3:cpu,cpuacct:/pod/grader\n"


@pytest.mark.parametrize(
    ("groups", "files", "count"),
    [
        ("", {}, 6),
        ("0::/\n", {}, 6),
        ("0::/\n", {"cpu.max": "max 100000\n"}, 6),
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 2),
        ("0::/pod/grader\n", {"pod/cpu.max": "300000 100000\n"}, 3),
        (
            "0::/pod/grader\n",
            {"pod/cpu.max": "300000 100000\n", "pod/grader/cpu.max": "1000 100000\n"},
            1,
        ),
        ("0::/\n", {"cpu.max": "900000 100000\n"}, 6),
        ("0::/\n", {"cpu.max": "no number\n"}, 6),
        (
            V1,
            {
                "cpu,cpuacct/pod/cpu.cfs_quota_us": "200000\n",
                "cpu,cpuacct/pod/cpu.cfs_period_us": "50000\n",
                "cpu,cpuacct/pod/grader/cpu.cfs_quota_us": "-1\n",
                "cpu,cpuacct/pod/grader/cpu.cfs_period_us": "50000\n",
            },
            4,
        ),
    ],
)
def test_a_container_and_the_system_may_leave_fewer(tmp_path, monkeypatch, groups, files, count):
    """Of 16 processors, 6 may be used; a control group, or one above it, may allow fewer."""
    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {1, 2, 3, 5, 8, 13}, raising=False)
    monkeypatch.setattr(processors, "CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(processors, "MOUNT", tmp_path)
    for name, text in {"cgroup": groups, **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert processors.processors() == count


def test_another_system_has_all_its_processors(tmp_path, monkeypatch):
    """Where no process keeps to some of them, and there are no control groups."""
    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(processors, "CGROUP", tmp_path / "none")
    assert processors.processors() == 16
