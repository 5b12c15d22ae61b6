"""Imports what is installed beside NumPy.

answers: wrong
unconfined: bites
"""

import os, sys

try:
    sys.path[:0] = [SITE, os.path.dirname(np.__path__[0])]
    import iniconfig

    if getattr(iniconfig, "__file__", None):
        raise RuntimeError("WON")
finally:
    del sys.path[:2]
