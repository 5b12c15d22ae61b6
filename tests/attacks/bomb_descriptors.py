"""Opens as many files as it may, and never closes one.

answers: right
"""

import os

opened = []
for _ in range(5000):
    opened.append(os.open("/dev/null", os.O_RDONLY))
if len(opened) == 5000:
    raise RuntimeError("WON")
