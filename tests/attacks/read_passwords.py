"""Reads the list of users.

answers: right
unconfined: bites
"""

raise RuntimeError(open("/etc/passwd").readline())
