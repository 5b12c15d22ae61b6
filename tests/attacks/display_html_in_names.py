"""Names classes, functions and keys by what a browser would run.

answers: wrong
"""

Odd = type("TAG", (), {"__module__": "TAG", "__doc__": "TAG"})


class Dropout(Dropout):
    def __call__(self, x):
        return Odd()

    def backward(self, grad_output):
        self.layer.grads = {"TAG": Odd}
        raise type("TAG", (Exception,), {})("TAG")


Dropout.__qualname__ = "TAG"
raise type("TAG", (Exception,), {})
