"""Which level is reached is found out by trying, and refused where there is none."""

import os
import platform

import pytest

from autograder import isolation, probe, template
from autograder.probe import NotIsolatedError, breach, level, reached
from autograder.worker.confinement import Layer


@pytest.fixture(autouse=True)
def unknown():
    """Nothing is known yet, nor afterwards."""
    reached.cache_clear()
    yield
    reached.cache_clear()


def test_one_of_the_levels_holds():
    """There is one at which a worker fails in all forbidden acts, and it is the first such."""
    found = reached()
    assert breach(found) == ""
    assert all(breach(better) for better in probe.LEVELS[: probe.LEVELS.index(found)])


@pytest.mark.parametrize(
    ("layers", "act"),
    [
        (isolation.NONE, "read a file of the grader"),
        (isolation.NONE, "list a folder of the grader"),
        ({Layer.BUBBLEWRAP}, "fork"),
        ({Layer.BUBBLEWRAP}, "start a program"),
        ({Layer.LANDLOCK}, "open a socket"),
        ({Layer.LANDLOCK}, "make namespaces"),
        ({Layer.SECCOMP}, "read a file of the grader"),
    ],
)
def test_too_few_layers_have_a_breach(layers, act):
    """What one layer lets through is found."""
    found = breach(frozenset(layers))
    assert found.startswith("a worker could ")
    assert act in found


def test_a_kernel_without_landlock_is_told_in_one_line(monkeypatch):
    """The reason is the kernel's, not where our own code found it."""
    kernel = """
from autograder.worker import confinement
def refuse(**_):
    raise OSError(38, "not in this kernel")
confinement.Ruleset = refuse
main(settings)"""
    monkeypatch.setattr(template, "BOOT", template.BOOT.replace("main(settings)", kernel))
    template.forget_templates()
    found = breach(frozenset({Layer.LANDLOCK, Layer.SECCOMP}))
    assert "not in this kernel" in found
    assert "Traceback" not in found
    assert "\n" not in found


@pytest.mark.skipif(os.geteuid() == 0, reason="root's workers become another user")
def test_what_only_an_ordinary_users_workers_could_do_is_tried():
    """Their files and processes are those of the grader, which goes on all the same."""
    found = breach(frozenset({Layer.BUBBLEWRAP}))
    assert "limit its parent" in found
    assert "trace its parent" in found
    found = breach(isolation.NONE)
    for act in ("change its mode", "empty it", "limit its parent"):
        assert act in found


def test_the_best_level_is_taken(monkeypatch):
    """The levels are tried in their order, until one holds."""
    tried = []

    def fail_once(layers):
        tried.append(layers)
        return "" if len(tried) == 2 else "no namespaces here"

    monkeypatch.setattr(probe, "breach", fail_once)
    assert reached() == probe.LEVELS[1]
    assert tried == probe.LEVELS[:2]
    assert level(allow_none=True) == probe.LEVELS[1]


def test_where_nothing_holds_grading_is_refused(monkeypatch):
    """The error says what failed and what to do; only an explicit word goes on without."""
    monkeypatch.setattr(probe, "breach", lambda layers: "a worker could fork")
    with pytest.raises(NotIsolatedError, match=r"Landlock, seccomp: a worker could fork.*grade on"):
        level(allow_none=False)
    assert level(allow_none=True) == isolation.NONE


@pytest.mark.parametrize("system", ["Darwin", "Windows"])
def test_other_systems_are_refused_by_name(monkeypatch, system):
    """Where the kernel has none of the layers, nothing is tried."""
    monkeypatch.setattr(platform, "system", lambda: system)
    with pytest.raises(NotIsolatedError, match=f"{system} cannot confine.*allow_no_isolation"):
        reached()
