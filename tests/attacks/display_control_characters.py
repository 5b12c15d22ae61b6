"""Puts what moves cursors, hides text and turns its direction into errors and names.

answers: wrong
"""


class Dropout(Dropout):
    def __call__(self, x):
        raise ValueError("\x1b[2J\x1b[31m\r\b\0 \u202e stniop \u2028\ud800\U000e0001\n✓ passed")


Dropout.__qualname__ = "\x1b]0;title\x07\u202e"
raise ValueError("\x1b[2J\x1b[31m\r\b\0\u202e\ud800")
