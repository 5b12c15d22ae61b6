"""Writes a file into a folder that is not its own.

answers: right
unconfined: bites
"""

open(OUTSIDE + "/witness", "w").write("I was here")
