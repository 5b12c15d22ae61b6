"""The corpus of attacks: none gets a point, a secret, or anything done that was not asked for."""

import pytest

from tests.attack import LEVELS, Range, attacks

CORPUS = attacks()
CONFINED = [level for level in LEVELS if level != "none"]
NOTICED = [attack for attack in CORPUS if attack.bites]


@pytest.fixture(scope="module")
def ranges():
    """A function that returns the range at a level, for all attacks the same."""
    opened = {}

    def get(level):
        if level not in opened:
            opened[level] = Range(level)
        return opened[level]

    yield get
    for one in opened.values():
        one.close()


@pytest.mark.parametrize("level", CONFINED)
@pytest.mark.parametrize("attack", CORPUS, ids=lambda attack: attack.name)
def test_no_attack_reaches_anything(ranges, attack, level):
    """Whatever an attack tries, at each level of confinement, it scores what it solves and no more."""
    assert ranges(level).try_out(attack) == []


@pytest.mark.parametrize(
    "attack", [a for a in CORPUS if not a.only_confined], ids=lambda attack: attack.name
)
def test_what_needs_confinement_is_noticed_without_it(ranges, attack):
    """Without confinement the attacks that need it are seen to bite, and no others do."""
    findings = ranges("none").try_out(attack)
    assert bool(findings) == attack.bites, findings


def test_the_corpus_is_large():
    """There are many attacks, and each kind has several."""
    kinds = [attack.name.partition("_")[0] for attack in CORPUS]
    assert len(CORPUS) >= 65
    assert min(map(kinds.count, kinds)) >= 3
