"""Imports the engine's trusted side, which knows where the reference is.

answers: wrong
unconfined: bites
"""

import importlib, sys

import autograder

try:
    sys.path[:0] = [ENGINE, SITE]
    autograder.__path__[:] = [ENGINE + "/autograder"]
    importlib.invalidate_caches()
    if hasattr(importlib.import_module("autograder.results.outcome"), "Outcome"):
        raise RuntimeError("WON")
finally:
    del sys.path[:2]
