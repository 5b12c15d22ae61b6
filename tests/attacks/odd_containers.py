"""Answers with containers that hold themselves, never end, or are too many to count.

answers: wrong
"""


class Endless(list):
    def __iter__(self):
        while True:
            yield 1.0


class Manifold(dict):
    def items(self):
        return ((n, n) for n in range(10**9))


ring = []
ring.append(ring)
deep = None
for _ in range(10**5):
    deep = [deep]


class Dropout(Dropout):
    turn = 0

    def __call__(self, x):
        Dropout.turn += 1
        return [ring, deep, {"a" * 10**7: 1}, Endless(), Manifold()][Dropout.turn % 5]
