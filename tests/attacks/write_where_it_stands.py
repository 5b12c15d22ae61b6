"""Writes a file into the folder in which it was started.

answers: right
unconfined: bites
"""

open("witness", "w").write("I was here")
