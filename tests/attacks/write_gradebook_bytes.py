"""Appends to the gradebook.

answers: right
unconfined: bites
"""

open(GRADEBOOK, "ab").write(b"3.0")
