"""Chance in a worker: all randomness depends on the seed."""

import pytest

DRAWS = {
    "np.random": "np.random.rand()",
    "np.random, seeded with nothing": "np.random.seed() or np.random.rand()",
    "default_rng": "np.random.default_rng().random()",
    "SeedSequence": "np.random.SeedSequence().entropy % 2**60",
    "RandomState": "np.random.RandomState().rand()",
    "PCG64": "np.random.Generator(np.random.PCG64()).random()",
    "random": "random.random()",
    "random, seeded with nothing": "random.seed() or random.random()",
    "Random": "random.Random().random()",
    "SystemRandom": "random.SystemRandom().random()",
    "secrets": "secrets.randbits(60)",
    "token_bytes": "int.from_bytes(secrets.token_bytes(7))",
    "urandom": "int.from_bytes(os.urandom(7))",
    "getrandom": "int.from_bytes(os.getrandom(7))",
    "uuid4": "uuid.uuid4().int % 2**60",
    "time": "time.time()",
    "time_ns": "time.time_ns()",
    "empty": "float(np.empty(10**6)[7])",
    "hash": "hash('text')",
}
CLOCKS = {"time", "time_ns", "empty", "hash"}  # these need not differ from seed to seed


@pytest.mark.parametrize("draw", [pytest.param(DRAWS[name], id=name) for name in DRAWS])
def test_chance_follows_from_the_seed(student, draw):
    """The same seed gives the same numbers in each worker; another seed gives others."""
    code = f"import os, random, secrets, time, uuid\nimport numpy as np\ndraws = [{draw}, {draw}]"
    first, again, other = (student(code, seed=seed).draws for seed in (7, 7, 8))
    assert first == again
    if draw not in {DRAWS[name] for name in CLOCKS}:
        assert first[0] != first[1]
        assert first != other


def test_a_notebooks_own_seeds_end_with_it(student):
    """What a cell seeds for its examples does not decide what a layer draws when it is graded."""
    code = (
        "import random\nimport numpy as np\nnp.random.seed(0)\nrandom.seed(0)\n"
        "def draw(): return [np.random.rand(), random.random()]"
    )
    first, again, other = (student(code, seed=seed).draw() for seed in (7, 7, 8))
    assert first == again
    assert first[0] != other[0]
    assert first[1] != other[1]


def test_the_clock_goes_on(student):
    """The time of day always advances, so a loop that waits by it ends."""
    code = (
        "import time\n"
        "moments = [time.time(), time.time_ns() / 1e9, time.time()]\n"
        "while time.time() < moments[0] + 1:\n"
        "    pass\n"
        "waited = time.time() - moments[0]"
    )
    names = student(code)
    assert names.moments == sorted(set(names.moments))
    assert 1 <= names.waited < 1.1


def test_uninitialised_memory_is_never_zero(student):
    """The content of `np.empty` cannot be mistaken for zeros."""
    names = student("import numpy as np\nvalues = [float(v) for v in abs(np.empty(5000))]")
    assert min(names.values) > 1


def test_memory_addresses_are_left_out(student):
    """An error's text is the same in each run."""
    names = student("class Own: pass\ndef fail(): raise ValueError(Own(), Own)")
    with pytest.raises(Exception, match=r"<.*Own object>, <class '.*Own'>"):
        names.fail()


def test_the_processs_number_is_no_source_of_chance(session):
    """Each worker reads the same process number."""
    code = "import os\nnumber = os.getpid()"
    assert session(code).namespace.number == session(code).namespace.number
