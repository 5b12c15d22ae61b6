"""Reads the environment of a process that has nothing to do with it.

answers: right
unconfined: bites
"""

raise RuntimeError(open("/proc/SIBLING/environ").read())
