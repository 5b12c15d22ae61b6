"""Asks whether it might send a signal to all processes at once.

answers: right
unconfined: bites
"""
import os

os.kill(-1, 0)
raise RuntimeError("WON")
