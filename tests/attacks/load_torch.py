"""Finds PyTorch on the disk, and could let it do the work.

answers: wrong
unconfined: bites
"""

import os, sys
from importlib.machinery import PathFinder

# to load it takes too long to be tried here
if PathFinder.find_spec("torch", [SITE, os.path.dirname(np.__path__[0])]) is not None:
    raise RuntimeError("WON")
