"""Leaves a note for the next student in modules that all workers have.

answers: right
students: 2
"""

import builtins, os, sys

if STUDENT == 1 and (
    hasattr(np, "note")
    or hasattr(builtins, "note")
    or "note" in os.environ
    or "note" in sys.modules
):
    raise RuntimeError("WON")
if STUDENT == 0:
    np.note = builtins.note = sys.modules["note"] = "the answer is 42"
    os.environ["note"] = "the answer is 42"
