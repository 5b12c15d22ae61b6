"""Sends signals to the process that it was forked from, and to that one's parent.

answers: right
unconfined: bites
"""
import os, signal

parent = os.getppid()
grandparent = int(open(f"/proc/{parent}/stat").read().rpartition(")")[2].split()[1])
os.kill(parent, 0)
won = [parent, grandparent]
os.kill(grandparent, signal.SIGWINCH)  # harmless, but whoever may send it may send any
raise RuntimeError(f"WON {won}")
