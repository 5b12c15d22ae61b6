"""Answers with numbers that compare with nothing, or are larger than everything.

answers: wrong
"""

ANSWERS = [
    float("nan"),
    float("inf"),
    10**400,
    2**63,
    -(2**63),
    1j,
    True,
    np.float64("nan"),
    np.longdouble("1e4000"),
    np.array(0.5),
    np.array(None),
    Ellipsis,
    NotImplemented,
    b"1.0",
    bytearray(8),
    memoryview(bytes(8)),
    range(600),
]


class Dropout(Dropout):
    turn = 0

    def __call__(self, x):
        Dropout.turn += 1
        return ANSWERS[Dropout.turn % len(ANSWERS)]

    def backward(self, grad_output):
        return self(grad_output)
