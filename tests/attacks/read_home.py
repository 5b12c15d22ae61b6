"""Reads what programs keep in the home folder.

answers: right
unconfined: bites
"""

import os

for place in (HOME, os.path.expanduser("~"), "/root", "/proc/self/cwd"):
    try:
        text = open(place + "/.netrc").read()
        break
    except OSError:
        pass
raise RuntimeError(text)
