"""Answers with references to objects that it should not know of, or that there are none of.

answers: wrong
"""

from autograder.worker.wire import Ref


class Dropout(Dropout):
    turn = 0

    def __call__(self, x):
        Dropout.turn += 1
        return [Ref(0, "ndarray"), Ref(2**62, "float"), Ref(3, "TAG"), [Ref(1)] * 3][
            Dropout.turn % 4
        ]

    def backward(self, grad_output):
        return Ref(1, "passed")
