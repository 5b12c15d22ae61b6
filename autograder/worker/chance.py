"""Makes a worker repeatable: all randomness that a student's code can use comes from one seed.

So the same submission gets the same result and the same messages each time it is graded. The
process number and the time of day are fixed too, since students use them as seeds: the clock starts
at a fixed moment and advances a little with each reading. Clocks that measure durations stay as
they are.
"""

import itertools
import os
import random
import time
from typing import Any

import numpy as np

MOMENT = 1_600_000_000 * 10**9  # nanoseconds since 1970
PROCESS = 4096
TICK = 10**5  # nanoseconds
seed_with = random.Random.seed  # Python's own
seed_shared = random.seed, np.random.seed  # the generators that most students use


def fix(seed: int) -> None:
    """Make every source of randomness of this process depend on a seed alone."""
    entropy = random.Random(seed)  # noqa: S311  # it must be repeatable

    def seed_or_draw(self: random.Random, a: Any = None, version: int = 2) -> None:
        seed_with(self, entropy.getrandbits(256) if a is None else a, version)

    random.Random.seed = seed_or_draw  # type: ignore[method-assign]
    random.seed = random._inst.seed  # noqa: SLF001
    # `secrets`, `SystemRandom`, and through them NumPy's own unseeded generators
    random._urandom = entropy.randbytes  # type: ignore[attr-defined]  # noqa: SLF001
    os.urandom = entropy.randbytes
    os.getrandom = lambda size, flags=0: entropy.randbytes(size)
    os.getpid = lambda: PROCESS
    moments = itertools.count(MOMENT, TICK)
    time.time_ns = moments.__next__
    time.time = lambda: next(moments) / 10**9
    begin(seed)


def begin(seed: int) -> None:
    """Seed the generators that all code shares.

    After the notebook has run, they begin anew: its cells seed them for their own examples, and all
    submissions would be graded with the same numbers.
    """
    for seed_one in seed_shared:
        seed_one(seed % 2**32)  # NumPy takes no larger one
