"""Answers with an array that has no memory of its own but is larger than any.

answers: wrong
"""


class Dropout(Dropout):
    turn = 0

    def __call__(self, x):
        Dropout.turn += 1
        return np.broadcast_to(
            1.0, [(10**9, 10**3), (9 * 10**6,), (10**5, 10**5), (0, 2**40)][Dropout.turn % 4]
        )
