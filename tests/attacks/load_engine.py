"""Imports the engine's trusted side, and asks it for the reference.

answers: wrong
unconfined: bites
"""
import sys

sys.meta_path[:] = [finder for finder in sys.meta_path if "Absent" not in type(finder).__name__]
sys.path[:0] = [ENGINE, SITE]
import autograder

autograder.__path__.append(ENGINE + "/autograder")
from autograder.specimen import variants
raise RuntimeError("WON")
