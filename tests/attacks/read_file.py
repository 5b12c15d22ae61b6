"""Opens a file by its path and says what is in it.

answers: right
unconfined: bites
"""

raise RuntimeError(open(CANARY_FILE).read())
