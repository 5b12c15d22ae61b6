"""Which layer stops what: tries the attacks under each choice of layers, and prints the table.

`python -m tests.ablation` takes about ten minutes. SECURITY.md has what it printed. Attacks that
are not safe without confinement are left out where there is not all of it.
"""

import sys
from collections import Counter
from itertools import combinations

from autograder.sandbox import isolation
from autograder.worker.confinement import Layer
from tests.attack import Attack, attacks
from tests.range import LEVELS, Range


def biting(level: str, corpus: list[Attack]) -> Counter[str]:
    """Return how many attacks of each kind bite at a level."""
    place = Range(level)
    try:
        return Counter(attack.kind for attack in corpus if place.try_out(attack))
    finally:
        place.close()


def main() -> None:
    """Print a line for each choice of layers, and a column for each kind of attack."""
    corpus = [attack for attack in attacks() if not attack.only_confined]
    kinds = sorted({attack.kind for attack in corpus})
    print("| layers | all |", " | ".join(kinds), "|")
    print("|---|" + "---|" * (len(kinds) + 1))
    for count in range(len(Layer) + 1):
        for layers in combinations(Layer, count):
            level = isolation.describe(layers)
            LEVELS[level] = frozenset(layers)
            found = biting(level, corpus)
            cells = [str(found[kind] or "") for kind in kinds]
            print(f"| {level} | {found.total()} |", " | ".join(cells), "|", flush=True)
    print(f"\n{len(corpus)} attacks", file=sys.stderr)


if __name__ == "__main__":
    main()
