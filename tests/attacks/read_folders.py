"""Lists the course's folders to learn who has handed in.

answers: right
unconfined: bites
"""

import os

if "bob" in os.listdir(COURSE + "/submitted"):
    raise RuntimeError("WON")
