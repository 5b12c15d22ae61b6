"""Puts HTML and JavaScript into the text of an error.

answers: wrong
"""


class Dropout(Dropout):
    def __call__(self, x):
        raise ValueError("TAG<img src=x onerror=alert(1)>")

    def backward(self, grad_output):
        raise ValueError("</code></li></ul>TAG")


raise ValueError("TAG")
