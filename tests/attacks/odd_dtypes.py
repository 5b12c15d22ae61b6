"""Answers with arrays of objects, records, text, dates and complex numbers.

answers: wrong
"""

DTYPES = [
    object,
    "U5",
    "S5",
    [("a", float), ("b", object)],
    "M8[s]",
    complex,
    np.longdouble,
    ">f8",
    np.void,
    "V8",
]


class Dropout(Dropout):
    turn = 0

    def __call__(self, x):
        Dropout.turn += 1
        return np.zeros((len(x), 30), DTYPES[Dropout.turn % len(DTYPES)])

    def backward(self, grad_output):
        return self(grad_output)
