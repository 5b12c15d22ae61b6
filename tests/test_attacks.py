"""The corpus of attacks: none gets a point, a secret, or anything done that was not asked for."""

import base64
import signal
import subprocess

import pytest

from autograder.sandbox.probe import breach
from tests.attack import attacks
from tests.range import LEVELS, Range

CORPUS = attacks()
KINDS = sorted({attack.kind for attack in CORPUS})


@pytest.fixture(scope="module")
def at_level():
    """A function that returns the range at a level, for all attacks the same."""
    opened = {}

    def get(level):
        if level not in opened:
            opened[level] = Range(level)
        return opened[level]

    yield get
    for one in opened.values():
        one.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", [level for level in LEVELS if level != "none"])
def test_no_attack_reaches_anything(at_level, level, kind):
    """Whatever is tried at a level of confinement, it scores what it solves, and that is all."""
    if reason := breach(LEVELS[level]):
        pytest.skip(f"this machine does not allow it: {reason}")
    place = at_level(level)
    found = {a: place.try_out(a) for a in CORPUS if a.kind == kind}
    assert {a.name: found[a] for a in found if bool(found[a]) != bool(a.known_hole)} == {}
    assert place.next_student() == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_needs_confinement_is_noticed_without_it(at_level, kind):
    """Without confinement attacks of each kind that needs it are seen to bite, and no others do.

    How many do depends on who runs the tests: root's workers are another user all the same.
    """
    place = at_level("none")
    found = {a: place.try_out(a) for a in CORPUS if a.kind == kind and not a.only_confined}
    bite = {a.name: found[a] for a in found if found[a]}
    able = {a.name for a in found if a.bites or a.known_hole}
    assert set(bite) <= able, bite
    assert bool(bite) == bool(able)
    assert place.next_student() == []


WRITTEN = {
    "in capitals": str.upper,
    "backwards": lambda secret: secret[::-1],
    "in hexadecimal digits": lambda secret: secret.encode().hex(),
    "as a list of numbers": lambda secret: str([*secret.encode()]),
    "in base64": lambda secret: base64.b64encode(f"x{secret}y".encode()).decode(),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_secret_is_found_however_it_is_written(at_level, written):
    """The range sees it in a longer text, and says where it was kept."""
    targets = at_level("none").targets
    said = WRITTEN[written](targets.secrets["a file"])
    assert targets.leaks(f"There it is: {said}.") == ["a file"]
    assert targets.leaks("There it is: nowhere.") == []


@pytest.mark.parametrize("written", WRITTEN)
def test_a_secret_is_told_from_one_that_begins_alike(at_level, monkeypatch, written):
    """Chance gives some of them the same first digits."""
    targets = at_level("none").targets
    secret = targets.secrets["a file"]
    others = str.maketrans("0123456789abcdef", "123456789abcdef0")
    alike = secret[:10] + secret[10:].translate(others)
    monkeypatch.setitem(targets.secrets, "elsewhere", alike)
    assert targets.leaks(f"There it is: {WRITTEN[written](secret)}.") == ["a file"]


def test_a_process_that_is_left_is_seen_and_ended(at_level):
    """The range names it."""
    place = at_level("none")
    with subprocess.Popen(["/bin/sleep", "30"]) as process:
        assert list(place.side_effects()) == ["a process is left: /bin/sleep # "]
        assert process.wait(10) == -signal.SIGKILL
    assert list(place.side_effects()) == []


def test_the_corpus_is_large():
    """There are many attacks, and each kind has several."""
    kinds = [attack.kind for attack in CORPUS]
    assert len(CORPUS) >= 65
    assert min(map(kinds.count, KINDS)) >= 3
